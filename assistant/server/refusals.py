"""Below the routes: requests that are no HTTP or larger than any browser sends, and connections that are only held.

aiohttp would answer the first with the words it could not read and with its version, and log both; the second it would
keep for an hour. There is a bound on how many connections there are: the one that has waited longest makes room.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from aiohttp import web

from assistant.server.keys import HEADERS

MOST_CONNECTIONS: Final = 800
HEAD_WITHIN_S = 10.0
"""How long the head of a request may take, from the first byte of it or of the connection."""
IDLE_S: Final = 75.0
"""How long a connection may wait for its next request; proxies wait for less."""
LINGER_S: Final = 2.0
HANDSHAKE_WITHIN_S: Final = 10.0

_log = logging.getLogger("klarbild")


class Runner(web.AppRunner):
    """Runs an application without access logs: they hold addresses of people and their query strings."""

    def __init__(self, app: web.Application, *, shutdown_timeout: float) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_timeout)

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        server = _Server(made.request_handler, request_factory=made.request_factory)
        server.headers = self.app[HEADERS]
        return server


class _Server(web.Server):
    headers: tuple[tuple[str, str], ...] = ()

    def __call__(self) -> web.RequestHandler:
        loop = asyncio.get_running_loop()
        how: dict[str, Any] = {"access_log": None, "keepalive_timeout": IDLE_S, "lingering_time": LINGER_S}
        connection = _Connection(self, loop=loop, **how)
        connection.headers = self.headers
        return connection

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > MOST_CONNECTIONS:
            # In the order in which they came; one that works on a request is let alone.
            idle = (one for one in self._connections if isinstance(one, _Connection) and one.is_waiting())
            next(idle, handler).force_close()


class _Connection(web.RequestHandler):
    __slots__ = ("_late", "headers")
    headers: tuple[tuple[str, str], ...]
    _late: asyncio.TimerHandle | None

    def is_waiting(self) -> bool:
        """Whether no request is worked on here."""
        return not self._request_in_progress and not self._messages

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._late = None
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        if self.is_waiting() and self._late is None:
            self._expect_a_head()
        super().data_received(data)
        if self._request_count != before:
            self._head_is_here()

    def _expect_a_head(self) -> None:
        self._late = asyncio.get_running_loop().call_later(HEAD_WITHIN_S, self.force_close)

    def _head_is_here(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The status alone. What was sent is neither repeated nor logged."""
        gone = isinstance(exc, ConnectionError)
        _log.log(
            logging.ERROR if status >= 500 and not gone else logging.DEBUG,
            "%d below the routes: %s",
            status,
            type(exc).__name__,
        )
        if request.writer.output_size > 0:
            raise ConnectionError
        response = web.Response(status=status, text=f"{status}\n", headers=self.headers)
        # Left out, aiohttp would name itself and its version here.
        response.headers["Server"] = "klarbild"
        response.force_close()
        return response
