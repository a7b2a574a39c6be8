"""Going on with a conversation on another device: a link with a ticket, drawn as a QR code, and where it leads.

Opening the link never uses the ticket up (previews and scanners open links, too); pressing the button does.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import segno
from aiohttp import web

from assistant.server.keys import SECURE, SERVICE
from assistant.server.pages import render
from assistant.server.visitors import enter, talk_of, words_for
from assistant.talks import NoSuchTalk, Talk
from assistant.tickets import MINUTES

_FITS = re.compile("[!-~]{1,134}")
"""A link that a QR code of 41 modules a side holds. With 6 pixels for each it is as wide as the smallest phones."""

_DARK = re.compile(rb"\x01+")


class Square(NamedTuple):
    """A QR code: modules a side, its quiet zone of 4 included, and an SVG path whose strokes are the dark ones."""

    size: int
    path: str


class Transfer(NamedTuple):
    """What another device needs: the link, the same as a QR code, and how many minutes it works."""

    link: str
    square: Square
    minutes: int


def transfer(request: web.Request, talk: Talk) -> Transfer | None:
    """A new way to another device for a kept conversation. None where the address of this
    server is so long or so odd that no link can be made of it."""
    service = request.app[SERVICE]
    scheme = "https" if request.app[SECURE] else request.scheme
    here = service.settings.public_url or f"{scheme}://{request.host}"
    link = f"{here}/t/{service.tickets.issue(talk.id, talk.key)}"
    return Transfer(link, square(link), MINUTES) if _FITS.fullmatch(link) else None


def square(text: str) -> Square:
    """A text as a QR code (ISO/IEC 18004), with as much error correction as its size has room for."""
    code = segno.make_qr(text, error="l")
    strokes, x, y = [], 0, 0
    for row, modules in enumerate(code.matrix):
        for dark in _DARK.finditer(modules):
            strokes.append(f"m{dark.start() - x} {row - y}h{len(dark[0])}")
            x, y = dark.end(), row
    return Square(len(code.matrix) + 8, "".join(strokes))


async def show(request: web.Request) -> web.Response:
    """Ask whether to go on here. A ticket that is unknown, used or too old gets one and the same page."""
    ticket = request.match_info["ticket"]
    there = request.app[SERVICE].tickets.conversation(ticket)
    if there is None:
        return await _dead(request)
    here = await talk_of(request)
    other = here if here is not None and here.kept and here.id != there else None
    return render(request, "chat/ticket.html", words_for(request), ticket=ticket, talk=other)


async def use(request: web.Request) -> web.Response:
    """Use the ticket up and go on here. The other device goes on, too.

    Nobody guesses 128 bits, so tries are not counted: a count would lock out neighbours."""
    try:
        talk = await request.app[SERVICE].use_ticket(request.match_info["ticket"])
    except NoSuchTalk:
        talk = None
    if talk is None:
        return await _dead(request)
    response = web.Response(status=303, headers={"Location": "/chat#q"})
    await enter(request, response, talk, keep=True)
    return response


async def _dead(request: web.Request) -> web.Response:
    here = await talk_of(request)
    return render(request, "chat/ticket.html", words_for(request), status=404, ticket="", talk=here)


def routes() -> list[web.RouteDef]:
    """The routes of transfer tickets."""
    return [web.get("/t/{ticket}", show), web.post("/t/{ticket}", use)]
