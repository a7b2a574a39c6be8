"""Everything that somebody can reach, by the routes there are; and what the store was asked for it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

from aiohttp import ClientResponse, web

from assistant.store import Store
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page

Normal = Callable[[str], str]

_OFFICE = ("/desk", "/api/v1/cases")
_DIFFERS = (
    # A ticket to another device, the square that shows it, and the mark by which a form is known that is sent twice.
    (re.compile(r"/t/[\w-]+"), "/t/…"),
    (re.compile(r'<path[^>]*\bd="[^"]*"'), "<path …"),
    (re.compile(r'(name="once" value=")[^"]*'), r"\1…"),
)


class Reached(NamedTuple):
    """One answer: status, headers without the moment and the length, and the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


def for_applicants(app: web.Application, values: Mapping[str, Iterable[str]]) -> list[str]:
    """Every address that somebody can open who has no business at the desk; ``values`` are those of its parts."""
    found = []
    for resource in app.router.resources():
        canonical = resource.canonical
        if canonical.startswith(_OFFICE) or not {route.method for route in resource} & {"GET"}:
            continue
        found += _filled(canonical, values)
    return found


def of_a_case(app: web.Application, case: str) -> list[str]:
    """Every address of a case at the desk and in the office's API."""
    return [
        resource.canonical.replace("{id}", case)
        for resource in app.router.resources()
        if resource.canonical.startswith(tuple(f"{one}/{{id}}" for one in ("/desk/cases", "/api/v1/cases")))
        and {route.method for route in resource} & {"GET"}
    ]


def _filled(address: str, values: Mapping[str, Iterable[str]]) -> list[str]:
    hole = re.search(r"\{(\w+)\}", address)
    if hole is None:
        return [address]
    assert hole[1] in values, f"{address}: a value is needed for {hole[1]}"
    return [one for value in values[hole[1]] for one in _filled(address.replace(hole[0], value), values)]


async def answer_of(response: ClientResponse, normal: Normal) -> Reached:
    """An answer as it can be compared with another one."""
    # The name of an open page is drawn by lot.
    left_out = {"Date", "Content-Length", "Server", "Server-Timing", "Set-Cookie"}
    headers = sorted((name, value) for name, value in response.headers.items() if name not in left_out)
    body = (await response.read()).decode("utf-8", "backslashreplace")
    for pattern, instead in _DIFFERS:
        body = pattern.sub(instead, body)
    return Reached(response.status, tuple(headers), normal(body))


async def crawl(
    client: Client, addresses: Iterable[str], headers: Mapping[str, str] | None = None, normal: Normal = str
) -> dict[str, Reached]:
    """What each address answers."""
    found = {}
    for address in addresses:
        async with client.get(address, headers=headers, allow_redirects=False) as response:
            found[address] = await answer_of(response, normal)
    return found


class Noting(Browser):
    """A browser that notes every answer it gets."""

    def __init__(self, client: Client, normal: Normal) -> None:
        super().__init__(client)
        self.normal, self.noted = normal, list[Reached]()

    async def _read(self, response: Any) -> Page:
        self.noted.append(await answer_of(response, self.normal))
        return await super()._read(response)


class Watched:
    """A store, or a part of one, that passes every call on and notes what it named and what came back."""

    def __init__(self, inner: object, calls: list[str]) -> None:
        self._inner, self._calls = inner, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in ("office", "accounts", "invitations", "pins", "retention", "translations"):
            return Watched(found, self._calls)

        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **named: Any) -> Any:
            result = await found(*args, **named)
            self._calls.append(f"{name} {args} {named} -> {result}")
            return result

        return call


def watched(store: Store, calls: list[str]) -> Store:
    """The store, noting its calls."""
    return cast(Store, Watched(store, calls))
