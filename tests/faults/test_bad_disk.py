"""A disk that fails: what is not certain is not tried again, a full one recovers, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from assistant.core.dialog import Dialog
from assistant.server import admission
from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_rulebook
from assistant.store import StoreError, writer
from assistant.store.inspection import inspect
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import Catalogs
from tests.conftest import Client, Clock
from tests.faults.answering import START
from tests.faults.disks import BadDisk, fill, small_disk
from tests.faults.people import Talker, problem
from tests.faults.serving import Server, serving
from tests.stores.conftest import MakeOpening
from tests.web.browser_without_script import Browser
from tests.web.visits import the_talk, until

ROUNDS = 30


@pytest.fixture
def disk(tmp_path: Path) -> BadDisk:
    return BadDisk(tmp_path, tmp_path / "data")


@pytest.mark.parametrize("order", ["sync EIO", "write EIO", "write EROFS"])
def test_after_a_failed_write_the_process_ends_and_what_was_acknowledged_is_there_at_the_next_start(
    tmp_path: Path, disk: BadDisk, order: str
) -> None:
    server = Server(tmp_path / "data", None, **disk.variables)
    server.start()
    people = [Talker(server) for _ in range(3)]
    assert [one.say() for one in people] == [200] * 3
    disk.order(order)
    status, body = server.post("conversation/back", {"seen": people[0].seq}, people[0].token)
    assert (status, problem(body)) == (503, "not_available")
    assert server.process.wait(20) == 1
    # With a failed write, room is looked for once: a quota reads the same. The write itself is not repeated.
    assert disk.met() == (1 if order == "sync EIO" else 2), "it was tried again on a disk that had failed"
    last = server.log.read_text().splitlines()[-1]
    assert last.startswith(f"{tmp_path / 'data'}: the disk does not take or give data"), last
    assert "Traceback" not in server.log.read_text()
    disk.order("")
    with serving(tmp_path / "data", **disk.variables) as server:
        for one in people[1:]:
            one.server = server
            assert one.stored() == one.seq
        # Whether the refused one was saved nobody could know. It can be sent again: it is there once.
        people[0].server = server
        assert people[0].stored() >= people[0].seq
    assert inspect(tmp_path / "data")["quick_check"] == "ok"


@pytest.mark.parametrize("order", ["write ENOSPC", "write EDQUOT"])
def test_a_full_disk_or_quota_refuses_and_goes_on_by_itself(tmp_path: Path, disk: BadDisk, order: str) -> None:
    with serving(tmp_path / "data", **disk.variables) as server:
        talker = Talker(server)
        for _ in range(3):
            disk.order(order)
            seq = talker.seq
            assert talker.say() == 503
            assert server.get("/readyz") == (503, "cannot save\n")
            assert server.get("/healthz")[0] == 200
            disk.order("")
            assert server.get("/readyz")[0] == 200
            assert talker.stored() == seq
            assert talker.say() == 200
    assert inspect(tmp_path / "data")["quick_check"] == "ok"


async def test_thirty_times_a_full_disk_gives_the_words_back_loses_nothing_and_recovers(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    with small_disk(tmp_path / "disk", "6m") as disk:
        data, filler = disk / "data", disk / "filler"
        settings = Settings(reserve_mb=1)
        keys = KeyFile.open(data)
        store = SqliteStore.open(data, keys=keys)
        service = Service(dialogs, store, keys, catalogs, settings, clock, load_rulebook(dialogs))
        client: Client = TestClient(TestServer(make_app(service, secure=False, data=data)))
        await client.start_server()
        try:
            browser = Browser(client)
            await browser.begin("sv")
            await until(browser, "you")
            for number in range(ROUNDS):
                words = {"field.answering_for": "self", "field.called_name": f"Namn {number}"}
                seq = the_talk(service).state.seq
                await store.writer.submit(lambda connection: None, truncate=True)
                fill(filler)
                page = await browser.post("reply", words)
                assert (page.status, page.lang) == (503, "sv")
                assert "Vi kunde inte spara ditt svar just nu" in page.text
                assert page.forms["reply"].of("field.called_name")[0].value == f"Namn {number}"
                assert (await client.get("/readyz")).status == 503
                assert (await client.get("/healthz")).status == 200
                assert the_talk(service).state.seq == seq
                filler.unlink()
                # The page itself is sent again, as it stands there.
                page = await browser.press("reply")
                assert page.status == 200
                assert (await client.get("/readyz")).status == 200
                assert the_talk(service).known("called_name") == f"Namn {number}"
                await browser.press("back")
            talk = the_talk(service)
            seq, said = talk.state.seq, len(await store.read(talk.id))
            assert seq == said
            assert inspect(data)["quick_check"] == "ok"
        finally:
            await client.close()
            await store.close()
        again = SqliteStore.open(data, keys=keys)
        assert len(await again.read(talk.id)) == seq
        await again.close()


async def test_a_gate_that_cannot_be_passed_for_a_full_disk_is_passed_when_there_is_room(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    with small_disk(tmp_path / "disk", "6m") as disk:
        data = disk / "data"
        keys = KeyFile.open(data)
        store = SqliteStore.open(data, keys=keys)
        service = Service(dialogs, store, keys, catalogs, Settings(reserve_mb=1), clock, load_rulebook(dialogs))
        client: Client = TestClient(TestServer(make_app(service, secure=False)))
        await client.start_server()
        try:
            browser = Browser(client)
            await browser.begin("sv")
            await store.writer.submit(lambda connection: None, truncate=True)
            fill(disk / "filler")
            while browser.page.status == 200:
                question = browser.page.forms["reply"].data["data-item"]
                await browser.reply({"protected_identity": "no"})
                assert not service._cache
            assert browser.page.status == 503
            assert browser.page.forms["reply"].data["data-item"] == question, "the question is still there"
            (disk / "filler").unlink()
            page = await browser.reply({"protected_identity": "no"})
            assert page.status == 200
            assert len(await store.cases()) == 1
        finally:
            await client.close()
            await store.close()


async def test_with_little_room_nobody_new_begins_and_whoever_has_begun_goes_on(
    tmp_path: Path,
    dialogs: Mapping[str, Dialog],
    catalogs: Catalogs,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_LOOKED_EVERY_S", 0.0)
    with small_disk(tmp_path / "disk", "8m") as disk:
        data = disk / "data"
        keys = KeyFile.open(data)
        store = SqliteStore.open(data, keys=keys)
        service = Service(dialogs, store, keys, catalogs, Settings(reserve_mb=2), clock, load_rulebook(dialogs))
        client: Client = TestClient(TestServer(make_app(service, secure=False, data=data)))
        await client.start_server()
        try:
            browser = Browser(client)
            await browser.begin("sv")
            await until(browser, "you")
            (disk / "filler").write_bytes(bytes(6 * 1024 * 1024 - 256 * 1024))
            for path in ("/sv/begin", "/ar/begin"):
                refused = await client.post(path)
                assert refused.status == 503 and refused.headers["Retry-After"] == "300"
            begun = await client.post("/api/v1/conversations", json=START)
            assert begun.status == 503 and (await begun.json())["code"] == "not_available"
            words = {"field.answering_for": "self", "field.called_name": "Amal"}
            assert (await browser.post("reply", words)).status == 200
            assert (await client.get("/readyz")).status == 200
            told = await (await client.get("/metrics")).text()
            assert "klarbild_disk_low 1\n" in told and 'klarbild_refused_total{why="full"} 3\n' in told
            (disk / "filler").unlink()
            assert (await client.post("/sv/begin", allow_redirects=False)).status == 303
        finally:
            await client.close()
            await store.close()


async def test_a_message_that_cannot_be_saved_comes_back_with_its_words(client: Client, service: Service) -> None:
    browser = Browser(client)
    await browser.open("/ar/apply-now")
    await service.store.close()
    words = {"name": "Nur", "phone": "070-174 06 41", "when": "efter tio"}
    page = await browser.post("urgent", words)
    assert (page.status, page.lang) == (503, "ar")
    assert "لم نتمكن من إرسال رسالتك الآن" in page.text
    assert words.items() <= dict(page.forms["urgent"].as_drawn()).items()


async def test_when_the_thread_that_writes_dies_everybody_is_told_and_nobody_waits(
    directory: Path, store: SqliteStore, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))

    def ends(connection: sqlite3.Connection) -> None:
        raise SystemExit

    held = threading.Event()
    first = store.writer.submit(lambda connection: held.wait(10))
    waiting: list[asyncio.Future[Any]] = [
        store.writer.submit(ends),
        asyncio.ensure_future(store.append("talk", [b"two"], after=1)),
    ]
    await asyncio.sleep(0)
    held.set()
    await asyncio.wait((first, *waiting))
    for one in waiting:
        with pytest.raises(StoreError, match="the thread that writes has ended"):
            await one
    assert store.failure().startswith("the thread that writes has ended (SystemExit)")
    assert await store.healthy() is False
    with pytest.raises(StoreError, match="has ended"):
        await store.append("talk", [b"two"], after=1)
    assert [one.body for one in await store.read("talk")] == [b"one"]


async def test_too_many_writes_that_wait_are_refused_before_memory_is_full(
    store: SqliteStore, opening: MakeOpening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 3)
    held = threading.Event()
    first = store.writer.submit(lambda connection: held.wait(10))
    more = [store.writer.submit(lambda connection: None) for _ in range(2)]
    with pytest.raises(StoreError, match="too many writes wait"):
        store.writer.submit(lambda connection: None)
    held.set()
    await asyncio.gather(first, *more)
    assert store.load().waiting == 0
    await store.writer.submit(lambda connection: None)
