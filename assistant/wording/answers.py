"""What was said to a question, as the transcript and the review show it."""

from __future__ import annotations

from typing import Final

from assistant.core.dialog import DeclineKind, Dialog, Integer, SelectMultiple, SelectOne, choices_of
from assistant.core.summary import Answer, Filler
from assistant.texts import N_, Words
from assistant.wording.labels import label
from assistant.wording.segments import Segment
from assistant.wording.values import value_words

NOTHING: Final = "–"
"""Stands for what was left blank, or not asked yet."""

_DECLINED: Final[dict[DeclineKind, str]] = {
    "unknown": N_("You do not know"),
    "skip": N_("You did not want to say"),
    "in_person": N_("You want to tell us at the visit"),
}


def answer_words(words: Words, dialog: Dialog, answer: Answer) -> tuple[Segment, ...]:
    """The answer, why there is none, or that it is not shown. Of several choices the private ones are left out."""
    said = answer.declined is not None or answer.filler.value is not None or bool(answer.at)
    if answer.private and said:
        return (_hidden(words),)
    if answer.declined is not None:
        return (words.gettext(_DECLINED[answer.declined]),)
    if answer.filler.value in (None, ()):
        return (NOTHING,)
    filler = _public(dialog, answer.filler)
    if filler.value in (None, ()):
        return (_hidden(words),)
    segments = value_words(words, dialog, filler, for_summary=False)
    if isinstance(filler.question, Integer) and filler.question.unit:
        return (*segments, f" {label(words, dialog, filler.question, 'unit')}")
    return segments


def _hidden(words: Words) -> str:
    return words.gettext("Answered, not shown here")


def _public(dialog: Dialog, filler: Filler) -> Filler:
    """The value without choices that are never shown on a telephone again."""
    question, value = filler.question, filler.value
    if not isinstance(question, SelectOne | SelectMultiple):
        return filler
    known = choices_of(dialog, question)
    private = {name for name, choice in known.items() if choice.private}
    if not private:
        return filler
    if isinstance(value, tuple):
        return filler._replace(value=tuple(name for name in value if name not in private))
    return filler._replace(value=None) if value in private else filler
