"""What a caseworker does with a browser, for the tests of the desk."""

from __future__ import annotations

import html
import re

from aiohttp import ClientResponse

from assistant.desk import token_hash
from assistant.service import Service
from assistant.store import TokenRow, UserRow, codes
from tests.conftest import Client

NAME, PASSWORD, TOKEN = "anna", "a long password", "a token of a program"


async def hire(service: Service, name: str = NAME) -> None:
    """Make a login for the desk."""
    row = UserRow(name=name, password=codes.hash_password(PASSWORD), role="caseworker", created="2026-01-01")
    await service.store.put_user(row)


async def log_in(client: Client, service: Service) -> None:
    """Come in as a caseworker."""
    await hire(service)
    answer = await try_password(client, NAME, PASSWORD)
    assert answer.status == 303, await answer.text()


async def try_password(
    client: Client, name: str, password: str, after: str = "", *, address: str = ""
) -> ClientResponse:
    form = {"name": name, "password": password, "next": after}
    headers = {"X-Forwarded-For": address} if address else {}
    return await client.post("/desk/login", data=form, headers=headers, allow_redirects=False)


async def give_token(service: Service) -> dict[str, str]:
    """The header of a program that may read at the desk."""
    row = TokenRow(hash=token_hash(TOKEN), name="case system", role="caseworker", created="2026-01-01")
    await service.store.put_token(row)
    return {"Authorization": f"Bearer {TOKEN}"}


async def page(client: Client, address: str, status: int = 200) -> str:
    answer = await client.get(address, allow_redirects=False)
    assert answer.status == status, f"{address}: {answer.status}"
    return await answer.text()


async def seen(client: Client, address: str) -> str:
    """A page as it is read: its words without markup, on one line."""
    return words_of(await page(client, address))


def words_of(text: str) -> str:
    inside = re.sub(r"<style>.*?</style>|<title>.*?</title>|<br>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", inside)).split())


def on_paper(text: str) -> str:
    """A page as it is printed: without what stands on the screen only."""
    marked = r'<(span|li|p|div|small|section|mark)[^>]*class="on-screen[^>]*>(?:(?!<\1[ >]).)*?</\1>'
    return words_of(re.sub(marked, "", text, flags=re.DOTALL))


async def readings(service: Service, case: str) -> list[tuple[str, str]]:
    """Who has read what of a case."""
    return [(one.user, one.what) for one in await service.store.readings(case)]
