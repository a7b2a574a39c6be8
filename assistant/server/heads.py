"""Tells the log of the server, again and again, where the chain of the log of readings ends.

The host that gathers the server's log then holds what nobody with a shell on this machine can take back: a log that was
cut, or written anew with its key, does not hold the heads that were told before (`klarbild log verify --head`)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from assistant.server.keys import SERVICE
from assistant.store import Store, StoreError
from assistant.store.chain import Head

EVERY_S: Final = 60.0
"""How often the head is told, if the log has grown."""

_audit = logging.getLogger("klarbild.audit")


async def teller(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context that tells the head at the start, each minute, and at the end."""
    told: list[Head] = []
    store = app[SERVICE].store
    await _tell(store, told)
    task = asyncio.create_task(_each_minute(store, told))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await _tell(store, told)


async def _each_minute(store: Store, told: list[Head]) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        await _tell(store, told)


async def _tell(store: Store, told: list[Head]) -> None:
    try:
        head = await store.office.log_head()
    except StoreError:
        # The disk is full or the store is closed: whoever serves is told elsewhere, and the next minute tells more.
        return
    if head is not None and head.number and told[-1:] != [head]:
        _audit.info("head %d %s", head.number, head.hash.hex())
        told[:] = [head]
