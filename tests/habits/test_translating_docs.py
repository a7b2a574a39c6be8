"""The guide for translators keeps its word: its commands exist, and its entries and messages are the program's."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Final

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from assistant import __main__ as program
from assistant.authoring import catalogs
from assistant.authoring.catalogs import extract_all, path_of, update
from assistant.core.dialog_texts import TEXT_FIELDS
from assistant.languages import LANGUAGES, language
from assistant.placeholders import names
from assistant.texts import CHECKED, DOMAINS, DRAFTED, read_catalog

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = (ROOT / "docs" / "translating.md").read_text("utf-8")
ENTRIES: Final = re.findall(r"^```po\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def templates() -> catalogs.Templates:
    return extract_all(ROOT)


def parsed(entry: str) -> Catalog:
    plurals = LANGUAGES["uk"].plural_forms if "msgid_plural" in entry else LANGUAGES["sv"].plural_forms
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
    return read_po(BytesIO((header + entry).encode()), abort_invalid=True)


def test_every_command_of_the_guide_exists() -> None:
    found = set(re.findall(r"klarbild (texts \w+|\w+)([^`\n|]*)", GUIDE))
    assert {words for words, _ in found} == {
        *("check", "texts audio", "texts extract", "texts preview", "texts report", "texts update"),
    }
    for words, rest in found:
        command: click.Command = program.commands
        for word in words.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        options = {option for one in command.params for option in one.opts}
        assert set(re.findall(r"--\w+", rest)) <= options


def test_every_entry_of_the_guide_is_one_of_the_program(templates: catalogs.Templates) -> None:
    assert len(ENTRIES) == 4
    for entry in ENTRIES:
        for message in parsed(entry):
            if not message.id:
                continue
            assert message.context or "msgid_plural" in entry
            domain = templates["dialogs" if message.context else "chat"]
            for source in message.previous_id if message.fuzzy else [message.id]:
                first, *more = [source] if isinstance(source, str) else list(source)
                assert domain.get(first, message.context) is not None, first
                told = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                assert more or all(names(first) == names(one) for one in told)


def test_a_changed_text_looks_as_the_guide_shows_it(tmp_path: Path, templates: catalogs.Templates) -> None:
    (shown,) = [entry for entry in ENTRIES if "fuzzy" in entry]
    before, after = (re.search(rf'^{mark}msgid "(.*)"$', shown, re.MULTILINE) for mark in (r"#\| ", ""))
    assert before and after
    path = path_of(tmp_path / "locales", LANGUAGES["sv"], "dialogs")
    path.parent.mkdir(parents=True)
    old = path_of(ROOT / "locales", LANGUAGES["sv"], "dialogs").read_bytes()
    path.write_bytes(old)
    changed = Catalog(domain="dialogs")
    for one in templates["dialogs"]:
        if one.id:
            text = after[1] if (one.id, one.context) == (before[1], "schooling.label") else one.id
            changed.add(text, None, one.locations, auto_comments=one.auto_comments, context=one.context)
    update(tmp_path, {**templates, "dialogs": changed})
    assert shown in path.read_text("utf-8")
    assert len(set(path.read_bytes().splitlines()) - set(old.splitlines())) == 3


def test_what_an_editor_makes_of_a_file_is_put_in_order_again(tmp_path: Path, templates: catalogs.Templates) -> None:
    own = LANGUAGES["uk"]
    for domain in DOMAINS[:2]:
        path = path_of(tmp_path / "locales", own, domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        as_it_is = path_of(ROOT / "locales", own, domain).read_bytes()
        path.write_bytes(as_it_is)
        edited = BytesIO()
        catalog = read_catalog(path, own)
        catalog.mime_headers = [*catalog.mime_headers, ("X-Generator", "Poedit 3.4"), ("X-Review", DRAFTED)]
        write_po(edited, catalog, width=79)
        assert edited.getvalue() != as_it_is
        path.write_bytes(edited.getvalue())
        update(tmp_path, templates)
        assert path.read_bytes() == as_it_is


def test_every_kind_of_text_is_explained() -> None:
    explained = set(re.findall(r"`\.(\w+)`", GUIDE.partition("| ends with |")[2].partition("\n\n")[0]))
    assert explained == set(TEXT_FIELDS)


def test_every_message_of_the_guide_is_one_of_the_checker() -> None:
    rows = GUIDE.partition("| message | means |")[2].partition("\n\n")[0].splitlines()[2:]
    said = Path(catalogs.__file__).read_text("utf-8")
    assert len(rows) >= 8
    for row in rows:
        message = row.split("`")[1]
        assert message in said, message


def test_the_lines_on_the_second_reading_are_those_that_are_understood() -> None:
    assert f"X-Review: {DRAFTED}\\n" in GUIDE
    told = re.search(r"X-Review: (checked [^\\]+)\\n", GUIDE)
    assert told and CHECKED.fullmatch(told[1])


def test_the_line_of_the_report_has_its_form() -> None:
    line = re.search(r"^so dialogs: .*$", GUIDE, re.MULTILINE)
    form = r"so dialogs: \d+ of \d+, 100 %, 0 fuzzy, \d+ as in the source; " + DRAFTED
    assert line and re.fullmatch(form, line[0])


def test_the_record_of_a_language_that_babel_does_not_know_is_one() -> None:
    code = re.search(r"```python\n\s*(language\(.*\))\n", GUIDE)
    assert code
    record = eval(code[1], {"language": language})
    assert (record.tag, record.folder, record.direction, record.cldr) == ("fit", "fit", "ltr", "fi")
    assert record.plural_forms == LANGUAGES["fi"].plural_forms and record.tag not in LANGUAGES


def test_folders_and_files_of_the_guide_exist() -> None:
    folders = {one.folder for one in LANGUAGES.values()}
    aliases = re.search(r"`(fa_AF:[^`]+)`", GUIDE)
    assert aliases and {one.partition(":")[0] for one in aliases[1].split(",")} | {"sv_simple", "ckb"} <= folders
    for mask in ("locales/*/LC_MESSAGES/dialogs.po", "locales/glossary.csv", "assistant/languages.py", "docs/audio.md"):
        assert mask.removeprefix("docs/") in GUIDE and list(ROOT.glob(mask))
