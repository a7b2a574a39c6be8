"""The page that an invitation's link opens, and beginning with it.

Opening the link never uses it up (previews and scanners open links, too), and neither does pressing the button: the
invitation is used when something is kept, behind the gate. Nobody guesses 128 bits, so tries are not counted.
"""

from __future__ import annotations

from aiohttp import web

from assistant.server import forms
from assistant.server.entrance import FIRST_DIALOG
from assistant.server.keys import SERVICE
from assistant.server.pages import render
from assistant.server.visitors import enter, offered, talk_of, words_for
from assistant.store.invitations import InvitationRow, token_hash, usable
from assistant.talks import Talk
from assistant.texts import Words


async def _invitation(request: web.Request) -> InvitationRow | None:
    """The invitation of the address if somebody can begin with it; None for an unknown, used, withdrawn or old one."""
    service = request.app[SERVICE]
    row = await service.store.invitations.by_token(token_hash(request.match_info["token"]))
    return await usable(service.store, row, service.today().isoformat())


def _words(request: web.Request, row: InvitationRow, wanted: str) -> Words:
    """The language of the page: the one that is asked for, else that of the invitation."""
    tags = [one.tag for one in offered(request.app[SERVICE])]
    tag = next((one for one in (wanted, row.locale) if one in tags), "")
    return request.app[SERVICE].words(tag) if tag else words_for(request)


async def show(request: web.Request) -> web.Response:
    """What this is, in the language of the invitation, with the others beside it."""
    row = await _invitation(request)
    if row is None:
        return await _dead(request)
    words = _words(request, row, request.query.get("l", ""))
    token = request.match_info["token"]
    return render(request, "chat/invited.html", words, invitation=token, until=row.until)


async def begin(request: web.Request) -> web.Response:
    """A new conversation in the case of the invitation, in memory only until its gate is passed."""
    form, row = await forms.read(request), await _invitation(request)
    if row is None:
        return await _dead(request)
    words = _words(request, row, form.one("locale"))
    talk = await request.app[SERVICE].start(FIRST_DIALOG, words.language.tag, row)
    response = web.Response(status=303, headers={"Location": "/chat/code#q" if talk.kept else "/chat#q"})
    await enter(request, response, talk, keep=talk.kept)
    return response


async def _dead(request: web.Request) -> web.Response:
    return gone_page(request, words_for(request), 404, await talk_of(request))


def gone_page(request: web.Request, words: Words, status: int, talk: Talk | None = None) -> web.Response:
    """The link does not work any more; how to go on. ``talk``: the conversation that is open on this device."""
    return render(request, "chat/invited.html", words, status=status, invitation="", talk=talk)


def routes() -> list[web.RouteDef]:
    """The routes of invitations."""
    return [web.get("/i/{token}", show), web.post("/i/{token}", begin)]
