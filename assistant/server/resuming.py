"""Going on with a conversation by its resume code, and with the words that come along with it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from assistant.bidi import shown
from assistant.server import forms
from assistant.server.admission import LATE, NotNow
from assistant.server.applicant import asked_again
from assistant.server.entrance import FAILURES_AN_HOUR, FIRST_DIALOG, LOCALE, RETRY, words_named
from assistant.server.keys import ADMISSION, LIMITS, SERVICE
from assistant.server.limits import coarse_address
from assistant.server.pages import render
from assistant.server.unsent import Unsent, say_again
from assistant.server.visitors import enter
from assistant.talks import NoSuchTalk


async def ask_code(request: web.Request) -> web.Response:
    """The form for a resume code."""
    return render(request, "chat/continue.html", words_named(request), problem="", code="", unsent=None)


async def use_code(request: web.Request) -> web.Response:
    """Go on with a code. A wrong one and one that is too old are answered alike. An answer that came along and could
    not be taken is there on the page of its question."""
    words_named(request)
    limits, address = request.app[LIMITS], coarse_address(request)
    form = await forms.read(request)
    code = form.one("code")
    try:
        if LATE in request:
            raise NotNow("closing")
        request.app[ADMISSION].check_coming_back()
    except NotNow as refusal:
        response = _asked_again(request, form, "busy", 503)
        response.headers["Retry-After"] = refusal.headers["Retry-After"]
        return response
    if not limits.take_guess(address, FAILURES_AN_HOUR):
        raise web.HTTPTooManyRequests(headers=RETRY)
    try:
        talk = await request.app[SERVICE].resume(code, invited_to=FIRST_DIALOG)
    except NoSuchTalk:
        talk = None
    if talk is None:
        return _asked_again(request, form, "no_such_code", 422)
    limits.give_guess_back(address)
    not_taken = await say_again(request, talk, form)
    response = web.Response(status=303, headers={"Location": "/chat#q"})
    await enter(request, response, talk, keep=talk.kept)
    if not_taken is None:
        return response
    page = asked_again(request, not_taken.form, not_taken.talk, not_taken.problem)
    page.cookies.update(response.cookies)
    return page


def _asked_again(request: web.Request, form: forms.Form, problem: str, status: int) -> web.Response:
    """The form again, with the code and the words that came along."""
    unsent = Unsent(form.one("unsent"), form.one("seal")) if form.one("unsent") else None
    view: dict[str, Any] = {"problem": problem, "code": shown(form.one("code")[:60]), "unsent": unsent}
    return render(request, "chat/continue.html", words_named(request), status=status, **view)


def routes() -> list[web.RouteDef]:
    """The routes of resume codes."""
    return [web.get(f"/{LOCALE}/continue", ask_code), web.post(f"/{LOCALE}/continue", use_code)]
