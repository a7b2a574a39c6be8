"""The server as a process: sockets, signals and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from assistant.addresses import is_loopback
from assistant.server import control, rekeying
from assistant.server.app import make_app
from assistant.server.keys import STAFF
from assistant.server.refusals import Runner
from assistant.service import Service

_GRACE_S = 10.0


class ServeError(Exception):
    """The server cannot listen; the text is one clear line for the operator."""


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
    """Serve until SIGTERM or SIGINT, then finish what is under way and close the store. Raises ServeError.

    ``ready`` is told the address once the server listens."""
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(service.store.close)
        stop = _stop_signal()
        context = tls_of(place, behind_proxy=service.settings.behind_tls_proxy)
        secure = context is not None or service.settings.behind_tls_proxy
        app = make_app(service, secure=secure, demo=demo, data=data)
        runner = Runner(app, shutdown_timeout=_GRACE_S)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        _spare_the_collector()
        try:
            await web.TCPSite(runner, place.host, place.port, ssl_context=context).start()
        except OSError as error:
            raise ServeError(f"cannot listen on {place.host} port {place.port}: {_why(error)}") from None
        more = [*rekeying.commands(service)]
        await stack.enter_async_context(control.listening(service.store, app[STAFF], data, more))
        ready(_address(runner, place, tls=context is not None))
        await stop.wait()


def _spare_the_collector() -> None:
    """Dialogs and catalogs live as long as the program: looking through them for garbage at every turn finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _stop_signal() -> asyncio.Event:
    """Is set when somebody asks the program to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another --port"
    return os.strerror(error.errno) if error.errno and error.errno > 0 else "there is no such address"


def _address(runner: web.AppRunner, place: Place, *, tls: bool) -> str:
    port = runner.addresses[0][1]
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if tls else 'http'}://{host}:{port}"
