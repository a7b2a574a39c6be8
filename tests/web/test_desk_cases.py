"""The list of cases, the messages on top of it, and what is never read there."""

from __future__ import annotations

import re

import msgspec
import pytest

from assistant.authoring.journeys import Journey
from assistant.colleagues import Colleague
from assistant.core.commands import Message, Speak
from assistant.desk import CaseView, Desk
from assistant.inbox import Inbox, Wanted
from assistant.player import play
from assistant.service import Service
from assistant.store import CaseChange
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import NAME, log_in, page, readings, seen, words_of

CANARY = "kanariefågel"
ANNA = Colleague(NAME, "caseworker")


def journey(name: str, **answers: object) -> Journey:
    return msgspec.structs.replace(SELAM, answers={**SELAM.answers, "called_name": name, **answers})


async def sent(service: Service, name: str, **answers: object) -> Talk:
    return (await play(service, journey(name, **answers), "en")).talk


async def begun(service: Service, name: str, **answers: object) -> Talk:
    return (await play(service, journey(name, **answers), "en", submit=False)).talk


async def closed(service: Service, talk: Talk) -> None:
    row = await service.store.conversation(talk.id)
    assert row is not None
    await service.store.append(talk.id, [], after=row.seq, change=CaseChange(status="closed"))


async def listed(service: Service, words: str = "", colleague: Colleague = ANNA) -> tuple[CaseView, ...]:
    return (await Inbox(Desk(service)).page(colleague, Wanted(words=words))).cases


async def names(service: Service, words: str = "") -> list[str]:
    return [one.name for one in await listed(service, words)]


URGENT = {"urgent_needs": ["food"], "urgent_phone": "070 111 22 33", "urgent_when": "after ten"}


async def test_urgent_cases_stand_first_and_then_those_with_least_days_left(service: Service, clock: Clock) -> None:
    await sent(service, "Early")
    clock.forward(days=2)
    await sent(service, "Late")
    clock.forward(days=2)
    await sent(service, "Urgent", **URGENT)
    assert await names(service) == ["Urgent", "Early", "Late"]


async def test_a_case_tells_how_many_days_are_left_from_the_first_contact(service: Service, clock: Clock) -> None:
    await sent(service, "Selam")
    clock.forward(days=5)
    (view,) = await listed(service)
    assert (view.first_contact, view.visit_by, view.days_left, view.overdue) == ("2026-03-05", "2026-03-19", 9, False)
    clock.forward(days=10)
    (view,) = await listed(service)
    assert (view.days_left, view.overdue) == (-1, True)


async def test_the_list_counts_what_is_urgent_and_what_is_late(client: Client, service: Service, clock: Clock) -> None:
    await log_in(client, service)
    await sent(service, "One")
    await begun(service, "Nobody")
    clock.forward(days=15)
    await sent(service, "Two", **URGENT)
    await log_in(client, service)
    text = await seen(client, "/desk?locale=en")
    assert "Urgent 1 Later than 14 days 1" in text
    assert "1 day late" in text


async def test_of_a_case_that_is_only_begun_the_list_tells_its_state_and_day(client: Client, service: Service) -> None:
    talk = await begun(service, CANARY)
    await log_in(client, service)
    text = await seen(client, "/desk?locale=en")
    row = text.partition(talk.reference)[2].partition(" Take a case")[0]
    assert row == " Begun, not sent yet 2026-03-05"
    assert talk.case not in await page(client, "/desk")


async def test_a_draft_is_read_nowhere_at_the_desk(client: Client, service: Service) -> None:
    talk = await begun(service, CANARY, goal_words=CANARY)
    await log_in(client, service)
    for address in ("/desk", f"/desk?q={CANARY}", f"/desk/cases/{talk.case}/summary", f"/desk/cases/{talk.case}/text"):
        text = await page(client, address)
        assert CANARY not in re.sub(r'value="[^"]*"', "", text), address
    assert await names(service, CANARY) == []


async def test_what_is_written_after_the_sending_is_not_read(client: Client, service: Service) -> None:
    talk = await sent(service, "Selam")
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    await service.act(talk.id, Speak("sv"), (await service.talk(talk.id)).state.seq)
    later = await Desk(service).case(talk.case, reader=NAME)
    assert later is not None
    assert later.state.locale == detail.state.locale == "en"


@pytest.mark.parametrize("typed", ["{0}", "{1}", " {0} ", "{2}"])
async def test_a_reference_is_found_as_people_write_it(service: Service, typed: str) -> None:
    talk = await sent(service, "Selam")
    await sent(service, "Somebody else")
    reference = talk.reference
    loose = reference.replace("-", "").lower().replace("0", "o").replace("1", "l")
    assert await names(service, typed.format(reference, loose, reference[:5])) == ["Selam"]


async def test_a_name_is_found_by_a_part_of_it(client: Client, service: Service) -> None:
    await sent(service, "Åsa Öberg")
    await sent(service, "Selam")
    await log_in(client, service)
    text = await seen(client, "/desk?locale=en&q=öb")
    assert "1 case found" in text
    assert "Åsa Öberg" in text
    assert "Selam" not in text


async def test_a_closed_case_is_found_by_searching_only(service: Service) -> None:
    await closed(service, await sent(service, "Done"))
    assert await names(service) == []
    (view,) = await listed(service, "done")
    assert (view.name, view.status, view.days_left) == ("Done", "closed", None)


async def test_who_applies_now_stands_on_top_of_the_list_with_moment_phone_and_safe_time(
    client: Client, service: Service
) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 999 88 77", when="after ten"), "en")
    await log_in(client, service)
    told = "Wants to apply now 2026-03-05 10:00 · Yusuf · phone 070 999 88 77 · safe to call: after ten"
    assert told in await seen(client, "/desk?locale=en")
    (view,) = await listed(service)
    assert (view.name, view.urgent, view.days_left) == ("Yusuf", True, 14)
    text = await seen(client, f"/desk/cases/{view.id}/summary?locale=en")
    assert told in text
    assert "Nothing has been sent yet." in text


async def test_in_swedish_it_says_vill_ansoka_nu(client: Client, service: Service) -> None:
    await service.message(Message("apply_now", phone="070 999 88 77"), "en")
    await log_in(client, service)
    assert "Vill ansöka nu 2026-03-05 10:00" in await seen(client, "/desk")


async def test_a_call_for_help_is_read_before_the_talk_is_sent_and_nothing_else_of_it(
    client: Client, service: Service
) -> None:
    talk = await begun(service, "Selam", goal_words=CANARY, **URGENT)
    await log_in(client, service)
    text = await seen(client, "/desk?locale=en")
    assert "Asks for a call 2026-03-05 10:00 · Selam · no money for food · phone 070 111 22 33" in text
    assert "Message, not sent yet" in text
    summary = await page(client, f"/desk/cases/{talk.case}/summary?locale=en")
    assert "no money for food" in words_of(summary)
    assert CANARY not in summary
    assert "To book" not in words_of(summary)


async def test_a_message_out_of_a_talk_is_shown_once_when_the_talk_is_sent_too(service: Service) -> None:
    talk = await sent(service, "Selam", **URGENT)
    detail = await Desk(service).case(talk.case, reader=NAME)
    assert detail is not None
    assert [one.kind for one in detail.view.messages] == ["call_me"]


async def test_words_of_a_stranger_stay_words_on_the_page(client: Client, service: Service) -> None:
    evil = '<img src=x onerror="alert(1)">\u202e{{7*7}}'
    await service.message(Message("apply_now", name=evil, phone="070", when=evil), "en")
    await log_in(client, service)
    text = await page(client, "/desk")
    assert "<img" not in text
    assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;" in text
    assert "{{7*7}}" in text


async def test_signs_that_are_none_reach_no_page_of_the_desk(client: Client, service: Service) -> None:
    talk = await sent(service, "Se\x00l\x1bam")
    await service.message(Message("apply_now", name="A\x00mina", phone="070"), "en")
    await log_in(client, service)
    for address in ("/desk", "/desk?q=%00", f"/desk/cases/{talk.case}/summary"):
        text = await page(client, address)
        assert "\x00" not in text and "\x1b" not in text, address
    assert "Se\ufffdl\ufffdam" in text


async def test_one_damaged_row_does_not_take_the_list_away(client: Client, service: Service) -> None:
    broken = await sent(service, "Broken")
    await sent(service, "Selam")
    row = await service.store.conversation(broken.id)
    assert row is not None
    await service.store.append(broken.id, [], after=row.seq, change=CaseChange(card=b"no sealed card"))
    await log_in(client, service)
    text = await seen(client, "/desk?locale=en")
    assert "(cannot be opened)" in text
    assert "Selam" in text


async def test_every_reading_is_written_down(client: Client, service: Service) -> None:
    talk = await sent(service, "Selam")
    await log_in(client, service)
    await page(client, "/desk")
    await page(client, "/desk?q=selam")
    await page(client, f"/desk/cases/{talk.case}/summary")
    await page(client, f"/desk/cases/{talk.case}/text")
    assert await readings(service, "") == [(NAME, "list"), (NAME, "list")]
    assert await readings(service, talk.case) == [(NAME, "found"), (NAME, "summary"), (NAME, "text")]


async def test_reading_a_message_in_the_list_is_written_down_for_its_case(client: Client, service: Service) -> None:
    await service.message(Message("apply_now", phone="070"), "en")
    await log_in(client, service)
    await page(client, "/desk")
    (view,) = await listed(service)
    assert (NAME, "list") in await readings(service, view.id)


async def test_what_cannot_be_written_down_is_not_shown(client: Client, service: Service) -> None:
    talk = await sent(service, "Selam")
    await log_in(client, service)
    await page(client, "/desk")
    await service.store.close()
    answer = await client.get(f"/desk/cases/{talk.case}/summary")
    assert answer.status == 503
    assert "Selam" not in await answer.text()


async def test_a_case_opens_with_its_summary(client: Client, service: Service) -> None:
    talk = await sent(service, "Selam")
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{talk.case}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/desk/cases/{talk.case}/summary")


@pytest.mark.parametrize("rest", ["", "/summary", "/text"])
async def test_an_unknown_case_is_not_found_and_nothing_is_written_down(
    client: Client, service: Service, rest: str
) -> None:
    await log_in(client, service)
    unknown = "0" * 32
    await page(client, f"/desk/cases/{unknown}{rest}", status=404)
    assert await readings(service, unknown) == []
