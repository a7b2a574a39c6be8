"""Dealing with a case: the visit, notes, whose it is, partner, merging; and colleagues who do something meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.casework import Casework, Outcome
from assistant.core.commands import Message
from assistant.core.office import Assigned, Booked, Closed, Handled, Held, Noted, Reopened
from assistant.desk import Desk
from assistant.inbox import Inbox, Wanted
from assistant.service import Service
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.web.desk_visits import page, seen, words_of
from tests.web.office_visits import (
    ANNA,
    KARIN,
    NILS,
    SARA,
    Browser,
    browsers,
    do,
    give,
    hidden,
    hire_all,
    post,
    row_of,
    send,
    sent,
)


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


@pytest.fixture
async def talk(service: Service, browser: Browser) -> Talk:
    """A case that is in North and nobody's."""
    made = await sent(service)
    await give(service, made.case, unit="North")
    return made


def work(talk: Talk) -> str:
    return f"/desk/cases/{talk.case}/work"


# -- the visit ---------------------------------------------------------------------------------------------------------


async def test_a_visit_is_booked_changed_cancelled_and_held(
    service: Service, browser: Browser, talk: Talk, clock: Clock
) -> None:
    client = await browser(ANNA)
    answer = await post(client, work(talk), "book", day="2026-03-12", time="10:00")
    assert (answer.status, answer.headers["Location"]) == (303, work(talk))
    assert (await row_of(service, talk.case)).visit == "2026-03-12T10:00"
    await post(client, work(talk), "book", day="2026-03-13", time="08:30:00")
    assert "2026-03-13 08:30" in await seen(client, work(talk))
    assert "2026-03-13 08:30" in await seen(client, "/desk")
    await post(client, work(talk), "cancel")
    assert (await row_of(service, talk.case)).visit == ""
    clock.forward(days=8)
    client = await browser(ANNA)
    await post(client, work(talk), "hold", day="2026-03-12")
    row = await row_of(service, talk.case)
    assert (row.status, row.held) == ("visited", "2026-03-12")
    text = await seen(client, "/desk?locale=en")
    assert "Visited" in text and "held 2026-03-12" in text and "days late" not in text and "day late" not in text


@pytest.mark.parametrize(
    ("form", "fields", "said"),
    [
        ("book", {"day": "", "time": "10:00"}, "Give both a day and a time."),
        ("book", {"day": "2026-02-30", "time": "10:00"}, "Give both a day and a time."),
        ("book", {"day": "2026-03-05", "time": "09:59"}, "This time is past."),
        ("book", {"day": "2027-06-01", "time": "10:00"}, "more than a year ahead"),
        ("hold", {"day": "2026-03-06"}, "This day has not come yet."),
        ("hold", {"day": "2026-03-04"}, "before the first contact"),
        ("hold", {"day": "yesterday"}, "Give both a day and a time."),
        ("note", {"note": "  "}, "Write something first."),
        ("note", {"note": "x" * 2001}, "This is too long."),
        ("assign", {"to": "person:nobody"}, "There is no colleague of this name any more."),
        ("assign", {"to": "unit:Moon"}, "There is no colleague of this name any more."),
        ("link", {"reference": "AAA-AAA"}, "There is no case with this reference that you may open."),
        ("merge", {"reference": "AAA-AAA"}, "There is no case with this reference that you may open."),
    ],
)
async def test_a_mistake_is_told_and_nothing_is_written(
    service: Service, browser: Browser, talk: Talk, form: str, fields: dict[str, str], said: str
) -> None:
    client = await browser(ANNA)
    before = await row_of(service, talk.case)
    data = await hidden(client, work(talk), form) | fields
    answer = await client.post(f"{work(talk)}?locale=en", data=data)
    text = await answer.text()
    assert answer.status == 422
    assert said in words_of(text)
    assert await row_of(service, talk.case) == before
    kept = next(iter(fields.values())).strip()
    assert form == "assign" or not kept or kept in text


# -- colleagues at the same time ---------------------------------------------------------------------------------------


async def test_on_an_old_page_one_is_told_what_a_colleague_did_and_keeps_what_was_typed(
    service: Service, browser: Browser, talk: Talk
) -> None:
    anna, nils = await browser(ANNA), await browser(NILS)
    data = await hidden(anna, work(talk), "note")
    await post(nils, work(talk), "book", day="2026-03-12", time="10:00")
    answer = await anna.post(f"{work(talk)}?locale=en", data=data | {"note": "Ringer i morgon."})
    text = await answer.text()
    assert answer.status == 409
    assert "Nothing was written: the case has changed" in words_of(text)
    assert "nils booked the visit for 2026-03-12 10:00" in words_of(text)
    assert "Ringer i morgon.</textarea>" in text
    detail = await Desk(service).case(talk.case, reader="test")
    assert detail is not None and detail.office.notes == ()
    # The page that tells it has the new number: sent again, the note is kept.
    again = await anna.post(work(talk), data=await hidden(anna, work(talk), "note") | {"note": "Ringer i morgon."})
    assert again.status == 200


async def test_of_many_who_take_a_free_case_at_once_one_gets_it(service: Service, talk: Talk) -> None:
    seen_at = (await row_of(service, talk.case)).doings
    casework = Casework(Desk(service))
    came: list[Outcome] = await asyncio.gather(
        *(casework.do(one, talk.case, Assigned(to=one.name), seen_at) for one in (ANNA, NILS, KARIN))
    )
    assert sorted(str(one.wrong) for one in came) in (["None", "not_yours", "not_yours"], ["None", "stale", "stale"])
    assert (await row_of(service, talk.case)).assigned in ("anna", "nils", "karin")


async def test_a_form_sent_twice_does_it_once(service: Service, browser: Browser, talk: Talk) -> None:
    client = await browser(ANNA)
    data = await hidden(client, work(talk), "note") | {"note": "Ringt."}
    answers = [await client.post(work(talk), data=data, allow_redirects=False) for _ in range(2)]
    assert [one.status for one in answers] == [303, 409]
    detail = await Desk(service).case(talk.case, reader="test")
    assert detail is not None and len(detail.office.notes) == 1


async def test_a_form_without_its_token_or_of_another_kind_is_refused(browser: Browser, talk: Talk) -> None:
    client = await browser(ANNA)
    data = await hidden(client, work(talk), "note") | {"note": "Ringt."}
    assert (await client.post(work(talk), data=data | {"token": "x"})).status == 403
    assert (await client.post(work(talk), data=data | {"do": "vanish"})).status == 400


# -- whose it is -------------------------------------------------------------------------------------------------------


async def test_a_case_is_taken_by_the_reference_that_the_person_reads_out(service: Service, browser: Browser) -> None:
    made = await sent(service)
    client = await browser(SARA)
    spoken = made.reference.replace("-", " ").lower()
    answer = await send(client, "/desk", "/desk/claim", reference=spoken)
    assert answer.headers["Location"] == f"/desk/cases/{made.case}/summary"
    row = await row_of(service, made.case)
    assert (row.assigned, row.unit) == ("sara", "South")


async def test_a_case_of_somebody_cannot_be_taken(service: Service, browser: Browser, talk: Talk) -> None:
    await give(service, talk.case, "anna")
    answer = await send(await browser(NILS), "/desk", "/desk/claim?locale=en", reference=talk.reference)
    assert answer.status == 422
    assert "There is no free case with this reference." in words_of(await answer.text())
    assert (await row_of(service, talk.case)).assigned == "anna"


async def test_whoever_gives_a_case_away_is_led_to_the_list(service: Service, browser: Browser, talk: Talk) -> None:
    client = await browser(ANNA)
    await post(client, work(talk), "take")
    answer = await post(client, work(talk), "assign", to="person:sara")
    assert answer.headers["Location"] == "/desk"
    row = await row_of(service, talk.case)
    assert (row.assigned, row.unit) == ("sara", "South")


async def test_a_lead_gives_a_colleagues_case_to_another_without_reading_it(service: Service, talk: Talk) -> None:
    await give(service, talk.case, "anna")
    assert await Desk(service).open(talk.case, KARIN) is None
    assert await do(service, KARIN, talk.case, Assigned(to="nils")) is None
    assert await do(service, NILS, talk.case, Assigned(to="anna")) is None
    assert await do(service, NILS, talk.case, Assigned(to="nils")) == "not_yours"


# -- urgent, closing ---------------------------------------------------------------------------------------------------


async def test_what_is_taken_care_of_leaves_the_top_of_the_list_and_stays_on_the_case(
    service: Service, browser: Browser
) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 999 88 77", when="after ten"), "en")
    client = await browser(ANNA)
    (view,) = (await Inbox(Desk(service)).page(ANNA, Wanted())).cases
    page_of_it = f"/desk/cases/{view.id}/work"
    assert "Vill ansöka nu 2026-03-05 10:00" in await seen(client, "/desk")
    await post(client, page_of_it, "handle")
    text = await seen(client, "/desk")
    assert "Vill ansöka nu" not in text and "Akut 0" in text
    assert "Vill ansöka nu 2026-03-05 10:00 (omhändertaget)" in await seen(client, page_of_it)


async def test_a_new_message_makes_a_case_urgent_again(service: Service, talk: Talk) -> None:
    await do(service, ANNA, talk.case, Handled())
    outcome = await service.act(talk.id, Message("call_me", phone="070 1", when="now"), talk.state.seq)
    assert outcome.problem is None
    listed = await Inbox(Desk(service)).page(ANNA, Wanted())
    assert [one.kind for one in listed.messages] == ["call_me"]
    assert (await row_of(service, talk.case)).urgent


async def test_a_closed_case_leaves_the_list_and_comes_back_as_what_it_was(service: Service, talk: Talk) -> None:
    assert await do(service, ANNA, talk.case, Closed(reason="Flyttat.")) is None
    assert (await Inbox(Desk(service)).page(ANNA, Wanted())).cases == ()
    assert await do(service, ANNA, talk.case, Closed()) == "closed"
    assert await do(service, ANNA, talk.case, Reopened()) is None
    assert (await row_of(service, talk.case)).status == "sent"
    assert await do(service, ANNA, talk.case, Reopened()) == "not_closed"
    await do(service, ANNA, talk.case, Held(on="2026-03-05"))
    await do(service, ANNA, talk.case, Closed())
    await do(service, ANNA, talk.case, Reopened())
    assert (await row_of(service, talk.case)).status == "visited"


async def test_what_was_done_is_told_with_moment_and_name(browser: Browser, talk: Talk) -> None:
    client = await browser(ANNA)
    await post(client, work(talk), "take")
    await post(client, work(talk), "note", note="Ringt\r\ntvå gånger.")
    await post(client, work(talk), "close", reason="Flyttat.")
    text = await seen(client, f"/desk/cases/{talk.case}/history?locale=en")
    for line in (
        "2026-03-05 10:00 anna gave the case to anna",
        "2026-03-05 10:00 anna noted Ringt två gånger.",
        "2026-03-05 10:00 anna closed the case Flyttat.",
        "2026-03-05 10:00 karin gave the case to unit North",
        "2026-03-05 10:00 anna the case",
    ):
        assert line in text, line


async def test_words_of_a_colleague_stay_words(browser: Browser, talk: Talk) -> None:
    client = await browser(ANNA)
    await post(client, work(talk), "note", note='<script>alert("x")</script>\u202e')
    text = await page(client, work(talk))
    assert "<script>" not in text
    assert '<q><bdi dir="auto">&lt;script&gt;' in text


# -- a partner, and the same person twice ------------------------------------------------------------------------------


async def test_partners_are_linked_both_ways_and_neither_shows_the_others_answers(
    service: Service, browser: Browser, talk: Talk
) -> None:
    partner = await sent(service, "Kanariefågel")
    client = await browser(ANNA)
    await post(client, work(talk), "link", reference=partner.reference)
    assert f"Linked to case {partner.reference}. The partner has answered." in await seen(
        client, f"{work(talk)}?locale=en"
    )
    assert f"Linked to case {talk.reference}." in await seen(client, f"{work(partner)}?locale=en")
    for rest in ("work", "history", "summary"):
        assert "Kanarie" not in await page(client, f"/desk/cases/{talk.case}/{rest}"), rest
    await post(client, work(talk), "unlink")
    for one in (talk, partner):
        detail = await Desk(service).case(one.case, reader="test")
        assert detail is not None and detail.office.partner is None


async def test_a_partner_who_has_not_answered_is_told_as_that(service: Service, browser: Browser, talk: Talk) -> None:
    invited = await Casework(Desk(service)).make(ANNA, (), locale="ar")
    client = await browser(ANNA)
    await post(client, work(talk), "link", reference=invited.reference)
    assert "The partner has not answered yet." in await seen(client, f"{work(talk)}?locale=en")


async def test_a_case_has_one_partner_and_is_not_its_own(service: Service, browser: Browser, talk: Talk) -> None:
    casework = Casework(Desk(service))
    one, two = [await casework.make(ANNA, (), locale="sv") for _ in range(2)]
    at = (await row_of(service, talk.case)).doings
    assert (await casework.link(ANNA, talk.case, talk.reference, at)).wrong == "itself"
    assert (await casework.link(ANNA, talk.case, one.reference, at)).wrong is None
    assert (await casework.link(ANNA, two.id, one.reference, two.doings)).wrong == "linked_already"
    assert (await casework.link(ANNA, talk.case, two.reference, at)).wrong == "stale"


async def test_the_same_person_under_two_references_becomes_one_case(
    service: Service, browser: Browser, clock: Clock
) -> None:
    invited = await Casework(Desk(service)).make(ANNA, (Noted(text="Ringde i går."),), locale="ar", name="Selam?")
    clock.forward(days=2)
    made = await sent(service, "Selam")
    client = await browser(ANNA)
    answer = await post(client, f"/desk/cases/{invited.id}/work", "merge", reference=made.reference)
    assert answer.status == 303
    row = await row_of(service, invited.id)
    assert (row.status, row.first_contact, row.reference) == ("sent", "2026-03-05", invited.reference)
    assert await service.store.case(made.case) is None
    text = await seen(client, f"/desk/cases/{invited.id}/summary")
    assert "Selam" in text and "Selam?" not in text
    history = await seen(client, f"/desk/cases/{invited.id}/history?locale=en")
    assert f"anna took in case {made.reference}" in history and "Ringde i går." in history
    # The person's code goes on working: the conversation only changed its case.
    assert (await service.talk(made.id)).case in (invited.id, made.case)
    await page(client, f"/desk/cases/{made.case}/summary", status=404)


async def test_what_was_done_under_the_other_reference_is_kept_too(service: Service, browser: Browser) -> None:
    casework = Casework(Desk(service))
    mine = await casework.make(ANNA, (), locale="sv")
    other = await casework.make(ANNA, (Noted(text="Kommer hellre på morgonen."),), locale="sv")
    await do(service, ANNA, other.id, Booked(at="2026-03-12T10:00"))
    assert (await casework.merge(ANNA, mine.id, other.reference, mine.doings)).wrong is None
    detail = await Desk(service).case(mine.id, reader="test")
    assert detail is not None
    assert [one.doing.text for one in detail.office.notes if isinstance(one.doing, Noted)] == [
        "Kommer hellre på morgonen."
    ]
    assert detail.view.visit == "2026-03-12T10:00"
    assert [one.seq for one in detail.office.done] == list(range(1, detail.view.seq + 1))


async def test_nobody_merges_a_case_that_they_may_not_open(service: Service, browser: Browser, talk: Talk) -> None:
    await give(service, talk.case, "anna")
    mine = await Casework(Desk(service)).make(SARA, (), locale="sv")
    outcome = await Casework(Desk(service)).merge(SARA, mine.id, talk.reference, mine.doings)
    assert outcome.wrong == "no_such_case"
    assert await service.store.case(talk.case) is not None
