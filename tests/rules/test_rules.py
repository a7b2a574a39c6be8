"""Every rule of the entitlement file, and every possible obstacle: somebody for whom it holds, somebody for whom one
answer makes it miss, and somebody of whom one answer is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.authoring.journeys import declined
from assistant.core.dialog import DECLINE_KINDS, DeclineKind, Dialog, Repeat, places
from assistant.core.expressions import Expression
from assistant.core.hints import Dated, Rulebook, hints
from assistant.starting import load_dialogs, load_rulebook
from tests.rules.people import ORDINARY, TODAY, path_of
from tests.rules.table import OBSTACLES, RULES, Row

DIALOG: Dialog = load_dialogs()["first_visit"]
BOOK: Rulebook = load_rulebook({"first_visit": DIALOG})
NAMED: Mapping[str, Dated] = {one.name: one for one in (*BOOK.rules, *BOOK.obstacles)}
ROWS = (*RULES, *OBSTACLES)
CASES = [pytest.param(row, id=f"{row.name}-{number}") for number, row in enumerate(ROWS)]


def found(answers: Mapping[str, Any]) -> set[str]:
    """The rules and possible obstacles of somebody who has answered this."""
    path = path_of(DIALOG, answers)
    told = hints(BOOK, path.values, path.declined, TODAY)
    return {one.name for one in (*told.rules, *told.obstacles)}


def may_be_declined_in_effect(row: Row, name: str, kind: DeclineKind) -> bool:
    """Whether the rule says itself what such a decline means, with declined(...)."""
    relevant = NAMED[row.name].relevant.source
    return f'declined({name}, "{kind}")' in relevant or f"declined({name})" in relevant


@pytest.mark.parametrize("row", CASES)
def test_a_rule_holds_for_whom_it_is_written(row: Row) -> None:
    assert row.name in found(ORDINARY | row.meets)


@pytest.mark.parametrize("row", CASES)
def test_a_rule_misses_by_one_answer(row: Row) -> None:
    assert len(row.misses) == 1
    assert row.name not in found(ORDINARY | row.meets | row.misses)


@pytest.mark.parametrize("row", CASES)
def test_a_rule_says_nothing_of_what_was_not_answered(row: Row) -> None:
    everything = ORDINARY | row.meets
    assert row.unknown
    for name in row.unknown:
        assert name in everything, name
        assert row.name not in found({key: value for key, value in everything.items() if key != name}), name


@pytest.mark.parametrize("row", CASES)
@pytest.mark.parametrize("kind", DECLINE_KINDS)
def test_a_rule_says_nothing_of_what_was_declined(row: Row, kind: DeclineKind) -> None:
    everything = ORDINARY | row.meets
    for name in row.unknown:
        if isinstance(places(DIALOG)[name].item, Repeat):
            items = tuple({key: declined(kind) for key in one} for one in everything[name])
            assert row.name not in found(everything | {name: items}), name
        elif not may_be_declined_in_effect(row, name, kind):
            assert row.name not in found(everything | {name: declined(kind)}), name


def test_every_rule_and_every_obstacle_has_its_row() -> None:
    assert {row.name for row in RULES} == {one.name for one in BOOK.rules}
    assert {row.name for row in OBSTACLES} == {one.name for one in BOOK.obstacles}


@pytest.mark.parametrize(
    ("name", "youngest", "oldest"),
    [
        ("activity_compensation", 19, 30),
        ("sickness_compensation", 30, 66),
        ("activity_support", 25, 66),
        ("development_allowance", None, 25),
        ("unemployment_insurance", 20, 66),
        ("study_start", 25, 60),
        ("housing_allowance_young", None, 29),
        ("elderly_support", 67, None),
    ],
)
def test_ages_at_both_ends_are_taken_in(name: str, youngest: int | None, oldest: int | None) -> None:
    """The year alone is known of a birth: who reaches the age in the course of this year may have it already."""
    meets = next(row.meets for row in RULES if row.name == name)
    ages = {age: name in found(ORDINARY | meets | {"birth_year": str(2026 - age)}) for age in range(18, 90)}
    assert [age for age, holds in ages.items() if holds] == list(range(youngest or 18, (oldest or 89) + 1))


def test_an_ordinary_person_gets_no_hint() -> None:
    assert found(ORDINARY) & {one.name for one in BOOK.rules} == set()


def test_of_somebody_who_has_said_nothing_nothing_is_told() -> None:
    assert found({}) == set()
    everything: dict[str, Any] = {
        name: declined("skip") for name, place in places(DIALOG).items() if not isinstance(place.item, Repeat)
    }
    assert found(everything) == set()


# -- for every rule, whatever is known ---------------------------------------------------------------------------------

_CHOICE = re.compile(r'"(\w+)"')


def _alike(expression: Expression, value: Any) -> st.SearchStrategy[Any]:
    """Values of the kind of this one: other choices that the condition names, other numbers and dates."""
    words = st.sampled_from(sorted({*_CHOICE.findall(expression.source), "something_else"}))
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return st.just(value)
    if isinstance(value, tuple):
        dates = st.integers(2000, 2026).map(str)
        return st.lists(dates if value and value[0][:4].isdigit() else words, max_size=3, unique=True).map(tuple)
    if isinstance(value, int):
        return st.integers(0, 100)
    return st.integers(1950, 2026).map(str) if value[:4].isdigit() else words


@st.composite
def known_facts(draw: st.DrawFn) -> tuple[Row, dict[str, Any]]:
    """A rule, and what is known of somebody it is written for, with some facts changed."""
    row = draw(st.sampled_from(ROWS))
    values = dict(path_of(DIALOG, ORDINARY | row.meets).values)
    relevant = NAMED[row.name].relevant
    for name in draw(st.sets(st.sampled_from(sorted(relevant.names & values.keys())), max_size=3)):
        values[name] = draw(_alike(relevant, values[name]))
    return row, values


@given(known_facts(), st.data())
@settings(max_examples=400, deadline=None)
def test_to_know_less_never_turns_a_hint_on(person: tuple[Row, dict[str, Any]], data: st.DataObject) -> None:
    row, values = person
    relevant = NAMED[row.name].relevant
    before = relevant.is_true(values, {}, TODAY)
    gone = data.draw(st.sets(st.sampled_from(sorted(relevant.names)), min_size=1))
    less = {name: value for name, value in values.items() if name not in gone}
    kinds: dict[str, DeclineKind] = {
        name: kind
        for name in sorted(gone)
        if (kind := data.draw(st.sampled_from([None, *DECLINE_KINDS]))) is not None
        and not may_be_declined_in_effect(row, name, kind)
    }
    assert before or not relevant.is_true(less, kinds, TODAY)
