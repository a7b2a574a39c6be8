"""What may be worth taking up at the visit, in words: each hint with the answers behind it, its law and its check.

Nothing of it is an assessment. Possible försörjningshinder are for the eyes of the office: they stand on the screen and
in no print, text or file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from assistant import wording
from assistant.core.dialog import Dialog, Place, Question, Repeat, places
from assistant.core.hints import Dated, context_of
from assistant.core.path import Path
from assistant.core.summary import Answer, Filler, public_value
from assistant.desk import CaseDetail
from assistant.texts import N_, Words
from assistant.wording import Segment

MOST_PRINTED: Final = 5
"""How many hints are printed; the rest are counted."""

NOTHING_ASSESSED: Final = N_("Nothing is assessed: these are questions, and the agency decides.")
"""Stands wherever hints do."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """An answer behind a hint: what the fact is called, and its value or how it was declined."""

    label: str
    words: tuple[Segment, ...]


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit or service to ask about. ``checked_at`` is the day when the rule was last held against the law."""

    benefit: str
    agency: str
    text: str
    law: str
    checked_at: str
    reasons: tuple[Reason, ...]


class PossibleObstacle(msgspec.Struct, frozen=True, kw_only=True):
    """A försörjningshinder that is possible. It is private: it never leaves the screen."""

    label: str
    reasons: tuple[Reason, ...]

    @property
    def private(self) -> bool:
        """It is for the eyes of the office only, always."""
        return True


class ToCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules of today say of a case. Only the first ``printed`` hints go on paper, ``brief``: by name alone."""

    hints: tuple[Hint, ...] = ()
    obstacles: tuple[PossibleObstacle, ...] = ()
    printed: int = 0
    brief: bool = False


NOTHING_TO_CHECK: Final = ToCheck()


def to_check(detail: CaseDetail, words: Words) -> ToCheck:
    """The hints of a case in the language of ``words``; nothing if nothing was sent."""
    dialog, path, found = detail.dialog, detail.path, detail.hints
    if dialog is None or path is None:
        return NOTHING_TO_CHECK
    labels = {fact.name: words.dialog(context_of(fact), fact.label) for fact in found.facts}
    hints = tuple(
        Hint(
            benefit=rule.benefit,
            agency=rule.agency,
            text=words.dialog(context_of(rule), rule.text),
            law=rule.law,
            checked_at=rule.checked_at,
            reasons=tuple(_reasons(words, dialog, path, rule, labels)),
        )
        for rule in found.rules
    )
    obstacles = tuple(
        PossibleObstacle(label=one.label, reasons=tuple(_reasons(words, dialog, path, one, labels)))
        for one in found.obstacles
    )
    return ToCheck(hints=hints, obstacles=obstacles, printed=min(MOST_PRINTED, len(hints)))


def _reasons(words: Words, dialog: Dialog, path: Path, rule: Dated, labels: Mapping[str, str]) -> Iterator[Reason]:
    """The answers that a rule reads, as far as there are any: of two that are alternatives one may not be known."""
    known = places(dialog)
    for name in rule.facts:
        told = _told(words, dialog, path, known[name]) if name in known else ()
        if told:
            yield Reason(label=labels.get(name, name), words=told)


def _told(words: Words, dialog: Dialog, path: Path, place: Place) -> tuple[Segment, ...]:
    item, name = place.item, place.item.name
    question = item if isinstance(item, Question) else None
    if name in path.declined and name not in path.values:
        nothing = Filler(None, question, "")
        said = Answer(item, "", place.section.name, nothing, path.declined[name], "", False)  # type: ignore[arg-type]
        return wording.answer_words(words, dialog, said, record=True)
    value = path.values.get(name)
    if question is not None:
        value = public_value(dialog, question, value)
    if isinstance(place.parent, Repeat) and isinstance(value, tuple):
        value = tuple(dict.fromkeys(value))
    fact = path.answers.get((name, ""))
    filler = Filler(value, question, fact.locale if fact is not None else "")
    return wording.value_words(words, dialog, filler, for_summary=True)


def printed_lines(found: ToCheck) -> tuple[str, ...]:
    """What stands on paper, a text for each line that is begun."""
    hints = found.hints[: found.printed]
    if found.brief:
        return (" · ".join(one.benefit for one in hints),) if hints else ()
    return tuple(f"{one.benefit} ({one.agency}): {one.text}" for one in hints)


def hint_lines(found: ToCheck, words: Words) -> Iterator[str]:
    """The hints as lines of plain text; without the obstacles, which never leave the screen."""
    if found.hints:
        yield words.gettext(NOTHING_ASSESSED)
    for one in found.hints:
        checked = words.gettext("{law}; rule checked {day}", law=one.law, day=one.checked_at)
        yield f"{one.benefit} ({one.agency}): {one.text} ({checked})"
