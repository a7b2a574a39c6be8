"""Hints: rules that hold on a day, in three-valued logic, and what no rulebook can have said of anybody."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from assistant.core.expressions import Expression
from assistant.core.hints import (
    MOST_OBSTACLES,
    NO_HINTS,
    NO_RULES,
    FactLabel,
    Obstacle,
    Rule,
    Rulebook,
    hints,
    standing,
)

TODAY = datetime.date(2026, 11, 27)


def rule(name: str = "one", relevant: str = 'home == "rented"', **more: Any) -> Rule:
    days = {"valid_from": "2026-01-01", "checked_at": "2026-11-20"}
    words = {"benefit": "Bostadsbidrag", "agency": "Försäkringskassan", "text": "Ask.", "law": "SFB 96 kap. 2 §"}
    return Rule(name=name, relevant=Expression(relevant), facts=("home",), **(days | words | more))


def obstacle(name: str, label: str, relevant: str = "true") -> Obstacle:
    return Obstacle(
        name=name,
        label=label,
        relevant=Expression(relevant),
        facts=(),
        valid_from="2026-01-01",
        checked_at="2026-11-20",
    )


def found(
    *rules: Rule, declined: dict[str, str] | None = None, today: datetime.date = TODAY, **values: Any
) -> list[str]:
    book = Rulebook(entitlements="x", version=1, rules=rules)
    return [one.name for one in hints(book, values, declined or {}, today).rules]


def named(*obstacles: Obstacle, **values: Any) -> list[str]:
    book = Rulebook(entitlements="x", version=1, obstacles=obstacles)
    return [one.label for one in hints(book, values, {}, TODAY).obstacles]


def test_a_rule_holds_where_its_condition_is_true() -> None:
    assert found(rule(), home="rented") == ["one"]
    assert found(rule(), home="owned") == []


@pytest.mark.parametrize("condition", ['home == "rented"', 'home != "owned"', 'not (home == "owned")'])
def test_what_is_not_known_gives_no_hint_however_it_is_asked_for(condition: str) -> None:
    assert found(rule(relevant=condition), home="rented") == ["one"]
    assert found(rule(relevant=condition)) == []
    assert found(rule(relevant=condition), declined={"home": "skip"}) == []


def test_a_condition_can_say_what_a_decline_means() -> None:
    asked = rule(relevant='home == "rented" or declined(home, "unknown")')
    assert found(asked, declined={"home": "unknown"}) == ["one"]
    assert found(asked, declined={"home": "skip"}) == []


def test_rules_are_told_in_the_order_of_the_file() -> None:
    assert found(rule("second"), rule("first"), home="rented") == ["second", "first"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"valid_from": "2026-11-27"}, "shown"),
        ({"valid_from": "2026-11-28"}, "not_yet"),
        ({"valid_to": "2026-11-27"}, "shown"),
        ({"valid_to": "2026-11-26"}, "over"),
        ({"checked_at": "2025-11-27"}, "shown"),
        ({"checked_at": "2025-11-26"}, "unchecked"),
        ({"checked_at": "2027-01-01"}, "shown"),
        ({"valid_to": "2026-11-26", "checked_at": "2020-01-01"}, "over"),
    ],
)
def test_a_rule_is_shown_from_its_first_day_to_its_last_and_a_year_after_its_check(
    days: dict[str, str], expected: str
) -> None:
    dated = rule(**days)
    assert standing(dated, TODAY) == expected
    assert found(dated, home="rented") == (["one"] if expected == "shown" else [])


def test_a_check_on_the_last_day_of_february_counts_for_a_whole_year() -> None:
    dated = rule(checked_at="2024-02-29", valid_from="2020-01-01")
    assert standing(dated, datetime.date(2025, 2, 28)) == "shown"
    assert standing(dated, datetime.date(2025, 3, 1)) == "unchecked"


def test_an_obstacle_out_of_date_is_not_named_either() -> None:
    (old,) = [
        Obstacle(
            name="a", label="A", relevant=Expression("true"), facts=(), valid_from="2020-01-01", checked_at="2025-01-01"
        )
    ]
    assert named(old) == []


def test_at_most_three_obstacles_are_named_the_first_that_hold() -> None:
    many = [obstacle(name, f"Hinder {name}", "true" if name != "b" else "false") for name in "abcdef"]
    assert named(*many) == ["Hinder a", "Hinder c", "Hinder d"]
    assert MOST_OBSTACLES == 3


@pytest.mark.parametrize("label", ["Sjukskriven med läkarintyg, ingen sjukpenning", "Delvis sjukskriven"])
def test_nobody_is_called_sjukskriven_without_a_certificate_that_is_valid(label: str) -> None:
    wrong = obstacle("sick", label)
    assert named(wrong, certificate="valid") == [label]
    assert named(wrong, certificate="valid", certificate_until="2026-11-27") == [label]
    assert named(wrong, certificate="valid", certificate_until="2026-12") == [label]
    assert named(wrong) == []
    for certificate in ("old", "booked", "no"):
        assert named(wrong, certificate=certificate) == []
    assert named(wrong, certificate="valid", certificate_until="2026-11-26") == []
    assert named(wrong, certificate="valid", certificate_until="2026-10") == []
    assert named(wrong, too_ill_certificate="valid") == []


@pytest.mark.parametrize("label", ["Arbetslös, ingen ersättning", "Långvarigt arbetslös"])
def test_nobody_is_called_arbetslos_who_does_not_say_that_they_can_work(label: str) -> None:
    wrong = obstacle("unemployed", label)
    assert named(wrong, work_ability="no_problem") == [label]
    assert named(wrong, work_ability="adapted") == [label]
    assert named(wrong, work_ability="not_now") == []
    assert named(wrong) == []


def test_a_guarded_obstacle_takes_no_place_from_others() -> None:
    guarded = [obstacle(name, f"Arbetslös {name}") for name in "abc"]
    assert named(*guarded, obstacle("d", "Saknar barnomsorg"), work_ability="not_now") == ["Saknar barnomsorg"]


def test_the_names_of_facts_come_along() -> None:
    labels = (FactLabel(name="home", label="Home"),)
    book = Rulebook(entitlements="x", version=1, facts=labels, rules=(rule(),))
    assert hints(book, {"home": "rented"}, {}, TODAY).facts == labels


def test_an_office_without_rules_gets_no_hints() -> None:
    assert hints(NO_RULES, {"home": "rented"}, {}, TODAY) == NO_HINTS
