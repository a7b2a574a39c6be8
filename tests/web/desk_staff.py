"""What somebody of the office does with a login, for the tests of signing in."""

from __future__ import annotations

import re

import msgspec
from aiohttp import ClientResponse

from assistant import totp
from assistant.server.keys import SIGN_IN
from assistant.server.sessions import form_token
from assistant.service import Service
from assistant.store import Role, UserRow
from tests.conftest import Client
from tests.web.desk_visits import NAME, PASSWORD, hire, page, try_password

COOKIE, STEP_COOKIE = "klarbild-desk", "klarbild-step"
CODE = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")
ONE_TIME = re.compile(r"<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</code>")


def cookie(client: Client, name: str = COOKIE) -> str:
    """A cookie that the browser holds; empty if it has none."""
    cookies = client.session.cookie_jar.filter_cookies(client.make_url("/desk"))
    return cookies[name].value if name in cookies else ""


def take_cookie(client: Client, value: str, name: str = COOKIE) -> None:
    """Put a cookie into the browser, as somebody does who has stolen it."""
    client.session.cookie_jar.update_cookies({name: value}, client.make_url("/"))


async def send(client: Client, path: str, **fields: str) -> ClientResponse:
    """Send a form of the desk with the token of this session."""
    fields.setdefault("token", form_token(cookie(client)))
    return await client.post(path, data=fields, allow_redirects=False)


async def send_code(client: Client, code: str, **fields: str) -> ClientResponse:
    """Send the form of the second step."""
    form = {"token": form_token(cookie(client, STEP_COOKIE)), "code": code, "next": ""} | fields
    return await client.post("/desk/login/code", data=form, allow_redirects=False)


async def employ(service: Service, name: str, role: Role, **fields: object) -> None:
    """Make a login with a role, and with the password of all tests."""
    await hire(service, name)
    row = await service.store.user(name)
    assert row is not None
    await service.store.put_user(msgspec.structs.replace(row, role=role, **fields))


async def come_in(client: Client, service: Service, role: Role, name: str = NAME, **fields: str) -> None:
    """Log in as somebody with this role."""
    await employ(service, name, role, **fields)
    answer = await try_password(client, name, PASSWORD)
    assert answer.status == 303, await answer.text()


def code_now(service: Service, secret: bytes, steps: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    return totp.code(secret, totp.step_at(service.clock().timestamp()) + steps)


async def set_up(client: Client, service: Service, name: str = NAME) -> tuple[bytes, list[str]]:
    """Set up a second step for who is logged in; its secret and recovery codes."""
    await page(client, "/desk/account/second-step")
    assert client.app is not None
    secret = client.app[SIGN_IN].offered_secret(name)
    answer = await send(client, "/desk/account/second-step", do="enrol", code=code_now(service, secret))
    assert answer.status == 200, await answer.text()
    return secret, CODE.findall(await answer.text())


async def user_of(service: Service, name: str = NAME) -> UserRow:
    """A login as it is kept."""
    found = await service.store.user(name)
    assert found is not None
    return found


async def doings(service: Service) -> list[tuple[str, str, str, str]]:
    """What was written down of logins, in the order it happened."""
    rows = await service.store.accounts.doings()
    return [(one.by, one.what, one.whom, one.detail) for one in reversed(rows)]
