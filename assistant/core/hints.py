"""What may be worth taking up at the visit: rules over the facts of a case, each with its law and its days.

A hint is a question to the person or to an agency, never a right and never an assessment. It stands only where its
condition is true in three-valued logic, so that what is not known never counts as if it were. A rule that is not in
force on the day, or that nobody has checked for twelve months, gives none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

from assistant.core.dates import is_stale
from assistant.core.dialog import Model
from assistant.core.dialog_texts import DialogText
from assistant.core.expressions import Expression

CHECKED_FOR: Final = "P12M"
"""How long a rule counts as checked (ISO 8601 duration)."""

MOST_OBSTACLES: Final = 3
"""How many possible försörjningshinder are named at most."""

Standing = Literal["shown", "not_yet", "over", "unchecked"]
"""shown: in force and checked · not_yet: in force from a later day · over: not in force any more · unchecked: not
checked for twelve months."""


class Dated(Model, frozen=True, kw_only=True):
    """A condition over the facts named in ``facts``, with the days between which it holds (ISO, ``valid_to`` included;
    empty: until further notice) and the day when somebody last held it against the law."""

    name: str
    relevant: Expression
    facts: tuple[str, ...]
    valid_from: str
    checked_at: str
    valid_to: str = ""


class Rule(Dated, frozen=True, kw_only=True):
    """A benefit or service that is easy to miss. ``text`` is what to take up, for the desk; ``benefit``, ``agency`` and
    ``law`` are Swedish terms and stay as they are written."""

    benefit: str
    agency: str
    text: str
    law: str


class Obstacle(Dated, frozen=True, kw_only=True):
    """A försörjningshinder that is possible: ``label`` is its name in the office's statistics, in Swedish."""

    label: str


class FactLabel(Model, frozen=True, kw_only=True):
    """What a fact is called where it is named as the reason for a hint."""

    name: str
    label: str


class Rulebook(Model, frozen=True, kw_only=True):
    """An entitlement file. ``entitlements`` names the dialog whose facts it reads. Rules and obstacles stand in the
    order in which they are told."""

    entitlements: str
    version: int
    locale: str = "en"
    facts: tuple[FactLabel, ...] = ()
    rules: tuple[Rule, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


NO_RULES: Final = Rulebook(entitlements="", version=0)
"""The rulebook of an office that has none."""


class Hints(NamedTuple):
    """What holds for a case today, in the order of the rulebook; at most three obstacles. ``facts`` says what the facts
    behind them are called."""

    rules: tuple[Rule, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    facts: tuple[FactLabel, ...] = ()


NO_HINTS: Final = Hints()


class Guard(NamedTuple):
    """An obstacle whose name holds ``word`` is never named unless ``needed`` is true, and never where ``barred`` is."""

    word: str
    needed: Expression
    barred: Expression | None = None


GUARDS: Final = (
    Guard("sjukskriv", Expression('certificate == "valid"'), Expression("certificate_until < today()")),
    Guard("arbetslös", Expression('work_ability in ["no_problem", "adapted"]')),
)
"""What no file can switch off: nobody is called *sjukskriven* without a certificate that is valid, nor *arbetslös* who
does not say that they can work. They go by the words of the label, so that none can be forgotten."""

_Kind = TypeVar("_Kind", bound=Dated)


def texts_of_rules(rulebook: Rulebook) -> Iterator[DialogText]:
    """Every text of a rulebook that is translated: what the desk reads, without the Swedish terms of law."""
    for index, fact in enumerate(rulebook.facts):
        yield DialogText(("facts", index, "label"), context_of(fact), fact.label)
    for index, rule in enumerate(rulebook.rules):
        yield DialogText(("rules", index, "text"), context_of(rule), rule.text)


def context_of(part: Rule | FactLabel) -> str:
    """The context under which the text of a rule, or what a fact is called, stands in the catalog."""
    return f"entitlement.rule.{part.name}" if isinstance(part, Rule) else f"entitlement.fact.{part.name}"


def hints(rulebook: Rulebook, values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> Hints:
    """What holds for a case: ``values`` are its known facts, ``declined`` how others were declined."""
    possible = _holding(rulebook.obstacles, values, declined, today)
    return Hints(
        rules=tuple(_holding(rulebook.rules, values, declined, today)),
        obstacles=tuple(one for one in possible if _may_be_named(one, values, declined, today))[:MOST_OBSTACLES],
        facts=rulebook.facts,
    )


def standing(one: Dated, today: datetime.date) -> Standing:
    """Whether a rule is shown on a day, and if not, why. A check that is dated later than the day counts."""
    day = today.isoformat()
    if one.valid_to and one.valid_to < day:
        return "over"
    if one.valid_from > day:
        return "not_yet"
    return "unchecked" if is_stale(one.checked_at, CHECKED_FOR, today) else "shown"


def _holding(
    many: Iterable[_Kind], values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date
) -> list[_Kind]:
    return [one for one in many if standing(one, today) == "shown" and one.relevant.is_true(values, declined, today)]


def _may_be_named(
    obstacle: Obstacle, values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date
) -> bool:
    called = obstacle.label.casefold()
    return all(
        guard.needed.is_true(values, declined, today)
        and not (guard.barred is not None and guard.barred.is_true(values, declined, today))
        for guard in GUARDS
        if guard.word in called
    )
