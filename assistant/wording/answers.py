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

# The same words as on the buttons: what a person has said is what they have tapped.
_SAID: Final[dict[DeclineKind, str]] = {
    "unknown": N_("I don't know"),
    "skip": N_("I don't want to say"),
    "in_person": N_("I'd rather tell you at the visit"),
}
_RECORDED: Final[dict[DeclineKind, str]] = {
    "unknown": N_("Does not know"),
    "skip": N_("Does not want to say"),
    "in_person": N_("Wants to tell at the visit"),
}


def decline_words(words: Words, kind: DeclineKind, *, record: bool = False) -> str:
    """A way to pass a question over, as its button says it; for the ``record`` it is told of the person."""
    return words.gettext((_RECORDED if record else _SAID)[kind])


def answer_words(words: Words, dialog: Dialog, answer: Answer, *, record: bool = False) -> tuple[Segment, ...]:
    """The answer, why there is none, or that it is not shown. Of several choices the private ones are left out; where
    nothing is left, it is for the visit. For the ``record`` a decline is told of the person, otherwise in their own
    words."""
    if answer.private and _is_said(answer):
        return (hidden(words),)
    if answer.declined is not None:
        return (words.gettext((_RECORDED if record else _SAID)[answer.declined]),)
    if answer.filler.value in (None, ()):
        return (NOTHING,)
    filler = _public(dialog, answer.filler)
    if filler.value in (None, ()):
        # Any word of its own would tell that the private choice was made. This one is true, and others choose it, too.
        return (decline_words(words, "in_person", record=record),)
    segments = value_words(words, dialog, filler, for_summary=False)
    if isinstance(filler.question, Integer) and filler.question.unit:
        return (*segments, f" {label(words, dialog, filler.question, 'unit')}")
    return segments


def is_blank(answer: Answer) -> bool:
    """Whether there are no words for the answer: it was left blank. Of a private one nobody is told even that."""
    return answer.declined is None and answer.filler.value in (None, ()) and not (answer.private and _is_said(answer))


def _is_said(answer: Answer) -> bool:
    return answer.declined is not None or answer.filler.value is not None or bool(answer.at)


def hidden(words: Words) -> str:
    """Stands for an answer that is not shown on a telephone again."""
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
