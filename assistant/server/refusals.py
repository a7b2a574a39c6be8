"""Requests that are no HTTP, or larger than any browser sends: refused below the routes, in a few words.

aiohttp would answer them with the words it could not read and with its version, and log both.
"""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from assistant.server.keys import HEADERS

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
        connection = _Connection(self, loop=asyncio.get_running_loop(), access_log=None)  # type: ignore[arg-type]
        connection.headers = self.headers
        return connection


class _Connection(web.RequestHandler):
    __slots__ = ("headers",)
    headers: tuple[tuple[str, str], ...]

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The status alone. What was sent is neither repeated nor logged."""
        _log.log(
            logging.ERROR if status >= 500 else logging.DEBUG,
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
