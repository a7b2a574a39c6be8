"""How the command line reaches a server that is running: a socket in the data directory, for its owner only.

One process writes to the database (see `assistant.store.sqlite`), so a command that must write while a server is
running asks that server to do it.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from assistant.server.operations import Handler
from assistant.staff import Staff
from assistant.store import Store, StoreError, TokenRow, UserRow

SOCKET = "klarbild.sock"
_LONGEST_PATH = 100
_STORE = web.AppKey("store", Store)
_STAFF = web.AppKey("staff", Staff)
_NO_ANSWER = "the running server does not answer; look at its log, or stop it and try again"


class Hire(msgspec.Struct, frozen=True, kw_only=True, tag="hire"):
    """Add a login, or give the one of that name another password, role and unit."""

    row: UserRow


class Disable(msgspec.Struct, frozen=True, kw_only=True, tag="disable"):
    """Shut somebody out."""

    name: str


class Enable(msgspec.Struct, frozen=True, kw_only=True, tag="enable"):
    """Let somebody in again."""

    name: str


class ResetSecondStep(msgspec.Struct, frozen=True, kw_only=True, tag="reset_second_step"):
    """Take the second step from somebody."""

    name: str


class List(msgspec.Struct, frozen=True, kw_only=True, tag="list"):
    """Tell of all logins."""


class Give(msgspec.Struct, frozen=True, kw_only=True, tag="give"):
    """Add a token of the desk's API."""

    row: TokenRow


class TakeBack(msgspec.Struct, frozen=True, kw_only=True, tag="take_back"):
    """Let every token of this name of the desk's API open nothing any more."""

    name: str


Command = Hire | Disable | Enable | ResetSecondStep | List | Give | TakeBack


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A login as the command line tells of it, without anything secret. ``how`` somebody comes in."""

    name: str
    role: str
    unit: str
    how: str


async def do(command: Command, store: Store, staff: Staff) -> tuple[Login, ...]:
    """Do what a command asks for. The logins that it was about: none, if there is none of that name."""
    match command:
        case Give(row=token):
            await store.put_token(token)
            return ()
        case TakeBack(name=name):
            return (Login(name=name, role="", unit="", how="token"),) if await store.drop_token(name) else ()
        case List():
            return tuple(_login(row) for row in await store.users())
        case Hire(row=user):
            await staff.hire(user)
            name = user.name
        case ResetSecondStep(name=name):
            await staff.reset_second_step(name)
        case Disable(name=name) | Enable(name=name):
            await staff.set_disabled(name, isinstance(command, Disable))
    row = await store.user(name)
    return (_login(row),) if row is not None else ()


def _login(row: UserRow) -> Login:
    if row.disabled:
        how = "disabled"
    elif not row.password:
        how = "OpenID Connect"
    else:
        how = "password and second step" if row.totp is not None else "password"
    return Login(name=row.name, role=row.role, unit=row.unit, how=how)


async def _command(request: web.Request) -> web.Response:
    command = msgspec.json.decode(await request.read(), type=Command)
    logins = await do(command, request.app[_STORE], request.app[_STAFF])
    return web.Response(body=msgspec.json.encode(logins), content_type="application/json")


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the store refuses is told to whoever asked."""
    try:
        return await handler(request)
    except StoreError as error:
        return web.Response(status=503, text=str(error))


@contextlib.asynccontextmanager
async def listening(store: Store, staff: Staff, data: Path, more: Iterable[web.RouteDef] = ()) -> AsyncIterator[bool]:
    """Listen while the block runs, also for ``more`` commands; False where the system has no such sockets."""
    try:
        listener = _listener(data)
    except (OSError, AttributeError):
        yield False
        return
    app = web.Application(middlewares=[_refusals])
    app[_STORE], app[_STAFF] = store, staff
    app.add_routes([web.post("/command", _command), *more])
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


async def ask(command: Command, data: Path) -> tuple[Login, ...] | None:
    """Have the server that runs on this directory do something; None if no server is there. Raises StoreError."""
    answer = await post("/command", msgspec.json.encode(command), data)
    return msgspec.json.decode(answer, type=tuple[Login, ...]) if answer is not None else None


async def post(
    address: str, body: bytes, data: Path, *, limits: aiohttp.ClientTimeout = aiohttp.client.DEFAULT_TIMEOUT
) -> bytes | None:
    """What the server that runs on this directory answers; None if no server is there. Raises StoreError."""
    if not (data / SOCKET).exists():
        return None
    with _address(data) as place:
        try:
            async with (
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(place), timeout=limits) as session,
                session.post(f"http://klarbild{address}", data=body) as answer,
            ):
                if answer.status != 200:
                    raise StoreError(await answer.text() if answer.status == 503 else _NO_ANSWER)
                return await answer.read()
        except aiohttp.ClientConnectorError:
            return None
        except (aiohttp.ClientError, TimeoutError):
            raise StoreError(_NO_ANSWER) from None
