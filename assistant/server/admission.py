"""Who is let in, and until when: new conversations are refused before running ones, and everybody before the end.

What is refused is told with 503, `Retry-After` and a page. Whoever leaves, and whoever watches over the server, always
gets through. New conversations are refused when much is under way, when many writes wait, when many begin at once, and
when there is little room on the disk: what is left is for those who have begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from aiohttp import web

from assistant.server.keys import ADMISSION
from assistant.store import Load, files

Why = Literal["closing", "busy", "full"]
WHYS: Final[tuple[Why, ...]] = ("closing", "busy", "full")

MOST_UNDER_WAY: Final = 500
"""Requests that are worked on at once; beyond it everybody is asked to wait."""
NEW_UNDER_WAY: Final = 100
NEW_WAITING: Final = 200
"""Beyond so many requests under way, or writes that wait, no conversation begins."""
NEW_BURST, NEW_A_SECOND = 500.0, 50.0
"""How many conversations may begin at once, and how many a second in the long run."""

_AFTER_S: dict[Why, int] = {"closing": 30, "busy": 20, "full": 300}
_LOOKED_EVERY_S = 1.0
_ALWAYS = ("/healthz", "/readyz", "/metrics", "/chat/leave", "/left")
_BEGINNINGS = ("/{locale}/begin", "/i/{token}", "/api/v1/conversations")
_KEEP_WORDS = ("/chat", "/{locale}/continue")

LATE = web.RequestKey("late", bool)
"""Is there on a request that came after the end had begun: it is drawn with its words, and changes nothing."""


class NotNow(web.HTTPServiceUnavailable):
    """Come again later; ``why`` chooses the words of the page."""

    def __init__(self, why: Why) -> None:
        super().__init__(headers={"Retry-After": str(_AFTER_S[why])})
        self.why = why


class Admission:
    """Counts what is under way. ``load`` tells what the store has to do, ``data`` is the data directory (None: nobody
    looks for room), ``reserve`` the bytes that are left to running conversations, ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        load: Callable[[], Load],
        data: Path | None,
        reserve: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.under_way = 0
        self.closing = False
        self.refused: Counter[Why] = Counter()
        self._load, self._data, self._reserve, self._clock = load, data, reserve, clock
        self._arrived = 0
        self._empty = asyncio.Event()
        self._tokens, self._filled = NEW_BURST, clock()
        self._looked, self._free = -_LOOKED_EVERY_S, None if data is None else files.room(data)

    def close(self) -> None:
        """Let nobody in any more; what is under way goes on."""
        self.closing = True
        self._wake()

    async def empty(self) -> None:
        """Wait until everything that was let in before the end is done."""
        await self._empty.wait()

    @contextlib.contextmanager
    def arrived(self) -> Iterator[None]:
        """A request from its head to its answer."""
        self._arrived += 1
        try:
            yield
        finally:
            self._arrived -= 1
            self._wake()

    def _wake(self) -> None:
        if self.closing and not self._arrived:
            self._empty.set()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """A request whose body is here. Raises NotNow if too many are under way."""
        if self.under_way >= MOST_UNDER_WAY:
            raise self.refusal("busy")
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    def check_beginning(self) -> None:
        """Take one of the conversations that may begin now. Raises NotNow."""
        if self.is_low():
            raise self.refusal("full")
        self.check_coming_back()
        now = self._clock()
        self._tokens = min(NEW_BURST, self._tokens + max(0.0, now - self._filled) * NEW_A_SECOND)
        self._filled = now
        if self._tokens < 1:
            raise self.refusal("busy")
        self._tokens -= 1

    def check_coming_back(self) -> None:
        """Whether somebody may come back with a code now: it costs more than a turn. Raises NotNow."""
        if self.under_way > NEW_UNDER_WAY or self._load().waiting > NEW_WAITING:
            raise self.refusal("busy")

    def refusal(self, why: Why) -> NotNow:
        """Count that somebody is refused."""
        self.refused[why] += 1
        return NotNow(why)

    def is_low(self) -> bool:
        """Whether what is free on the disk is left to running conversations."""
        free = self.free()
        return free is not None and free < self._reserve

    def free(self) -> int | None:
        """The bytes that are free on the disk of the data, a second old at most; None if nobody knows."""
        now = self._clock()
        if self._data is not None and now - self._looked >= _LOOKED_EVERY_S:
            self._looked, self._free = now, files.room(self._data)
        return self._free


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def arriving(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse who comes when the end has begun. Words that come along are shown again on their page."""
    admission, path = request.app[ADMISSION], request.path
    if path in _ALWAYS or path.startswith("/static/"):
        return await handler(request)
    if not admission.closing:
        with admission.arrived():
            return await handler(request)
    if request.method == "POST" and _route(request) in _KEEP_WORDS:
        admission.refused["closing"] += 1
        request[LATE] = True
        return await handler(request)
    raise admission.refusal("closing")


@web.middleware
async def working(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what begins a conversation before what goes on in one."""
    admission = request.app[ADMISSION]
    if request.path in _ALWAYS:
        return await handler(request)
    if request.method == "POST" and is_beginning(request):
        admission.check_beginning()
    with admission.working():
        return await handler(request)


def is_beginning(request: web.Request) -> bool:
    """Whether the route of a request begins conversations. Coming back with a code is looked at there, because words
    may come along with it."""
    return _route(request) in _BEGINNINGS


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


async def close_connection(request: web.Request, response: web.StreamResponse) -> None:
    """When the end has begun, no connection outlives its answer."""
    if request.app[ADMISSION].closing:
        response.force_close()
        response.headers["Connection"] = "close"
