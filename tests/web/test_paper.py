"""The questions on paper: all of them, in every language, for people and printers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings

from assistant import wording
from assistant.core.dialog import Dialog, Repeat, Screen, SelectMultiple, SelectOne, choices_of, places
from assistant.core.dialog_texts import CLDR_LISTS
from assistant.paper import COPIES, GAP, Answer, Entry, Paper, PaperField, paper_of
from assistant.service import Service
from assistant.settings import Settings
from assistant.texts import Catalogs
from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import Client
from tests.core.random_dialogs import dialogs as random_dialogs
from tests.core.small import choices, dialog_of, item
from tests.web.browser_without_script import Browser
from tests.web.printing import printed
from tests.web.test_desk_print import A4, sizes

MOST_PAGES = {"sv": 12}
MOST_PAGES_IN_TWO_LANGUAGES = 18
SMALLEST_WORDS = 8.5


def asked(dialog: Dialog) -> list[str]:
    """The names of everything that the dialog asks behind its gate, in order."""
    known = places(dialog).values()
    return [place.item.name for place in known if isinstance(place.item, Screen) and not place.section.gate]


def entries(paper: Paper) -> Iterator[Entry]:
    return (entry for section in paper.sections for entry in section.entries if entry.number)


def on_paper(paper: Paper) -> dict[str, Entry | PaperField]:
    """Everything that is asked on the paper by its name, in order."""
    found: dict[str, Entry | PaperField] = {}
    for entry in entries(paper):
        found |= {entry.name: entry} | {one.name: one for one in entry.fields}
    return found


def answer_to(paper: Paper, name: str) -> Answer:
    answer = on_paper(paper)[name].answer
    assert answer is not None
    return answer


def paper_in(catalogs: Catalogs, dialog: Dialog, locale: str) -> Paper:
    return paper_of(dialog, catalogs.words(locale), catalogs.words("sv"), Settings())


@pytest.fixture
def first_visit(dialogs: Mapping[str, Dialog]) -> Dialog:
    return dialogs["first_visit"]


@pytest.fixture
def paper(catalogs: Catalogs, first_visit: Dialog) -> Paper:
    return paper_in(catalogs, first_visit, "en")


# -- what is on it -----------------------------------------------------------------------------------------------------


async def test_every_question_is_on_the_paper_in_every_language(
    client: Client, service: Service, catalogs: Catalogs, first_visit: Dialog
) -> None:
    known = places(first_visit)
    for language in catalogs.languages:
        page = await Browser(client).open(f"/{language.tag}/questions")
        assert (page.status, page.lang, page.dir) == (200, language.html, language.direction)
        words = service.words(language.tag)
        text = " ".join(page.text.split())
        missing = []
        for name in asked(first_visit):
            label = words.dialog(f"{name}.label", known[name].item.label)  # type: ignore[union-attr]
            missing += [name for part in re.split(r"\{\w+\}", label) if part.strip() not in text]
        assert missing == [], language.tag
        assert "{" not in page.text and "…" not in page.text


def test_the_questions_stand_in_the_order_of_the_dialog(paper: Paper, first_visit: Dialog) -> None:
    assert list(on_paper(paper)) == asked(first_visit)
    assert [entry.number for entry in entries(paper)] == list(range(1, len(list(entries(paper))) + 1))


@settings(deadline=None)
@given(dialog=random_dialogs())
def test_every_question_of_any_dialog_is_on_its_paper(dialog: Dialog) -> None:
    words = Catalogs.load(Path("nowhere")).words("en")
    assert list(on_paper(paper_of(dialog, words, words, Settings()))) == asked(dialog)


async def test_the_gate_is_not_on_the_paper_but_what_to_do_is(client: Client, first_visit: Dialog) -> None:
    page = await Browser(client).open("/en/questions")
    gate = [one for section in first_visit.sections if section.gate for one in section.items]
    assert gate and not any(getattr(one, "label", "?") in page.text for one in gate)
    assert "Then do not write where you live. Call us first." in page.text
    assert "Never send it by e-mail." in page.text


async def test_who_reads_swedish_reads_it_once_and_others_find_it_below(client: Client, service: Service) -> None:
    label = service.words("sv").dialog("help_wanted.label", "What do you want help with?")
    assert (await Browser(client).open("/sv/questions")).html.count(label) == 1
    page = await Browser(client).open("/en/questions")
    assert f'<small lang="sv" dir="ltr">{label}</small>' in page.html
    assert '<small lang="sv"' not in (await Browser(client).open("/sv/questions")).html


def test_what_is_not_for_everybody_is_marked_unless_it_says_so_itself(paper: Paper, first_visit: Dialog) -> None:
    known = places(first_visit)
    found = on_paper(paper)
    for name, one in found.items():
        item_of = known[name].item
        if item_of.relevant is None:
            assert not one.conditional
        elif not one.conditional:
            around = known[name].parent or known[name].section
            same = around.relevant is not None and around.relevant.source == item_of.relevant.source
            assert same or one.label.text.startswith("If "), name
    assert found["partner_applies"].conditional and found["school_level"].conditional
    assert not found["sweden_since"].conditional


def test_long_lists_become_a_line_to_write_on_beside_choices_of_their_own(paper: Paper) -> None:
    country, language = answer_to(paper, "job_country"), answer_to(paper, "interpreter_language")
    assert (country.lines, country.choices) == (1, ())
    assert language.lines == 1
    assert [one.text for one in language.choices] == ["I do not need an interpreter"]


def test_all_choices_of_other_questions_have_a_box(paper: Paper, catalogs: Catalogs, first_visit: Dialog) -> None:
    words, with_boxes = catalogs.words("en"), 0
    for name, (question, section, _) in places(first_visit).items():
        if section.gate or not isinstance(question, SelectOne | SelectMultiple) or question.choice_list in CLDR_LISTS:
            continue
        known = choices_of(first_visit, question)
        labels = [wording.choice_label(words, first_visit, question, choice) for choice in known]
        assert [one.text for one in answer_to(paper, name).choices] == labels
        with_boxes += 1
    assert with_boxes > 30


def test_repeats_have_room_for_three_but_not_for_more_than_may_be_told(paper: Paper, first_visit: Dialog) -> None:
    known = places(first_visit)
    copies = {entry.name: entry.copies for entry in entries(paper)}
    for name, number in copies.items():
        repeat = known[name].item
        assert number == (min(COPIES, repeat.max) if isinstance(repeat, Repeat) else 1)
    assert (copies["children"], copies["jobs"]) == (3, 2)
    assert on_paper(paper)["share_time"].label.text == f"{GAP}: for how long?"


def test_dates_have_boxes_for_what_is_asked(paper: Paper) -> None:
    dates = ("birth_year", "job_to", "certificate_until")
    assert [[part.boxes for part in answer_to(paper, name).parts] for name in dates] == [[4], [4, 2], [4, 2, 2]]


def test_private_questions_warn_of_other_readers_and_no_others_do(paper: Paper, first_visit: Dialog) -> None:
    private = {name for name, one in on_paper(paper).items() if one.private}
    behind_gate = (place for place in places(first_visit).values() if not place.section.gate)
    assert private == {place.item.name for place in behind_gate if getattr(place.item, "private", False)} != set()


def test_short_answers_stand_beside_their_question_and_long_ones_in_columns_that_fit(catalogs: Catalogs) -> None:
    long = [{"name": f"c{n}", "label": "x" * 60} for n in range(4)]
    middle = [{"name": f"c{n}", "label": "x" * 14} for n in range(8)]
    dialog = dialog_of(
        {
            "name": "s",
            "label": "S",
            "items": [
                item("select_one", "short", choices=choices("yes", "no")),
                item("select_one", "long", choices=long),
                item("select_one", "middle", choices=middle),
            ],
        }
    )
    answers = {name: one.answer for name, one in on_paper(paper_in(catalogs, dialog, "en")).items()}
    assert {name: (one.beside, one.columns) for name, one in answers.items() if one} == {
        "short": (True, 2),
        "long": (False, 1),
        "middle": (False, 4),
    }


# -- the page ----------------------------------------------------------------------------------------------------------


async def test_the_paper_needs_no_script_and_its_title_tells_nothing(client: Client) -> None:
    answer = await client.get("/sv/questions")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy and answer.headers["Cache-Control"] == "no-store"
    page = await Browser(client).open("/en/questions")
    assert page.title == "Questions on paper · Klarbild"
    assert "<script" not in page.html and list(page.forms) == ["leave"]
    assert page.links["/en"] == "Back"


async def test_only_offered_languages_have_a_paper(client: Client) -> None:
    assert (await client.get("/xx/questions")).status == 404


async def test_the_paper_tells_where_to_call_as_it_is_set_now(client: Client, service: Service) -> None:
    assert "Motala" not in (await Browser(client).open("/sv/questions")).text
    service.settings = Settings(office_name="Motala", children_phone="08-465 004 11")
    page = await Browser(client).open("/sv/questions")
    assert "Motala" in page.text and "08-465 004 11" in page.text


# -- in print ----------------------------------------------------------------------------------------------------------


class TestInPrint:
    pytestmark = NEEDS_CHROMIUM

    @pytest.mark.parametrize("locale", ["sv", "en"])
    async def test_the_paper_is_some_sheets_of_a4_in_letters_that_can_be_read(
        self, client: Client, tmp_path: Path, first_visit: Dialog, locale: str
    ) -> None:
        paper = await printed(client, f"/{locale}/questions", tmp_path)
        assert len(paper.pages) <= MOST_PAGES.get(locale, MOST_PAGES_IN_TWO_LANGUAGES)
        assert {tuple(round(side) for side in page.mediabox[2:]) for page in paper.pages} == {A4}
        assert min(sizes(paper)) >= SMALLEST_WORDS
        # Every sheet is used, and carries its number.
        texts = [page.extract_text() for page in paper.pages]
        assert all(len(text) > 200 for text in texts)
        assert f"1 / {len(texts)}" in texts[0] and f"{len(texts)} / {len(texts)}" in texts[-1]
