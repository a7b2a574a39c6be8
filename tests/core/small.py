"""A small dialog with one of everything, for tests of the core."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from assistant.core import engine
from assistant.core.commands import Command
from assistant.core.dialog import Dialog
from assistant.core.expressions import Expression
from assistant.core.problem import Problem
from assistant.core.record import State
from assistant.core.steps import Step

TODAY = datetime.date(2026, 3, 14)
AT = "2026-03-14T10:00:00Z"


def dialog_of(*sections: dict[str, Any], **rest: Any) -> Dialog:
    """A dialog from plain data, as a file would give it."""

    def expression(kind: type, value: Any) -> Any:
        assert kind is Expression
        return Expression(value)

    whole = {"dialog": "small", "title": "Small", "version": 1, "sections": sections, **rest}
    return msgspec.convert(whole, Dialog, dec_hook=expression)


def choices(*names: str, **more: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "label": name.capitalize(), **more.get(name, {})} for name in names]


def item(kind: str, name: str, **more: Any) -> dict[str, Any]:
    plain = {"type": kind, "name": name}
    if kind in ("calculate", "note"):
        return plain | more
    return plain | {"label": f"{name}?"} | more


SMALL = dialog_of(
    {
        "name": "gate",
        "label": "Gate",
        "gate": True,
        "items": [
            item("select_one", "hidden", choices=choices("no", "yes", "unsure"), private=True, decline=[]),
            item("stop", "hidden_stop", relevant='hidden == "yes"'),
        ],
    },
    {
        "name": "you",
        "label": "You",
        "items": [
            item("text", "called", max_length=60, topic="who", summary="Called {called}.", reply="Hello, {called}."),
            item("integer", "born", min=1900, max=2026, constraint="age(born) < 120", topic="who"),
            item("calculate", "age", value="age(born)", topic="who", summary="{age} years."),
            item("stop", "too_young", relevant="age < 18"),
            item("text", "phone", later='hidden == "unsure"', required=False),
            item(
                "group",
                "schooling",
                topic="school",
                summary="{years} years of school[ in {country}].[ {field}.]",
                items=[
                    item("integer", "years", max=30),
                    item("select_one", "country", relevant="years > 0", choices=choices("SE", "SY")),
                    item("text", "field", relevant="years > 9", required=False),
                ],
            ),
        ],
    },
    {
        "name": "work",
        "label": "Work",
        "items": [
            item("select_one", "worked", choices=choices("yes", "no"), topic="work"),
            item(
                "repeat",
                "jobs",
                relevant='worked == "yes"',
                more="Another?",
                max=3,
                topic="work",
                summary="{title}[, from {since}].",
                items=[
                    item("text", "title"),
                    item("date", "since", precision="month", least="year", required=False),
                ],
            ),
            item("text", "latest", relevant="year(max(since)) > 2020", required=False),
            item("integer", "children", max=15),
            item("repeat", "child", count="children", items=[item("integer", "child_born", min=1990, max=2026)]),
            item("text", "school_start", relevant="age(max(child_born)) < 7", required=False),
            item(
                "select_multiple",
                "offices",
                max=2,
                choices=choices("af", "fk", "csn", "none", none={"exclusive": True}, csn={"relevant": "age < 60"}),
                topic="work",
                summary="Offices: {offices}.",
                missing="Not: {offices}.",
            ),
            item("repeat", "share", for_each="offices", items=[item("text", "about", label="What with {each}?")]),
            item("text", "why_not", relevant='declined(worked, "skip")', required=False),
        ],
    },
    {
        "name": "more",
        "label": "More about you",
        "optional": True,
        "items": [item("text", "hobby", keep="P1Y", topic="who", summary="Hobby: {hobby}.")],
    },
    topics=[{"name": name, "label": name.capitalize()} for name in ("who", "school", "work")],
    attention=[{"name": "alone", "label": "No offices", "relevant": 'has(offices, "none")', "urgent": True}],
)


def do(state: State, command: Command, dialog: Dialog = SMALL, today: datetime.date = TODAY) -> State:
    """The state after a command that must succeed."""
    events = engine.decide(dialog, state, command, today)
    assert not isinstance(events, Problem), events
    return engine.after(state, engine.record(state, events, AT))


def problem_of(state: State, command: Command, dialog: Dialog = SMALL) -> Problem:
    """The problem of a command that must fail."""
    events = engine.decide(dialog, state, command, TODAY)
    assert isinstance(events, Problem), events
    return events


def step_of(state: State, dialog: Dialog = SMALL, today: datetime.date = TODAY) -> Step:
    return engine.next_step(dialog, state, today)


def begun(gate: str = "no", dialog: Dialog = SMALL) -> State:
    """The state of a case whose gate was answered so."""
    from assistant.core.commands import Reply

    before = do(State(conversation="gate"), Reply("hidden", value=gate), dialog)
    state = State(conversation="c1")
    return engine.after(state, engine.record(state, engine.opening(dialog, before, "en", TODAY), AT))
