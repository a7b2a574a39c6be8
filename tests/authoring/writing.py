"""Dialog files written for a test: a mark § in a text says where the problem is expected."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import NamedTuple

from assistant.authoring.checking import load_and_check
from assistant.authoring.problems import Problem
from assistant.core.dialog import Choice, Dialog

NAMED_LISTS = {
    "countries": tuple(Choice(name=name, label="") for name in ("IR", "SE", "SO", "SY", "UA")),
    "languages": tuple(Choice(name=name, label="") for name in ("ar", "sv", "fa-AF")),
}

HEADER = """\
dialog: trial
title: A trial
version: 1
topics: [{name: who, label: Person}, {name: work, label: Work}]
"""

BEFORE = """\
sections:
  - name: gate
    label: Before we start
    gate: true
    items:
      - {type: select_one, name: hidden, label: Is it secret?, why: To be safe., decline: [],
         choices: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}]}
  - name: about
    label: About you
    items:
      - {type: integer, name: age_now, label: How old are you?, why: So we know., max: 120}
      - {type: integer, name: children, label: How many children?, why: So we know., max: 5}
      - {type: date, name: born, label: When were you born?, why: So we know., precision: month, least: year}
      - {type: text, name: nick, label: What name?, why: So we know.}
      - {type: text, name: diary, label: What happened?, why: So we know., private: true}
      - type: select_one
        name: school
        label: Which school?
        why: So we know.
        choices: [{name: none, label: None}, {name: upper, label: Upper secondary}]
      - type: select_multiple
        name: needs
        label: What do you need?
        why: So we know.
        choices: [{name: food, label: Food}, {name: care, label: Care}, {name: no, label: Nothing, exclusive: true}]
      - type: repeat
        name: jobs
        label: Tell us about a job.
        why: So we know.
        more: Another job?
        items: [{type: integer, name: job_year, label: Which year?}, {type: text, name: job_title, label: What?}]
"""

ABOUT_TO_ASK = """\
  - name: more
    label: More
    items:
"""


class Place(NamedTuple):
    """A place in a file, from 1."""

    line: int
    column: int


def unmarked(text: str) -> tuple[str, list[Place]]:
    """The text without its marks, and where they stood."""
    places = []
    while "§" in text:
        before, _, after = text.partition("§")
        places.append(Place(before.count("\n") + 1, len(before) - before.rfind("\n")))
        text = before + after
    return text, places


def dialog_with_items(items: str) -> str:
    """A whole dialog in one file, with these items at its end; earlier sections ask for a fact of every kind."""
    return HEADER + BEFORE + ABOUT_TO_ASK + textwrap.indent(textwrap.dedent(items).strip("\n") + "\n", " " * 6)


def written(folder: Path, text: str, **parts: str) -> tuple[Dialog | None, list[Problem]]:
    """What loading and checking say about a dialog file with this text, and parts beside it."""
    for name, part in parts.items():
        (folder / f"{name}.yaml").write_text(part, encoding="utf-8")
    path = folder / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    return load_and_check(path, NAMED_LISTS)


def expect_problem_at_mark(folder: Path, items: str, message: str) -> None:
    """These items have one problem: with this message, a remedy, and its place at the mark."""
    text, places = unmarked(dialog_with_items(items))
    dialog, problems = written(folder, text)
    assert dialog is None
    assert [(problem.line, problem.column) for problem in problems] == places, problems
    assert message in str(problems[0])
    assert len(problems[0].remedy) > 5
