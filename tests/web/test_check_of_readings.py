"""The monthly list of readings to check: what is on it, that nobody can know it beforehand, and what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.check_rules import is_out_of_hours
from assistant.checklist import DRAWN, CheckList, bounds
from assistant.desk import Desk
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.web.desk_visits import page, seen
from tests.web.office_visits import KARIN, SARA, STINA, Browser, browsers, give, hire_all, send, sent

MONTH = "2026-03"


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


@pytest.fixture
def checks(service: Service, browser: Browser) -> CheckList:
    return CheckList(Desk(service))


async def log(service: Service, user: str, case: str, at: str, what: str = "summary") -> None:
    await service.store.log_reading(at=at, user=user, case=case, what=what)


async def test_readings_of_a_month_are_drawn_by_lot_and_the_list_stays_the_same(
    service: Service, checks: CheckList
) -> None:
    for number in range(200):
        await log(service, "anna", f"case-{number}", f"2026-03-{2 + number % 3:02}T09:00:00Z")
    listed = await checks.month(KARIN, MONTH)
    assert [one.why for one in listed] == ["drawn"] * DRAWN
    assert await checks.month(KARIN, MONTH) == listed
    assert [one.reading for one in listed] != list(range(1, DRAWN + 1))
    assert await checks.month(KARIN, "2026-04") == ()


async def test_who_reads_one_case_often_has_one_chance_of_being_drawn(service: Service, checks: CheckList) -> None:
    for number in range(100):
        await log(service, "anna", "case", f"2026-03-03T09:{number % 60:02}:00Z")
    assert len(await checks.month(KARIN, MONTH)) == 1


@pytest.mark.parametrize(
    ("at", "out"),
    [
        ("2026-03-03T05:00:00Z", False),
        ("2026-03-03T04:59:59Z", True),
        ("2026-03-03T18:59:59Z", False),
        ("2026-03-03T19:00:00Z", True),
        ("2026-03-07T09:00:00Z", True),
        ("2026-07-01T04:00:00Z", False),
    ],
)
async def test_what_is_read_at_night_or_on_a_weekend_is_on_the_list(
    service: Service, checks: CheckList, at: str, out: bool
) -> None:
    assert is_out_of_hours(at) is out
    await log(service, "anna", "case", at)
    (one,) = await checks.month(KARIN, at[:7])
    assert one.why == ("out_of_hours" if out else "drawn")


async def test_every_reading_by_a_crossing_is_on_the_list(
    service: Service, browser: Browser, checks: CheckList
) -> None:
    talk = await sent(service)
    await give(service, talk.case, "anna")
    client = await browser(SARA)
    await send(client, "/desk/cross", "/desk/cross", reference=talk.reference, reason="Täcker för Anna i dag.")
    await page(client, f"/desk/cases/{talk.case}/summary")
    await page(client, f"/desk/cases/{talk.case}/history")
    listed = await checks.month(STINA, MONTH)
    assert [(one.user, one.reference, one.what, one.why) for one in listed] == [
        ("sara", talk.reference, "summary", "crossed"),
        ("sara", talk.reference, "history", "crossed"),
    ]
    assert await checks.month(KARIN, MONTH) == ()


async def test_a_leads_own_readings_are_not_checked_by_the_lead(service: Service, checks: CheckList) -> None:
    await log(service, "karin", "case", "2026-03-03T09:00:00Z")
    assert await checks.month(KARIN, MONTH) == ()
    assert len(await checks.month(KARIN._replace(name="another", unit=""), MONTH)) == 1


async def test_what_came_of_checking_is_kept_and_only_for_what_is_on_the_list(
    service: Service, browser: Browser, checks: CheckList
) -> None:
    await log(service, "anna", "case", "2026-03-03T09:00:00Z")
    await log(service, "sara", "case", "2026-03-03T09:00:00Z")
    client = await browser(KARIN)
    address = f"/desk/lead/checks?month={MONTH}"
    assert "1 reading is still to be checked." in await seen(client, f"{address}&locale=en")
    await send(client, address, "/desk/lead/checks", month=MONTH, r1="ask", r2="fine", rx="fine")
    (one,) = await checks.month(KARIN, MONTH)
    assert (one.result, one.checked_by) == ("ask", "karin")
    assert [other.result for other in await checks.month(STINA, MONTH)] == [""]
    assert "0 readings are still to be checked." in await seen(client, f"{address}&locale=en")


@pytest.mark.parametrize("month", ["2026-13", "26-03", "x", "9999-12", "2026-3"])
async def test_what_is_no_month_has_no_list(browser: Browser, month: str) -> None:
    await page(await browser(KARIN), f"/desk/lead/checks?month={month}", status=404)


def test_a_month_begins_and_ends_on_swedish_clocks() -> None:
    assert bounds("2026-03") == ("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")
    assert bounds("2026-12") == ("2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z")


async def test_without_a_month_the_list_is_of_this_one(service: Service, browser: Browser, clock: Clock) -> None:
    assert clock.now.astimezone(datetime.UTC).strftime("%Y-%m") == MONTH
    await log(service, "anna", "case", "2026-03-03T09:00:00Z")
    assert f'name="month" value="{MONTH}"' in await page(await browser(KARIN), "/desk/lead/checks")
