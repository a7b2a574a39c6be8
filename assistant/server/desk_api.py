"""The desk's part of the JSON API, for programs of the office that hold a desk token; its name stands in the log.

What is for the eyes of the office only is marked ``private``: a program must not print it or pass it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from aiohttp import hdrs, web

from assistant import wording
from assistant.desk import CaseDetail, CaseView
from assistant.exports.pdf import PdfUnavailable
from assistant.exports.text import message_text, text_of
from assistant.hints_page import Hint, Reason
from assistant.server.api import answering, bearer
from assistant.server.desk import LANGUAGES, summary_of, words_of
from assistant.server.desk_exports import FORMS, NothingSent, file_of, is_offered
from assistant.server.keys import DESK, INBOX, SERVICE
from assistant.server.operations import JSON, Handler, Operation, routes_of
from assistant.server.pages import respond
from assistant.server.problems import Refusal
from assistant.server.schemas import ProblemDocument
from assistant.store import CaseStatus, TokenRow
from assistant.summary_page import Statement, SummaryPage, Told, told
from assistant.texts import Words
from assistant.wording import Quote

TEXT = "text/plain"
_BAD_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class CaseJson(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the list has it. Of one that is only begun (``readable`` is false) nothing else is told."""

    id: str
    reference: str
    status: CaseStatus
    first_contact: str
    readable: bool
    name: str
    locale: str
    visit_by: str
    days_left: int | None
    urgent: bool


class CaseList(msgspec.Struct, frozen=True, kw_only=True):
    """The open cases: urgent ones first, then those with least days left."""

    cases: tuple[CaseJson, ...]


class MessageJson(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the office. ``at`` is on Swedish clocks; name, phone and time are the person's own words."""

    kind: Literal["apply_now", "call_me"]
    title: str
    at: str
    name: str
    phone: str
    when: str
    needs: str


class ApprovedJson(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the person saw and approved it; ``swedish`` is the answer for the office."""

    item: str
    of: str
    section: str
    question: str
    answer: str
    swedish: str


class CaseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A case with its messages and the lines that were approved."""

    case: CaseJson
    messages: tuple[MessageJson, ...]
    dialog: str
    version: int
    approved_at: str
    lines: tuple[ApprovedJson, ...]


class QuoteJson(msgspec.Struct, frozen=True, kw_only=True):
    """Words of the person's own, in their language (an HTML ``lang``). ``language`` is what the reader calls it (empty:
    it is the reader's). ``machine_translation`` is Swedish, made by a machine and checked by nobody: it may be shown
    beside the words and marked as that, never in their place; empty if there is none."""

    quote: str
    lang: str
    dir: Literal["ltr", "rtl"]
    language: str
    machine_translation: str


class SourceJson(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a question, by its name and the item of the repeat that it belongs to."""

    item: str
    of: str


class StatementJson(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence: as plain text, in parts where words of the person's own are apart, and the answers it comes from."""

    text: str
    parts: tuple[str | QuoteJson, ...]
    private: bool
    sources: tuple[SourceJson, ...]


class ParagraphJson(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered paragraph of the summary."""

    number: int
    topic: str
    label: str
    sentences: tuple[StatementJson, ...]


class UnansweredJson(msgspec.Struct, frozen=True, kw_only=True):
    """Questions without an answer, of one kind."""

    kind: Literal["skip", "in_person", "unknown", "blank"]
    label: str
    questions: tuple[str, ...]


class ReasonJson(msgspec.Struct, frozen=True, kw_only=True):
    """An answer behind a hint."""

    label: str
    text: str


class HintJson(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit or service to ask about, by a rule that was last held against the law on ``checked_at``."""

    benefit: str
    agency: str
    text: str
    law: str
    checked_at: str
    reasons: tuple[ReasonJson, ...]


class ObstacleJson(msgspec.Struct, frozen=True, kw_only=True):
    """A försörjningshinder that is possible, not assessed. It is always private."""

    label: str
    reasons: tuple[ReasonJson, ...]
    private: Literal[True] = True


class SummaryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The page that a caseworker reads before the first visit. It is what the person says; nothing is assessed.
    ``partner`` tells whether a co-applicant has answered (empty if no case is linked), never what."""

    reference: str
    name: str
    first_contact: str
    visit_by: str
    plan_by: str
    approved_at: str
    answered: str
    told_by_other: bool
    partner: str
    messages: tuple[MessageJson, ...]
    urgent: tuple[StatementJson, ...]
    banner: tuple[StatementJson, ...]
    booking: tuple[StatementJson, ...]
    paragraphs: tuple[ParagraphJson, ...]
    take_up: tuple[StatementJson, ...]
    hints: tuple[HintJson, ...]
    obstacles: tuple[ObstacleJson, ...]
    unanswered: tuple[UnansweredJson, ...]
    readings: tuple[str, ...]


async def cases(request: web.Request) -> web.StreamResponse:
    """The open cases; with `q` those whose reference or name holds these words, closed ones too."""
    token, media, words = await _token(request), _media(request), _words(request)
    found = await request.app[INBOX].every(request.query.get("q", "").strip()[:100], reader=token.name)
    if media == TEXT:
        return _text(request, text_of(_case_line(one, words) for one in found))
    return _json(CaseList(cases=tuple(_case(one) for one in found)))


async def case(request: web.Request) -> web.StreamResponse:
    """A case: its state, its messages and the lines that the person approved."""
    token, media, words = await _token(request), _media(request), _words(request)
    detail = await _detail(request, token, "case")
    dialogs = tuple(request.app[SERVICE].dialogs.values())
    messages = tuple(told(words, one, dialogs) for one in detail.view.messages)
    state = detail.state
    if media == TEXT:
        lines = [_case_line(detail.view, words), *(message_text(one, words) for one in messages)]
        lines += [f"{one.question} {one.swedish or one.answer}" for one in state.lines]
        return _text(request, text_of(iter(lines)))
    return _json(
        CaseAnswer(
            case=_case(detail.view),
            messages=_messages(messages),
            dialog=state.dialog,
            version=state.version,
            approved_at=words.numeric_datetime(state.submitted_at) if state.submitted_at else "",
            lines=msgspec.convert(state.lines, tuple[ApprovedJson, ...], from_attributes=True),
        )
    )


async def summary(request: web.Request) -> web.StreamResponse:
    """The page before the first visit."""
    forms = {one.media: one for one in FORMS if is_offered(one)}
    token, media, words = await _token(request), _media(request, (JSON, TEXT, *forms)), _words(request)
    form = forms.get(media)
    detail = await _detail(request, token, form.name if form is not None else "summary")
    if form is None:
        return _json(_summary(summary_of(request, words, detail), words))
    try:
        return await file_of(request, form, detail, words)
    except NothingSent:
        raise Refusal(404, "nothing_sent", "Nothing was sent yet, or the dialog is no more.") from None
    except PdfUnavailable:
        raise Refusal(503, "not_available", "No PDF can be made here.") from None


async def _token(request: web.Request) -> TokenRow:
    found = await request.app[DESK].token(bearer(request))
    if found is None:
        raise Refusal(401, "not_logged_in", "The token is unknown.", _BAD_TOKEN)
    if found.role == "admin":
        raise Refusal(403, "forbidden", "An administrator's token reads no cases.")
    return found


def _media(request: web.Request, there: Sequence[str] = (JSON, TEXT)) -> str:
    """The best of what we have by the Accept header (RFC 9110, section 12.5.1). Raises Refusal if none will do."""
    wanted = request.headers.get(hdrs.ACCEPT, "").strip() or "*/*"
    offers = {media: _weight(wanted, media) for media in there}
    best = max(offers, key=lambda media: offers[media])
    if offers[best] <= 0:
        raise Refusal(406, "not_acceptable", f"There is: {', '.join(offers)}.")
    return best


def _weight(accept: str, media: str) -> float:
    """How much a media type is wanted, 0 for not at all; the range that says most about it counts."""
    best = (-3, 0.0)
    for part in accept.split(","):
        wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
        ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
        if wanted in ranges:
            quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
            try:
                best = max(best, (-ranges.index(wanted), float(quality)))
            except ValueError:
                continue
    return best[1]


def _words(request: web.Request) -> Words:
    if request.query.get("locale", LANGUAGES[0]) not in LANGUAGES:
        raise Refusal(422, "no_such_language", f"The desk reads: {', '.join(LANGUAGES)}.")
    return words_of(request)


async def _detail(request: web.Request, token: TokenRow, what: str) -> CaseDetail:
    found = await request.app[DESK].case(request.match_info["id"], reader=token.name, what=what)
    if found is None:
        raise Refusal(404, "no_such_case", "There is no such case.")
    return found


def _json(body: msgspec.Struct) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type=JSON)


def _text(request: web.Request, body: str) -> web.Response:
    return respond(request, body.encode(), TEXT)


def _case(view: CaseView) -> CaseJson:
    return msgspec.convert(view, CaseJson, from_attributes=True)


def _case_line(view: CaseView, words: Words) -> str:
    parts = [view.reference, view.status, view.first_contact]
    if view.readable:
        parts += [view.visit_by, words.language_name(view.locale), *(["!"] if view.urgent else []), view.name]
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _messages(messages: Iterable[Told]) -> tuple[MessageJson, ...]:
    return msgspec.convert(tuple(messages), tuple[MessageJson, ...], from_attributes=True)


def _statements(statements: Iterable[Statement], words: Words) -> tuple[StatementJson, ...]:
    return tuple(
        StatementJson(
            text=wording.plain(one.words, words.language.direction),
            parts=tuple(_quote(part) if isinstance(part, Quote) else part for part in one.words),
            private=one.private,
            sources=tuple(SourceJson(item=item, of=of) for item, of in one.sources),
        )
        for one in statements
    )


def _quote(quote: Quote) -> QuoteJson:
    return QuoteJson(
        quote=quote.text,
        lang=quote.lang,
        dir=quote.dir,
        language=quote.language,
        machine_translation=quote.machine.text if quote.machine is not None else "",
    )


def _summary(page: SummaryPage, words: Words) -> SummaryAnswer:
    said: dict[str, Any] = {
        name: _statements(getattr(page, name), words) for name in ("urgent", "banner", "booking", "take_up")
    }
    paragraphs = tuple(
        ParagraphJson(number=one.number, topic=one.topic, label=one.label, sentences=_statements(one.sentences, words))
        for one in page.paragraphs
    )
    return SummaryAnswer(
        reference=page.reference,
        name=page.name,
        first_contact=page.first_contact,
        visit_by=page.visit_by,
        plan_by=page.plan_by,
        approved_at=page.approved_at,
        answered=page.answered,
        told_by_other=page.told_by_other,
        partner=page.partner,
        messages=_messages(page.messages),
        paragraphs=paragraphs,
        hints=tuple(_hint(one, words) for one in page.to_check.hints),
        obstacles=tuple(
            ObstacleJson(label=one.label, reasons=_reasons(one.reasons, words)) for one in page.to_check.obstacles
        ),
        unanswered=msgspec.convert(page.unanswered, tuple[UnansweredJson, ...], from_attributes=True),
        readings=page.readings,
        **said,
    )


def _hint(hint: Hint, words: Words) -> HintJson:
    return HintJson(
        benefit=hint.benefit,
        agency=hint.agency,
        text=hint.text,
        law=hint.law,
        checked_at=hint.checked_at,
        reasons=_reasons(hint.reasons, words),
    )


def _reasons(reasons: Iterable[Reason], words: Words) -> tuple[ReasonJson, ...]:
    direction = words.language.direction
    return tuple(ReasonJson(label=one.label, text=wording.plain(one.words, direction)) for one in reasons)


def _operation(path: str, handler: Handler, answer: Any, *, media: Sequence[str] = (TEXT,), **query: str) -> Operation:
    asked = {"locale": "The language to read in: sv (if it is not given) or en.", **query}
    answers = {200: answer, 401: ProblemDocument, 403: ProblemDocument, 406: ProblemDocument}
    if "{id}" in path:
        answers[404] = ProblemDocument
    return Operation("GET", f"/api/v1{path}", answering(handler), answers, query=asked, media=media)


OPERATIONS = (
    _operation("/cases", cases, CaseList, q="Words of a reference or a name."),
    _operation("/cases/{id}", case, CaseAnswer),
    _operation("/cases/{id}/summary", summary, SummaryAnswer, media=[one.media for one in FORMS]),
)
"""The desk's part of the API."""


def routes() -> list[web.RouteDef]:
    """The routes of the desk's part of the API."""
    return routes_of(OPERATIONS)
