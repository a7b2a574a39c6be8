"""Sentences of the summary, of the attention lines and of what is answered back: templates with what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from assistant.core.dialog import Dialog
from assistant.core.summary import Sentence
from assistant.placeholders import Hole, parts
from assistant.texts import Words
from assistant.wording.labels import written
from assistant.wording.segments import Segment, joined
from assistant.wording.values import value_segments

_NOTHING: Final = "–"
# Stands where a part was left out, until the marks around it are put in order.
_GAP: Final = "\x00"
_STOPS: Final = ".!?؟።۔"
_RANKS: Final = (_STOPS, ";؛፤", ",،፣", ":፡፦")
_MARKS: Final = "".join(_RANKS)
_AROUND_GAP: Final = re.compile(rf"[\s{_MARKS}]*{_GAP}[\s{_MARKS}{_GAP}]*")
_EMPTY_BRACKETS: Final = re.compile(rf"\s*\([\s{_GAP}]*{_GAP}[\s{_GAP}]*\)")
_CLOSING: Final = ")]”»"


def sentence(
    words: Words, dialog: Dialog, sentence: Sentence, settings: Mapping[str, str] | None = None
) -> tuple[Segment, ...]:
    """A sentence in words. A part in ``[ … ]`` is left out when something in it is not known, and the marks around it
    are put in order; elsewhere a dash stands for what is not known. Our own first word gets a capital."""
    template = words.dialog(sentence.context, sentence.source)
    values = _values(words, dialog, sentence, settings)
    tokens: list[str | tuple[Segment, ...]] = [""]
    for part in parts(template):
        if part.optional and not part.names <= values.keys():
            _append(tokens, _GAP)
            continue
        for piece in part.pieces:
            if isinstance(piece, Hole):
                tokens.append(values.get(piece.name, (_NOTHING,)))
            else:
                _append(tokens, piece)
    segments = joined(_ordered(tokens))
    if segments and isinstance(segments[0], str):
        return (words.capitalised(segments[0]), *segments[1:])
    return segments


def _values(
    words: Words, dialog: Dialog, sentence: Sentence, settings: Mapping[str, str] | None
) -> dict[str, tuple[Segment, ...]]:
    """What is answered back is said as one talks to a person; everything else is for the record."""
    record = not sentence.context.endswith(".reply")
    values: dict[str, tuple[Segment, ...]] = {name: (text,) for name, text in written(words, settings).items()}
    for name, filler in sentence.fillers.items():
        values[name] = value_segments(words, dialog, filler, phrases=True, record=record)
    return values


def _append(tokens: list[str | tuple[Segment, ...]], literal: str) -> None:
    last = tokens[-1]
    if isinstance(last, str):
        tokens[-1] = last + literal
    else:
        tokens.append(literal)


def _ordered(tokens: list[str | tuple[Segment, ...]]) -> list[Segment]:
    """The tokens as segments, with the marks around gaps and behind values put in order."""
    found: list[Segment] = []
    for index, token in enumerate(tokens):
        if isinstance(token, tuple):
            found.extend(token)
            continue
        text = _tidied(token, first=index == 0, last=index == len(tokens) - 1)
        if found and text[:1] in tuple(_STOPS) and _words_of(found[-1]).endswith(tuple(_STOPS)):
            text = text[1:]  # The value ended its own sentence, be it between quotation marks.
        found.append(text)
    return found


def _words_of(segment: Segment) -> str:
    return segment if isinstance(segment, str) else segment.text


def _tidied(text: str, *, first: bool, last: bool) -> str:
    if _GAP not in text:
        return text
    text = _EMPTY_BRACKETS.sub(_GAP, text)

    def mended(run: re.Match[str]) -> str:
        at_start, at_end = first and run.start() == 0, last and run.end() == len(text)
        if at_start:
            return ""
        mark = next((sign for rank in _RANKS for sign in run[0] if sign in rank), "")
        if at_end:
            return mark if mark in _STOPS else ""
        follows = text[run.end() : run.end() + 1]
        spaced = any(sign.isspace() for sign in run[0]) and follows not in tuple(_CLOSING)
        return mark + (" " if spaced else "")

    return _AROUND_GAP.sub(mended, text)
