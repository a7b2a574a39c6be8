"""The list as a caseworker uses it: filters, sorting, pages, and what stands in a row."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.casework import Casework
from assistant.core.office import Booked, Held
from assistant.desk import Desk
from assistant.inbox import PAGE, Inbox, Wanted
from assistant.service import Service
from assistant.store.office import OfficeStore
from tests.conftest import Client, Clock
from tests.stores.test_office_contract import row
from tests.web.desk_visits import page, readings, seen
from tests.web.office_visits import ANNA, NILS, STINA, Browser, browsers, do, give, hire_all, sent


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


async def references(client: Client, address: str) -> list[str]:
    """The references of the rows of a list, in order."""
    text = await page(client, address)
    return re.findall(r'role="rowheader">(?:<a [^>]*>)?([^<]+)<', text)


async def test_a_row_tells_language_interpreter_state_days_visit_and_caseworker(
    service: Service, browser: Browser
) -> None:
    talk = await sent(service, "Selam", interpreter_language="ti")
    await give(service, talk.case, "anna")
    await do(service, ANNA, talk.case, Booked(at="2026-03-12T10:00"))
    text = await seen(await browser(ANNA), "/desk?locale=en")
    told = f"{talk.reference} Selam Sent English, interpreter Tigrinya 2026-03-05 2026-03-19 · 14 days left"
    assert f"{told} 2026-03-12 10:00 anna, North" in text


async def test_no_interpreter_is_shown_where_none_is_wanted(service: Service, browser: Browser) -> None:
    await sent(service, "Selam", swedish_level="good", interpreter_language=None)
    assert "interpreter" not in (await seen(await browser(ANNA), "/desk?locale=en")).partition("Selam")[2]


async def test_mine_my_unit_and_nobodys_are_three_lists(service: Service, browser: Browser) -> None:
    free, mine, nils, south = [await sent(service, name) for name in ("Free", "Mine", "Nils", "South")]
    await give(service, free.case, unit="North")
    await give(service, mine.case, "anna")
    await give(service, nils.case, "nils")
    await give(service, south.case, "sara")
    client = await browser(ANNA)
    assert set(await references(client, "/desk")) == {free.reference, mine.reference, nils.reference}
    assert await references(client, "/desk?whose=mine") == [mine.reference]
    assert await references(client, "/desk?whose=nobodys") == [free.reference]


async def test_late_at_risk_urgent_and_unbooked_are_counted_and_shown_alone(
    service: Service, browser: Browser, clock: Clock
) -> None:
    late = await sent(service, "Late")
    clock.forward(days=4)
    near = await sent(service, "Near")
    clock.forward(days=11)
    urgent = await sent(service, "Urgent", urgent_needs=["food"], urgent_phone="070", urgent_when="now")
    await do(service, ANNA, urgent.case, Booked(at="2026-03-23T10:00"))
    client = await browser(ANNA)
    text = await seen(client, "/desk?locale=en")
    assert "All 3 Urgent 1 Later than 14 days 1 3 days left or less, no visit booked 1 No visit booked 2" in text
    for only, talks in (("late", [late]), ("at_risk", [near]), ("urgent", [urgent]), ("unbooked", [late, near])):
        assert await references(client, f"/desk?only={only}") == [one.reference for one in talks], only


async def test_a_case_is_at_risk_on_its_last_four_days_and_late_on_the_next(
    service: Service, browser: Browser, clock: Clock
) -> None:
    await sent(service)
    inbox = Inbox(Desk(service))
    found = []
    for day in range(17):
        listed = await inbox.page(ANNA, Wanted())
        (view,) = listed.cases
        assert (listed.counts.late, listed.counts.at_risk) == (int(view.overdue), int(view.at_risk)), day
        found.append("late" if view.overdue else "risk" if view.at_risk else "fine")
        clock.forward(days=1)
    assert found == ["fine"] * 11 + ["risk"] * 4 + ["late"] * 2


async def test_a_visit_in_time_takes_the_risk_away_and_one_that_was_held_the_clock(
    service: Service, browser: Browser, clock: Clock
) -> None:
    talk = await sent(service)
    clock.forward(days=12)
    inbox = Inbox(Desk(service))
    assert (await inbox.page(ANNA, Wanted())).counts.at_risk == 1
    await do(service, ANNA, talk.case, Booked(at="2026-03-20T10:00"))
    assert (await inbox.page(ANNA, Wanted())).counts.at_risk == 1
    await do(service, ANNA, talk.case, Booked(at="2026-03-19T10:00"))
    assert (await inbox.page(ANNA, Wanted())).counts.at_risk == 0
    clock.forward(days=30)
    assert (await inbox.page(ANNA, Wanted())).counts.late == 1
    await do(service, ANNA, talk.case, Held(on="2026-03-19"))
    listed = await inbox.page(ANNA, Wanted())
    assert listed.counts.late == 0
    assert listed.cases[0].days_left is None


async def test_the_list_is_filtered_by_state_and_language_and_sorted_both_ways(
    service: Service, browser: Browser, clock: Clock
) -> None:
    first = await sent(service, "First")
    clock.forward(days=1)
    second = await sent(service, "Second")
    invited = await Casework(Desk(service)).make(ANNA, (), locale="ar")
    await do(service, ANNA, second.case, Held(on="2026-03-06"))
    client = await browser(ANNA)
    assert await references(client, "/desk?status=visited") == [second.reference]
    assert await references(client, "/desk?status=invited") == [invited.reference]
    assert set(await references(client, "/desk?language=en")) == {first.reference, second.reference}
    down = await references(client, "/desk?sort=first_contact&way=down")
    assert down[-1] == first.reference
    assert (await references(client, "/desk?sort=first_contact"))[0] == first.reference
    text = await page(client, "/desk?sort=first_contact&way=down")
    assert 'aria-sort="descending"' in text


@pytest.mark.parametrize(
    "query", ["whose=everybody", "only=x", "status=x", "sort=card", "page=0", "page=-1", "page=x", "page=99999999999"]
)
async def test_what_an_address_asks_wrongly_is_as_if_it_were_not_asked(
    service: Service, browser: Browser, query: str
) -> None:
    talk = await sent(service)
    assert await references(await browser(ANNA), f"/desk?{query}") == [talk.reference]


async def fill(office: OfficeStore, cases: int, **values: object) -> None:
    for number in range(cases):
        await office.make(row(f"{number:05}", **values), [])


async def test_a_long_list_has_pages_that_lead_through_all_of_it_once(service: Service, browser: Browser) -> None:
    await fill(service.store.office, PAGE + 3, unit="North")
    client = await browser(ANNA)
    first = await references(client, "/desk")
    assert len(first) == PAGE
    text = await page(client, "/desk")
    (following,) = re.findall(r'href="([^"]+)" rel="next"', text)
    second = await references(client, following)
    assert len(second) == 3
    assert len({*first, *second}) == PAGE + 3
    assert "Sida 2 av 2" in await seen(client, following)


async def test_a_lead_without_a_unit_sees_all_units(service: Service, browser: Browser) -> None:
    talks = [await sent(service, name) for name in ("One", "Two")]
    await give(service, talks[0].case, "anna")
    await give(service, talks[1].case, "sara")
    everything = await Inbox(Desk(service)).page(STINA._replace(unit=""), Wanted())
    assert len(everything.cases) == 2
    assert not any(one.own for one in everything.cases)


async def test_a_search_looks_for_names_in_ones_own_cases_only_and_logs_what_it_found(
    service: Service, browser: Browser
) -> None:
    mine, other = await sent(service, "Åsa Öberg"), await sent(service, "Åsa Ek")
    await give(service, mine.case, "anna")
    await give(service, other.case, "nils")
    inbox = Inbox(Desk(service))
    found = await inbox.page(ANNA, Wanted(words="åsa"))
    assert [one.name for one in found.cases] == ["Åsa Öberg"]
    assert [one.name for one in (await inbox.page(NILS, Wanted(words="åsa"))).cases] == ["Åsa Ek"]
    assert ("anna", "found") in await readings(service, mine.case)
    assert ("anna", "found") not in await readings(service, other.case)


async def test_a_changed_name_is_found_at_once(service: Service, browser: Browser) -> None:
    made = await Casework(Desk(service)).make(ANNA, (), locale="sv", name="Before")
    inbox = Inbox(Desk(service))
    assert [one.name for one in (await inbox.page(ANNA, Wanted(words="before"))).cases] == ["Before"]
    talk = await sent(service, "After")
    assert (await Casework(Desk(service)).merge(ANNA, made.id, talk.reference, made.doings)).wrong is None
    assert (await inbox.page(ANNA, Wanted(words="before"))).cases == ()
    assert [one.name for one in (await inbox.page(ANNA, Wanted(words="after"))).cases] == ["After"]
