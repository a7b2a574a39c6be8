"""People for the rules of the law: what each has answered, laid on the path of the first visit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from assistant.authoring.journeys import decline_of
from assistant.core.dialog import Dialog, Group, Repeat, places
from assistant.core.path import Path
from assistant.core.record import Fact, State
from assistant.core.walk import walk

TODAY: Final = datetime.date(2026, 11, 27)

JOB: Final = {"job_title": "x", "job_country": "SE", "job_from": "2005", "job_extent": "full", "job_end": "ended"}

ORDINARY: Final[dict[str, Any]] = {
    "birth_year": "1981",
    "residence_basis": "citizen",
    "born_in_sweden": "yes",
    "swedish_level": "native",
    "help_wanted": ("forms",),
    "goal": ("job",),
    "reason_now": ("other",),
    "household_type": ("alone",),
    "children_count": 0,
    "children": (),
    "school_years": "10_12",
    "school_country": "SE",
    "school_level": "upper",
    "work_now": ("no",),
    "worked_before": "yes",
    "studying_now": "no",
    "jobs": (JOB | {"job_to": "2010"},),
    "akassa_member": "no",
    "af_registered": "no",
    "af_program": ("none",),
    "work_ability": "no_problem",
    "housing_type": "parents",
    "rent_debt": "no",
    "income_sources": ("other",),
    "benefits_waiting": ("none",),
    "debts": "no",
}
"""Somebody of 45 to whom no benefit has to be pointed out. What is not asked of them they have not answered."""


def path_of(dialog: Dialog, answers: Mapping[str, Any], today: datetime.date = TODAY) -> Path:
    """The path of somebody who has answered this, in all sections. ``children`` and ``jobs`` are tuples of answers;
    ``declined: skip`` is a decline as in a journey. An answer to what they are not asked is off the path."""
    known = places(dialog)
    state = State(conversation="c", dialog=dialog.dialog, started_at="2026-11-01T10:00:00Z")
    state.sections = {section.name: True for section in dialog.sections if section.optional}

    def put(name: str, of: str, value: Any) -> None:
        kind = decline_of(value)
        said = Fact(
            value=None if kind else value,
            declined=kind,
            at="2026-11-20T10:00:00Z",
            conversation="c",
            dialog=dialog.dialog,
            locale="sv",
            seq=1,
        )
        state.facts[name, of] = said

    for name, value in answers.items():
        item = known[name].item
        if isinstance(item, Repeat):
            ids = tuple(str(number) for number in range(1, len(value) + 1))
            state.lists[name] = ids
            state.closed.add(name)
            for of, fields in zip(ids, value, strict=True):
                put(name, of, True)
                for field, one in fields.items():
                    put(field, of, one)
        else:
            put(name, "", value)
            if isinstance(parent := known[name].parent, Group):
                put(parent.name, "", True)
    return walk(dialog, state, today)
