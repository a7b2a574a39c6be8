"""Requests that are no HTTP, larger than any browser sends or never finished: refused below the routes.

aiohttp would answer them with the words it could not read and with its version, log both, and wait for the rest of a
request for ever (OWASP ASVS 5.0, 15.2.2; the attack is called Slowloris).
"""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from assistant.server.keys import HEADERS

HEAD_WITHIN_S = 15.0
"""How long a browser may take from its first byte to the end of the headers, and from connecting to its first byte."""
IDLE_S = 75.0
"""How long a connection is kept for another request; longer than proxies do, which may not find it closed."""

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
        connection = _Connection(self, loop=loop, access_log=None, keepalive_timeout=IDLE_S)  # type: ignore[arg-type]
        connection.headers = self.headers
        return connection


class _Connection(web.RequestHandler):
    __slots__ = ("_late", "headers")
    headers: tuple[tuple[str, str], ...]
    _late: asyncio.TimerHandle | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._late = self._loop.call_later(HEAD_WITHIN_S, self._give_up)

    def data_received(self, data: bytes) -> None:
        heads = self._request_count
        super().data_received(data)
        if self._request_count > heads:
            self._stop_waiting()
        elif self._late is None and self._waits():
            self._late = self._loop.call_later(HEAD_WITHIN_S, self._give_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _waits(self) -> bool:
        """Whether nothing that has come so far is a request."""
        return self._current_request is None and not self._request_in_progress and not self._messages

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        if self._waits():
            self.force_close()

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
