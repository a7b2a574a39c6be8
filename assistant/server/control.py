"""How the command line reaches a server that is running: a socket in the data directory, for its owner only.

One process writes to the database (see `assistant.store.sqlite`), so a command that must write while a server is
running asks that server to do it.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from assistant.server.operations import Handler
from assistant.server.sessions import Sessions
from assistant.store import Store, StoreError, TokenRow, UserRow

SOCKET = "klarbild.sock"
_LONGEST_PATH = 100
_STORE = web.AppKey("store", Store)
_SESSIONS = web.AppKey("sessions", Sessions)
_NO_ANSWER = "the running server does not answer; look at its log, or stop it and try again"


async def _user(request: web.Request) -> web.Response:
    row = msgspec.json.decode(await request.read(), type=UserRow)
    await request.app[_STORE].put_user(row)
    await request.app[_SESSIONS].end_all("desk", row.name)
    return web.Response(status=204)


async def _token(request: web.Request) -> web.Response:
    await request.app[_STORE].put_token(msgspec.json.decode(await request.read(), type=TokenRow))
    return web.Response(status=204)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the store refuses is told to whoever asked."""
    try:
        return await handler(request)
    except StoreError as error:
        return web.Response(status=503, text=str(error))


@contextlib.asynccontextmanager
async def listening(store: Store, sessions: Sessions, data: Path) -> AsyncIterator[bool]:
    """Listen while the block runs; False where the system has no such sockets."""
    try:
        listener = _listener(data)
    except (OSError, AttributeError):
        yield False
        return
    app = web.Application(middlewares=[_refusals])
    app[_STORE], app[_SESSIONS] = store, sessions
    app.add_routes([web.put("/user", _user), web.put("/token", _token)])
    runner = web.AppRunner(app, access_log=None)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        yield True
    finally:
        await runner.cleanup()
        (data / SOCKET).unlink(missing_ok=True)


def _listener(data: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Set before the file is made, so that it is never open to others.
        os.fchmod(listener.fileno(), 0o600)
        (data / SOCKET).unlink(missing_ok=True)
        with _address(data) as address:
            listener.bind(address)
        (data / SOCKET).chmod(0o600)
    except BaseException:
        listener.close()
        raise
    return listener


@contextlib.contextmanager
def _address(data: Path) -> Iterator[str]:
    """The socket's path, short enough for the system: a long one goes by way of an open directory (Linux only)."""
    path = data.resolve() / SOCKET
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    handle = os.open(data, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)


async def put(row: UserRow | TokenRow, data: Path) -> bool:
    """Have the server that runs on this directory write the row; False if no server is there. Raises StoreError.

    A user's sessions end: whoever gives somebody a new password wants the old one to be worth nothing."""
    if not (data / SOCKET).exists():
        return False
    kind = "user" if isinstance(row, UserRow) else "token"
    with _address(data) as address:
        try:
            async with (
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(address)) as session,
                session.put(f"http://klarbild/{kind}", data=msgspec.json.encode(row)) as answer,
            ):
                if answer.status != 204:
                    raise StoreError(await answer.text() if answer.status == 503 else _NO_ANSWER)
        except aiohttp.ClientConnectorError:
            return False
        except (aiohttp.ClientError, TimeoutError):
            raise StoreError(_NO_ANSWER) from None
    return True
