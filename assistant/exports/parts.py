"""The parts of the caseworker's page in the order of the paper, for what is no web page: plain text and DOCX.

Nothing here is for the eyes of the office only: what was given out goes further than a screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from assistant.bidi import direction_of
from assistant.hints_page import hint_lines
from assistant.summary_page import Paragraph, Statement, SummaryPage, Told
from assistant.texts import Words
from assistant.wording import Quote, Segment

Way = Literal["urgent", "lines", "list", "run"]
"""How the sentences of a part stand: each in a line of its own and marked, each in a line, as a list, or as a run of
sentences in a paragraph."""


class Part(NamedTuple):
    """Sentences under a heading. ``number`` 0 stands above the numbered parts; ``mark`` follows the heading."""

    label: str
    way: Way
    statements: tuple[Statement, ...]
    number: int = 0
    mark: str = ""


def shareable(page: SummaryPage) -> SummaryPage:
    """The page without what is for the eyes of the office only, and without headings under which nothing is left."""
    found: SummaryPage = _without_private(page)
    return found


def _without_private(value: Any) -> Any:
    match value:
        case Paragraph():
            kept = tuple(one for one in value.sentences if not one.private)
            printed = sum(not one.private for one in value.sentences[: value.printed])
            return msgspec.structs.replace(value, sentences=kept, printed=printed)
        case msgspec.Struct():
            fields = {name: _without_private(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        case tuple() if type(value) is tuple:
            open_ones = (_without_private(one) for one in value if not getattr(one, "private", False))
            return tuple(one for one in open_ones if not isinstance(one, Paragraph) or one.sentences)
    return value


def parts(page: SummaryPage, words: Words) -> Iterator[Part]:
    """The parts that hold sentences, but not empty ones. One more is one line more."""
    _ = words.gettext
    told_by = _("told by another person") if page.told_by_other else ""
    messages = (Statement(words=message_words(one, words)) for one in page.messages)
    hints = tuple(Statement(words=(line,)) for line in hint_lines(page.to_check, words))
    last = max((one.number for one in page.paragraphs), default=0)
    found = (
        Part(_("Urgent"), "urgent", (*messages, *page.urgent)),
        Part(_("Before you call or book"), "lines", page.banner),
        Part(_("To book"), "run", page.booking),
        *(Part(one.label, "run", one.sentences, one.number, told_by) for one in page.paragraphs),
        Part(_("To take up at the visit"), "list", (*page.take_up, *hints), last + 1),
    )
    return (one for one in found if one.statements)


def message_words(message: Told, words: Words) -> tuple[Segment, ...]:
    """A message to the office, with the person's own words as quotes."""

    def own(text: str) -> Segment:
        return Quote(text, message.lang, direction_of(text) or "ltr", False) if text else ""

    told: list[Segment] = [one for one in (own(message.name), message.needs, own(message.phone)) if one]
    found = [f"{message.title} {message.at}", *(part for one in told for part in (" · ", one))]
    safe = (f" · {words.gettext('safe to call:')} ", message.quote) if message.quote is not None else ()
    return (*found, *(safe or (f" · {message.care}",)))


def kind_line(words: Words) -> str:
    """What the page is."""
    return f"{words.gettext('Before the first visit')} · {words.gettext('Own statements, not assessed')}"


def dates_line(page: SummaryPage, words: Words) -> str:
    """The days that count."""
    _ = words.gettext
    days = [_("First contact {day}", day=page.first_contact)]
    if page.visit_by:
        days.append(_("visit at the latest {day}", day=page.visit_by))
    return " · ".join([*days, _("plan at the latest {day}", day=page.plan_by)])


def approved_line(page: SummaryPage, words: Words) -> str:
    """When the person approved the page, who answered and to what; empty before anything was sent."""
    if not page.approved_at:
        return ""
    approved = words.gettext("Approved {moment}", moment=page.approved_at)
    return " · ".join(part for part in (approved, page.answered, page.dialog, page.partner) if part)
