"""The JSON API for applicants, `/api/v1`: the same use cases as the pages, nothing more.

A bearer token stands for one conversation. A token that is missing, unknown, too old, or whose conversation is gone
answers 401: nobody learns which. An invitation that does not work any more answers 404.
"""

from __future__ import annotations

import functools
import re
from typing import TypeVar

import msgspec
from aiohttp import hdrs, web
from msgspec import UNSET

from assistant import wording
from assistant.core.commands import (
    AddItem,
    Back,
    Change,
    Command,
    Confirm,
    Decline,
    Finish,
    Message,
    Open,
    RemoveItem,
    Reply,
    Speak,
    Submit,
)
from assistant.core.problem import Problem
from assistant.openers import with_key
from assistant.server import schemas
from assistant.server.entrance import MESSAGES_AN_HOUR, RETRY
from assistant.server.keys import LIMITS, SERVICE, SESSIONS
from assistant.server.limits import coarse_address
from assistant.server.operations import JSON, Handler, Operation, routes_of
from assistant.server.patience import check_settled, in_time
from assistant.server.problems import Refusal, problem_response
from assistant.server.schemas import Begun, ProblemDocument, TurnAnswer, Twin, turn_json
from assistant.server.visitors import offered, opened_by
from assistant.slowly import slow_hashes
from assistant.store import codes
from assistant.store.invitations import InvitationRow, token_hash, usable
from assistant.talks import InvitationGone, NoSuchTalk, Outcome, Talk
from assistant.turns import Viewer
from assistant.typed import reply_of

B = TypeVar("B", bound=schemas.Body)
# What was sent is not told again.
_VALUE = re.compile(r"(?<=^Invalid enum value) .*(?= - at )", re.DOTALL)
_NO_TOKEN = {"WWW-Authenticate": "Bearer"}
_BAD_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def answering(handler: Handler) -> Handler:
    """The handler with its refusals as problem documents."""

    @functools.wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.response()
        except InvitationGone:
            return problem_response(404, "no_such_conversation", "There is no such conversation.")
        except NoSuchTalk:
            return _unknown_token().response()

    return answer


async def read_body(request: web.Request, kind: type[B]) -> B:
    """The body of a request as ``kind``. Raises Refusal with the field that is wrong."""
    if request.content_type != JSON:
        raise Refusal(415, "not_json", f"Send the body with Content-Type: {JSON}.")
    body = await request.read()
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "bad_request", _VALUE.sub("", str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "bad_request", "The body is not JSON.") from None


def bearer(request: web.Request) -> str:
    """The token of a request. Raises Refusal where there is none."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "not_logged_in", "Send the token as Authorization: Bearer …", _NO_TOKEN)
    return token.strip()


async def _conversation(request: web.Request) -> Talk:
    talk = await opened_by(request, bearer(request))
    if talk is None:
        raise _unknown_token()
    return talk


def _unknown_token() -> Refusal:
    return Refusal(401, "not_logged_in", "The token is unknown or too old.", _BAD_TOKEN)


def _answer(body: msgspec.Struct, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type=JSON)


def _viewer(request: web.Request, talk: Talk) -> Viewer:
    check_settled(talk)
    service = request.app[SERVICE]
    return Viewer(talk, service.words(talk.state.locale), service.settings)


def _language(request: web.Request, tag: str) -> str:
    if tag not in {one.tag for one in offered(request.app[SERVICE])}:
        raise Refusal(422, "no_such_language", "This language is not offered.")
    return tag


async def begin(request: web.Request) -> web.Response:
    """Begin a conversation. Nothing is kept until the gate of the dialog is passed."""
    wanted = await read_body(request, schemas.NewConversation)
    service = request.app[SERVICE]
    if wanted.dialog not in service.dialogs:
        raise Refusal(422, "no_such_dialog", "There is no such dialog.")
    invitation = None
    if wanted.invitation is not None:
        invitation = await _invitation(request, wanted.invitation)
        if invitation is None:
            raise Refusal(422, "no_such_invitation", "There is no such invitation, or it does not work any more.")
    talk = await service.start(wanted.dialog, _language(request, wanted.locale), invitation)
    token = await request.app[SESSIONS].begin("applicant", talk.id, keep=talk.kept, key=talk.key)
    turn = turn_json(_viewer(request, talk).turn())
    return _answer(Begun(token=token, code=codes.format_code(talk.code), turn=turn), 201)


async def _invitation(request: web.Request, text: str) -> InvitationRow | None:
    """The invitation of a link's token or of a short code, if somebody can begin with it. Raises Refusal where too many
    wrong codes were tried."""
    service, limits = request.app[SERVICE], request.app[LIMITS]
    today, symbols = service.today().isoformat(), codes.normalize(text[:100])
    if symbols is None:
        return await usable(service.store, await service.store.invitations.by_token(token_hash(text)), today)
    guess = limits.take_guess(coarse_address(request), symbols)
    if guess is None:
        raise Refusal(429, "too_many_requests", "Too many codes were tried. Try again later.", RETRY)
    hashed = await slow_hashes.run(codes.hash_code, symbols, service.keys)
    found = await usable(service.store, await service.store.invitations.by_code(hashed), today)
    if found is not None:
        limits.give_guess_back(guess)
    return found


async def conversation(request: web.Request) -> web.Response:
    """The conversation as it is now, with everything that was said."""
    talk = await _conversation(request)
    return _answer(TurnAnswer(turn=turn_json(_viewer(request, talk).turn())))


async def reply(request: web.Request) -> web.Response:
    """Answer the question that is asked."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewReply)
    given = [name for name in ("value", "text", "decline", "fields") if getattr(wanted, name) is not UNSET]
    if len(given) != 1:
        raise Refusal(400, "bad_request", "Give exactly one of `value`, `text`, `decline` and `fields`.")
    if wanted.declines is not UNSET and given != ["fields"]:
        raise Refusal(400, "bad_request", "`declines` stands beside `fields`.")
    if wanted.text is UNSET:
        return await _act(request, talk, _reply(wanted), wanted.seen)
    service = request.app[SERVICE]
    words = service.words(talk.state.locale)
    said = reply_of(talk, words, wanted.item, wanted.of, wanted.text, service.today())
    if isinstance(said, Problem):
        return _outcome(request, Outcome(talk, talk.state.seq, said), wanted.seen)
    return await _act(request, talk, said, wanted.seen)


def _reply(wanted: schemas.NewReply) -> Command:
    if wanted.decline is not UNSET:
        return Decline(item=wanted.item, of=wanted.of, kind=wanted.decline)
    if wanted.fields is not UNSET:
        declines = {} if wanted.declines is UNSET else wanted.declines
        return Reply(item=wanted.item, of=wanted.of, fields=wanted.fields, declines=declines)
    return Reply(item=wanted.item, of=wanted.of, value=wanted.value)


async def change(request: web.Request) -> web.Response:
    """Give an earlier answer again."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewChange)
    return await _act(request, talk, Change(item=wanted.item, of=wanted.of), wanted.seen)


async def back(request: web.Request) -> web.Response:
    """Give the answer before this one again."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewStep)
    return await _act(request, talk, Back(), wanted.seen)


async def items(request: web.Request) -> web.Response:
    """Say whether there is another item of a list, or take one away."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewItem)
    if (wanted.more is UNSET) == (wanted.remove is UNSET):
        raise Refusal(400, "bad_request", "Give exactly one of `more` and `remove`.")
    if wanted.remove is not UNSET:
        return await _act(request, talk, RemoveItem(repeat=wanted.repeat, of=wanted.remove), wanted.seen)
    return await _act(request, talk, AddItem(repeat=wanted.repeat, more=wanted.more is True), wanted.seen)


async def sections(request: web.Request) -> web.Response:
    """Take part in an optional section, or not."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewSection)
    return await _act(request, talk, Open(section=wanted.section, open=wanted.open), wanted.seen)


async def finish(request: web.Request) -> web.Response:
    """Tell the rest at the visit: goes to the review."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewFinish)
    return await _act(request, talk, Finish(done=wanted.done), wanted.seen)


async def urgent(request: web.Request) -> web.Response:
    """Send the office a message of its own, at once."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewMessage)
    limits, address = request.app[LIMITS], coarse_address(request)
    if not limits.take("message", address, MESSAGES_AN_HOUR):
        raise Refusal(429, "too_many_requests", "Too many messages were sent. Try again later.", {"Retry-After": "600"})
    message = Message(kind=wanted.kind, name=wanted.name, phone=wanted.phone, when=wanted.when)
    outcome = await in_time(request.app[SERVICE].act(talk.id, message, wanted.seen, with_key(talk.key)))
    if outcome.problem is not None:
        limits.give_back("message", address)
    return _outcome(request, outcome, wanted.seen)


async def confirm(request: web.Request) -> web.Response:
    """Say which of the answers that were shown are still true."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewConfirmation)
    return await _act(request, talk, Confirm(still_true=wanted.still_true), wanted.seen)


async def language(request: web.Request) -> web.Response:
    """Go on in another language."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewLanguage)
    return await _act(request, talk, Speak(locale=_language(request, wanted.locale)), wanted.seen)


async def submit(request: web.Request) -> web.Response:
    """Approve the review as it was shown, and send it."""
    talk, wanted = await _conversation(request), await read_body(request, schemas.NewStep)
    return await _act(request, talk, Submit(), wanted.seen)


async def summary(request: web.Request) -> web.Response:
    """The twin record: everything said so far, line by line in two languages. Private answers are not shown."""
    service = request.app[SERVICE]
    talk = await _conversation(request)
    asked = request.query.get("locale", "sv")
    if asked not in service.catalogs:
        raise Refusal(422, "no_such_language", "There are no words of this language.")
    other = Viewer(talk, service.words(asked), service.settings)
    lines = tuple(
        schemas.TwinLine(
            item=mine.item,
            of=mine.of,
            section=mine.section,
            question=mine.question,
            answer=wording.plain(mine.answer),
            asked=schemas.Asked(section=theirs.section, question=theirs.question, answer=wording.plain(theirs.answer)),
            private=mine.private,
        )
        for mine, theirs in zip(_viewer(request, talk).lines(), other.lines(), strict=True)
    )
    return _answer(Twin(locale=talk.state.locale, asked=asked, lines=lines))


async def erase(request: web.Request) -> web.Response:
    """Erase everything that is not sent yet, and end the token."""
    service, talk = request.app[SERVICE], await _conversation(request)
    if not await service.erase(talk):
        turn = turn_json(_viewer(request, talk).turn(since=talk.state.seq))
        return problem_response(409, "already_sent", "What is sent is the office's now.", turn=turn)
    await request.app[SESSIONS].end_all("applicant", talk.id)
    return web.Response(status=204)


async def _act(request: web.Request, talk: Talk, command: Command, seen: int) -> web.Response:
    return _outcome(request, await in_time(_acted(request, talk, command, seen)), seen)


async def _acted(request: web.Request, talk: Talk, command: Command, seen: int) -> Outcome:
    """The command, and the session written down if it made the case: also when nobody waits for the answer any more."""
    outcome = await request.app[SERVICE].act(talk.id, command, seen, with_key(talk.key))
    if outcome.began:
        await request.app[SESSIONS].keep(bearer(request), outcome.talk.key)
    return outcome


def _outcome(request: web.Request, outcome: Outcome, seen: int) -> web.Response:
    """The turn that came of a command. It tells what was said since the turn that the caller had seen."""
    since = 0 if outcome.began else min(seen, outcome.since)
    viewer, problem = _viewer(request, outcome.talk), outcome.problem
    if problem is None:
        return _answer(TurnAnswer(turn=turn_json(viewer.turn(since=since))))
    if problem.status == 409:
        return problem_response(409, problem.code, turn=turn_json(viewer.turn(since=since)))
    turn = turn_json(viewer.turn(since=since, problem=problem))
    return problem_response(problem.status, problem.code, problem=turn.problem or UNSET, turn=turn)


_TURN = {200: TurnAnswer, 409: ProblemDocument, 422: ProblemDocument}
_V1 = "/api/v1"
_LOCALE = {"locale": "The language to show beside the conversation's own; Swedish if it is not given."}

OPERATIONS = tuple(
    one._replace(path=_V1 + one.path, handler=answering(one.handler))
    for one in (
        Operation("POST", "/conversations", begin, {201: Begun}, schemas.NewConversation, open=True),
        Operation("GET", "/conversation", conversation, {200: TurnAnswer}),
        Operation("DELETE", "/conversation", erase, {204: None, 409: ProblemDocument}),
        Operation("POST", "/conversation/replies", reply, _TURN, schemas.NewReply),
        Operation("POST", "/conversation/changes", change, _TURN, schemas.NewChange),
        Operation("POST", "/conversation/back", back, _TURN, schemas.NewStep),
        Operation("POST", "/conversation/items", items, _TURN, schemas.NewItem),
        Operation("POST", "/conversation/sections", sections, _TURN, schemas.NewSection),
        Operation("POST", "/conversation/finish", finish, _TURN, schemas.NewFinish),
        Operation("POST", "/conversation/urgent", urgent, _TURN, schemas.NewMessage),
        Operation("POST", "/conversation/confirm", confirm, _TURN, schemas.NewConfirmation),
        Operation("POST", "/conversation/language", language, _TURN, schemas.NewLanguage),
        Operation("POST", "/conversation/submit", submit, _TURN, schemas.NewStep),
        Operation("GET", "/conversation/summary", summary, {200: Twin}, query=_LOCALE),
    )
)
"""The applicant's part of the API."""


def routes() -> list[web.RouteDef]:
    """The routes of the applicant's part of the API."""
    return routes_of(OPERATIONS)
