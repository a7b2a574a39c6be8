"""A small translation server on this machine that speaks LibreTranslate's documented API, and can do so badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from assistant.settings import Settings

HAS: Final = ("ar", "en", "fa", "kmr", "ru", "sv", "uk")


def swedish(text: str) -> str:
    """What this server makes of a text: the same number of words, and none of them of the text."""
    return " ".join(f"ord{number}" for number, _ in enumerate(text.split(), 1))


class MachineServer:
    """What the server does and was asked. ``status``, ``body`` and ``headers`` stand in the place of a right answer;
    ``answer`` makes a translation; ``held``: it answers when this is set; ``wrong_for``: garbage for this text."""

    def __init__(self, has: tuple[str, ...] = HAS) -> None:
        self.languages: Any = [
            {"code": code, "name": code.upper(), "targets": [other for other in has if other != code]} for code in has
        ]
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers_seen: list[dict[str, str]] = []
        self.languages_asked = self.elsewhere = self.at_once = self.most_at_once = 0
        self.status, self.body, self.headers = 200, b"", dict[str, str]()
        self.answer: Callable[[str], Any] = swedish
        self.held: asyncio.Event | None = None
        self.came = asyncio.Event()
        self.endless = False
        self.wrong_for = ""

    async def has(self, request: web.Request) -> web.StreamResponse:
        self.languages_asked += 1
        self.paths.append(request.path_qs)
        return web.json_response(self.languages)

    async def translate(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        self.paths.append(request.path_qs)
        self.headers_seen.append(dict(request.headers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.came.set()
        try:
            if self.held is not None:
                await self.held.wait()
            return await self._answer(request, asked["q"])
        finally:
            self.at_once -= 1

    async def _answer(self, request: web.Request, text: str) -> web.StreamResponse:
        if self.endless:
            return await _without_end(request)
        if text == self.wrong_for:
            return web.Response(body=b"{")
        if self.body or self.status != 200:
            return web.Response(status=self.status, body=self.body, headers=self.headers)
        return web.json_response({"translatedText": self.answer(text)})

    async def other(self, request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.json_response({"translatedText": "någon annanstans"})

    @property
    def texts(self) -> list[str]:
        """The texts that it was asked for."""
        return [one["q"] for one in self.asked]


async def _without_end(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    try:
        while True:
            await answer.write(b" " * 65536)
    except ConnectionError:
        return answer


@asynccontextmanager
async def running(machine: MachineServer, **more: Any) -> AsyncIterator[Settings]:
    """The settings that lead to the server, while it runs."""
    app = web.Application()
    app.router.add_get("/languages", machine.has)
    app.router.add_post("/translate", machine.translate)
    app.router.add_route("*", "/other", machine.other)
    async with TestServer(app) as server:
        yield Settings(translation_url=str(server.make_url("")).rstrip("/"), **more)
