"""Every screen of a dialog in a chosen language: faithful, marked where something lacks, and without any effect."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from aiohttp.web import Application

from assistant import resources
from assistant.authoring.catalogs import path_of
from assistant.core.dialog import Dialog, Group, Note, Repeat, Screen, SelectMultiple, SelectOne, Stop, choices_of
from assistant.core.dialog_texts import is_for_desk, texts_of
from assistant.languages import LANGUAGES, find
from assistant.preview import Preview, preview_of
from assistant.server import preview as drawing
from assistant.server.app import make_app
from assistant.server.pages import Pages
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs
from assistant.texts import SOURCE, Catalogs, read_catalog
from assistant.wording import choice_label
from tests.conftest import Client

LOCALES: Final = resources.folder("locales")
EVERY: Final = [(tag, name) for name in load_dialogs() for tag in LANGUAGES]
VOID: Final = frozenset(("input", "br", "meta", "link"))
POINTERS: Final = ("for", "aria-describedby", "aria-labelledby")
HOSTILE: Final = '"><script>alert(1)</script><form action="/chat" method="post"><b id="x">'


class Phones(HTMLParser):
    """The phones of a page: the language, the direction and the words of each; and all tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self.found: list[tuple[str, str, list[str]]] = []
        self._open: list[str] = []
        self._within = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self.all.append((tag, at))
        if tag in VOID:
            return
        self._open.append(tag)
        if at.get("class") == "phone":
            self.found.append((at["lang"], at["dir"], []))
            self._within = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if len(self._open) < self._within:
            self._within = 0

    def handle_data(self, data: str) -> None:
        if self._within and data.strip():
            self.found[-1][2].append(" ".join(data.split()))


def made(dialogs: Mapping[str, Dialog], catalogs: Catalogs, tag: str, name: str, locales: Path = LOCALES) -> Preview:
    return preview_of(dialogs[name], catalogs.words(tag), Settings(), locales)


def drawn(found: Preview, catalogs: Catalogs, locales: Path = LOCALES) -> str:
    return drawing.page(Pages(Settings()), catalogs, found, locales, alone=True)


@pytest.fixture
async def demo(aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service) -> Client:
    return await aiohttp_client(make_app(service, secure=False, demo=True))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The catalogs with a draft, a missing text and a hostile one in Ukrainian; easy Swedish lacks a text, too."""
    locales = tmp_path / "locales"
    shutil.copytree(LOCALES, locales)
    path = path_of(locales, LANGUAGES["uk"], "dialogs")
    text = path.read_text("utf-8")
    text = _with(text, "you.label", "#, fuzzy\n", '"Чернетка"')
    text = _with(text, "you.why", "", '""')
    text = _with(text, "welcome.label", "", '"' + HOSTILE.replace('"', '\\"') + '"')
    path.write_text(text, "utf-8")
    simple = path_of(locales, LANGUAGES["sv-simple"], "dialogs")
    simple.write_text(_with(simple.read_text("utf-8"), "you.label", "", '""'), "utf-8")
    return locales


def _with(text: str, context: str, flag: str, words: str) -> str:
    """The text of a catalog with other words for one entry."""
    before, middle, after = text.partition(f'msgctxt "{context}"\n')
    assert middle
    entry = re.sub(r"msgstr (?:\".*\"\n)+", lambda _: f"msgstr {words}\n", after, count=1)
    return f"{before}{flag}{middle}{entry}"


# -- every dialog in every language ------------------------------------------------------------------------------------


def test_there_are_eighteen_languages_and_each_is_tried_with_each_dialog(catalogs: Catalogs) -> None:
    assert len(catalogs.languages) == len(LANGUAGES) == 18
    assert len(EVERY) == 18 * len(load_dialogs()) > 0


@pytest.mark.parametrize(("tag", "name"), EVERY)
def test_every_text_stands_in_the_words_of_the_language(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs, tag: str, name: str
) -> None:
    found, language = made(dialogs, catalogs, tag, name), LANGUAGES[tag]
    told = {one.context: one for one in found.texts()}
    desk = tag in ("sv", SOURCE)
    assert told.keys() == {context for context, _ in texts_of(dialogs[name]) if desk or not is_for_desk(context)}
    assert [one.context for one in told.values() if one.mark or one.language != language] == []
    assert [one.words for one in told.values() if "{" in one.words or "}" in one.words or not one.words] == []
    if tag == SOURCE:
        return
    catalog = read_catalog(path_of(LOCALES, language, "dialogs"), language)
    translated = {one.context for one in catalog if one.id and one.string != one.id}
    assert len(translated) > 900
    assert [one.context for one in told.values() if one.context in translated and one.words == one.source] == []


@pytest.mark.parametrize(("tag", "name"), EVERY)
def test_every_phone_speaks_the_language_and_nothing_else(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs, tag: str, name: str
) -> None:
    found, language = made(dialogs, catalogs, tag, name), LANGUAGES[tag]
    phones = Phones(drawn(found, catalogs)).found
    assert {(lang, direction) for lang, direction, _ in phones} == {(language.html, language.direction)}
    words = [one for _, _, said in phones for one in said]
    assert len(words) > 1000
    assert [one for one in words if "{" in one or "}" in one] == []
    if tag != SOURCE:
        assert sorted({*words} & untranslated(found, tag)) == []


def untranslated(found: Preview, tag: str) -> set[str]:
    """The English of every text that has other words in the language, unless the same word is one of its words too."""
    chat = read_catalog(path_of(LOCALES, LANGUAGES[tag], "chat"), LANGUAGES[tag])
    pages = {str(one.id): str(one.string) for one in chat if isinstance(one.id, str) and one.id}
    pairs = [(one.source, one.words) for one in found.texts()] + [*pages.items()]
    return {source for source, words in pairs if source != words} - {words for _, words in pairs}


@pytest.mark.parametrize("tag", ["sv", "ar", "ti"])
def test_every_screen_note_stop_choice_and_question_for_more_is_on_a_phone(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs, tag: str
) -> None:
    dialog = dialogs["first_visit"]
    found = made(dialogs, catalogs, tag, "first_visit")
    words, told = catalogs.words(tag), {one.context: one.words for one in found.texts()}
    said = " ".join(one for _, _, texts in Phones(drawn(found, catalogs)).found for one in texts)
    lacking = []
    for section in dialog.sections:
        kinds = [("section." + section.name, kind) for kind in ("label", *(("hint",) if section.optional else ()))]
        for item in section.items:
            fields = item.items if isinstance(item, Group | Repeat) else ()
            if isinstance(item, Screen | Note | Stop):
                kinds += [(item.name, kind) for kind in ("label", "hint", "why", "reply", "more")]
            for one in (item, *fields):
                kinds += [(one.name, kind) for kind in ("label", "hint", "unit", "constraint_message")]
                if isinstance(one, SelectOne | SelectMultiple):
                    labels = [choice_label(words, dialog, one, name) for name in choices_of(dialog, one)]
                    lacking += [label for label in labels if label not in said]
        lacking += [context for name, kind in kinds if told.get(context := f"{name}.{kind}", "") not in said]
    assert lacking == []


def test_examples_stand_for_what_a_person_would_have_said(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    told = {one.context: one.words for one in made(dialogs, catalogs, "sv", "first_visit").texts()}
    assert "”job title”" in told["jobs.summary"] and "2019" in told["jobs.summary"]
    assert told["share.label"].startswith("Arbetsförmedlingen")
    assert Settings().office_phone in told["protected_stop.label"]


# -- what lacks --------------------------------------------------------------------------------------------------------


def test_a_missing_text_and_a_draft_are_marked_and_say_what_a_reader_meets(
    dialogs: Mapping[str, Dialog], broken: Path
) -> None:
    catalogs = Catalogs.load(broken)
    found = made(dialogs, catalogs, "uk", "first_visit", broken)
    marked = {one.context: one for one in found.texts() if one.mark}
    assert marked.keys() == {"you.label", "you.why"}
    draft, missing = marked["you.label"], marked["you.why"]
    assert (draft.mark, draft.draft, draft.words, draft.language.tag) == ("draft", "Чернетка", draft.source, SOURCE)
    assert (missing.mark, missing.draft, missing.words) == ("missing", "", missing.source)
    page = drawn(found, catalogs, broken)
    assert page.count('<strong class="mark">') == 2 and "Чернетка" in page and "2 missing or drafts" in page
    assert 'href="#text-you.why"' in page and 'id="text-you.why"' in page


def test_where_easy_swedish_lacks_words_swedish_stands_in_and_says_so(
    dialogs: Mapping[str, Dialog], broken: Path
) -> None:
    catalogs = Catalogs.load(broken)
    (one,) = [one for one in made(dialogs, catalogs, "sv-simple", "first_visit", broken).texts() if one.mark]
    assert (one.context, one.mark, one.language.tag) == ("you.label", "missing", "sv")
    assert one.words == catalogs.words("sv").dialog("you.label", one.source) != one.source


def test_a_complete_language_has_no_mark(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    page = drawn(made(dialogs, catalogs, "uk", "first_visit"), catalogs)
    assert 'class="mark"' not in page and "missing or drafts" not in page


def test_texts_of_the_pages_stand_at_the_end_with_their_source(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    page = unescape(drawn(made(dialogs, catalogs, "fi", "first_visit"), catalogs)).partition('id="other-pages"')[2]
    for source in ("Continue", "I don't want to say", "Why do we ask?", "You can leave this empty."):
        assert f">{source}</p>" in page and catalogs.words("fi").gettext(source) in page


def test_hostile_words_of_a_catalog_are_shown_as_words(dialogs: Mapping[str, Dialog], broken: Path) -> None:
    catalogs = Catalogs.load(broken)
    page = drawn(made(dialogs, catalogs, "uk", "first_visit", broken), catalogs, broken)
    parsed = Phones(page)
    assert not {tag for tag, _ in parsed.all} & {"script", "b"}
    assert any("<script>alert(1)</script>" in one for _, _, said in parsed.found for one in said)
    _nothing_can_be_sent(parsed)


# -- the page ----------------------------------------------------------------------------------------------------------


def _nothing_can_be_sent(page: Phones) -> None:
    forms = [at for tag, at in page.all if tag == "form"]
    assert all(at["method"] == "dialog" and "action" not in at for at in forms)
    assert all(at.get("type") == "button" for tag, at in page.all if tag == "button")
    assert not {"formaction", "style", "onclick"} & {name for _, at in page.all for name in at}


async def test_nothing_on_it_can_be_sent(demo: Client) -> None:
    answer = await demo.get("/preview/ar/first_visit")
    parsed = Phones(await answer.text())
    assert sum(tag == "form" for tag, _ in parsed.all) > 50
    _nothing_can_be_sent(parsed)
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]


async def test_ids_are_unique_and_what_points_to_them_finds_them(demo: Client) -> None:
    elements = Phones(await (await demo.get("/preview/sv/first_visit")).text()).all
    ids = Counter(at["id"] for _, at in elements if "id" in at)
    assert [one for one, times in ids.items() if times > 1] == []
    pointed = {one for _, at in elements for name in POINTERS for one in at.get(name, "").split()}
    pointed |= {at["href"][1:] for _, at in elements if at.get("href", "").startswith("#")}
    assert len(pointed) > 50 and pointed <= set(ids)


async def test_its_policy_lets_in_its_two_styles_and_no_script(demo: Client) -> None:
    answer = await demo.get("/preview/so/first_visit")
    policy, text = answer.headers["Content-Security-Policy"], await answer.text()
    assert policy == drawing.policy(Pages(Settings())) + "; frame-ancestors 'none'"
    assert policy.count("sha256-") == text.count("<style>") == 2
    assert "script-src" not in policy and "<script" not in text and "unsafe" not in policy


async def test_the_list_leads_to_every_dialog_in_every_language(demo: Client, dialogs: Mapping[str, Dialog]) -> None:
    page = Phones(await (await demo.get("/preview")).text())
    links = [at for tag, at in page.all if tag == "a" and at["href"].startswith("/preview/")]
    assert {at["href"] for at in links} == {f"/preview/{tag}/{name}" for tag in LANGUAGES for name in dialogs}
    assert all((language := find(at["href"].split("/")[2])) and at["lang"] == language.html for at in links)


@pytest.mark.parametrize("path", ["/preview/xx/first_visit", "/preview/sv/nothing", "/preview/sv_simple/first_visit"])
async def test_what_is_not_there_is_not_found(demo: Client, path: str) -> None:
    assert (await demo.get(path)).status == 404


@pytest.mark.parametrize("path", ["/preview", "/preview/sv/first_visit"])
async def test_only_the_demonstration_has_it(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_it_writes_nothing_and_begins_no_conversation(demo: Client, tmp_path: Path) -> None:
    def kept() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted((tmp_path / "data").rglob("*")) if path.is_file()}

    await demo.get("/preview")
    before = kept()
    assert any(name.endswith("klarbild.db") for name in before)
    for tag in ("sv", "ar", "ti"):
        answer = await demo.get(f"/preview/{tag}/first_visit")
        assert answer.status == 200 and "Set-Cookie" not in answer.headers
    assert kept() == before


def test_the_same_catalogs_give_the_same_page(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    first, second = (drawn(made(dialogs, catalogs, "pl", "first_visit"), catalogs) for _ in range(2))
    assert first == second
