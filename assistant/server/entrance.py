"""The pages before a conversation: languages, what this is, begin, apply now."""

from __future__ import annotations

import logging
import secrets

from aiohttp import web

from assistant.core.commands import Message
from assistant.core.problem import Problem
from assistant.server import forms
from assistant.server.keys import LIMITS, SERVICE
from assistant.server.limits import coarse_address
from assistant.server.pages import render
from assistant.server.unsent import NOT_SAVED
from assistant.server.visitors import enter, offered, preferred, talk_of, view_of, words_for
from assistant.store import StoreError
from assistant.talks import Talk
from assistant.texts import Words

_log = logging.getLogger("klarbild")

FIRST_DIALOG = "first_visit"
MESSAGES_AN_HOUR = 30
RETRY = {"Retry-After": "3600"}
LOCALE = "{locale:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*}"
"""The language in an address, a BCP 47 tag."""


def words_named(request: web.Request) -> Words:
    """The words of the language in the address. Raises HTTPNotFound if it is not offered."""
    words = words_for(request)
    if words.language.tag != request.match_info["locale"]:
        raise web.HTTPNotFound
    return words


async def choose_language(request: web.Request) -> web.Response:
    """The languages in their own names, those of the browser first."""
    service = request.app[SERVICE]
    languages = preferred(request.headers.get("Accept-Language", ""), offered(service))
    return render(
        request,
        "chat/languages.html",
        words_for(request),
        choices=languages,
        talk=await talk_of(request),
    )


async def about(request: web.Request) -> web.Response:
    """What this is, before anything is asked."""
    return render(request, "chat/about.html", words_named(request), talk=await talk_of(request))


async def privacy(request: web.Request) -> web.Response:
    """What happens with what a person says."""
    return render(request, "chat/privacy.html", words_named(request))


async def begin(request: web.Request) -> web.Response:
    """A new conversation, in memory only until its gate is passed."""
    words = words_named(request)
    talk = await request.app[SERVICE].start(FIRST_DIALOG, words.language.tag)
    response = web.Response(status=303, headers={"Location": "/chat/code#q" if talk.kept else "/chat#q"})
    await enter(request, response, talk, keep=talk.kept)
    return response


# -- apply now ---------------------------------------------------------------------------------------------------------


async def ask_message(request: web.Request) -> web.Response:
    """The form for "I want to apply now". Within a conversation the message belongs to it."""
    return message_page(request, words_named(request), await talk_of(request))


def message_page(
    request: web.Request,
    words: Words,
    talk: Talk | None,
    form: forms.Form | None = None,
    problem: Problem | None = None,
) -> web.Response:
    within = talk is not None and talk.kept
    view = view_of(request, talk) if talk is not None and within else {"talk": None, "token": "", "seen": 0}
    return render(
        request,
        "chat/apply_now.html",
        words,
        status=problem.status if problem else 200,
        action="/chat" if within else f"/{words.language.tag}/apply-now",
        once=secrets.token_urlsafe(12),
        form=forms.Form(form.shown if form else {}),
        problem=message_problem(words, problem),
        not_saved=problem is not None and problem.code == NOT_SAVED.code,
        **view,
    )


def message_problem(words: Words, problem: Problem | None) -> dict[str, str]:
    """What is wrong with a message, in words, by field."""
    return {name: _field_problem(words, one) for name, one in problem.fields.items()} if problem else {}


def _field_problem(words: Words, problem: Problem) -> str:
    if problem.code == "required":
        return words.gettext("Write a phone number, so that we can reach you.")
    return words.gettext("This is too long. Write at most {max} characters.", max=int(problem.params.get("max", 0)))


def take_message(request: web.Request) -> None:
    """Take one of the messages that may be sent from where the request comes from. Raises HTTPTooManyRequests."""
    if not request.app[LIMITS].take("message", coarse_address(request), MESSAGES_AN_HOUR):
        raise web.HTTPTooManyRequests(headers=RETRY)


def give_message_back(request: web.Request) -> None:
    """Count a message that was not sent after all for nothing."""
    request.app[LIMITS].give_back("message", coarse_address(request))


def sent_page(request: web.Request, at: str, talk: Talk | None) -> web.Response:
    """The message was sent, and when."""
    if talk is None:
        return render(request, "chat/sent.html", words_named(request), at=at, talk=None)
    words = request.app[SERVICE].words(talk.state.locale)
    return render(request, "chat/sent.html", words, at=at, **view_of(request, talk))


async def send_message(request: web.Request) -> web.Response:
    """Send "I want to apply now" to the office, with its moment. A double tap sends it once."""
    words, sent = words_named(request), request.app[LIMITS].sent
    form = await forms.read(request)
    once = form.one("once")[:60]
    if once in sent:
        return sent_page(request, sent[once], None)
    take_message(request)
    service = request.app[SERVICE]
    at = service.now()
    message = Message("apply_now", name=form.one("name"), phone=form.one("phone"), when=form.one("when"))
    try:
        problem = await service.message(message, words.language.tag)
    except StoreError as error:
        _log.error("a message to the office: %s", error)
        give_message_back(request)
        return message_page(request, words, None, form, NOT_SAVED)
    if problem is not None:
        give_message_back(request)
        return message_page(request, words, None, form, problem)
    if once:
        request.app[LIMITS].remember(once, at)
    return sent_page(request, at, None)


def routes() -> list[web.RouteDef]:
    """The routes of the entrance."""
    return [
        web.get("/", choose_language),
        web.get(f"/{LOCALE}", about),
        web.get(f"/{LOCALE}/privacy", privacy),
        web.post(f"/{LOCALE}/begin", begin),
        web.get(f"/{LOCALE}/apply-now", ask_message),
        web.post(f"/{LOCALE}/apply-now", send_message),
    ]
