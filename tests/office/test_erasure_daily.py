"""How erasing is done: what is told of it, the list of what is gone, and the server that does it by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.web import Application

from assistant.erasure import Erased, lines
from assistant.server import erasing
from assistant.server.app import make_app
from assistant.server.erasing import Daily
from assistant.service import Service
from assistant.store.erased import FILE, read_marks
from tests.conftest import Client, Clock
from tests.office.keeping import begins, eraser, sends, with_rule

NOTHING = Erased()


async def test_what_is_told_names_nobody(service: Service, clock: Clock) -> None:
    talk = await begins(service)
    clock.forward(days=31)
    dry = lines(await eraser(service).run(dry=True), dry=True)
    told = lines(await eraser(service).run(), dry=False)
    assert dry[0] == "due to be erased:"
    assert told[0] == "erased:"
    assert dry[1:] == told[1:]
    assert "  1 conversations that were not sent in time" in told
    assert not [line for line in told if talk.id in line or talk.case in line or talk.reference in line]
    assert lines(NOTHING, dry=False) == ["nothing is due to be erased"]


async def test_what_is_erased_stands_on_the_list_and_tells_no_id(service: Service, data: Path, clock: Clock) -> None:
    with_rule(service, retention_exception="none")
    draft, own, old = await begins(service), await begins(service), await sends(service)
    assert await service.erase(await service.talk(own.id))
    clock.forward(days=6 * 366)
    await eraser(service).run()
    erased = service.store.retention.erased  # type: ignore[attr-defined]
    marks = read_marks(data / FILE)
    assert marks == {erased.mark(one) for one in (draft.id, own.id, old.id, old.case)}
    text = (data / FILE).read_text()
    assert not [one for one in (draft.id, own.id, old.id, old.case) if one in text]
    assert ((data / FILE).stat().st_mode & 0o777) == 0o600


async def test_the_server_erases_once_a_day_and_again_the_next(service: Service, clock: Clock) -> None:
    days = Daily(eraser(service))
    assert await days.look() == NOTHING
    await begins(service)
    clock.forward(days=31)
    first = await days.look()
    assert first is not None
    assert first.drafts == 1
    await begins(service)
    assert await days.look() is None
    clock.forward(days=31)
    second = await days.look()
    assert second is not None
    assert second.drafts == 1


async def test_a_day_on_which_it_failed_is_tried_again(service: Service, data: Path, clock: Clock) -> None:
    days = Daily(eraser(service, data))
    outbox = data / "outbox"
    outbox.mkdir()
    # A folder is no letter: it cannot be unlinked, whoever runs the test.
    (outbox / "20200101T000000Z-0a.eml").mkdir()
    with pytest.raises(OSError, match="directory"):
        await days.look()
    (outbox / "20200101T000000Z-0a.eml").rmdir()
    assert await days.look() == NOTHING
    assert await days.look() is None


async def until_gone(service: Service, conversation: str) -> bool:
    """Whether a conversation is erased before long."""
    for _ in range(500):
        if await service.store.conversation(conversation) is None:
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_server_that_runs_needs_nobody_to_remember_it(
    aiohttp_client: Callable[[Application], Awaitable[Client]],
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasing, "EVERY_S", 0.01)
    talk = await begins(service)
    await aiohttp_client(make_app(service, secure=False))
    clock.forward(days=31)
    assert await until_gone(service, talk.id)


async def test_a_municipality_can_do_it_itself(
    aiohttp_client: Callable[[Application], Awaitable[Client]],
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasing, "EVERY_S", 0.001)
    with_rule(service, erase_daily=False)
    talk = await begins(service)
    await aiohttp_client(make_app(service, secure=False))
    clock.forward(days=31)
    for _ in range(20):
        await asyncio.sleep(0.01)
    assert await service.store.conversation(talk.id) is not None
    assert (await eraser(service).run()).drafts == 1


async def test_a_list_that_a_power_cut_left_half_goes_on_with_a_whole_line(service: Service) -> None:
    listed = service.store.retention.erased  # type: ignore[attr-defined]
    listed.add(["one"])
    whole = listed.path.read_text()
    listed.path.write_text(whole + whole[:30])
    listed.add(["two"])
    assert read_marks(listed.path) == {listed.mark("one"), listed.mark("two")}
