"""The operations of the JSON API: route, handler, bodies. One table serves and describes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from aiohttp import web

JSON = "application/json"
_NOTHING: Mapping[str, str] = MappingProxyType({})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Operation(NamedTuple):
    """One route of the API; its summary is the handler's docstring.

    ``answers`` gives the type of the JSON body by status (None: no body), ``media`` what other media types the answer
    can have; ``query`` says of each query parameter what it is for; an ``open`` one needs no token."""

    method: str
    path: str
    handler: Handler
    answers: Mapping[int, Any]
    body: Any = None
    query: Mapping[str, str] = _NOTHING
    media: Sequence[str] = ()
    open: bool = False


def routes_of(operations: Sequence[Operation]) -> list[web.RouteDef]:
    """The routes of these operations."""
    return [web.route(one.method, one.path, one.handler) for one in operations]
