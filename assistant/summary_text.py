"""The caseworker's page as plain text, to be pasted into the office's own case system.

What is for the eyes of the office only is left out, as on paper: a text that was copied goes further than a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant import wording
from assistant.summary_page import Statement, SummaryPage, Told
from assistant.texts import Words


def summary_text(page: SummaryPage, words: Words) -> str:
    """The page as lines of text, ending with a newline."""
    return "\n".join(_lines(page, words)) + "\n"


def message_text(message: Told, words: Words) -> str:
    """A message as one line."""
    parts = [f"{message.title} {message.at}", message.name, message.needs, message.phone]
    parts.append(f"{words.gettext('safe to call:')} {message.when}" if message.when else message.care)
    return _one_line(" · ".join(part for part in parts if part))


def _lines(page: SummaryPage, words: Words) -> Iterator[str]:
    _ = words.gettext
    yield f"{_('Before the first visit')} · {_('Own statements, not assessed')}"
    yield " · ".join(part for part in (page.name, page.reference) if part)
    for message in page.messages:
        yield message_text(message, words)
    yield " · ".join(_dates(page, words))
    if page.approved_at:
        yield " · ".join(
            part for part in (_("Approved {moment}", moment=page.approved_at), page.answered, page.dialog) if part
        )
    if page.partner:
        yield page.partner
    for one in page.urgent:
        yield f"! {_plain(one, words)}"
    yield from (_plain(one, words) for one in page.banner if not one.private)
    if page.booking:
        yield f"{_('To book')}: {_run(page.booking, words)}"
    for paragraph in page.paragraphs:
        marked = f" ({_('told by another person')})" if page.told_by_other else ""
        yield f"{paragraph.number} {paragraph.label}{marked}: {_run(paragraph.sentences, words)}"
    if page.take_up:
        yield f"{_('To take up at the visit')}: {_run(page.take_up, words)}"
    for kind in page.unanswered:
        yield f"{kind.label}: {' · '.join(kind.questions)}"
    for line in page.lines:
        yield f"{line.question} {line.swedish or line.answer}"


def _dates(page: SummaryPage, words: Words) -> Iterator[str]:
    _ = words.gettext
    yield _("First contact {day}", day=page.first_contact)
    if page.visit_by:
        yield _("visit at the latest {day}", day=page.visit_by)
    yield _("plan at the latest {day}", day=page.plan_by)


def _plain(statement: Statement, words: Words) -> str:
    return _one_line(wording.plain(statement.words, words.language.direction))


def _one_line(text: str) -> str:
    """The text without line ends: a line of somebody's own words must not look like one of ours."""
    return " ".join(text.split("\n"))


def _run(statements: Iterable[Statement], words: Words) -> str:
    return " ".join(_plain(one, words) for one in statements if not one.private)
