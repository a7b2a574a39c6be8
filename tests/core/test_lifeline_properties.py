"""Whatever dates are told: a life line never fails, its gaps are certain, and its drawing stays inside."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.core.lifeline_values import LifeLine, When, when
from assistant.lifeline_drawing import drawing
from assistant.lifeline_shapes import NARROW, WIDE, Drawing, Format, Label, Mark, Name
from tests.core.lives import DECLINED, TODAY, life

years = st.one_of(st.integers(1940, 2030), st.sampled_from((1, 4, 1000, 9999)))


@st.composite
def dates(draw: st.DrawFn) -> Any:
    """A year, a month or a day, one that was declined, or one that was never asked."""
    year, kind = draw(years), draw(st.sampled_from(("year", "year", "month", "day", "declined", "none")))
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, 28))
    return {
        "year": f"{year:04}",
        "month": f"{year:04}-{month:02}",
        "day": f"{year:04}-{month:02}-{day:02}",
        "declined": DECLINED,
        "none": None,
    }[kind]


jobs = st.fixed_dictionaries(
    {
        "job_title": st.sampled_from(("cook", "مساعدة في روضة أطفال", "W" * 80, "ሓጋዚት")),
        "job_country": st.sampled_from(("SE", "SY", DECLINED)),
        "job_from": dates(),
        "job_to": dates(),
        "job_extent": st.sampled_from(("full", "part")),
        "job_end": st.sampled_from(("ongoing", "ended", "ill", DECLINED)),
    }
)
told_lives = st.fixed_dictionaries(
    {
        "jobs": st.lists(jobs, max_size=2),
        "children": st.lists(dates(), max_size=6),
        "birth_year": dates(),
        "sweden_since": dates(),
        "sick_since": dates(),
        "sick_listed": st.sampled_from(("yes", "before", "no", DECLINED)),
        "school_years": st.sampled_from(("0", "1_6", "7_9", "10_12", "13", DECLINED)),
        "school_level": st.sampled_from(("none", "primary", "higher", DECLINED)),
        "studying_now": st.sampled_from(("no", "komvux", DECLINED)),
        "longest_job": st.sampled_from(("under_6m", "more", DECLINED)),
        "worked_before": st.sampled_from(("yes", "no", DECLINED)),
    }
)


def line_of(told: dict[str, Any]) -> LifeLine:
    facts = {name: value for name, value in told.items() if name not in ("jobs", "children")}
    return life(*told["jobs"], children=told["children"], work_ability="not_now", **facts)


def told_days(told: dict[str, Any]) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The days that jobs, illness and arrival can fill at most, read anew from what was told."""

    def around(start: When | None, end: When | None, *, ongoing: bool) -> tuple[datetime.date, datetime.date]:
        known = [day for one in (start, end) if one for day in (one.first, one.last)]
        first = min(known) if start else datetime.date.min
        return first, max(known) if end else max([TODAY, *known])

    if told["worked_before"] == "yes":
        for job in told["jobs"]:
            ongoing = job["job_end"] == "ongoing"
            yield around(when(job["job_from"]), None if ongoing else when(job["job_to"]), ongoing=ongoing)
    if told["sick_listed"] == "yes":
        yield around(when(told["sick_since"]), None, ongoing=True)
    if arrival := when(told["sweden_since"]):
        yield arrival.first, arrival.last


@given(told_lives)
def test_a_gap_is_longer_than_six_months_and_nothing_that_was_told_can_lie_in_it(told: dict[str, Any]) -> None:
    line = line_of(told)
    for gap in line.gaps:
        assert (gap.end - gap.start).days > 180
        assert gap.end <= TODAY
        for first, last in told_days(told):
            assert last < gap.start or gap.end < first
        for span in line.spans:
            assert span.kind in ("birth", "child") or span.last < gap.start or gap.end < span.first


@given(told_lives)
def test_nothing_that_is_marked_or_asked_rests_on_a_date_that_was_not_told(told: dict[str, Any]) -> None:
    line = line_of(told)
    assert len(line.questions) <= 3
    for clash in line.clashes:
        assert all(span.start or span.end or span.ongoing for span in clash.spans)
    for overlap in line.overlaps:
        assert overlap.start < overlap.end
        assert all(span.start and (span.end or span.ongoing) for span in overlap.spans)


def labels(drawn: Drawing) -> Iterator[Label]:
    for lane in drawn.lanes:
        yield lane.label
        yield from (bar.label for bar in lane.bars)
        yield from (point.label for point in lane.points)


def outside(drawn: Drawing) -> list[object]:
    """What does not lie within the drawing."""

    def within(*sides: tuple[float, float]) -> bool:
        return all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in sides)

    found: list[object] = []
    for lane in drawn.lanes:
        found += [] if within((0, lane.y), (drawn.width, lane.y + lane.height)) else [lane]
        for bar in lane.bars:
            whole = within((bar.x, bar.y), (bar.x + bar.width + 8 * bar.ongoing, bar.y + 12))
            solid = bar.x - 0.2 <= bar.solid_x and bar.solid_x + bar.solid_width <= bar.x + bar.width + 0.2
            found += [] if whole and solid else [bar]
        found += [one for one in lane.points if not within((one.x - 6, one.y - 6), (one.x + 6, one.y + 6))]
    for flag in drawn.flags:
        inside = within((flag.x, flag.y), (flag.x + flag.width, flag.down), (flag.mid - 10, 0), (flag.mid + 10, 0))
        found += [] if inside and flag.y < flag.down else [flag]
    found += [one for one in drawn.ticks if not drawn.left <= one.x <= drawn.now]
    for one in labels(drawn):
        ends = (one.x - one.width, one.x) if one.end else (one.x, one.x + one.width)
        found += [] if within((ends[0], one.y), (ends[1], one.y)) else [one]
    return found


@given(told_lives, st.sampled_from((WIDE, NARROW)), st.sampled_from(("W", "漢", "مساعدة ")))
def test_every_element_lies_inside_the_drawing(told: dict[str, Any], format: Format, title: str) -> None:
    line = line_of(told)
    marks: list[Mark] = [*line.clashes, *line.gaps, *line.overlaps]
    drawn = drawing(line, marks, format, lambda span: Name("2001-12 – 2022-12", own=title * 60), lambda lane: lane)
    assert (drawn is None) == (not any(span.is_dated for span in line.spans))
    if drawn is not None:
        assert outside(drawn) == []
        assert [flag.number for flag in sorted(drawn.flags, key=lambda flag: flag.number)] == [
            *range(1, len(marks) + 1)
        ]


@given(st.integers(1912, 2023), st.sampled_from((WIDE, NARROW)))
def test_the_years_below_have_room_from_3_years_to_115(first: int, format: Format) -> None:
    line = life(birth_year=str(first), sweden_since=None, school_years=DECLINED)
    drawn = drawing(line, (), format, lambda span: Name(""), lambda lane: lane)
    assert drawn is not None
    places = [tick.x for tick in drawn.ticks]
    assert all(later - earlier >= 36 for earlier, later in pairwise(places))
    assert len(places) >= 2
