"""The caseworker's page as plain text, to be pasted into the office's own case system.

Lines end with a newline alone: a browser's clipboard writes what the system it runs on expects. No line is one that a
spreadsheet would calculate.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant import wording
from assistant.exports.cleaning import cell, one_line
from assistant.exports.parts import Part, approved_line, dates_line, kind_line, message_words, parts, shareable
from assistant.summary_page import Statement, SummaryPage, Told
from assistant.summary_widths import BY_MACHINE
from assistant.texts import Words
from assistant.wording import Segment


def summary_text(page: SummaryPage, words: Words) -> str:
    """The page as lines of text, ending with a newline."""
    return text_of(_lines(shareable(page), words))


def text_of(lines: Iterator[str]) -> str:
    """Lines as one text, each harmless by itself and ended by a newline."""
    return "".join(f"{cell(one_line(line))}\n" for line in lines if line)


def message_text(message: Told, words: Words) -> str:
    """A message as one line."""
    return cell(one_line(_told(message_words(message, words), words)))


def _lines(page: SummaryPage, words: Words) -> Iterator[str]:
    yield kind_line(words)
    yield " · ".join(part for part in (page.name, page.reference) if part)
    told = list(parts(page, words))
    for part in told:
        yield from _part(part, words) if part.way == "urgent" else ()
    yield dates_line(page, words)
    yield approved_line(page, words)
    for part in told:
        yield from _part(part, words) if part.way != "urgent" else ()
    for kind in page.unanswered:
        yield f"{kind.label}: {' · '.join(kind.questions)}"
    for line in page.lines:
        yield f"{line.question} {line.swedish or line.answer}"


def _part(part: Part, words: Words) -> Iterator[str]:
    sentences = (_plain(one, words) for one in part.statements)
    if part.way in ("urgent", "lines"):
        yield from (f"! {one}" if part.way == "urgent" else one for one in sentences)
        return
    number = f"{part.number} " if part.number and part.way == "run" else ""
    mark = f" ({part.mark})" if part.mark else ""
    yield f"{number}{part.label}{mark}: {' '.join(sentences)}"


def _plain(statement: Statement, words: Words) -> str:
    return _told(statement.words, words)


def _told(segments: tuple[Segment, ...], words: Words) -> str:
    """Words with the languages of quotes, and with what a machine made of them marked as that."""
    return wording.plain(segments, words.language.direction, mark=words.gettext(BY_MACHINE))
