"""Erases what is over: once a day for as long as the server runs, and whenever the command line asks."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from aiohttp import web

from assistant.erasure import Erased, Erasure, SessionLimits
from assistant.server import control
from assistant.server.keys import ERASURE, SERVICE
from assistant.server.sessions import ABSOLUTE, IDLE
from assistant.service import Service

EVERY_S: Final = 60.0
"""How long the eraser sleeps between two looks at the calendar."""

_ADDRESS: Final = "/erase-due"
_log = logging.getLogger("klarbild")


def erasure_of(service: Service, data: Path | None) -> Erasure:
    """What erases in a data directory."""
    return Erasure(service, {kind: SessionLimits(IDLE[kind], ABSOLUTE[kind]) for kind in IDLE}, data)


class Daily:
    """Runs an erasure once on each day in Sweden, and again later on the same day only if it failed."""

    def __init__(self, erasure: Erasure) -> None:
        self._erasure, self._done = erasure, datetime.date.min

    async def look(self) -> Erased | None:
        """Erase if it was not done today; what was erased then. Raises what the erasure raises."""
        today = self._erasure.service.today()
        if self._done == today:
            return None
        found = await self._erasure.run()
        self._done = today
        return found


async def daily(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context of an application that erases once a day, unless the municipality does that itself."""
    if not app[SERVICE].settings.erase_daily:
        yield
        return
    task = asyncio.create_task(_erase(Daily(app[ERASURE])))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _erase(days: Daily) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            found = await days.look()
        except Exception as error:
            # Tried again at the next look; what it met may name a row, and a row may tell that somebody was here.
            _log.error("erasing what is over: %s", type(error).__name__)
            continue
        if found is not None:
            told = {name: count for name, count in msgspec.structs.asdict(found).items() if count}
            _log.info("erased what is over: %s", " ".join(f"{name}={count}" for name, count in told.items()) or "0")


# -- for the command line ----------------------------------------------------------------------------------------------


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    dry: bool = False


def commands(erasure: Erasure) -> list[web.RouteDef]:
    """What the socket of the command line answers about erasing."""

    async def erase(request: web.Request) -> web.Response:
        wish = msgspec.json.decode(await request.read(), type=_Wish)
        return web.Response(body=msgspec.json.encode(await erasure.run(dry=wish.dry)), content_type="application/json")

    return [web.post(_ADDRESS, erase)]


async def ask(data: Path, *, dry: bool) -> Erased | None:
    """Have the server that runs on this directory erase what is over; None if no server is there. Raises StoreError."""
    wish = msgspec.json.encode(_Wish(dry=dry))
    answer = await control.post(_ADDRESS, wish, data, limits=aiohttp.ClientTimeout(total=None))
    return msgspec.json.decode(answer, type=Erased) if answer is not None else None
