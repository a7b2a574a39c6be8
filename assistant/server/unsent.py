"""The words of a page that was left open for too long: they come along with the code, so that none is lost.

They stand in the page that asks for the code and nowhere else. Only the conversation that they were written in takes
them: whoever enters another code on the same telephone does not answer with somebody else's words.
"""

from __future__ import annotations

import hmac
import logging
from typing import NamedTuple

from aiohttp import web

from assistant.core.commands import Decline, Reply
from assistant.server import forms
from assistant.server.keys import SERVICE, SESSIONS
from assistant.server.sessions import same
from assistant.server.visitors import token_of
from assistant.store import StoreError
from assistant.talks import Talk

_log = logging.getLogger("klarbild")


class Unsent(NamedTuple):
    """An answer on its way: the form as text, and the seal that ties it to its conversation."""

    text: str
    seal: str


def unsent_of(request: web.Request, form: forms.Form | None) -> Unsent | None:
    """The answer in a form whose session has run out; None if there is none, or nobody knows whose it was."""
    conversation = request.app[SESSIONS].run_out(token_of(request))
    text = form.unsent if form is not None else ""
    return Unsent(text, _seal(request, conversation, text)) if conversation and text else None


async def say_again(request: web.Request, talk: Talk, form: forms.Form) -> bool:
    """Give the answer that came along with a code. False if it was not taken: the question is open still, or was
    answered meanwhile on another device."""
    text, service = form.one("unsent"), request.app[SERVICE]
    if not text or not same(form.one("seal"), _seal(request, talk.id, text)):
        return False
    said = forms.parsed(text)
    command = forms.command(said, talk, service.words(talk.state.locale), service.today())
    if not isinstance(command, Reply | Decline):
        return False
    try:
        outcome = await service.act(talk.id, command, said.seen)
    except StoreError as error:
        _log.error("an answer that came with a code: %s", error)
        return False
    return outcome.problem is None


def _seal(request: web.Request, conversation: str, text: str) -> str:
    key = request.app[SERVICE].keys.pepper
    return hmac.digest(key, f"unsent {conversation} {text}".encode(), "sha256").hex()[:32]
