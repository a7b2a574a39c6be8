"""A flood of guessed codes from many networks in ten simulated minutes, and an owner who comes back in its midst."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import aiohttp
from aiohttp.test_utils import TestClient, TestServer

from assistant import resources
from assistant.server.app import make_app
from assistant.server.keys import LIMITS
from assistant.server.limits import FREE
from assistant.settings import Settings
from assistant.starting import load_dialogs
from assistant.store import codes
from assistant.texts import Catalogs
from tests.conftest import Client, Clock, service_on

SECONDS = 600
EACH = 200
"""Guesses of each network in a big flood: 100,000 of them come from 500."""

FEWEST = 100
"""Networks of a small flood. They use up what the whole service takes."""

_AT_ONCE = 40
_OWNER = "192.0.2.7"


class Figures(NamedTuple):
    """What a row of the table of attacks tells."""

    count: int  # type: ignore[assignment]
    faults: int
    lost: int
    leaked: int
    errors_5xx: int


class Flood(NamedTuple):
    """What came of a flood: the guesses by their status, how many of them were hashed slowly and how many may be, and
    how often the owner tried and got in."""

    statuses: Counter[int]
    hashed: int
    budget: int
    owner_tries: int
    owner_in: int


def budget(networks: int) -> int:
    """How many guesses of the flood may reach the slow hash: the first ones of each network, and what the whole service
    takes, sixty at once and one a second."""
    return networks * FREE + 60 + SECONDS


def code_guesses(count: int) -> Figures:
    """Guess ``count`` codes. ``lost`` are tries of the owner that did not get in, ``leaked`` are guesses that did.

    Raises AssertionError if more guesses were hashed slowly than the budget allows."""
    came = asyncio.run(flood(count))
    assert came.hashed <= came.budget, came
    return Figures(
        count=count,
        faults=count,
        lost=came.owner_tries - came.owner_in,
        leaked=sum(number for status, number in came.statuses.items() if status < 400),
        errors_5xx=sum(number for status, number in came.statuses.items() if status >= 500 and status != 503),
    )


async def flood(count: int) -> Flood:
    """Guess ``count`` codes with right check symbols; a hundred times, fewer in a small flood, the owner comes back."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        catalogs = Catalogs.load(resources.folder("locales"))
        async with service_on(Path(folder), load_dialogs(), catalogs, clock) as service:
            service.settings = Settings(behind_tls_proxy=True)
            app = make_app(service, secure=False)
            app[LIMITS]._clock = lambda: clock.now.timestamp()  # noqa: PLW0108 - the clock moves
            async with TestClient(TestServer(app), cookie_jar=aiohttp.DummyCookieJar()) as client:
                return await _flood(client, clock, count)


async def _flood(client: Client, clock: Clock, count: int) -> Flood:
    code, networks = await _a_code(client), max(FEWEST, count // EACH)
    owner_tries, owner_in = min(100, count // 20), 0
    statuses: Counter[int] = Counter()
    every, guesses = count // owner_tries, _guesses(networks)
    with patch.object(codes, "_argon2", wraps=codes._argon2) as slow:
        for start in range(0, count, every):
            for first in range(start, min(start + every, count), _AT_ONCE):
                number = min(_AT_ONCE, start + every - first, count - first)
                clock.forward(seconds=SECONDS * number / count)
                tries = [_try(client, *next(guesses)) for _ in range(number)]
                statuses.update(await asyncio.gather(*tries))
            if start // every < owner_tries:
                owner_in += await _try(client, code, _OWNER) == 303
        return Flood(statuses, slow.call_count - owner_tries, budget(networks), owner_tries, owner_in)


def _guesses(networks: int) -> Iterator[tuple[str, str]]:
    """Codes that are well formed, and addresses of one network after another."""
    while True:
        for network in range(networks):
            address = f"10.{network // 256}.{network % 256}.{secrets.randbelow(254) + 1}"
            yield codes.new_code(), address


async def _try(client: Client, code: str, address: str) -> int:
    headers = {"X-Forwarded-For": address}
    response = await client.post("/sv/continue", data={"code": code}, headers=headers, allow_redirects=False)
    await response.read()
    return response.status


async def _a_code(client: Client) -> str:
    begun = await client.post("/api/v1/conversations", json={"locale": "sv", "dialog": "first_visit"})
    told = await begun.json()
    token = {"Authorization": f"Bearer {told['token']}"}
    body = {"seen": told["turn"]["seq"], "item": "protected_identity", "value": "no"}
    answered = await client.post("/api/v1/conversation/replies", json=body, headers=token)
    assert answered.status == 200, await answered.text()
    return str(told["code"])
