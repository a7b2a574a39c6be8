"""Wrapping keys, changed by the server that runs: what the command line asks of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import aiohttp
import msgspec
from aiohttp import web

from assistant import rotation
from assistant.rotation import KeyCount
from assistant.server import control
from assistant.service import Service
from assistant.store import Store
from assistant.store.sealing import KeyFile

_ADDRESS: Final = "/keys"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done about keys; ``number``: the one to retire."""

    do: Literal["list", "rotate", "retire"]
    number: int = 0


async def fulfil(wish: Wish, store: Store, keys: KeyFile) -> tuple[KeyCount, ...]:
    """Do what is asked for; the keys after it. Raises StoreError."""
    match wish.do:
        case "rotate":
            return await rotation.rotate(store, keys)
        case "retire":
            return await rotation.retire(store, keys, wish.number)
        case "list":
            return await rotation.counts(store, keys)


def commands(service: Service) -> list[web.RouteDef]:
    """What the socket of the command line answers about keys."""

    async def answer(request: web.Request) -> web.Response:
        wish = msgspec.json.decode(await request.read(), type=Wish)
        found = await fulfil(wish, service.store, service.keys)
        return web.Response(body=msgspec.json.encode(found), content_type="application/json")

    return [web.post(_ADDRESS, answer)]


async def ask(data: Path, wish: Wish) -> tuple[KeyCount, ...] | None:
    """Have the server that runs on this directory do it; None if no server is there. Raises StoreError."""
    answer = await control.post(_ADDRESS, msgspec.json.encode(wish), data, limits=aiohttp.ClientTimeout(total=None))
    return msgspec.json.decode(answer, type=tuple[KeyCount, ...]) if answer is not None else None
