"""Guessing codes: nobody gets in, few guesses cost anything, and the owner is not kept out by them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.web import Application

from assistant.server.app import make_app
from assistant.server.limits import Limits
from assistant.service import Service
from assistant.settings import Settings
from assistant.slowly import SlowHashes, TooBusy
from assistant.store import codes
from tests.conftest import Client, Clock
from tests.security.guessing import FEWEST, budget, code_guesses
from tests.torture.rows import scale_here
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import the_talk, until

COUNT = scale_here().of(15 * FEWEST, 100_000)


@pytest.mark.slow
def test_a_flood_of_guesses_hits_nothing_costs_little_and_keeps_no_owner_out() -> None:
    came = code_guesses(COUNT)
    assert (came.count, came.lost, came.leaked, came.errors_5xx) == (COUNT, 0, 0, 0)


def test_the_budget_of_five_hundred_networks_is_a_ninth_of_what_two_threads_hash_in_ten_minutes() -> None:
    # 30 ms each on two threads.
    assert budget(500) == 2160
    assert budget(500) * 9 < 600 * 2 / 0.03


def test_a_library_in_which_somebody_guesses_is_not_locked_out_at_once() -> None:
    limits, library = Limits(lambda: 0.0), "10.1.1.0/24"
    for _ in range(10):
        assert limits.take_guess(library, codes.new_code())
    # The neighbour goes on with codes of one kind; whoever has a code of another kind still gets a try.
    assert limits.take_guess(library, "A" * 12) and not limits.take_guess(library, "A" * 12)
    assert all(limits.take_guess(library, kind * 12) for kind in codes.ALPHABET if kind != "A")


async def test_people_who_come_back_from_one_library_take_nothing_from_each_other(
    client: Client, service: Service
) -> None:
    service.settings = Settings(behind_tls_proxy=True)
    browser, headers = Browser(client), {"X-Forwarded-For": "10.1.1.1"}
    await browser.begin("sv")
    await until(browser, "you")
    code = the_talk(service).code
    for typed in (code[:-1] + "U", code[::-1], "min kod", "", code) * 12:
        answer = await client.post("/sv/continue", data={"code": typed}, headers=headers, allow_redirects=False)
        assert answer.status == (303 if typed == code else 422)


async def test_a_wrong_an_expired_and_a_replaced_code_get_the_same_page(
    client: Client, service: Service, clock: Clock
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    talk = the_talk(service)
    replaced = talk.code
    await service.new_code(talk)

    async def page(code: str) -> str:
        await browser.open("/sv/continue")
        got: Page = await browser.send("continue", code=code)
        assert got.status == 422
        return got.html.replace(code, "")

    wrong = await page(codes.new_code())
    assert await page(replaced) == wrong
    clock.forward(days=service.settings.draft_days + 1)
    assert await page(talk.code) == wrong
    # A clock that jumps back brings nothing back that was replaced.
    clock.forward(days=-service.settings.draft_days - 30)
    assert await page(replaced) == wrong


async def test_slow_hashes_run_two_at_once_and_who_finds_the_queue_full_is_told_so() -> None:
    slow, go = SlowHashes(2, waiting=5), threading.Event()
    running, most = 0, 0

    def hashing(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        go.wait(10)
        running -= 1
        return number

    under_way = [asyncio.create_task(slow.run(hashing, number)) for number in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await slow.run(hashing, 5)
    under_way[4].cancel()
    await asyncio.wait([under_way[4]])
    go.set()
    assert await asyncio.gather(*under_way[:4]) == [0, 1, 2, 3]
    assert most == 2
    assert await slow.run(hashing, 6) == 6


async def test_when_too_many_hash_at_once_a_page_says_when_to_try_again(
    aiohttp_client: Callable[[Application], Awaitable[Client]], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await aiohttp_client(make_app(service, secure=False))
    full = SlowHashes(waiting=1)
    full._room.acquire()
    monkeypatch.setattr("assistant.service.slow_hashes", full)
    answer = await client.post("/sv/continue", data={"code": codes.new_code()})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "Något gick fel" in await answer.text()
    full._room.release()
    for _ in range(11):
        assert (await client.post("/sv/continue", data={"code": codes.new_code()})).status in (422, 429)
