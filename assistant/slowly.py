"""Slow hashes (Argon2id, about 30 ms and 19 MiB each): two at once, and a short queue before them.

Whoever comes when the queue is full is told so at once: a flood makes nobody wait and takes neither memory nor the
threads that everything else needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

AT_ONCE = 2
WAITING = 64
"""How many may be under way or wait: about a second's work for two threads."""

P = ParamSpec("P")
T = TypeVar("T")


class TooBusy(Exception):
    """There is no room for another slow hash now; a moment later there is."""


class SlowHashes:
    """The threads that hash, ``at_once`` of them, and how many hashes may be ``waiting`` or under way."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="klarbild-slow")
        self._room = BoundedSemaphore(waiting)

    async def run(self, hash: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a function that blocks for long. Raises TooBusy."""
        if not self._room.acquire(blocking=False):
            raise TooBusy
        under_way = self._threads.submit(hash, *args, **kwargs)
        # It takes its room until it is done, also if nobody waits for it any more.
        under_way.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(under_way)


slow_hashes = SlowHashes()
"""Those of this process."""
