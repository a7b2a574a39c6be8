"""The life line: what it is read from, and where a gap is certain."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from assistant.core.dialog import Question, Repeat, SelectMultiple, SelectOne, choices_of, places
from assistant.core.lifeline import RULES
from assistant.core.lifeline_sources import DETAILS, LISTS, SCREENS, SOURCES, Told
from assistant.core.lifeline_values import LifeLine, Span, when
from tests.core.lives import COOK, DECLINED, FIRST_VISIT, PLAIN, TODAY, gaps, job, life, path_of


def spans(line: LifeLine, kind: str) -> list[Span]:
    return [one for one in line.spans if one.kind == kind]


# -- sources -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_a_fact_of_the_first_visit_with_these_choices_and_no_private_one(name: str) -> None:
    question = places(FIRST_VISIT)[name].item
    assert isinstance(question, Question)
    assert not question.private
    if isinstance(question, SelectOne | SelectMultiple):
        assert set(SOURCES[name].choices) <= choices_of(FIRST_VISIT, question).keys()
    else:
        assert SOURCES[name].choices == ()


def test_all_other_names_are_in_the_first_visit_too() -> None:
    known = places(FIRST_VISIT)
    assert {name for names in DETAILS.values() for name in names} | set(SCREENS) <= known.keys()
    assert all(isinstance(known[name].item, Repeat) for name in LISTS)
    assert {name for rule in RULES for name in rule.facts} <= SOURCES.keys()


def test_a_name_or_choice_that_is_not_among_the_sources_cannot_be_read() -> None:
    told = Told(path_of(PLAIN))
    with pytest.raises(KeyError, match="talk_alone"):
        told.value("talk_alone")
    with pytest.raises(KeyError, match="tomorrow"):
        told.has("work_now", "tomorrow")


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_is_every_day_that_it_can_be(iso: str, first: str, last: str) -> None:
    found = when(iso)
    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize("iso", ["", "soon", "2024-13", None, 2024])
def test_what_is_no_date_is_not_told(iso: Any) -> None:
    assert when(iso) is None


# -- spans -------------------------------------------------------------------------------------------------------------


def test_spans_stand_in_the_order_of_the_years_and_those_without_a_year_last() -> None:
    line = life(COOK, children=["2015", "2012"], studying_now="komvux")
    assert [one.kind for one in line.spans] == ["birth", "arrival", "school", "job", "child", "child", "study"]


def test_school_is_reckoned_from_the_years_that_it_took() -> None:
    (school,) = spans(life(COOK), "school")
    assert school.reckoned
    assert school.start is not None
    assert school.end is not None
    assert (school.start.iso, school.end.iso) == ("", "")
    assert (school.end.first.year, school.end.last.year) == (1990 + 6 + 7, 1990 + 8 + 9)


@pytest.mark.parametrize("years", ["0", DECLINED])
def test_no_school_is_reckoned_without_its_years(years: Any) -> None:
    assert spans(life(COOK, school_years=years), "school") == []


def test_a_job_that_goes_on_has_no_end_and_one_whose_end_was_declined_is_not_said_to_go_on() -> None:
    (ongoing,) = spans(life(job(job_end="ongoing")), "job")
    (unknown,) = spans(life(job(job_to=DECLINED)), "job")
    assert (ongoing.ongoing, ongoing.end) == (True, None)
    assert (unknown.ongoing, unknown.end) == (False, None)


def test_a_job_that_was_declined_as_a_whole_is_told_of_as_not_told() -> None:
    line = life({"jobs": DECLINED})
    assert spans(line, "job") == []
    assert [(one.screen, one.kind) for one in line.not_told] == [("jobs", "unknown")]


@pytest.mark.parametrize(
    ("listed", "fact", "start"),
    [("yes", "sick_since", "2024-03"), ("no_but", "too_ill_since", "2024-03"), ("before", "sick_listed", None)],
)
def test_illness_is_read_from_how_it_was_told(listed: str, fact: str, start: str | None) -> None:
    told = {"work_ability": "not_now", "sick_listed": listed, "sick_since": "2024-03", "too_ill_since": "2024-03"}
    (illness,) = spans(life(COOK, **told), "illness")
    assert (illness.fact, illness.start.iso if illness.start else None) == (fact, start)


def test_an_illness_that_was_declined_is_none() -> None:
    assert spans(life(COOK, work_ability="not_now", sick_listed=DECLINED), "illness") == []


# -- gaps --------------------------------------------------------------------------------------------------------------


def test_more_than_six_months_without_anything_told_are_a_gap_that_goes_on() -> None:
    line = life(job(job_to="2025-12"))
    assert gaps(line) == [("2026-01-01", "2026-11-18")]
    assert line.gaps[0].ongoing


@pytest.mark.parametrize(
    ("ended", "found"), [("2026-04", [("2026-05-01", "2026-11-18")]), ("2026-05", []), ("2026", [])]
)
def test_only_a_gap_that_is_certain_is_one(ended: str, found: list[tuple[str, str]]) -> None:
    """A job that ended in May leaves less than six months; one that ended in 2026 may have ended today."""
    assert gaps(life(job(job_to=ended))) == found


@pytest.mark.parametrize(
    "facts",
    [
        {"birth_year": DECLINED},
        {"worked_before": DECLINED, "work_now": DECLINED},
        {"studying_now": "komvux"},
        {"work_ability": "not_now", "sick_listed": "yes", "sick_since": None},
        {"work_ability": "not_now", "sick_listed": "before"},
        {"af_registered": "yes", "af_program": ("job_guarantee",)},
        {"work_now": ("practice",)},
    ],
    ids="-".join,
)
def test_there_is_no_gap_where_something_may_fill_it_or_too_little_is_known(facts: dict[str, Any]) -> None:
    assert gaps(life(job(job_from="2008", job_to="2020"), **facts)) == []


@pytest.mark.parametrize("facts", [{"job_to": DECLINED}, {"job_to": DECLINED, "job_end": DECLINED}])
def test_a_job_without_a_known_end_may_have_lasted_until_today(facts: dict[str, Any]) -> None:
    assert gaps(life(job(**facts))) == []


def test_a_job_without_a_known_beginning_may_have_begun_after_school() -> None:
    assert gaps(life(job(job_from=DECLINED))) == []
    assert gaps(life(job(job_from="2015"))) == [("2009-01-01", "2014-12-31")]


def test_jobs_that_were_declined_leave_no_gap() -> None:
    assert gaps(life({"jobs": DECLINED})) == []


def test_somebody_who_never_had_a_job_has_a_gap_unless_something_was_told_instead() -> None:
    assert gaps(life(worked_before="no")) == [("2009-01-01", "2026-11-18")]
    assert gaps(life(worked_before="no", never_worked_why=("family",))) == []


def test_before_the_jobs_that_there_was_room_for_no_gap_is_seen() -> None:
    later, earlier = job(job_from="2020"), job(job_from="2015", job_to="2017")
    assert gaps(life(later, earlier)) == [("2018-01-01", "2019-12-31")]
    assert gaps(life(earlier)) == [("2009-01-01", "2014-12-31"), ("2018-01-01", "2026-11-18")]


def test_without_the_years_of_school_nothing_before_the_first_job_or_the_arrival_is_a_gap() -> None:
    assert gaps(life(job(job_from="2015"), school_years=DECLINED, sweden_since="2014")) == []


def test_sfi_can_have_been_at_any_time_since_the_arrival_and_not_before() -> None:
    told = {"swedish_level": "little", "sfi_status": "done", "sweden_since": "2018"}
    assert gaps(life(job(job_to="2010"), **told)) == [("2011-01-01", "2017-12-31")]


def test_children_who_were_born_in_a_gap_are_named_with_it_and_do_not_end_it() -> None:
    (gap,) = life(job(job_to="2015"), children=["2014", "2017", "2020"]).gaps
    assert [one.start.iso for one in gap.children if one.start] == ["2017", "2020"]


def test_after_the_age_for_pension_nobody_is_asked() -> None:
    assert gaps(life(job(job_from="1978", job_to="2020"), birth_year="1958", sweden_since="1958")) == [
        ("1977-01-01", "1977-12-31"),
        ("2021-01-01", "2024-12-31"),
    ]


def test_nothing_told_is_an_empty_line() -> None:
    line = life(without=tuple(PLAIN))
    assert line == LifeLine(today=TODAY)
    assert line.today == datetime.date(2026, 11, 18)
