"""Who stands before us: the session's cookie, the conversation it belongs to, and the language to speak."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from markupsafe import Markup

from assistant.languages import Language
from assistant.openers import by_session
from assistant.server.keys import SECURE, SERVICE, SESSIONS
from assistant.server.patience import settled
from assistant.server.sessions import form_token, same
from assistant.service import Service
from assistant.talks import NoSuchTalk, Talk
from assistant.texts import Words

_HIDDEN = '<input type="hidden" name="seen" value="%d"><input type="hidden" name="token" value="%s">'


_GIVEN = web.RequestKey("given", str)


def offered(service: Service) -> tuple[Language, ...]:
    """The languages that people can choose, in order."""
    return service.catalogs.offered(service.settings.languages)


def preferred(header: str, languages: tuple[Language, ...]) -> list[Language]:
    """The languages with those first that the browser asks for (Accept-Language, RFC 9110 section 12.5.4)."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            wishes.append((-weight, tag.strip().lower()))
    wishes.sort(key=lambda wish: wish[0])
    first: list[Language] = []
    for _, wish in wishes:
        # Dari has a tag of its own, but not in the data of CLDR.
        tag = "fa-af" if wish.startswith("prs") else wish
        exact = [one for one in languages if one.tag.lower() == tag]
        near = [one for one in languages if one.tag.lower().partition("-")[0] == tag.partition("-")[0]]
        first += [one for one in exact + near if one not in first]
    return list(dict.fromkeys(first)) + [one for one in languages if one not in first]


def words_for(request: web.Request) -> Words:
    """The words for somebody who has no conversation here: the language of the address, else of the browser."""
    service = request.app[SERVICE]
    languages = offered(service)
    tag = request.match_info.get("locale")
    if tag not in {one.tag for one in languages}:
        tag = preferred(request.headers.get("Accept-Language", "sv"), languages)[0].tag
    return service.words(tag)


async def words_of_reader(request: web.Request) -> Words:
    """The words for whoever reads: the language of their conversation, if there is one here."""
    talk = None if request.match_info.get("locale") else await talk_of(request)
    return request.app[SERVICE].words(talk.state.locale) if talk is not None else words_for(request)


# -- the session -------------------------------------------------------------------------------------------------------


def cookie_name(request: web.Request) -> str:
    """The name of the applicant's cookie. A ``__Host-`` one wants https, which a program on this machine has not."""
    return "__Host-klarbild" if request.app[SECURE] else "klarbild"


def token_of(request: web.Request) -> str:
    """The session token that came with the request; empty if there is none."""
    if _GIVEN not in request:
        request[_GIVEN] = request.cookies.get(cookie_name(request), "")
    return request[_GIVEN]


async def talk_of(request: web.Request) -> Talk | None:
    """The conversation of the session that the request belongs to, None if there is none (any more)."""
    try:
        return await opened_by(request, token_of(request))
    except NoSuchTalk:
        return None


async def opened_by(request: web.Request, token: str) -> Talk | None:
    """The conversation that the token of a session opens; None if there is no such session (any more). Raises
    NoSuchTalk where the conversation is gone."""
    session = await request.app[SESSIONS].row("applicant", token)
    if session is None:
        return None
    service = request.app[SERVICE]
    talk = await service.talk(session.subject, by_session(service.keys, session, token))
    await settled(talk)
    return talk


async def enter(request: web.Request, response: web.StreamResponse, talk: Talk, *, keep: bool) -> None:
    """Begin a session for a conversation on this device; the one before it ends."""
    sessions = request.app[SESSIONS]
    await sessions.end(token_of(request))
    token = await sessions.begin("applicant", talk.id, keep=keep, key=talk.key)
    secure = request.app[SECURE]
    response.set_cookie(cookie_name(request), token, path="/", secure=secure, httponly=True, samesite="Strict")


async def leave(request: web.Request, response: web.StreamResponse) -> None:
    """End the session on this device. What was said stays."""
    await request.app[SESSIONS].end(token_of(request))
    secure = request.app[SECURE]
    response.del_cookie(cookie_name(request), path="/", secure=secure, httponly=True, samesite="Strict")


def form_token_of(request: web.Request, talk: Talk) -> str:
    """The token that the forms of a conversation carry, on every device and in every session of it: what was typed on
    an older page of the same conversation is still an answer in it."""
    return form_token(f"{talk.id} {request.app[SERVICE].keys.pepper.hex()}")


def view_of(request: web.Request, talk: Talk) -> dict[str, Any]:
    """What every page of a conversation names."""
    token = form_token_of(request, talk)
    return {
        "talk": talk,
        "asking": True,
        "token": token,
        "seen": talk.state.seq,
        "hidden": Markup(_HIDDEN % (talk.state.seq, token)),  # noqa: S704 - a number and a digest
    }


def check_form(request: web.Request, talk: Talk, token: str) -> None:
    """Make sure that a form was drawn for this conversation. Raises HTTPForbidden."""
    if not same(token, form_token_of(request, talk)):
        raise web.HTTPForbidden
