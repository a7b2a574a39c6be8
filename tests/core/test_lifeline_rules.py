"""What is marked beside a life line and asked first: for each rule a life that meets it, one that misses it by one
fact, and one in which a fact is unknown, from which nothing may follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from assistant.core.lifeline import RULES
from assistant.core.lifeline_values import ClashRule, LifeLine
from tests.core.lives import COOK, DECLINED, gaps, job, life

Life = tuple[tuple[Mapping[str, Any], ...], dict[str, Any]]


def asked(line: LifeLine) -> list[str]:
    return [one.rule for one in line.questions]


# -- overlaps ----------------------------------------------------------------------------------------------------------

BAKER = job(job_title="baker", job_from="2012", job_to="2014")
ABROAD = job(job_country="TR", job_to="2020")


@pytest.mark.parametrize(
    ("jobs", "facts", "found"),
    [
        ((COOK, BAKER), {}, ["two_full_time"]),
        ((COOK, {**BAKER, "job_extent": "part"}), {}, []),
        ((COOK, {**BAKER, "job_to": DECLINED}), {}, []),
        ((job(job_from="2013"), {**BAKER, "job_to": "2013"}), {}, []),
        ((ABROAD,), {"sweden_since": "2015"}, ["abroad_after_arrival"]),
        ((ABROAD,), {"sweden_since": "2020"}, []),
        ((ABROAD,), {"sweden_since": DECLINED}, []),
        (({**ABROAD, "job_country": DECLINED},), {"sweden_since": "2015"}, []),
        (({**ABROAD, "job_to": DECLINED},), {"sweden_since": "2015"}, []),
    ],
)
def test_two_things_at_once_are_marked_when_they_are_certain(
    jobs: tuple[Any, ...], facts: dict[str, Any], found: list[str]
) -> None:
    assert [one.rule for one in life(*jobs, **facts).overlaps] == found


# -- clashes -----------------------------------------------------------------------------------------------------------

ILL = {"work_ability": "not_now", "sick_listed": "yes"}
CLASHES: list[tuple[ClashRule, Life, Life, Life]] = [
    (
        "arrival_before_birth",
        ((COOK,), {"sweden_since": "1989"}),
        ((COOK,), {"sweden_since": "1990"}),
        ((COOK,), {"sweden_since": DECLINED}),
    ),
    (
        "child_too_early",
        ((COOK,), {"children": ["2001"], "birth_year": "1990"}),
        ((COOK,), {"children": ["2002"], "birth_year": "1990"}),
        ((COOK,), {"children": [DECLINED]}),
    ),
    (
        "illness_before_birth",
        ((COOK,), {**ILL, "sick_since": "1989"}),
        ((COOK,), {**ILL, "sick_since": "1990"}),
        ((COOK,), {**ILL, "sick_since": None}),
    ),
    (
        "job_before_birth",
        ((job(job_from="1989"),), {}),
        ((job(job_from="1990"),), {}),
        ((job(job_from="1989"),), {"birth_year": DECLINED}),
    ),
    (
        "job_as_a_child",
        ((job(job_from="1999"),), {}),
        ((job(job_from="2000"),), {}),
        ((job(job_from=DECLINED),), {}),
    ),
    (
        "ends_before_it_began",
        ((job(job_from="2015", job_to="2014"),), {}),
        ((job(job_from="2015", job_to="2015-01"),), {}),
        ((job(job_from=DECLINED, job_to="2014"),), {}),
    ),
    (
        "in_the_future",
        ((job(job_to="2027"),), {}),
        ((job(job_to="2026"),), {}),
        ((job(job_to=DECLINED),), {}),
    ),
    (
        "in_sweden_before_arrival",
        ((COOK,), {"sweden_since": "2010"}),
        ((COOK,), {"sweden_since": "2009"}),
        ((job(job_country=DECLINED),), {"sweden_since": "2010"}),
    ),
    (
        "no_work_beside_a_job",
        ((job(job_end="ongoing"),), {}),
        ((COOK,), {}),
        ((job(job_end=DECLINED),), {}),
    ),
    (
        "longer_than_the_longest",
        ((job(job_to="2013"),), {"longest_job": "y1_3"}),
        ((job(job_to="2012"),), {"longest_job": "y1_3"}),
        ((job(job_to="2013"),), {"longest_job": DECLINED}),
    ),
    (
        "degree_beyond_school",
        ((COOK,), {"school_years": "1_6", "school_level": "higher"}),
        ((COOK,), {"school_years": "7_9", "school_level": "higher"}),
        ((COOK,), {"school_years": DECLINED, "school_level": "higher"}),
    ),
]


@pytest.mark.parametrize(("rule", "there", "missed", "unknown"), CLASHES, ids=[one[0] for one in CLASHES])
def test_a_clash_is_marked_only_where_it_is_certain(rule: ClashRule, there: Life, missed: Life, unknown: Life) -> None:
    found = [[one.rule for one in life(*jobs, **facts).clashes] for jobs, facts in (there, missed, unknown)]
    assert [rule in rules for rules in found] == [True, False, False], found


def test_every_clash_has_its_rows_in_the_table() -> None:
    assert [one[0] for one in CLASHES] == list(get_args(ClashRule))


def test_a_plain_life_has_no_marks_and_no_questions() -> None:
    line = life(COOK)
    assert (line.clashes, line.overlaps, line.gaps, line.questions) == ((), (), (), ())


# -- questions ---------------------------------------------------------------------------------------------------------

WITHOUT = {"work_ability": "not_now", "sick_listed": "no_but", "too_ill_since": "2024-03", "too_ill_certificate": "no"}
FOREIGN = {"school_country": "TR", "school_level": "upper", "foreign_assessment": "no", "swedish_level": "little"}
QUESTIONS: list[tuple[str, Life, Life, Life]] = [
    (
        "clash",
        ((job(job_from="1989"),), {}),
        ((COOK,), {}),
        ((job(job_from=DECLINED),), {}),
    ),
    (
        "ill_without_certificate",
        ((COOK,), WITHOUT),
        ((COOK,), {**WITHOUT, "too_ill_certificate": "booked"}),
        ((COOK,), {**WITHOUT, "too_ill_certificate": DECLINED}),
    ),
    (
        "ill_without_certificate",
        ((job(job_end="ill"),), {"work_ability": "adapted", "sick_listed": "no"}),
        ((job(job_end="quit"),), {"work_ability": "adapted", "sick_listed": "no"}),
        ((job(job_end="ill"),), {"work_ability": "adapted", "sick_listed": DECLINED}),
    ),
    (
        "gap",
        ((job(job_to="2025"),), {}),
        ((job(job_to="2026"),), {}),
        ((job(job_to=DECLINED),), {}),
    ),
    (
        "left_school",
        ((COOK,), {"school_level": "upper_part"}),
        ((COOK,), {"school_level": "upper_part", "studying_now": "komvux"}),
        ((COOK,), {"school_level": DECLINED}),
    ),
    (
        "degree_without_statement",
        ((COOK,), FOREIGN),
        ((COOK,), {**FOREIGN, "foreign_assessment": "applied"}),
        ((COOK,), {**FOREIGN, "foreign_assessment": DECLINED}),
    ),
    (
        "sfi_stopped",
        ((COOK,), {"swedish_level": "little", "sfi_status": "stopped"}),
        ((COOK,), {"swedish_level": "little", "sfi_status": "done"}),
        ((COOK,), {"swedish_level": "little", "sfi_status": DECLINED}),
    ),
    (
        "longest_job_missing",
        ((job(job_from="2025"),), {}),
        ((job(job_from="2022"),), {}),
        ((job(job_from=DECLINED),), {}),
    ),
    (
        "overlap",
        ((COOK, BAKER), {}),
        ((COOK, {**BAKER, "job_extent": "part"}), {}),
        ((COOK, {**BAKER, "job_from": DECLINED}), {}),
    ),
]


@pytest.mark.parametrize(("rule", "there", "missed", "unknown"), QUESTIONS, ids=[one[0] for one in QUESTIONS])
def test_a_question_is_asked_only_where_its_rule_holds(rule: str, there: Life, missed: Life, unknown: Life) -> None:
    found = [asked(life(*jobs, **facts)) for jobs, facts in (there, missed, unknown)]
    assert [rule in rules for rules in found] == [True, False, False], found


def test_every_rule_for_a_question_has_its_rows_in_the_table() -> None:
    assert list(dict.fromkeys(one[0] for one in QUESTIONS)) == [rule.name for rule in RULES]


def test_at_most_three_questions_come_out_in_the_order_of_the_rules() -> None:
    line = life(
        job(job_from="1989", job_to="2020", job_end="ill"), **{**WITHOUT, "sick_listed": "no"}, school_level="none"
    )
    assert asked(line) == ["clash", "ill_without_certificate", "gap"]


def test_the_latest_gap_is_asked_about_and_an_old_one_is_not() -> None:
    line = life(job(job_from="2010", job_to="2015"))
    assert gaps(line) == [("2009-01-01", "2009-12-31"), ("2016-01-01", "2026-11-18")]
    assert [one.about for one in line.questions] == [line.gaps[-1]]
    early = life(job(job_from="2012"))
    assert gaps(early) == [("2009-01-01", "2011-12-31")]
    assert asked(early) == []


def test_whoever_is_65_is_not_asked_about_finishing_school() -> None:
    for born, found in (("1962", True), ("1961", False)):
        line = life(job(job_from="1980"), birth_year=born, sweden_since=born, school_level="upper_part")
        assert ("left_school" in asked(line)) is found
