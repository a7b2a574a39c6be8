"""Whether the program is alive, and whether it can take a reply durably now."""

from __future__ import annotations

from aiohttp import web

from assistant.server.keys import ADMISSION, SERVICE


async def alive(_: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    """Replies are taken, and a durable write works right now; 503 if not."""
    if request.app[ADMISSION].closing:
        return web.Response(text="closing\n", status=503)
    healthy = await request.app[SERVICE].store.healthy()
    return web.Response(text="ready\n") if healthy else web.Response(text="cannot save\n", status=503)


def routes() -> list[web.RouteDef]:
    """The routes for whoever watches over the server."""
    return [web.get("/healthz", alive), web.get("/readyz", ready)]
