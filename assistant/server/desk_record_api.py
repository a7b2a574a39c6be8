"""The twin record in the JSON API of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from aiohttp import web

from assistant import wording
from assistant.bidi import Direction
from assistant.server.desk_api import TEXT, _detail, _json, _media, _operation, _text, _token, _words
from assistant.server.keys import SERVICE
from assistant.server.operations import routes_of
from assistant.twin_page import TwinLine, TwinPage, twin_page
from assistant.wording import Segment


class RecordLineJson(msgspec.Struct, frozen=True, kw_only=True):
    """One line in the office's language, and in the person's (empty if that is the same)."""

    ours: str
    theirs: str


class RecordParagraphJson(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph with its heading; ``number`` is 0 for those that have none."""

    number: int
    label: RecordLineJson
    lines: tuple[RecordLineJson, ...]


class RecordAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The summary in two languages, line by line, for a talk with an interpreter. What only the office is to see is not
    in it. ``lang`` and ``dir`` are those of the person's language; without anything sent there are no paragraphs."""

    reference: str
    name: str
    lang: str
    dir: Literal["ltr", "rtl"]
    head: tuple[RecordLineJson, ...]
    paragraphs: tuple[RecordParagraphJson, ...]


async def twin(request: web.Request) -> web.StreamResponse:
    """The summary in the office's language and in the person's, line by line."""
    token, media, words = await _token(request), _media(request), _words(request)
    detail = await _detail(request, token, "twin")
    service = request.app[SERVICE]
    page = twin_page(detail, words, service.words, service.settings)
    answer = _record(page, words.language.direction)
    return _text(request, "".join(f"{line}\n" for line in _lines(answer))) if media == TEXT else _json(answer)


def _record(page: TwinPage, ours: Direction) -> RecordAnswer:
    def line(one: TwinLine) -> RecordLineJson:
        return RecordLineJson(ours=_plain(one.ours, ours), theirs=_plain(one.theirs, page.dir))

    return RecordAnswer(
        reference=page.reference,
        name=page.name,
        lang=page.lang,
        dir=page.dir,
        head=tuple(map(line, page.head)),
        paragraphs=tuple(
            RecordParagraphJson(number=one.number, label=line(one.label), lines=tuple(map(line, one.lines)))
            for one in page.paragraphs
        ),
    )


def _plain(segments: Iterable[Segment], around: Direction) -> str:
    """The words on one line: a line of somebody's own must not look like one of ours."""
    return " ".join(wording.plain(tuple(segments), around).split("\n"))


def _lines(record: RecordAnswer) -> Iterator[str]:
    yield " · ".join(part for part in (record.name, record.reference) if part)
    lines = [*record.head, *(line for one in record.paragraphs for line in (one.label, *one.lines))]
    yield from (text for line in lines for text in (line.ours, line.theirs) if text)


OPERATIONS = (_operation("/cases/{id}/twin", twin, RecordAnswer),)
"""The part of the API that this module serves."""


def routes() -> list[web.RouteDef]:
    """The routes of this part of the API."""
    return routes_of(OPERATIONS)
