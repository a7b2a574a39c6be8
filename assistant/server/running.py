"""The server as a process: sockets, signals and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from assistant import logs
from assistant.addresses import is_loopback
from assistant.server import archiving, control, erasing, rekeying
from assistant.server.app import make_app
from assistant.server.keys import ADMISSION, ERASURE, STAFF
from assistant.server.refusals import HANDSHAKE_WITHIN_S, Runner
from assistant.service import Service

_GRACE_S = 12.0
_CUT_OFF_S = 1.0
_GOODBYE_S = 5.0
_LOOK_EVERY_S = 0.2
_GLANCE_S = 0.05


class ServeError(Exception):
    """The server cannot listen; the text is one clear line for the operator."""


class DiskFailed(ServeError):
    """Nobody knows any more what the disk holds. The process must end now, without closing the database: closing it
    would write to the disk that has just failed. The next start recovers from the log."""


class Place(NamedTuple):
    """Where to listen. ``certificate`` and ``key`` are PEM files, both or neither."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


def tls_of(place: Place, *, behind_proxy: bool) -> ssl.SSLContext | None:
    """TLS for a place, None for plain HTTP, which only this machine or a proxy that ends TLS may speak to us.

    Raises ServeError."""
    if place.certificate is None and place.key is None:
        if not behind_proxy and not is_loopback(place.host):
            raise ServeError(
                f"{place.host} can be reached from other machines, and plain HTTP would show them what people say; "
                "give --tls-cert and --tls-key, or set behind_tls_proxy where a proxy of yours ends TLS"
            )
        return None
    if place.certificate is None or place.key is None:
        raise ServeError("--tls-cert and --tls-key go together; give both")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(place.certificate, place.key)
    except (ssl.SSLError, OSError) as error:
        why = error.strerror or "they are no certificate and its key in PEM"
        raise ServeError(f"cannot use {place.certificate} with {place.key}: {why}") from None
    return context


async def serve(
    service: Service,
    data: Path,
    place: Place,
    *,
    demo: bool = False,
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way, tell who comes late, and close the store; a second
    signal ends it faster. Raises ServeError, and DiskFailed if nothing can be saved any more.

    ``ready`` is told the address once the server listens."""
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(service.store.close)
        logs.keep_to_itself()
        signals = _Signals()
        context = tls_of(place, behind_proxy=service.settings.behind_tls_proxy)
        secure = context is not None or service.settings.behind_tls_proxy
        app = make_app(service, secure=secure, demo=demo, data=data)
        runner = Runner(app, shutdown_timeout=_CUT_OFF_S)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        _spare_the_collector()
        try:
            await _Site(runner, place.host, place.port, ssl_context=context).start()
        except OSError as error:
            raise ServeError(f"cannot listen on {place.host} port {place.port}: {_why(error)}") from None
        more = [*rekeying.commands(service), *erasing.commands(app[ERASURE]), *archiving.commands(service)]
        await stack.enter_async_context(control.listening(service.store, app[STAFF], data, more))
        ready(_address(runner, place, tls=context is not None))
        failed = await _until_the_end(service, signals)
        if failed:
            app[ADMISSION].close()
            await runner.cleanup()
            stack.pop_all()
            raise DiskFailed(
                f"{data}: {failed}; the program ends, and recovers what was saved when it is started again"
            )
        await _say_goodbye(app, runner, signals)


async def _until_the_end(service: Service, signals: _Signals) -> str:
    """Wait for a signal, blank, or for the store to fail: why."""
    while not signals.stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(signals.stop.wait(), _LOOK_EVERY_S)
        if service.store.failure():
            return service.store.failure()
    return ""


async def _say_goodbye(app: web.Application, runner: Runner, signals: _Signals) -> None:
    """Finish what is under way, and go on answering that there is nobody until the connections are gone."""
    app[ADMISSION].close()
    await _unless(signals.hurry, app[ADMISSION].empty(), _GRACE_S)
    await _unless(signals.hurry, _nobody(runner), _GOODBYE_S)


async def _nobody(runner: Runner) -> None:
    for _ in range(round(_GOODBYE_S / _GLANCE_S)):
        if runner.server is None or not runner.server.connections:
            return
        await asyncio.sleep(_GLANCE_S)


async def _unless(hurry: asyncio.Event, work: Coroutine[Any, Any, None], within: float) -> None:
    """Do something for so many seconds at most, and only until somebody is in a hurry."""
    tasks = {asyncio.ensure_future(work), asyncio.ensure_future(hurry.wait())}
    await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Site(web.TCPSite):
    """Listens, and waits for no handshake for long."""

    async def start(self) -> None:
        await web.BaseSite.start(self)
        if self._runner.server is None:
            raise RuntimeError("the runner is not set up")
        self._server = await asyncio.get_running_loop().create_server(
            self._runner.server,
            self._host,
            self._port,
            backlog=self._backlog,
            ssl=self._ssl_context,
            ssl_handshake_timeout=HANDSHAKE_WITHIN_S if self._ssl_context is not None else None,
        )


def _spare_the_collector() -> None:
    """Dialogs and catalogs live as long as the program: looking through them for garbage at every turn finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class _Signals:
    """Somebody asks the program to end: ``stop``; and once more, since it takes too long: ``hurry``."""

    def __init__(self) -> None:
        self.stop, self.hurry = asyncio.Event(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._given)

    def _given(self) -> None:
        (self.hurry if self.stop.is_set() else self.stop).set()


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another --port"
    return os.strerror(error.errno) if error.errno and error.errno > 0 else "there is no such address"


def _address(runner: web.AppRunner, place: Place, *, tls: bool) -> str:
    port = runner.addresses[0][1]
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if tls else 'http'}://{host}:{port}"
