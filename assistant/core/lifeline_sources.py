"""Which facts a life line is read from: the one place that knows the names of the dialog.

A name that is not in this table cannot be read by a life line; a test holds the table against the dialog.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from assistant.core.path import Path


class Source(NamedTuple):
    """What a fact tells a life line, and the names of choices that mean something to it."""

    tells: str
    choices: tuple[str, ...] = ()


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "birth_year": Source("birth"),
        "sweden_since": Source("arrival in Sweden"),
        "child_birth_year": Source("birth of a child in the household"),
        "school_years": Source("how long school was: its years are reckoned", ("0", "1_6", "7_9", "10_12", "13")),
        "school_level": Source(
            "how far school went",
            ("none", "upper_part", "higher_part", "higher_vocational", "higher"),
        ),
        "school_country": Source("where school was"),
        "foreign_assessment": Source("whether a degree from abroad has a statement", ("no",)),
        "sfi_status": Source("Swedish for immigrants, without years", ("now", "done", "stopped")),
        "studying_now": Source("studies that go on", ("no",)),
        "work_now": Source(
            "work, work practice and parental leave that go on",
            ("part", "full", "own", "parental", "practice", "no"),
        ),
        "worked_before": Source("whether there was any job", ("no",)),
        "never_worked_why": Source("what filled the time of somebody who never had a job"),
        "longest_job": Source("how long the longest job was", ("under_6m", "m6_12", "y1_3", "more")),
        "job_title": Source("what a job was"),
        "job_country": Source("where a job was", ("SE",)),
        "job_from": Source("the beginning of a job"),
        "job_to": Source("the end of a job"),
        "job_end": Source("whether and why a job ended", ("ongoing", "ill")),
        "job_extent": Source("whether a job took whole days", ("full",)),
        "af_program": Source("a programme that goes on", ("establishment", "none")),
        "sick_listed": Source("whether illness keeps from work", ("yes", "no_but", "before", "no")),
        "sick_since": Source("the beginning of a sick leave"),
        "too_ill_since": Source("the beginning of an illness without sick leave"),
        "certificate": Source("whether a sick leave has a valid certificate", ("old", "no")),
        "too_ill_certificate": Source("whether an illness has a valid certificate", ("old", "no")),
    }
)

LISTS: Final = ("children", "jobs")
"""The repeats that these facts stand in."""

SCREENS: Final = (
    "background",
    "schooling",
    "sfi",
    "occupation",
    "jobs",
    "children",
    "sick_listed",
    "sick_note",
    "too_ill",
)
"""The screens that are told of as not answered when they were declined as a whole."""

DETAILS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "school": ("school_years", "school_country", "school_level", "school_field"),
        "sfi": ("sfi_status", "sfi_course"),
        "study": ("studying_now",),
        "job": ("job_title", "job_country", "job_extent", "job_end"),
        "work": ("work_now",),
        "programme": ("af_program",),
        "until_now": ("never_worked_why",),
    }
)
"""What is told of a kind of span beside its dates: facts in the order in which they are said."""

WORKING: Final = ("part", "full", "own")
"""The choices of ``work_now`` that are work."""

SCHOOL_AGE: Final = (6, 8)
"""School is reckoned to begin between these ages: at six or seven in most countries, later in some."""

SCHOOL_YEARS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"1_6": (1, 6), "7_9": (7, 9), "10_12": (10, 12), "13": (13, 20)}
)
"""How many years of school a choice means, at least and at most; nobody goes to school for more than twenty."""


class Told:
    """What a walk found of the facts of a life line. What was declined or never asked is None."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def value(self, name: str, of: str = "") -> Any:
        """The value of a fact; ``of`` is the item of its repeat. Raises KeyError for a name that is not in SOURCES."""
        if name not in SOURCES:
            raise KeyError(name)
        if not of:
            return self.path.values.get(name)
        fact = self.path.answers.get((name, of))
        return fact.value if fact is not None and fact.declined is None else None

    def has(self, name: str, choice: str) -> bool:
        """Whether this is the choice that was picked, or one of them. Raises KeyError for a choice not in SOURCES."""
        if choice not in SOURCES[name].choices:
            raise KeyError(choice)
        value = self.value(name)
        return choice in value if isinstance(value, tuple) else value == choice

    def items(self, name: str) -> tuple[str, ...]:
        """The items of a repeat that the walk came to, in order."""
        slots = self.path.slots
        return tuple(one.of for one in slots if one.of and one.item is not None and one.item.name == name)

    def is_whole(self, name: str) -> bool:
        """Whether every item of a repeat was answered."""
        return name in self.path.values
