"""The catalogs that are delivered, and the tools that translators and authors use on them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.plurals import get_plural

from assistant.authoring.catalogs import Templates, check_catalogs, extract_all, path_of, report, update
from assistant.languages import LANGUAGES
from assistant.texts import DOMAINS, DRAFTED, Catalogs, read_catalog
from tests.texts.sample import entry, write_catalog

ROOT = Path(__file__).parents[2]
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "N_"}


@pytest.fixture(scope="module")
def templates() -> Templates:
    return extract_all(ROOT)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_is_translated_to_every_language_of_its_domain(templates: Templates, domain: str) -> None:
    wrong = [
        problem for problem in check_catalogs(ROOT / "locales", templates) if problem.file.endswith(f"{domain}.po")
    ]
    assert [str(problem) for problem in wrong] == []


NAMES = {
    *("Arbetsförmedlingen", "Försäkringskassan", "Migrationsverket", "CSN", "Rusta och matcha", "a-kassa", "god man"),
    *("arbetsmarknadsenhet", "förvaltare", "personligt ombud", "samordningsförbund", "äldreförsörjningsstöd"),
    *("jobb- och utvecklingsgarantin", "jobbgaranti för ungdomar", "etableringsprogrammet", "yrkeshögskola", "komvux"),
    *("1A", "1B", "1C", "1D", "2B", "2C", "2D", "3C", "3D", "25 %", "50 %", "75 %", "100 %", "SMS"),
    *("SIP: {sip_interest}.", "{anything_else}", "{work_ability}.", "{sick_listed}."),
}
"""Texts that are alike in every language: names of Swedish offices and of their help, figures, bare placeholders."""

SAME_WORD = {
    "sv": {"Start", "pension", "Pension", "Information", "Person"},
    "sv-simple": {"Start", "pension", "Pension", "Information", "Person"},
    "es": {"No", "no", "Error:"},
    "ku": {"E-mail", "e-mail", "forklift"},
    "tr": {"forklift"},
    "pl": {"E-mail", "e-mail", "Stop"},
    "bs": {"E-mail", "e-mail", "Stop"},
}
"""Words that a language shares with English."""


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_no_english_is_left_in_a_catalog(tag: str) -> None:
    language, left = LANGUAGES[tag], set()
    for domain in ("chat", "dialogs"):
        catalog = read_catalog(ROOT / "locales" / language.folder / "LC_MESSAGES" / f"{domain}.po", language)
        left |= {str(one.id) for one in catalog if one.id and one.string == one.id}
    assert left - NAMES <= SAME_WORD.get(tag, set())


def test_every_language_there_is_a_record_for_is_offered() -> None:
    assert [one.tag for one in Catalogs.load(ROOT / "locales").languages] == list(LANGUAGES)


def test_arabic_has_six_forms_wherever_a_number_is_told(templates: Templates) -> None:
    catalog = read_catalog(ROOT / "locales" / "ar" / "LC_MESSAGES" / "chat.po", LANGUAGES["ar"])
    counted = [message for message in catalog if message.id and not isinstance(message.id, str)]
    assert counted and {len(message.string or ()) for message in counted} == {6}
    words = Catalogs.load(ROOT / "locales").words("ar")
    told = {n: words.ngettext("It works for {n} day.", "It works for {n} days.", n) for n in (1, 2, 3, 30, 100)}
    assert [told[n].rpartition(" ")[2] for n in (1, 2, 3, 30, 100)] == ["واحد.", "ليومين.", "أيام.", "يوما.", "يوم."]


def test_no_catalog_stands_in_a_folder_that_nobody_reads(templates: Templates) -> None:
    folders = [
        problem.file for problem in check_catalogs(ROOT / "locales", templates) if not problem.file.endswith(".po")
    ]
    assert folders == []


def test_every_domain_has_texts(templates: Templates) -> None:
    assert all(len(templates[domain]) > 10 for domain in DOMAINS)


def test_lines_of_attention_are_for_the_desk_alone(templates: Templates) -> None:
    def attention(domain: str) -> bool:
        return any((message.context or "").startswith("attention.") for message in templates[domain])

    assert attention("desk")
    assert not attention("dialogs")
    assert not attention("chat")


def _marked(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[1:2] if function == "pgettext" else node.args[:1]
            if function in GETTEXT and first and isinstance(first[0], ast.Constant) and isinstance(first[0].value, str):
                yield first[0].value


def test_no_text_of_the_program_is_missed_when_texts_are_collected(templates: Templates) -> None:
    """A call inside an f-string, for example, is not found on Python 3.11."""
    known = {text for domain in DOMAINS for one in templates[domain] for text in _texts(one.id)}
    missed = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "assistant").rglob("*.py"))
        for text in _marked(ast.parse(path.read_text("utf-8")))
        if text and text not in known
    }
    assert missed == set()


def _texts(source: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else tuple(source)


def test_plural_forms_are_as_many_as_babel_says() -> None:
    counts = {tag: get_plural(LANGUAGES[tag].cldr).num_plurals for tag in ("sv", "en", "fa-AF", "uk", "pl", "ar")}
    assert counts == {"sv": 2, "en": 2, "fa-AF": 1, "uk": 3, "pl": 3, "ar": 6}


# -- a small project of one's own --------------------------------------------------------------------------------------

PAGE = "def page(_, ngettext):\n    return _('Hello {name}'), _('Good bye'), ngettext('{n} day', '{n} days', 2)\n"
DIALOG = """\
dialog: small
title: Small
version: 1
sections:
  - name: all
    label: All
    items:
      - type: text
        name: colour
        label: Which colour?
        why: We paint.
        summary: "Colour: {colour}[, {shade}]."
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "assistant").mkdir()
    (tmp_path / "assistant" / "page.py").write_text(PAGE)
    (tmp_path / "dialogs").mkdir()
    (tmp_path / "dialogs" / "small.yaml").write_text(DIALOG)
    (tmp_path / "locales" / "pl" / "LC_MESSAGES").mkdir(parents=True)
    for domain in DOMAINS:
        (tmp_path / "locales" / f"{domain}.cfg").write_bytes((ROOT / "locales" / f"{domain}.cfg").read_bytes())
    return tmp_path


def test_update_writes_the_catalogs_of_a_new_language(project: Path) -> None:
    changed = update(project)
    assert [path.name for path in changed] == ["chat.po", "dialogs.po"]
    chat = changed[0].read_text("utf-8")
    assert "nplurals=3" in chat
    assert chat.count("msgstr[") == 3
    assert 'msgctxt "colour.label"' in changed[1].read_text("utf-8")


def test_update_changes_nothing_the_second_time(project: Path) -> None:
    update(project)
    assert update(project) == []


def test_update_keeps_the_translation_of_a_text_whose_words_changed_as_a_draft(project: Path) -> None:
    path = update(project)[1]
    path.write_text(
        path.read_text("utf-8").replace(
            'msgid "Which colour?"\nmsgstr ""', 'msgid "Which colour?"\nmsgstr "Jaki kolor?"'
        )
    )
    source = project / "dialogs" / "small.yaml"
    source.write_text(DIALOG.replace("Which colour?", "What colour?"))
    update(project)
    after = path.read_text("utf-8")
    assert (
        '#, fuzzy\n#| msgid "Which colour?"\nmsgctxt "colour.label"\nmsgid "What colour?"\nmsgstr "Jaki kolor?"'
        in after
    )


def test_a_draft_is_made_of_the_own_words_of_each_language(project: Path) -> None:
    was = {"pl": "Jaki kolor?", "fi": "Mikä väri?", "so": "Midab noocee ah?"}
    for tag, words in was.items():
        write_catalog(project / "locales", tag, "dialogs", entry("Which colour?", words, "colour.label"))
    update(project)
    (project / "dialogs" / "small.yaml").write_text(DIALOG.replace("Which colour?", "What colour?"))
    update(project)
    for tag, words in was.items():
        path = path_of(project / "locales", LANGUAGES[tag], "dialogs")
        draft = read_catalog(path, LANGUAGES[tag]).get("What colour?", "colour.label")
        assert draft is not None and (draft.string, draft.fuzzy) == (words, True)


def test_a_text_of_a_page_that_changed_a_little_is_a_draft_and_no_other_entry_is_touched(project: Path) -> None:
    path = update(project)[0]
    before = path.read_text("utf-8").replace(
        'msgid "Hello {name}"\nmsgstr ""', 'msgid "Hello {name}"\nmsgstr "Witaj {name}"'
    )
    path.write_text(before)
    (project / "assistant" / "page.py").write_text(PAGE.replace("Hello {name}", "Hello, {name}"))
    update(project)
    after = path.read_text("utf-8")
    entry_ = '#, fuzzy, python-brace-format\n#| msgid "Hello {name}"\nmsgid "Hello, {name}"\nmsgstr "Witaj {name}"'
    assert entry_ in after
    assert set(after.splitlines()) - set(before.splitlines()) == {entry_.splitlines()[n] for n in (0, 1, 2)}


def test_a_text_that_is_another_one_gets_no_draft(project: Path) -> None:
    path = update(project)[0]
    path.write_text(path.read_text("utf-8").replace('msgid "Good bye"\nmsgstr ""', 'msgid "Good bye"\nmsgstr "Cześć"'))
    (project / "assistant" / "page.py").write_text(PAGE.replace("Good bye", "How old are you?"))
    update(project)
    assert "#, fuzzy" not in path.read_text("utf-8")


def test_update_keeps_what_the_catalog_says_of_its_second_reading(project: Path) -> None:
    path = update(project)[0]
    assert f'"X-Review: {DRAFTED}\\n"' in path.read_text("utf-8")
    told = "checked by a native speaker, 2027-01-31"
    path.write_text(path.read_text("utf-8").replace(DRAFTED, told))
    assert update(project) == []
    assert report(project)[3].review == told


def test_update_keeps_what_is_not_needed_any_more_at_the_end(project: Path) -> None:
    path = update(project)[0]
    path.write_text(path.read_text("utf-8").replace('msgid "Good bye"\nmsgstr ""', 'msgid "Good bye"\nmsgstr "Cześć"'))
    (project / "assistant" / "page.py").write_text(PAGE.replace("_('Good bye'), ", ""))
    update(project)
    assert '#~ msgid "Good bye"\n#~ msgstr "Cześć"' in path.read_text("utf-8")


def test_the_report_counts_what_is_translated(project: Path) -> None:
    write_catalog(
        project / "locales", "pl", "chat", entry("Good bye", "Cześć") + "#, fuzzy\n" + entry("Hello {name}", "Witaj")
    )
    source, _, _, chat, *_ = report(project)
    assert (source.language.tag, source.texts, source.translated) == ("en", 3, 3)
    assert [text for _, text in chat.open] == ["“Hello {name}”", "“{n} day”"]
    assert (chat.language.tag, chat.domain, chat.texts, chat.translated, chat.fuzzy) == ("pl", "chat", 3, 1, 1)


@pytest.mark.parametrize(
    ("source", "told", "context", "wrong"),
    [
        ("Hello {name}", "", "", "is not translated"),
        ("Hello {name}", "Witaj", "", "{name} is missing"),
        ("Hello {name}", "Witaj {imię}", "", "{imię} is not in the source"),
        ("Hello {name}", "Witaj {name} { name }", "", "a brace that belongs to no placeholder"),
        ("Good bye", "Do <b>widzenia</b>", "", "there is markup"),
        ("Good bye", "Cześć &amp; do widzenia", "", "there is markup"),
        ("Good bye", " Cześć", "", "begin or end with a space"),
        ("Good bye", "Do widzenia, www.example.org", "", "there is an address in it"),
        ("Good bye", "Do widzenia: HTTPS://example.org", "", "there is an address in it"),
        ("Good bye", "Cze\u202ećś", "", "bidi control, U+202E"),
        ("Good bye", "Cze\x00ść", "", "control character, U+0000"),
        ("Colour: {colour}[, {shade}].", "Kolor: {colour}, {shade}.", "colour.summary", "the parts in [ ]"),
        ("Colour: {colour}[, {shade}].", "Kolor:[ {colour}], {shade}.", "colour.summary", "the parts in [ ]"),
        ("Colour: {colour}[, {shade}].", "Kolor: {colour}[, {shade}.", "colour.summary", "the parts in [ ]"),
    ],
)
def test_the_check_tells_what_is_wrong_with_a_translation_and_where(
    project: Path, source: str, told: str, context: str, wrong: str
) -> None:
    domain = "dialogs" if context else "chat"
    path = write_catalog(project / "locales", "pl", domain, entry(source, told, context))
    problems = [one for one in check_catalogs(project / "locales", extract_all(project)) if wrong in one.message]
    assert [(one.file, one.line) for one in problems] == [(str(path), 7 if context else 6)]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("W niebezpieczeństwie dzwoń pod 212.", ["the number 112 is missing", "the number 212 is not in the source"]),
        ("W niebezpieczeństwie dzwoń.", ["the number 112 is missing"]),
        ("Dzwoń pod 112 albo 0900 55.", ["the number 090055 is not in the source"]),
        ("Dzwoń pod 112, od 8 do 17.", []),
        ("Dzwoń pod ١١٢.", []),
    ],
)
def test_a_translation_leads_to_no_other_number(project: Path, told: str, wrong: list[str]) -> None:
    source = "If you are in danger, call 112."
    (project / "assistant" / "page.py").write_text(f"print(_({source!r}))\n")
    write_catalog(project / "locales", "pl", "chat", entry(source, told))
    problems = [one.message for one in check_catalogs(project / "locales", extract_all(project)) if one.line == 6]
    assert [message.rpartition(": ")[2] for message in problems if "the number" in message] == wrong


def test_the_check_finds_nothing_wrong_with_a_good_translation(project: Path) -> None:
    forms = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    days = 'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "jeden dzień"\n'
    days += 'msgstr[1] "{n} dni"\nmsgstr[2] "{n} dni"\n\n'
    chat = entry("Hello {name}", "Witaj, {name}") + entry("Good bye", "Cześć") + days
    header = f'{forms}\\n"\n"Language: pl\\n"\n"X-Review: {DRAFTED}'
    write_catalog(project / "locales", "pl", "chat", chat, header)
    problems = check_catalogs(project / "locales", extract_all(project))
    assert [one for one in problems if one.file.endswith("chat.po")] == []


def test_the_check_tells_of_plural_forms_that_are_not_those_of_the_language(project: Path) -> None:
    write_catalog(project / "locales", "pl", "chat", "", "nplurals=2; plural=(n != 1);")
    told = [one.message for one in check_catalogs(project / "locales", extract_all(project))]
    assert "Plural-Forms says 2 forms, the language has 3" in told


def test_the_check_tells_of_drafts_missing_files_broken_files_and_unknown_folders(project: Path) -> None:
    locales = project / "locales"
    (locales / "klingon").mkdir()
    write_catalog(locales, "pl", "chat", "#, fuzzy\n" + entry("Good bye", "Cześć"))
    (locales / "fi" / "LC_MESSAGES").mkdir(parents=True)
    write_catalog(locales, "fi", "chat", 'msgid "Good bye"\nmsgstr "Hei"\nnonsense\n')
    told = {(Path(one.file).name, one.line, one.message) for one in check_catalogs(locales, extract_all(project))}
    assert ("klingon", 1, "there is no language with this folder") in told
    assert ("chat.po", 7, "“Good bye” is a draft (fuzzy)") in told
    assert ("dialogs.po", 1, "this catalog is missing") in told
    assert ("chat.po", 8, "Unknown or misformatted keyword") in told
