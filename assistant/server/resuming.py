"""Going on with a conversation by its resume code, and with the words that come along with it."""

from __future__ import annotations

import contextlib
from typing import Any

from aiohttp import web

from assistant.bidi import shown
from assistant.server import forms
from assistant.server.admission import LATE, NotNow
from assistant.server.applicant import asked_again
from assistant.server.entrance import FIRST_DIALOG, LOCALE, RETRY, words_named
from assistant.server.keys import ADMISSION, LIMITS, PINS, SERVICE
from assistant.server.limits import Guess, coarse_address
from assistant.server.pages import render
from assistant.server.unsent import Unsent, say_again
from assistant.server.visitors import enter
from assistant.slowly import TooBusy
from assistant.store import StoreError, codes
from assistant.talks import NoSuchTalk, Talk


async def ask_code(request: web.Request) -> web.Response:
    """The form for a resume code."""
    return render(request, "chat/continue.html", words_named(request), problem="", code="", unsent=None)


async def _talk_of_code(request: web.Request, symbols: str, pin: str, guess: Guess) -> Talk | None:
    """The conversation of a code and a PIN, if it has one; whatever of them is wrong, there is none."""
    talk = None
    try:
        with contextlib.suppress(NoSuchTalk):
            talk = await request.app[SERVICE].resume(symbols, invited_to=FIRST_DIALOG)
        if not await request.app[PINS].open(talk.id if talk is not None else "", pin):
            return None
    except (TooBusy, StoreError):
        # Nobody has looked whether it is right.
        request.app[LIMITS].give_guess_back(guess)
        raise
    request.app[LIMITS].give_guess_back(guess)
    return talk


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
    talk = None
    # Who mistypes a code has not guessed: nearly every slip shows in its check symbol.
    symbols = codes.normalize(code[:100])
    if symbols is not None:
        guess = limits.take_guess(address, symbols)
        if guess is None:
            raise web.HTTPTooManyRequests(headers=RETRY)
        talk = await _talk_of_code(request, symbols, form.one("pin"), guess)
    if talk is None:
        return _asked_again(request, form, "no_such_code", 422)
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
