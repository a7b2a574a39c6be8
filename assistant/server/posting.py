"""Sends the letters that are due for as long as the server runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from assistant.outbox import Outbox
from assistant.sending import transports
from assistant.server.keys import SERVICE

EVERY_S: Final = 10.0
"""How long the sender sleeps between two looks."""

_log = logging.getLogger("klarbild")


def sender(data: Path | None) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context of an application that sends what is due. ``data``: the data directory, for letters that are
    written as files."""

    async def sending(app: web.Application) -> AsyncIterator[None]:
        outbox = Outbox(app[SERVICE], transports(app[SERVICE].settings, data))
        task = asyncio.create_task(_send(outbox))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return sending


async def _send(outbox: Outbox) -> None:
    while True:
        try:
            await outbox.send_due()
        except Exception as error:
            # Whatever it was, the next letters must go out; words of a letter never reach the log.
            _log.error("sending letters: %s", type(error).__name__)
        await asyncio.sleep(EVERY_S)
