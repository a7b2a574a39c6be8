"""Who may open which case: one's own, one's unit's free ones, another's for a reason and an hour. Nothing else."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.desk import Desk
from assistant.server.app import make_app
from assistant.service import Service
from assistant.talks import Talk
from tests.conftest import Client, Clock
from tests.web.desk_visits import page, readings, seen, words_of
from tests.web.office_visits import (
    ADAM,
    ANNA,
    EVERYBODY,
    KARIN,
    NILS,
    SARA,
    STINA,
    Browser,
    browsers,
    give,
    hire_all,
    send,
    sent,
)

REASON = "Täcker för Anna som är sjuk i dag."


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


@pytest.fixture
async def annas(service: Service, browser: Browser) -> Talk:
    """A case of Anna's, who works in North."""
    talk = await sent(service, "Kanariefågel")
    await give(service, talk.case, "anna")
    return talk


async def test_a_case_of_nobody_and_no_unit_may_be_opened_by_everybody(service: Service, browser: Browser) -> None:
    talk = await sent(service)
    for one in EVERYBODY:
        assert await Desk(service).open(talk.case, one) is not None, one.name


async def test_a_free_case_of_a_unit_is_for_those_of_the_unit(service: Service, browser: Browser) -> None:
    talk = await sent(service)
    await give(service, talk.case, unit="North")
    opened = [one.name for one in EVERYBODY if await Desk(service).open(talk.case, one) is not None]
    assert opened == ["anna", "nils", "karin"]


async def test_a_case_of_somebody_is_for_this_person_only_whatever_the_role(service: Service, annas: Talk) -> None:
    opened = [one.name for one in EVERYBODY if await Desk(service).open(annas.case, one) is not None]
    assert opened == ["anna"]


async def test_every_page_of_a_case_is_closed_to_others_and_nothing_is_logged(
    service: Service, browser: Browser, annas: Talk
) -> None:
    routes = [
        (method, resource.canonical)
        for resource in make_app(service, secure=False).router.resources()
        if resource.canonical.startswith("/desk/cases/{id}")
        for method in {route.method for route in resource} - {"HEAD"}
    ]
    assert len(routes) >= 6
    before = await readings(service, annas.case)
    for colleague in (NILS, SARA, KARIN, ADAM):
        client = await browser(colleague)
        for method, route in routes:
            address = re.sub(r"\{[a-z]+\}", "x", route.replace("{id}", annas.case))
            answer = (
                await send(client, "/desk", address, seen="1", do="note", note="x")
                if method == "POST"
                else await client.get(address, allow_redirects=False)
            )
            assert answer.status == 404, (method, route, colleague.name)
            assert "Kanarie" not in await answer.text()
    assert await readings(service, annas.case) == before


async def test_a_case_of_another_and_one_that_is_not_there_are_answered_alike(browser: Browser, annas: Talk) -> None:
    client = await browser(NILS)
    texts = [
        re.sub(r'value="[^"]*"', "", await page(client, f"/desk/cases/{one}/summary", status=404))
        for one in (annas.case, "0" * 32)
    ]
    assert texts[0] == texts[1]


async def test_the_list_shows_of_anothers_case_that_it_is_there(browser: Browser, annas: Talk) -> None:
    client = await browser(NILS)
    text = await page(client, "/desk?locale=en")
    assert annas.reference in text
    assert "(case of another)" in text
    assert "Kanarie" not in text
    assert annas.case not in text
    assert "Kanarie" in await page(await browser(ANNA), "/desk")


async def test_another_units_case_is_in_no_list_and_found_by_its_whole_reference_only(
    browser: Browser, annas: Talk
) -> None:
    client = await browser(SARA)
    for address in ("/desk", "/desk?q=Kanarie", f"/desk?q={annas.reference[:5]}"):
        assert f">{annas.reference}<" not in await page(client, address), address
    found = await page(client, f"/desk?q={annas.reference}")
    assert f">{annas.reference}<" in found
    assert "Kanarie" not in found


async def test_a_message_in_anothers_case_tells_whose_it_is_and_nothing_more(
    service: Service, browser: Browser
) -> None:
    talk = await sent(service, "Yusuf", urgent_needs=["food"], urgent_phone="070 111 22 33", urgent_when="efter tio")
    await give(service, talk.case, "anna")
    text = await seen(await browser(NILS), "/desk?locale=en")
    assert "waits for anna" in text
    for word in ("Yusuf", "070 111", "food", "efter tio"):
        assert word not in text
    assert ("nils", "list") not in await readings(service, talk.case)


async def test_who_tells_a_reason_reads_the_case_for_an_hour(
    service: Service, browser: Browser, annas: Talk, clock: Clock
) -> None:
    client = await browser(SARA)
    answer = await send(client, "/desk/cross", "/desk/cross", reference=annas.reference, reason=REASON)
    assert answer.headers["Location"] == f"/desk/cases/{annas.case}/summary"
    assert "Kanarie" in await page(client, f"/desk/cases/{annas.case}/summary")
    clock.forward(minutes=19)
    await page(client, "/desk")
    clock.forward(minutes=19)
    await page(client, "/desk")
    clock.forward(minutes=19)
    assert "Kanarie" in await page(client, f"/desk/cases/{annas.case}/summary")
    clock.forward(minutes=3)
    await page(client, f"/desk/cases/{annas.case}/summary", status=404)


@pytest.mark.parametrize("reason", ["", "  ", "jobb", "x" * 2001])
async def test_without_a_reason_nobody_reads_anothers_case(
    service: Service, browser: Browser, annas: Talk, reason: str
) -> None:
    client = await browser(SARA)
    answer = await send(client, "/desk/cross", "/desk/cross", reference=annas.reference, reason=reason)
    assert answer.status == 422
    assert await Desk(service).open(annas.case, SARA) is None


async def test_an_unknown_reference_is_told_and_what_was_typed_stays(browser: Browser) -> None:
    client = await browser(SARA)
    answer = await send(client, "/desk/cross", "/desk/cross?locale=en", reference="AAA-AAA", reason=REASON)
    text = await answer.text()
    assert answer.status == 422
    assert "There is no case with this reference." in words_of(text)
    assert REASON in text and 'value="AAA-AAA"' in text


async def test_the_lead_of_who_crossed_is_told_with_the_reason_until_it_is_seen(
    service: Service, browser: Browser, annas: Talk
) -> None:
    client = await browser(SARA)
    await send(client, "/desk/cross", "/desk/cross", reference=annas.reference, reason=REASON)
    lead = await browser(STINA)
    assert "(1)" in words_of(await page(lead, "/desk"))
    text = await seen(lead, "/desk/lead/crossings")
    assert f"sara {annas.reference} {REASON}" in text
    await send(lead, "/desk/lead/crossings", "/desk/lead/crossings", id="1")
    text = await seen(lead, "/desk/lead/crossings")
    assert "stina" in text.partition(REASON)[2]
    assert "(1)" not in words_of(await page(lead, "/desk"))


async def test_another_units_lead_sees_nothing_of_it_and_cannot_mark_it(
    service: Service, browser: Browser, annas: Talk
) -> None:
    await send(await browser(SARA), "/desk/cross", "/desk/cross", reference=annas.reference, reason=REASON)
    lead = await browser(KARIN)
    assert REASON not in await page(lead, "/desk/lead/crossings")
    await send(lead, "/desk/lead/crossings", "/desk/lead/crossings", id="1")
    (row,) = await service.store.office.crossings(since="2026-01-01", until="2027-01-01")
    assert row.seen == ""


async def test_whoever_has_the_case_sees_who_opened_it_and_why(browser: Browser, annas: Talk) -> None:
    await send(await browser(SARA), "/desk/cross", "/desk/cross", reference=annas.reference, reason=REASON)
    text = await seen(await browser(ANNA), f"/desk/cases/{annas.case}/history?locale=en")
    assert f"sara opened the case of another, for this reason: {REASON}" in text


async def test_a_case_that_is_given_away_is_closed_at_once(service: Service, browser: Browser, annas: Talk) -> None:
    client = await browser(ANNA)
    assert "Kanarie" in await page(client, f"/desk/cases/{annas.case}/summary")
    await give(service, annas.case, "nils")
    await page(client, f"/desk/cases/{annas.case}/summary", status=404)


@pytest.mark.parametrize("address", ["/desk/lead/crossings", "/desk/lead/checks"])
async def test_the_leads_pages_are_for_leads(browser: Browser, address: str) -> None:
    for one in (ANNA, ADAM):
        await page(await browser(one), address, status=404)
    await page(await browser(KARIN), address)
