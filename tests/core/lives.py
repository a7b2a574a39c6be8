"""Lives told in the first visit, for the tests of the life line: facts laid down as if they had been answered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.core.dialog import DeclineKind, Dialog, Group, Repeat
from assistant.core.lifeline import lifeline
from assistant.core.lifeline_values import LifeLine
from assistant.core.path import Path
from assistant.core.record import Fact, State
from assistant.core.walk import walk
from assistant.starting import load_dialogs

FIRST_VISIT: Dialog = load_dialogs()["first_visit"]
TODAY = datetime.date(2026, 11, 18)

DECLINED = "declined"
"""Stands for a fact that the person did not know or did not want to tell."""

PLAIN: Mapping[str, Any] = {
    "birth_year": "1990",
    "born_in_sweden": "no",
    "sweden_since": "1990",
    "swedish_level": "native",
    "school_years": "7_9",
    "school_country": "SE",
    "school_level": "primary",
    "work_now": ("no",),
    "worked_before": "yes",
    "studying_now": "no",
    "longest_job": "more",
    "af_registered": "no",
    "work_ability": "no_problem",
    "household_type": ("alone",),
}
"""Born and in Sweden since 1990, with compulsory school, able to work, and without work now. What jobs there were is
told in each test."""

COOK: Mapping[str, Any] = {
    "job_title": "cook",
    "job_country": "SE",
    "job_from": "2009",
    "job_extent": "full",
    "job_end": "ended",
    "job_to": "2026-09",
}
"""A job from school until now, so that there is no gap."""


def path_of(
    facts: Mapping[str, Any], jobs: Sequence[Mapping[str, Any]] = (), children: Sequence[Mapping[str, Any]] = ()
) -> Path:
    """The walk over these facts, with everything else unasked."""
    state = State(conversation="c", dialog="first_visit", locale="en", started_at="2026-11-01T00:00:00Z")

    def put(name: str, of: str, value: Any) -> None:
        kind: DeclineKind | None = "unknown" if value is DECLINED else None
        state.facts[name, of] = Fact(
            value=None if kind else value,
            declined=kind,
            at="2026-11-01T00:00:00Z",
            conversation="c",
            dialog="first_visit",
            locale="en",
            seq=1,
        )

    told = {**facts, "children_count": len(children)}
    for name, value in told.items():
        put(name, "", value)
    for section in FIRST_VISIT.sections:
        for item in section.items:
            if isinstance(item, Group) and item.name not in told and any(one.name in told for one in item.items):
                put(item.name, "", True)
            if isinstance(item, Repeat) and item.name in ("jobs", "children"):
                for number, one in enumerate(jobs if item.name == "jobs" else children, 1):
                    put(item.name, str(number), True)
                    for name, value in one.items():
                        put(name, str(number), value)
    state.lists["jobs"] = tuple(str(number) for number in range(1, len(jobs) + 1))
    state.closed.add("jobs")
    state.sections["more_work"] = True
    return walk(FIRST_VISIT, state, TODAY)


def life(*jobs: Mapping[str, Any], children: Sequence[str] = (), without: Sequence[str] = (), **facts: Any) -> LifeLine:
    """A plain life with these jobs, children (born in these years) and facts, ``without`` some that it has."""
    told = {name: value for name, value in {**PLAIN, **facts}.items() if name not in without}
    born = [{"child_birth_year": year, "child_living": "full"} for year in children]
    return lifeline(FIRST_VISIT, path_of(told, jobs, born), TODAY)


def job(**facts: Any) -> dict[str, Any]:
    """The plain job with these facts instead."""
    return {**COOK, **facts}


def gaps(line: LifeLine) -> list[tuple[str, str]]:
    """The first and the last day of each gap."""
    return [(one.start.isoformat(), one.end.isoformat()) for one in line.gaps]
