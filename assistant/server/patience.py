"""How long a person waits for the disk: then they are told that it is not certain, and what was begun is finished."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from assistant.core.steps import Begin
from assistant.store import StoreError
from assistant.talks import Talk

T = TypeVar("T")

TURN_WITHIN_S: Final = 10.0

_unfinished: set[asyncio.Task[Any]] = set()


async def in_time(work: Coroutine[Any, Any, T]) -> T:
    """The result of a turn. Raises StoreError if it takes longer than `TURN_WITHIN_S` seconds.

    The turn itself is never broken off in the middle: it may be saved after all, and is then known when the person
    sends it again."""
    task = asyncio.ensure_future(work)
    _unfinished.add(task)
    task.add_done_callback(_let_go)
    done, _ = await asyncio.wait((task,), timeout=TURN_WITHIN_S)
    if done:
        return task.result()
    raise StoreError("the disk is too slow; a reply has not been answered in time")


async def settled(talk: Talk) -> None:
    """Wait until a conversation that is just being kept for the first time is there to be shown. Raises StoreError if
    it takes longer than `TURN_WITHIN_S` seconds."""
    if not isinstance(talk.step, Begin):
        return
    try:
        async with asyncio.timeout(TURN_WITHIN_S), talk.lock:
            return
    except TimeoutError:
        raise StoreError("the disk is too slow; a conversation that begins is not kept yet") from None


def check_settled(talk: Talk) -> None:
    """Make sure that a conversation is not just being kept for the first time, when there is nothing to show of it yet.

    Raises StoreError."""
    if isinstance(talk.step, Begin):
        raise StoreError("the disk is too slow; a conversation that begins is not kept yet")


def _let_go(task: asyncio.Task[Any]) -> None:
    _unfinished.discard(task)
    if not task.cancelled():
        # Whoever waited has been told; that it failed then is no news.
        task.exception()
