"""What is proved about a whole dialog; § stands before the place that is told."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from assistant.authoring.checking import load_and_check
from assistant.languages import named_lists
from tests.authoring.writing import BEFORE, HEADER, dialog_with_items, unmarked, written

OUTSIDE = {
    "two sections of one name": (
        BEFORE + "  - {name: §about, label: Again, items: [{type: note, name: n, label: Hello.}]}\n",
        "there are two of the kind section called about",
    ),
    "a section without items": (BEFORE + "  - {name: empty, label: Empty, items: §[]}\n", "has no items"),
    "a gate behind other sections": (
        BEFORE + "  - {name: g, label: G, gate: §true, items: [{type: note, name: n, label: Hello.}]}\n",
        "a gate stands behind a section that is not one",
    ),
    "a section under a condition over later facts": (
        BEFORE.replace("label: About you", "label: About you\n    relevant: §age_now > 3"),
        "age_now is asked later",
    ),
    "a summary in the gate": (
        BEFORE.replace("decline: [],", 'decline: [], topic: who, summary: "§Secret.",'),
        "answers in a gate are not kept",
    ),
    "an attention line about nothing": (
        BEFORE + "attention:\n  - {name: a, label: Look at this., relevant: §urgent}\n",
        "there is no fact called urgent",
    ),
    "an attention line that tells a private fact": (
        BEFORE + 'attention:\n  - {name: a, label: "Told: §{diary}", relevant: known(diary)}\n',
        "diary is private",
    ),
    "an attention line on a gate fact": (
        BEFORE + "attention:\n  - {name: a, label: Look at this., relevant: §hidden == 'yes'}\n",
        "hidden is asked in the gate",
    ),
    "two attention lines of one name": (
        BEFORE
        + "attention:\n  - {name: a, label: Look., relevant: known(born)}\n"
        + "  - {name: §a, label: Look., relevant: known(born)}\n",
        "there are two of the kind attention line called a",
    ),
    "who tells, as a text": (
        BEFORE + "told_by_other: §nick\n",
        "told_by_other must be true or false",
    ),
    "a list named like a built-in one": (
        BEFORE + "choice_lists:\n  countries: §[{name: a, label: A}]\n",
        "there is already a built-in list called countries",
    ),
    "two choices of one name in a list": (
        BEFORE + "choice_lists:\n  mine: [{name: a, label: A}, {name: §a, label: B}]\n",
        "there are two choices called a",
    ),
    "a named list without choices, and what uses it": (
        BEFORE
        + "      - {type: select_one, name: n, label: W?, why: So., choice_list: mine}\n"
        + '      - {type: note, name: after, label: Hello., relevant: n == "x"}\n'
        + "choice_lists:\n  mine: §[]\n",
        "the choice list mine has no choices",
    ),
    "a fact in a named list": (
        BEFORE + 'choice_lists:\n  mine: [{name: a, label: "A §{nick}"}]\n',
        "nick cannot be known here",
    ),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_a_mistake_around_the_items_is_told_at_its_place(case: str, tmp_path: Path) -> None:
    text, message = OUTSIDE[case]
    text, places = unmarked(HEADER + text)
    dialog, problems = written(tmp_path, text)
    assert dialog is None
    assert [(problem.line, problem.column) for problem in problems] == places, problems
    assert message in str(problems[0])


@pytest.mark.parametrize(
    ("written_as", "instead", "message"),
    [
        ("version: 1", "version: §0", "the version is less than 1"),
        ("version: 1", "version: 1\nlocale: §english", "english is no language tag"),
        ("dialog: trial", "dialog: §First visit", "First visit cannot be a name"),
        ("label: Work}", 'label: "§{nick}"}', "nick cannot be known here"),
        ("title: A trial", 'title: "§{nick}"', "nick cannot be known here"),
        ("{name: work,", "{name: §who,", "there are two of the kind topic called who"),
    ],
)
def test_a_mistake_in_the_header_is_told_at_its_place(
    written_as: str, instead: str, message: str, tmp_path: Path
) -> None:
    text, places = unmarked(HEADER.replace(written_as, instead) + BEFORE)
    _, problems = written(tmp_path, text)
    assert [(problem.line, problem.column) for problem in problems] == places, problems
    assert message in problems[0].message


def test_a_dialog_without_sections_is_told(tmp_path: Path) -> None:
    _, problems = written(tmp_path, HEADER)
    assert [problem.message for problem in problems] == ["the dialog has no sections"]


def test_the_bundled_dialogs_have_no_problems() -> None:
    for path in sorted((Path(__file__).parents[2] / "dialogs").glob("*.yaml")):
        if "\ndialog: " in "\n" + path.read_text("utf-8"):
            assert load_and_check(path, named_lists())[1] == []


def test_what_the_language_of_dialogs_allows_is_not_called_a_mistake(tmp_path: Path) -> None:
    items = """
        - type: group
          name: both
          label: "Hello {nick}, call {office_phone}."
          why: So.
          later: hidden == "yes"
          topic: who
          reply: "Thank you. We take with us {one}[ and {two}]."
          summary: "One: {one}[, two: {two}]."
          items:
            - {type: text, name: one, label: One, constraint: one != nick, constraint_message: Write another name.}
            - {type: text, name: two, label: Two, relevant: known(one), required: false}
        - type: repeat
          name: each_need
          label: "{each}: since when?"
          why: So.
          for_each: needs
          topic: work
          summary: "{each}: {since}."
          items: [{type: date, name: since, label: Since, constraint: since < today(), constraint_message: No.}]
        - {type: calculate, name: latest, value: max(job_year), topic: work, summary: "Worked last in {latest}."}
        - type: select_one
          name: land
          label: Which country?
          why: So.
          relevant: declined(school, "skip") or count(jobs) > 0 and latest > 2000
          choices: [{name: none, label: No country}, {name: "1A", label: Another, relevant: age(born) > 17}]
          choice_list: countries
          first: [SO, SE]
        - {type: stop, name: enough, label: "Call {children_phone}.", relevant: 'land in ["none", "SE", "1A"]'}
    """
    end = textwrap.dedent("""\
        told_by_other: school == "none"
        attention:
          - {name: told, label: "Told: {diary}", relevant: known(diary), private: true}
        """)
    dialog, problems = written(tmp_path, dialog_with_items(items) + end)
    assert problems == []
    assert dialog is not None
