"""A slow disk: everything else goes on, whoever waits too long is told and keeps the words, and nothing is twice."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from assistant.server import patience
from assistant.service import Service
from assistant.store.sqlite import SqliteStore
from tests.conftest import Client
from tests.faults.answering import START
from tests.faults.disks import BadDisk
from tests.faults.people import Talker, at_once, figures
from tests.faults.serving import serving
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

WORDS = {"field.answering_for": "self", "field.called_name": "Amal"}


class Held:
    """A disk that takes its time until it is let go: the writer stands in a job of ours."""

    def __init__(self, service: Service) -> None:
        assert isinstance(service.store, SqliteStore)
        self._event = threading.Event()
        self._job = service.store.writer.submit(lambda connection: self._event.wait(30))

    async def let_go(self) -> None:
        self._event.set()
        await self._job


@pytest.mark.parametrize("milliseconds", [50, 400, 2000])
def test_while_the_disk_works_everything_else_is_answered(tmp_path: Path, milliseconds: int) -> None:
    disk = BadDisk(tmp_path, tmp_path / "data")
    with serving(tmp_path / "data", **disk.variables) as server:
        people = [Talker(server) for _ in range(3)]
        looks = figures(server)["klarbild_loop_looks_total"]
        disk.order(f"sync sleep {milliseconds}")
        threads = at_once(people)
        answered = 0
        while any(thread.is_alive() for thread in threads):
            assert server.get("/healthz")[0] == 200
            answered += 1
        for thread in threads:
            thread.join()
        disk.order("")
        assert disk.met() > 0
        # On the slowest disk somebody may have been told to send it again: then it is there once.
        assert all(one.heard in ([200], [503]) for one in people)
        for one in people:
            assert one.heard == [200] or one.say() == 200
        assert len({one.seq for one in people}) == 1, "the same answer makes as many records for each"
        if milliseconds >= 400:
            # Each of these was answered while somebody waited for the disk, and the loop went round all the time.
            assert answered >= 3
            assert figures(server)["klarbild_loop_looks_total"] > looks
        assert [one.stored() for one in people] == [one.seq for one in people]


async def test_a_turn_that_takes_too_long_gives_the_words_back_and_is_recorded_once(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    seq = the_talk(service).state.seq
    held = Held(service)
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 0.05)
    for _ in range(2):
        page = await browser.post("reply", WORDS)
        assert page.status == 503
        assert "Vi kunde inte spara ditt svar just nu" in page.text
        assert page.forms["reply"].of("field.called_name")[0].value == "Amal"
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 30.0)
    await held.let_go()
    page = await browser.press("reply")
    assert page.status == 200
    talk = the_talk(service)
    records = await service.store.read(talk.id)
    assert len(records) == talk.state.seq
    alone = await a_talk_without_trouble(client, service)
    assert talk.state.seq - seq == alone, "the answer is there more than once"
    assert talk.known("called_name") == "Amal"


async def a_talk_without_trouble(client: Client, service: Service) -> int:
    """How many records that answer makes where nothing is in its way."""
    before = set(service._cache)
    await client.post("/chat/leave")
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    (id,) = set(service._cache) - before
    seq = service._cache[id].state.seq
    await browser.post("reply", WORDS)
    return service._cache[id].state.seq - seq


async def test_passing_the_gate_on_a_slow_disk_makes_one_case(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    held = Held(service)
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 0.05)
    while not service._cache and browser.page.status == 200:
        await browser.step({"protected_identity": "no"})
    assert browser.page.status == 503
    assert (await client.get("/chat")).status == 503, "there is nothing to show yet"
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 30.0)
    await held.let_go()
    for _ in range(1000):
        if (await browser.open("/chat")).status == 200:
            break
        await asyncio.sleep(0.01)
    assert browser.page.status == 200
    # Nobody waited for the answer, and the session is written down all the same.
    (talk,) = service._cache.values()
    for _ in range(1000):
        if await service.store.sessions_of("applicant", talk.id):
            break
        await asyncio.sleep(0.01)
    assert len(await service.store.sessions_of("applicant", talk.id)) == 1
    assert len(await service.store.cases()) == 1
    await until(browser, "you")


async def test_who_looks_while_a_conversation_is_first_kept_waits_for_it(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    held = Held(service)
    with monkeypatch.context() as short:
        short.setattr(patience, "TURN_WITHIN_S", 0.05)
        while not service._cache and browser.page.status == 200:
            await browser.step({"protected_identity": "no"})
    assert browser.page.status == 503
    looking = asyncio.create_task(browser.open("/chat"))
    done, _ = await asyncio.wait((looking,), timeout=0.3)
    assert not done, "there is nothing to show as long as the disk is held"
    await held.let_go()
    assert (await looking).status == 200
    await until(browser, "you")


async def test_the_api_tells_when_to_come_again_and_records_once(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await (await client.post("/api/v1/conversations", json=START)).json()
    headers, turn = {"Authorization": f"Bearer {begun['token']}"}, begun["turn"]
    body = {"seen": turn["seq"], "item": turn["step"]["item"]["name"], "of": "", "value": "no"}
    held = Held(service)
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 0.05)
    answer = await client.post("/api/v1/conversation/replies", json=body, headers=headers)
    assert answer.status == 503 and answer.headers["Retry-After"] == "30"
    assert (await answer.json())["code"] == "not_available"
    monkeypatch.setattr(patience, "TURN_WITHIN_S", 30.0)
    await held.let_go()
    answer = await client.post("/api/v1/conversation/replies", json=body, headers=headers)
    assert answer.status == 200
    assert len(await service.store.cases()) == 1
