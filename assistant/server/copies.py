"""A copy of what somebody has said, to print or to keep, and whom to ask about it (GDPR art. 15-17).

What was sent belongs to the case: the office must document and keep it (socialtjänstlagen (2025:400)), and the right to
have it erased does not reach that (art. 17.3 b). What was not sent the person erases alone.
"""

from __future__ import annotations

from aiohttp import web

from assistant.server import chat_views
from assistant.server.keys import SERVICE
from assistant.server.pages import render
from assistant.server.visitors import talk_of, view_of
from assistant.turns import Viewer


async def copy(request: web.Request) -> web.Response:
    """Everything said so far but private answers, which are not even named."""
    talk = await talk_of(request)
    if talk is None or not talk.kept:
        return web.Response(status=303, headers={"Location": "/chat" if talk is not None else "/"})
    service = request.app[SERVICE]
    viewer = Viewer(talk, service.words(talk.state.locale), service.settings)
    parts = chat_views.parts_of(talk, tuple(line for line in viewer.lines() if not line.private))
    return render(request, "chat/copy.html", viewer.words, parts=parts, **view_of(request, talk))


def routes() -> list[web.RouteDef]:
    """The route of the copy."""
    return [web.get("/chat/copy", copy)]
