"""Figures for whoever watches over the server: Prometheus text, for this machine only. Nothing in it is of a person."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from aiohttp import web

from assistant.server.admission import WHYS
from assistant.server.keys import ADMISSION, LAG, SERVICE, TRANSLATIONS

EVERY_S: Final = 0.1
_KEPT = 600
_MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class Lag:
    """How late the event loop comes to what is due: the latest minute, and how often it looked."""

    def __init__(self) -> None:
        self.looks = 0
        self._late: deque[float] = deque(maxlen=_KEPT)

    def add(self, seconds: float) -> None:
        self.looks += 1
        self._late.append(max(0.0, seconds))

    def worst(self) -> float:
        """The longest that anything was late in the latest minute, in seconds."""
        return max(self._late, default=0.0)


async def watching(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context that looks how late the loop is for as long as the application runs."""
    task = asyncio.create_task(_watch(app[LAG]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _watch(lag: Lag) -> None:
    while True:
        due = time.monotonic() + EVERY_S
        await asyncio.sleep(EVERY_S)
        lag.add(time.monotonic() - due)


async def show(request: web.Request) -> web.Response:
    """The figures. Whoever does not ask from this machine, or comes through a proxy, is told that there is no such
    page."""
    if not _is_local(request):
        raise web.HTTPNotFound
    body = "".join(f"{name} {float(value):.10g}\n" for name, value in _figures(request))
    return web.Response(body=body.encode(), headers={"Content-Type": _MEDIA})


def _is_local(request: web.Request) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def _figures(request: web.Request) -> list[tuple[str, float]]:
    admission, lag, store = request.app[ADMISSION], request.app[LAG], request.app[SERVICE].store
    load, free = store.load(), admission.free()
    figures: list[tuple[str, float]] = [
        ("klarbild_requests_under_way", admission.under_way),
        ("klarbild_writes_waiting", load.waiting),
        ("klarbild_commits_total", load.commits),
        ("klarbild_writes_total", load.writes),
        ("klarbild_loop_late_seconds", lag.worst()),
        ("klarbild_loop_looks_total", lag.looks),
        ("klarbild_closing", admission.closing),
        ("klarbild_store_failed", bool(store.failure())),
        ("klarbild_disk_low", admission.is_low()),
    ]
    figures += [(f'klarbild_refused_total{{why="{why}"}}', admission.refused[why]) for why in WHYS]
    translations = request.app[TRANSLATIONS]
    if translations is not None:
        figures += [
            ("klarbild_translations_waiting", translations.waiting + len(translations.service.to_translate)),
            ("klarbild_translations_made_total", translations.made),
            ("klarbild_translations_failed_total", translations.failed),
            ("klarbild_translations_in_trouble", bool(translations.trouble)),
        ]
    if free is not None:
        figures.append(("klarbild_disk_free_bytes", free))
    memory = _resident()
    return [*figures, ("process_resident_memory_bytes", memory)] if memory else figures


def _resident() -> int:
    """Bytes of memory that the process holds; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def routes() -> list[web.RouteDef]:
    """The route of the figures."""
    return [web.get("/metrics", show)]
