"""Every line of the summary leads to the answer it comes from: as asked, as said, when, and by whom."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from assistant.authoring.journeys import declined
from assistant.core.commands import Message
from assistant.core.dialog import Dialog
from assistant.core.record import Answered, Declined, Filled, Value
from assistant.desk import Desk
from assistant.player import play
from assistant.service import Service
from assistant.settings import Settings
from assistant.sources_page import Asked, Reply, SourcesPage, anchor, sources_page
from assistant.summary_page import summary_page
from assistant.wording import plain
from tests.conftest import Client, Clock
from tests.journeys.playing import OTHERS, SEVEN, journey
from tests.web.desk_cases import fullest
from tests.web.desk_talks import send_more, sent
from tests.web.desk_visits import NAME, log_in, on_paper, page, readings, seen, words_of

PRIVATE = ("Do you want time alone with the caseworker?", "Is it all right if other people at home see")


async def sources_of(service: Service, case: str, locale: str = "en") -> SourcesPage:
    detail = await Desk(service).case(case, reader=NAME)
    assert detail is not None
    return sources_page(detail, service.words(locale), service.words, Settings(), service.dialogs.values())


def screens(page: SourcesPage) -> list[Asked]:
    return [screen for section in page.sections for screen in section.screens]


def replies(page: SourcesPage) -> dict[str, Reply]:
    return {reply.anchor: reply for screen in screens(page) for reply in screen.replies}


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


# -- from the line to the answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SEVEN, *OTHERS, "fullest"])
async def test_every_line_leads_to_a_place_on_the_page_of_answers(client: Client, service: Service, name: str) -> None:
    told = fullest(service.dialogs["first_visit"], "ar", "أريد أن أعمل. ") if name == "fullest" else journey(name)
    talk = (await play(service, told, told.locale if told.locale in service.catalogs else "en")).talk
    await log_in(client, service)
    summary = await page(client, f"/desk/cases/{talk.case}/summary")
    wanted = re.findall(r'href="sources#([^"]+)"', summary)
    there = ids(await page(client, f"/desk/cases/{talk.case}/sources"))
    assert set(wanted) <= set(there)
    assert len(there) == len(set(there))
    assert len(wanted) >= (25 if name in (*SEVEN, "fullest") else 3)


@pytest.mark.parametrize("name", [*SEVEN, *OTHERS])
async def test_only_what_the_program_itself_says_has_no_source(service: Service, name: str) -> None:
    talk = (await play(service, journey(name), "en")).talk
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    shown = summary_page(detail, service.words("en"), Settings(), service.dialogs.values())
    blocks = [shown.urgent, shown.banner, shown.booking, shown.take_up, *(one.sentences for one in shown.paragraphs)]
    assert {plain(one.words) for block in blocks for one in block if not one.sources} == {"Private talk: offered."}
    whole_sections = [one for one in shown.unanswered if () in one.sources]
    assert bool(whole_sections) is bool(detail.state.finished)


async def test_a_link_stays_in_the_language_of_the_desk(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert 'href="sources?locale=en#a-goal"' in html
    assert 'lang="en"' in await page(client, f"/desk/cases/{talk.case}/sources?locale=en")


async def test_a_message_leads_to_itself(client: Client, service: Service) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070-174 06 05", when="after four"), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    assert 'href="sources#message-1"' in await page(client, f"/desk/cases/{row.id}/summary")
    html = await page(client, f"/desk/cases/{row.id}/sources")
    assert "message-1" in ids(html)
    assert "after four" in words_of(html)


def test_the_place_of_an_answer_can_follow_a_hash() -> None:
    assert [anchor(("goal", "")), anchor(("job_title", "2"))] == ["a-goal", "a-job_title-2"]


# -- as asked, as said, when, by whom ----------------------------------------------------------------------------------


async def test_question_and_answer_stand_in_the_language_of_the_talk_and_in_swedish(
    client: Client, service: Service
) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    found = replies(await sources_of(service, talk.case, "sv"))
    ability = found["a-work_ability"]
    assert (plain(ability.answer.ours), ability.answer.lang, ability.answer.dir) == (
        "Jag kan arbeta heltid",
        "ar",
        "rtl",
    )
    choice = service.words("ar").dialog("work_ability.no_problem.label", "I can work full time")
    assert choice != "I can work full time"
    assert choice in plain(ability.answer.theirs)
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/sources")
    assert "<p>Jag kan arbeta heltid</p>" in html
    assert f'<p lang="ar" dir="rtl">{choice}</p>' in html
    assert '<h3>Hur mycket kan du arbeta, så som du mår nu?</h3><p lang="ar" dir="rtl">' in html


async def test_the_question_is_the_one_that_the_person_approved(service: Service) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    shown = replies(await sources_of(service, talk.case, "sv"))
    for line in detail.state.lines:
        reply = shown[anchor((line.item, line.of))]
        if reply.field is not None:
            assert plain(reply.field.theirs) == line.question
            assert reply.field.lang == "ar"


async def test_own_words_stand_once_as_they_were_written(service: Service) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    reply = replies(await sources_of(service, talk.case, "sv"))["a-goal_words"]
    assert "أريد أن أعمل مع الأطفال" in plain(reply.answer.theirs)
    assert reply.answer.ours == ()


async def test_a_talk_in_the_language_of_the_desk_is_told_once(client: Client, service: Service) -> None:
    talk = (await play(service, journey("erik"), "sv")).talk
    shown = await sources_of(service, talk.case, "sv")
    assert not shown.two
    assert {reply.answer.ours for reply in replies(shown).values()} == {()}


@pytest.mark.parametrize(
    ("who", "told"), [("self", "the person alone"), ("with_help", "the person, with help"), ("guardian", "god man")]
)
async def test_it_says_when_and_by_whom(client: Client, service: Service, who: str, told: str) -> None:
    talk = await sent(service, answering_for=who)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/sources?locale=en")
    assert (
        f"What do you want help with? To find a job, Contact with health care 2026-03-05 10:00 {told}"
        in text.replace(" Alcohol, drugs, medicine or gambling (for the office only, not printed)", "")
    )


async def test_declined_and_blank_questions_are_there_too(service: Service) -> None:
    talk = await sent(service, housing=declined("in_person"), documents=["id"], too_ill_since=None)
    found = replies(await sources_of(service, talk.case))
    assert plain(found["a-housing"].answer.theirs) == "I'd rather tell you at the visit"
    assert found["a-housing"].at == "2026-03-05 10:00"
    assert plain(found["a-too_ill_since"].answer.theirs) == "–"


async def test_numbers_have_their_unit_and_one_is_a_number(service: Service) -> None:
    talk = await sent(service, work_now=["part"], work_hours="10", children_count="1")
    found = replies(await sources_of(service, talk.case))
    assert plain(found["a-work_hours"].answer.theirs) == "10 hours a week"
    assert plain(found["a-children_count"].answer.theirs) == "1"


# -- what was said before ----------------------------------------------------------------------------------------------


async def test_an_earlier_answer_stands_under_the_one_that_is_valid_now(
    client: Client, service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    clock.forward(days=4)
    await send_more(service, talk, "first_visit", [Answered(item="work_ability", value="no_problem")], "en")
    (earlier,) = replies(await sources_of(service, talk.case))["a-work_ability"].earlier
    assert (earlier.at, earlier.changed, earlier.field) == ("2026-03-05 10:00", "2026-03-09 10:00", "")
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{talk.case}/sources?locale=en")
    now = text.index("I can work full time")
    assert (
        f"Answer changed 2026-03-09 10:00. Earlier answer, given 2026-03-05 10:00: {plain(earlier.answer.theirs)}"
        in text[now:]
    )
    assert text.count("Earlier answer") == 1


async def test_what_was_said_before_a_screen_was_declined_stands_with_its_fields(
    service: Service, clock: Clock
) -> None:
    talk = await sent(service)
    clock.forward(days=4)
    await send_more(service, talk, "first_visit", [Declined(item="housing", kind="skip")], "en")
    found = replies(await sources_of(service, talk.case))
    earlier = {one.field: plain(one.answer.theirs) for one in found["a-housing"].earlier}
    assert earlier["How do you live now?"] == "I have my own rental contract (förstahand)"
    clock.forward(days=1)
    values: dict[str, Value] = {"housing_type": "family", "rent_debt": "no"}
    await send_more(service, talk, "first_visit", [Filled(item="housing", values=values)], "en")
    (screen,) = (one for one in screens(await sources_of(service, talk.case)) if one.anchor == "a-housing")
    assert [plain(one.answer.theirs) for one in screen.earlier] == ["I don't want to say"]


async def test_a_private_answer_that_was_changed_stays_private(client: Client, service: Service, clock: Clock) -> None:
    talk = await sent(service)
    clock.forward(days=4)
    events = [Answered(item="talk_alone", value="no"), Answered(item="help_wanted", value=("job",))]
    await send_more(service, talk, "first_visit", events, "en")
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/sources?locale=en")
    assert words_of(html).count("Earlier answer") == 2
    assert "Alcohol, drugs, medicine or gambling" in words_of(html)
    printed = printed_parts(html)
    assert "Alcohol" not in printed
    assert printed.count("Earlier answer") == 1


# -- for the office only -----------------------------------------------------------------------------------------------


def printed_parts(html: str) -> str:
    """What of the page goes on paper: blocks of the screen alone are taken out with everything in them."""
    found, depth, skipped = [], 0, 0
    for piece in re.split(r"(<[^>]+>)", html):
        if re.match(r"<div[ >]", piece):
            depth += 1
            if "on-screen" in piece and not skipped:
                skipped = depth
        elif piece == "</div>":
            if skipped == depth:
                skipped = 0
            depth -= 1
        if not skipped:
            found.append(piece)
    return words_of("".join(found))


async def test_private_answers_are_marked_and_stand_on_the_screen_only(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    html = await page(client, f"/desk/cases/{talk.case}/sources?locale=en")
    screen, paper = words_of(html), printed_parts(html)
    for words in (*PRIVATE, "Alcohol, drugs, medicine or gambling"):
        assert words in screen
        assert words not in paper
    assert screen.count("(for the office only, not printed)") == 3
    assert "What do you want help with?" in paper
    assert "Answered, not shown here" not in screen


async def test_what_was_answered_at_the_gate_is_nowhere(client: Client, service: Service) -> None:
    talk = await sent(service)
    await log_in(client, service)
    assert "secret address" not in await seen(client, f"/desk/cases/{talk.case}/sources?locale=en")


async def test_the_page_is_for_those_who_are_logged_in_and_its_reading_is_logged(
    client: Client, service: Service
) -> None:
    talk = await sent(service)
    address = f"/desk/cases/{talk.case}/sources"
    answer = await client.get(address, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/desk/login?next={address}")
    await log_in(client, service)
    await page(client, address)
    await page(client, "/desk/cases/0123/sources", status=404)
    assert (NAME, "sources") in await readings(service, talk.case)


# -- when the dialog is no more ----------------------------------------------------------------------------------------


async def test_of_a_dialog_that_is_no_more_the_lines_that_were_approved_are_the_sources(
    client: Client, service: Service
) -> None:
    talk = (await play(service, journey("layla"), "ar")).talk
    del service.dialogs["first_visit"]  # type: ignore[attr-defined]
    await log_in(client, service)
    wanted = re.findall(r'href="sources#([^"]+)"', await page(client, f"/desk/cases/{talk.case}/summary"))
    html = await page(client, f"/desk/cases/{talk.case}/sources")
    assert len(wanted) > 30
    assert set(wanted) <= set(ids(html))
    assert '<p lang="ar" dir="rtl">' in html
    assert "Uppger" not in on_paper(html)
    assert "Jag kan arbeta heltid" in words_of(html)


async def test_before_anything_is_sent_nothing_is_told(client: Client, service: Service) -> None:
    begun = await play(service, journey("layla"), "ar", submit=False)
    await log_in(client, service)
    text = await seen(client, f"/desk/cases/{begun.talk.case}/sources?locale=en")
    assert "Nothing has been sent yet." in text
    assert "Layla" not in text


@pytest.fixture
def dialogs(dialogs: Mapping[str, Dialog]) -> dict[str, Dialog]:
    """Dialogs of this test alone: it may take one away."""
    return dict(dialogs)
