"""Two devices of one conversation: the same answer counts once; of two answers one is taken, the other told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.core.commands import Back, Change, Submit
from assistant.core.steps import Review
from assistant.player import next_command
from assistant.service import Service
from assistant.store import SealedRecord
from assistant.talks import NoSuchTalk, Talk
from tests.conftest import Clock
from tests.journeys.playing import journey
from tests.torture import races
from tests.torture.edge import House, Watch, house
from tests.torture.rows import scale_here


@pytest.mark.slow
def test_no_race_between_two_devices_loses_or_doubles_an_answer() -> None:
    row = races.run(scale_here())
    assert row.fine, row
    assert row.count >= 45


@pytest.fixture(scope="module")
def whole_house() -> House:
    return house()


async def at_the_review(service: Service) -> Talk:
    """A conversation in which everything is answered."""
    told = journey("anna")
    talk = await service.start(told.dialog, told.locale)
    while not isinstance(talk.step, Review):
        command = next_command(told, talk, [])
        assert command is not None
        talk = (await service.act(talk.id, command, talk.state.seq)).talk
    return talk


async def test_what_is_being_sent_is_not_erased_by_a_request_from_a_moment_before(
    tmp_path: Path, whole_house: House
) -> None:
    erasing: list[asyncio.Task[bool]] = []

    async def watch(
        name: str, values: tuple[Any, ...], named: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        if name == "append" and named.get("submitted"):
            writing = asyncio.ensure_future(call())
            await asyncio.sleep(0)
            erasing.append(asyncio.create_task(service.erase(talk)))
            return await writing
        return await call()

    watching: Watch = watch
    service = whole_house.open(tmp_path / "data", Clock(), watching)
    talk = await at_the_review(service)
    outcome = await service.act(talk.id, Submit(), talk.state.seq)
    assert outcome.problem is None
    assert await erasing[0] is False
    row = await service.store.conversation(talk.id)
    assert row is not None
    assert row.submitted
    await service.store.close()


async def test_a_new_code_for_a_conversation_that_another_device_erases_finds_none(
    tmp_path: Path, whole_house: House
) -> None:
    service = whole_house.open(tmp_path / "data", Clock())
    talk = await at_the_review(service)
    assert await service.erase(talk)
    with pytest.raises(NoSuchTalk):
        await service.new_code(talk)
    await service.store.close()


async def test_a_conversation_that_is_erased_while_it_is_read_is_gone_and_not_damaged(
    tmp_path: Path, whole_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = whole_house.open(tmp_path / "data", Clock())
    talk = await at_the_review(service)
    read = service.store.read

    async def slowly(conversation: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        await service.erase(talk)
        return await read(conversation, after=after)

    monkeypatch.setattr(service.store, "read", slowly)
    service._cache.clear()
    with pytest.raises(NoSuchTalk):
        await service.resume(talk.code)
    await service.store.close()


async def test_a_double_tap_does_not_take_the_code_from_the_page_that_shows_it(
    tmp_path: Path, whole_house: House
) -> None:
    service = whole_house.open(tmp_path / "data", Clock())
    talk = await at_the_review(service)
    code = talk.code
    taps = [service.act(talk.id, Back(), talk.state.seq), service.act(talk.id, Change("goals"), talk.state.seq)]
    await asyncio.gather(*taps)
    now = await service.talk(talk.id)
    assert now is not talk, "nobody was first"
    assert now.code == code
    await service.store.close()


async def test_of_two_new_codes_at_the_same_moment_the_one_that_is_shown_works(
    tmp_path: Path, whole_house: House
) -> None:
    calls: list[Callable[[], Awaitable[Any]]] = []
    both = asyncio.Event()

    async def watch(
        name: str, values: tuple[Any, ...], named: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        if name != "replace_code":
            return await call()
        first = not calls
        calls.append(call)
        if first:
            # The one that came first is kept last.
            await both.wait()
            return await call()
        done = await call()
        both.set()
        return done

    service = whole_house.open(tmp_path / "data", Clock(), watch)
    talk = await at_the_review(service)
    given = await asyncio.gather(service.new_code(talk), service.new_code(talk))
    working = [code for code in given if await service.resume(code) is not None]
    assert working == [talk.code]
    await service.store.close()
