"""A form that is sent twice, by a double tap or a slow connection: answered as the first one, and recorded once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from assistant.core.record import Messaged
from assistant.messages import MESSAGE
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import the_talk


@pytest.fixture
async def browser(client: Client) -> Browser:
    """A browser that stands at the gate."""
    browser = Browser(client)
    await browser.begin("sv")
    return browser


@pytest.fixture
async def caller(client: Client) -> Caller:
    return await Caller(client).begin()


async def twice(browser: Browser, **answers: Any) -> tuple[Page, Page]:
    """The same form of the page, posted and posted again."""
    drawn = browser.page
    first = await browser.reply(answers)
    browser.page = drawn
    return first, await browser.reply(answers)


def everything_on_disk(tmp_path: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())


async def nothing_is_kept(service: Service) -> bool:
    return await service.store.cases() == () and await service.store.retention.ids() == ((), ())


async def test_yes_tapped_twice_says_twice_whom_to_call(browser: Browser, service: Service, tmp_path: Path) -> None:
    before = everything_on_disk(tmp_path)
    first, second = await twice(browser, protected_identity="yes")
    assert (first.status, second.status) == (200, 200)
    assert first.text == second.text and "112" in second.text
    assert await nothing_is_kept(service)
    assert everything_on_disk(tmp_path) == before


async def test_the_page_that_says_whom_to_call_is_there_until_the_person_leaves(
    browser: Browser, service: Service
) -> None:
    stop = await browser.reply({"protected_identity": "yes"})
    assert (await browser.open("/chat")).heading == stop.heading
    await browser.send("leave")
    assert (await browser.open("/chat")).url == "/"
    assert not service._gate and await nothing_is_kept(service)


async def test_the_page_that_says_whom_to_call_is_gone_after_the_hour_of_the_gate(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await browser.reply({"protected_identity": "yes"})
    for _ in range(3):
        clock.forward(minutes=25)
        page = await browser.open("/chat")
    assert page.status == 401 and "begin" not in page.forms
    assert not service._gate


async def test_who_tapped_yes_by_mistake_can_go_back(browser: Browser, service: Service) -> None:
    await browser.reply({"protected_identity": "yes"})
    page = await browser.press("back")
    assert page.forms["reply"].data["data-item"] == "protected_identity"
    assert (await browser.reply({"protected_identity": "no"})).url == "/chat/code"
    assert len(await service.store.cases()) == 1


async def test_no_tapped_twice_shows_the_code_twice(browser: Browser, service: Service) -> None:
    first, second = await twice(browser, protected_identity="no")
    assert (first.status, first.url) == (second.status, second.url) == (200, "/chat/code")
    assert first.html.partition('<bdi dir="ltr">')[2][:14] == second.html.partition('<bdi dir="ltr">')[2][:14] != ""
    assert len(await service.store.cases()) == 1


async def test_going_on_unanswered_is_taken_twice_too(browser: Browser, service: Service) -> None:
    await browser.reply({"protected_identity": "skip"})
    first, second = await twice(browser, protected_next="go_on")
    assert first.url == second.url == "/chat/code"
    assert len(await service.store.cases()) == 1


async def test_another_answer_at_the_gate_behind_the_first_one_is_not_taken(browser: Browser) -> None:
    drawn = browser.page
    await browser.reply({"protected_identity": "no"})
    browser.page = drawn
    assert (await browser.reply({"protected_identity": "yes"})).status == 409


async def test_the_answer_at_the_gate_is_forgotten_after_some_minutes(
    browser: Browser, service: Service, clock: Clock
) -> None:
    drawn = browser.page
    await browser.reply({"protected_identity": "no"})
    clock.forward(minutes=11)
    browser.page = drawn
    assert (await browser.reply({"protected_identity": "no"})).status == 409
    assert the_talk(service).passed is None


@pytest.mark.parametrize("value", ["yes", "no"])
async def test_six_programs_that_answer_the_gate_alike_all_succeed(
    caller: Caller, service: Service, value: str
) -> None:
    answers = await asyncio.gather(*(caller.post("/replies", item="protected_identity", value=value) for _ in range(6)))
    assert [status for status, _ in answers] == [200] * 6
    assert len({str(body["turn"]["step"]) for _, body in answers}) == 1
    assert len(await service.store.cases()) == (1 if value == "no" else 0)


async def messages(service: Service) -> int:
    """How many messages stand at the office."""
    cases = await service.store.cases()
    rows = [row for case in cases for row in await service.store.conversations_of(case.id)]
    return sum(row.dialog == MESSAGE for row in rows)


async def test_a_message_out_of_a_talk_that_is_sent_twice_is_one(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await browser.reply({"protected_identity": "no"})
    form = await browser.open("/sv/apply-now")
    for _ in range(2):
        browser.page = form
        page = await browser.send("urgent", phone=" 070-123 45 67", when="efter tio")
        assert page.url == "/chat/sent"
        clock.forward(minutes=4)
    assert await messages(service) == 1
    assert sum(isinstance(one.event, Messaged) for one in the_talk(service).state.messages) == 1


async def test_another_number_or_a_later_time_is_another_message(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await browser.reply({"protected_identity": "no"})
    form = await browser.open("/sv/apply-now")
    for number, minutes in (("070-1", 0), ("070-2", 11), ("070-2", 0)):
        browser.page = form
        clock.forward(minutes=minutes)
        await browser.send("urgent", phone=number)
    assert await messages(service) == 2
    clock.forward(minutes=11)
    browser.page = form
    await browser.send("urgent", phone="070-2")
    assert await messages(service) == 3


@pytest.mark.parametrize("inside", [False, True])
async def test_programs_that_send_a_message_at_the_same_time_send_one(
    caller: Caller, service: Service, inside: bool
) -> None:
    if inside:
        await caller.past_the_gate()
    urgent = {"kind": "call_me", "name": "Amina", "phone": "070-123 45 67"}
    answers = await asyncio.gather(*(caller.post("/urgent", **urgent) for _ in range(3)))
    assert [status for status, _ in answers] == [200] * 3
    assert await messages(service) == 1
