"""Recordings of the questions, for whoever would rather listen: where the one of a question is, and its sound."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from assistant.audio import spoken
from assistant.server.keys import AUDIO
from assistant.texts import Words
from assistant.views import ItemView


class Heard(NamedTuple):
    """A recording as a page names it: its address, and its size in thousands of bytes, at least 1."""

    address: str
    kilobytes: int


def recording_of(request: web.Request, words: Words, item: ItemView | None) -> Heard | None:
    """The recording of a question as this person meets it; None if there is none, or no question. It depends on the
    language and the question alone."""
    locale, recordings = words.language.tag, request.app[AUDIO]
    if item is None or not recordings.of(locale):
        return None
    found = recordings.find(locale, spoken(item, words))
    return Heard(f"/audio/{locale}/{found.name}", max(1, round(found.size / 1000))) if found is not None else None


async def play(request: web.Request) -> web.StreamResponse:
    """A recording, or the part of it that is asked for: Safari plays nothing that does not come in ranges.

    Only what was found at the start is sent, by its name: no path is ever made of an address."""
    found = request.app[AUDIO].get(request.match_info["locale"], f"{request.match_info['name']}.mp3")
    if found is None or not found.path.is_file():
        raise web.HTTPNotFound
    # Not even for an hour: on a telephone that is shared, the browser's cache would tell which questions were heard.
    return web.FileResponse(found.path, headers={"Content-Type": "audio/mpeg", "Cache-Control": "no-store"})


def routes() -> list[web.RouteDef]:
    """The recordings. They say what every visitor may read, so that no session is asked for."""
    return [web.get("/audio/{locale}/{name}.mp3", play)]
