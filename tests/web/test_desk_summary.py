"""The one page before the first visit: what it says, in what order, and what stands on no paper."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from assistant.authoring.journeys import declined
from assistant.core.commands import Message
from assistant.core.dialog import Dialog
from assistant.core.record import Answered
from assistant.desk import Desk, Partner
from assistant.exports.text import summary_text
from assistant.player import play
from assistant.service import Service
from assistant.summary_page import LONGEST_QUOTE, SummaryPage, cut, summary_page
from assistant.talks import Talk
from assistant.wording import Quote, plain
from tests.conftest import Client, Clock
from tests.web.desk_cases import SELAM, fullest
from tests.web.desk_talks import send_more, sent
from tests.web.desk_visits import NAME, log_in, on_paper, page, seen

GOAL = str(SELAM.answers["goal_words"])


async def page_of(service: Service, talk: Talk, locale: str = "en") -> SummaryPage:
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    return summary_page(detail, service.words(locale), service.settings, service.dialogs.values())


def topics(page: SummaryPage) -> dict[str, str]:
    return {one.topic: " ".join(plain(told.words) for told in one.sentences) for one in page.paragraphs}


async def test_the_page_begins_with_who_it_is_and_until_when(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert (
        f"Selam {talk.reference} First contact 2026-03-05 → visit at the latest 2026-03-19 · "
        "plan at the latest 2026-06-05 Approved 2026-03-05 10:00 · Answered by the person, in English · "
        "Before your first visit, version 1"
    ) in text


async def test_care_and_the_interpreter_stand_before_the_numbered_paragraphs(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")
    order = [
        "Before you call or book",
        "Contact with care",
        "Book an interpreter: Tigrinya",
        "To book",
        "1 Goals",
        "2 Person",
    ]
    places = [text.index(one) for one in order]
    assert places == sorted(places)


async def test_paragraphs_are_numbered_in_the_order_of_the_topics(service: Service) -> None:
    page = await page_of(service, await sent(service))
    assert [one.number for one in page.paragraphs] == list(range(1, 10))
    assert list(topics(page)) == [
        *("goal", "who", "household", "school", "work", "health", "money_home", "cooperation", "papers")
    ]


async def test_what_a_line_above_says_is_not_said_again_under_what_to_book(service: Service) -> None:
    page = await page_of(service, await sent(service))
    booking = " ".join(plain(one.words) for one in page.booking)
    assert "Tigrinya" in " ".join(plain(one.words) for one in page.banner)
    assert "Interpreter" not in booking
    assert "Times: morning" in booking


async def test_the_page_is_in_the_swedish_of_the_profession_unless_english_is_asked_for(
    client: Client, service: Service
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    swedish = await page(client, f"/desk/cases/{talk.case}/summary")
    assert '<html lang="sv"' in swedish
    assert "Egna uppgifter, inte bedömda" in swedish
    english = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert '<html lang="en"' in english
    assert "Own statements, not assessed" in english


async def test_own_words_stay_as_they_were_written_in_the_language_of_the_talk(
    client: Client, service: Service
) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await page(client, f"/desk/cases/{talk.case}/summary")
    assert f'<bdi><q lang="en" dir="ltr">{GOAL}</q></bdi>' in text


async def test_words_that_run_from_right_to_left_are_marked_so(client: Client, service: Service) -> None:
    talk = await sent(service, goal_words="أريد أن أعمل")
    await log_in(client, service)
    assert 'dir="rtl">أريد أن أعمل</q>' in await page(client, f"/desk/cases/{talk.case}/summary")


async def test_markup_in_own_words_is_shown_as_it_was_typed(client: Client, service: Service) -> None:
    talk = await sent(service, goal_words="<script>alert(1)</script>", called_name="<b>Selam</b>")
    await log_in(client, service)
    text = await page(client, f"/desk/cases/{talk.case}/summary")
    assert "<script" not in text
    assert "<b>Selam" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


# -- for the office only -----------------------------------------------------------------------------------------------


async def test_private_wishes_stand_on_the_screen_and_on_no_paper(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
    screen = await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")
    text = await page(client, f"/desk/cases/{talk.case}/text?locale=en")
    for words in ("Wishes a private talk.", "Wants to talk about alcohol"):
        assert words in screen
        assert words not in on_paper(html)
        assert words not in text


async def test_a_banner_of_private_lines_alone_stands_on_no_paper(client: Client, service: Service) -> None:
    talk = await sent(service, contact_safe="ok", interpreter_language="none", talk_alone="yes")
    await log_in(client, service)
    address = f"/desk/cases/{talk.case}/summary?locale=en"
    assert {one.private for one in (await page_of(service, talk)).banner} == {True}
    assert "Before you call or book" in await seen(client, address)
    assert "Before you call or book" not in on_paper(await page(client, address))
    careful = await sent(service, contact_safe="care")
    assert "Before you call or book" in on_paper(await page(client, f"/desk/cases/{careful.case}/summary?locale=en"))


async def test_a_no_to_a_private_talk_is_printed_like_a_yes(client: Client, service: Service) -> None:
    await log_in(client, service)
    papers = []
    for answer in ("yes", "no", declined("skip")):
        talk = await sent(service, talk_alone=answer)
        html = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
        papers.append(on_paper(html).replace(talk.reference, "…").replace(talk.case, "…"))
    assert papers[0] == papers[1] == papers[2]
    assert "Private talk: offered." in papers[0]


# -- not answered ------------------------------------------------------------------------------------------------------


async def test_declines_are_told_neutrally_by_their_kind(service: Service) -> None:
    page = await page_of(
        service,
        await sent(
            service,
            housing=declined("in_person"),
            function_needs=declined("skip"),
            earlier_support=declined("unknown"),
            documents=["id"],
        ),
    )
    told = {one.kind: one.questions for one in page.unanswered}
    assert told["in_person"] == ("Tell us about your home.",)
    assert "What is difficult for you at work or in daily life?" in told["skip"]
    assert "What help have you had to get a job or to study?" in told["unknown"]


async def test_more_than_eight_open_questions_are_counted_on_paper_and_shown_on_the_screen(
    client: Client, service: Service
) -> None:
    screens = "background language_skills help_wanted goals household schooling housing function_needs documents"
    talk = await sent(service, **{name: declined("skip") for name in screens.split()})
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
    summary = await page_of(service, talk)
    questions = [question for one in summary.unanswered for question in one.questions]
    assert summary.not_printed == len(questions) - 8 > 0
    assert [one in on_paper(html) for one in questions].count(True) == 8
    screen = await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert all(one in screen for one in questions)
    assert f"{summary.not_printed} more on the screen." in on_paper(html)


async def test_what_somebody_who_finished_early_has_not_met_is_one_line_of_sections(service: Service) -> None:
    page = await page_of(service, await sent(service, stops_after="housing", function_needs=declined("in_person")))
    told = {one.kind: one.questions for one in page.unanswered}
    assert "blank" not in told
    question, sections = told["in_person"]
    assert question == "What is difficult for you at work or in daily life?"
    assert sections == "Money and contacts, What you can do, Papers for the visit, The visit"


async def test_neither_a_blank_date_nor_an_invitation_that_was_passed_over_is_missing(service: Service) -> None:
    page = await page_of(service, await sent(service, anything_else=declined("skip"), too_ill_since=None))
    assert {one.kind for one in page.unanswered} == {"unknown"}


async def test_an_invitation_that_waits_for_the_visit_is_told(service: Service) -> None:
    page = await page_of(service, await sent(service, anything_else=declined("in_person")))
    told = {one.kind: one.questions for one in page.unanswered}
    assert told["in_person"] == ("Is there anything else you want to tell us?",)


async def test_a_box_for_own_words_that_was_left_empty_is_nothing_that_is_missing(service: Service) -> None:
    page = await page_of(service, await sent(service))
    questions = [question for one in page.unanswered for question in one.questions]
    assert "In your own words, if you want" not in questions


async def test_nothing_follows_from_what_was_not_said(service: Service) -> None:
    told = await page_of(service, await sent(service, af_registered="no", documents=["id"]))
    silent = await page_of(service, await sent(service, af_status=declined("skip"), documents=["id"]))
    assert "Neither on sick leave nor looking for work" in str(told.take_up)
    assert silent.take_up == ()


# -- answered by another -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "warned"), [("", True), ("after four", False)])
async def test_a_message_without_a_safe_time_warns_wherever_it_is_read(
    client: Client, service: Service, when: str, warned: bool
) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070-174 06 05", when=when), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    for address in (
        "/desk?locale=en",
        f"/desk/cases/{row.id}/summary?locale=en",
        f"/desk/cases/{row.id}/text?locale=en",
    ):
        assert ("no safe time given, ask first if the person can talk" in await seen(client, address)) is warned


@pytest.mark.parametrize(("when", "told"), [("", True), ("after four", False)])
async def test_a_line_that_says_no_more_than_a_message_is_left_out_and_a_warning_never_is(
    service: Service, when: str, told: bool
) -> None:
    page = await page_of(service, await sent(service, urgent_needs=["food"], urgent_phone="070 1", urgent_when=when))
    assert any("no safe time given" in plain(one.words) for one in page.urgent) is told
    assert not any("after four" in plain(one.words) for one in page.urgent)


async def test_what_another_person_told_is_marked_in_every_paragraph(client: Client, service: Service) -> None:
    talk = await sent(service, answering_for="relative")
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert "Answered by another person, in English" in text
    paragraphs = (await page_of(service, talk)).paragraphs
    assert text.count("told by another person") == len(paragraphs)
    assert GOAL not in text
    assert "told by another person" not in await seen(
        client, f"/desk/cases/{(await sent(service)).case}/summary?locale=en"
    )


# -- several conversations ---------------------------------------------------------------------------------------------


async def test_a_later_conversation_speaks_with_what_an_earlier_one_established(service: Service, clock: Clock) -> None:
    talk = await sent(service)
    clock.forward(days=1)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="no_problem")])
    page = await page_of(service, talk)
    assert page.approved_at == "2026-03-06 10:00"
    assert page.answered == "Answered by the person, in Swedish"
    assert page.dialog.endswith("version 2")
    assert "Says that full-time work is possible" in topics(page)["health"]
    assert "Eritrea" in topics(page)["school"]


async def test_of_a_dialog_that_is_no_more_the_approved_lines_can_be_read(client: Client, service: Service) -> None:
    talk = await sent(service)
    del service.dialogs["first_visit"]  # type: ignore[attr-defined]
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/summary")
    assert "What name should we use for you?" in text
    assert "Selam" in text


@pytest.fixture
def dialogs(dialogs: Mapping[str, Dialog]) -> dict[str, Dialog]:
    """Dialogs of this test alone: it may take one away."""
    return dict(dialogs)


# -- paper and text ----------------------------------------------------------------------------------------------------


def quoted(text: str) -> Quote:
    return Quote(text, "en", "ltr", True)


def test_a_short_quote_goes_on_paper_whole() -> None:
    assert cut(quoted("x" * LONGEST_QUOTE), LONGEST_QUOTE) == ("x" * LONGEST_QUOTE, "")


def test_a_long_quote_is_cut_between_words_and_nothing_of_it_is_lost() -> None:
    text = "word " * 200
    first, rest = cut(quoted(text), LONGEST_QUOTE)
    assert first + rest == text
    assert first.endswith("word")
    assert LONGEST_QUOTE - 5 <= len(first) <= LONGEST_QUOTE


async def test_what_is_cut_on_paper_stands_whole_on_the_screen_and_is_marked(client: Client, service: Service) -> None:
    words = " ".join(f"word{number}" for number in range(90))[:600]
    talk = await sent(service, anything_else=words)
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/summary")
    assert words in await seen(client, f"/desk/cases/{talk.case}/summary")
    assert words[:300] in on_paper(html)
    assert words[-100:] not in on_paper(html)
    assert '</q></bdi><span class="on-paper"> […]</span>' in html


async def test_a_full_page_is_set_densely_and_an_ordinary_one_is_not(service: Service) -> None:
    full = await play(service, fullest(service.dialogs["first_visit"], "en", "I want to work. "), "en")
    assert (await page_of(service, full.talk, "sv")).dense
    assert not (await page_of(service, await sent(service), "sv")).dense


async def test_the_text_to_copy_says_the_same_line_by_line(client: Client, service: Service) -> None:
    talk = await sent(service, goal_words="One line\n! Urgent: another line")
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{talk.case}/text?locale=en")
    assert answer.content_type == "text/plain"
    lines = (await answer.text()).splitlines()
    assert lines[0] == "Before the first visit · Own statements, not assessed"
    assert lines[1] == f"Selam · {talk.reference}"
    assert not any(line.startswith("!") for line in lines)
    for paragraph in (await page_of(service, talk)).paragraphs:
        assert any(line.startswith(f"{paragraph.number} {paragraph.label}: ") for line in lines)


async def test_the_page_names_who_has_read_the_case_and_when(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    await page(client, "/desk")
    assert f"Read by: {NAME} 2026-03-05" in await seen(client, f"/desk/cases/{talk.case}/summary?locale=en")


@pytest.mark.parametrize("name", ["summary", "sources", "twin"])
async def test_no_page_of_a_case_takes_more_than_twenty_kilobytes_on_the_wire(
    client: Client, service: Service, name: str
) -> None:
    full = await play(service, fullest(service.dialogs["first_visit"], "ar", "أريد أن أعمل مرة أخرى. "), "ar")
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{full.talk.case}/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 20_000


@pytest.mark.parametrize(
    ("partner", "told"),
    [
        ("invited", "Co-applicant: invited, has not begun to answer"),
        ("begun", "Co-applicant: has begun to answer, not sent yet"),
        ("sent", "Co-applicant: has answered"),
    ],
)
async def test_of_a_co_applicant_it_says_whether_they_have_answered(
    service: Service, partner: Partner, told: str
) -> None:
    talk = await sent(service)
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    words = service.words("en")
    for one, wanted in ((detail, False), (replace(detail, partner=partner), True)):
        page = summary_page(one, words, service.settings, service.dialogs.values())
        assert (page.partner == told) is wanted
        assert (told in summary_text(page, words)) is wanted


async def test_a_caseworkers_page_is_small(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    text = await page(client, f"/desk/cases/{talk.case}/summary")
    # As it is sent: every answer of the server is packed at least as well.
    assert len(zlib.compress(text.encode(), 6)) < 10_000
