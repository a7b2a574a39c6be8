"""The words of a page that was left open for too long: they come along with the code, so that none is lost.

They stand in the page that asks for the code and nowhere else. Only the conversation that they were written in takes
them: whoever enters another code on the same telephone does not answer with somebody else's words.
"""

from __future__ import annotations

import hmac
import logging
from typing import Final, NamedTuple
from urllib.parse import quote_plus

from aiohttp import web

from assistant.core.commands import Decline, Reply
from assistant.core.problem import Problem
from assistant.openers import with_key
from assistant.server import forms
from assistant.server.keys import SERVICE, SESSIONS
from assistant.server.sessions import same
from assistant.server.visitors import token_of
from assistant.store import StoreError
from assistant.talks import NoSuchTalk, Talk

NOT_SAVED: Final = Problem(code="not_saved", status=503)
CLOSING: Final = Problem(code="closing", status=503)
_STALE: Final = Problem(code="stale", status=409)
_LONGEST: Final = 60_000
"""The most bytes that an answer may have in the form that takes the code, whose body has a limit, too."""

_log = logging.getLogger("klarbild")


class Unsent(NamedTuple):
    """An answer on its way: the form as text, and the seal that ties it to its conversation."""

    text: str
    seal: str


class NotTaken(NamedTuple):
    """An answer that came along with a code and could not be taken: as it was given, and why."""

    form: forms.Form
    talk: Talk
    problem: Problem


def unsent_of(request: web.Request, form: forms.Form | None) -> Unsent | None:
    """The answer in a form whose session has run out; None if there is none, if nobody knows whose it was, or if it is
    so long that it could not come along."""
    conversation = request.app[SESSIONS].run_out(token_of(request))
    text = form.unsent if form is not None else ""
    if not conversation or not text or len(quote_plus(text)) > _LONGEST:
        return None
    return Unsent(text, _seal(request, conversation, text))


async def say_again(request: web.Request, talk: Talk, form: forms.Form) -> NotTaken | None:
    """Give the answer that came along with a code, if there is one of this conversation. NotTaken tells what is wrong
    with it, or that something else was answered meanwhile on another device."""
    text, service = form.one("unsent"), request.app[SERVICE]
    if not text or not same(form.one("seal"), _seal(request, talk.id, text)):
        return None
    said = forms.parsed(text)
    try:
        command = forms.command(said, talk, service.words(talk.state.locale), service.today())
        if isinstance(command, Problem):
            return NotTaken(said, talk, command if said.answers(talk.step) else _STALE)
        if not isinstance(command, Reply | Decline):
            return None
        outcome = await service.act(talk.id, command, said.seen, with_key(talk.key))
    except (web.HTTPBadRequest, NoSuchTalk):
        # No page of ours sends such a form; and what was erased a moment ago takes no answer.
        return None
    except StoreError as error:
        _log.error("an answer that came with a code: %s", error)
        return NotTaken(said, talk, NOT_SAVED)
    return NotTaken(said, outcome.talk, outcome.problem) if outcome.problem is not None else None


def _seal(request: web.Request, conversation: str, text: str) -> str:
    key = request.app[SERVICE].keys.pepper
    return hmac.digest(key, f"unsent {conversation} {text}".encode(), "sha256").hex()[:32]
