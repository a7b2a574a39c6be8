"""What is proved about how items are put together; § stands before the place that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authoring.writing import dialog_with_items, expect_problem_at_mark, written

STRUCTURE = {
    "a question that does not say why": ("- §{type: text, name: n, label: What?}", "n does not say why it is asked"),
    "a group that does not say why": (
        "- §{type: group, name: n, label: What?, items: [{type: text, name: x, label: X}]}",
        "n does not say why it is asked",
    ),
    "a special category that is not sensitive": (
        "- {type: text, name: n, label: What?, why: So., special: §health}",
        "n can tell of health and is not sensitive",
    ),
    "a constraint without a message": (
        "- §{type: integer, name: n, label: What?, why: So., constraint: n > 1}",
        "n has a constraint without a message",
    ),
    "two items of one name": (
        "- {type: note, name: §nick, label: Hello.}",
        "there are two items called nick",
    ),
    "a group with the name of its field": (
        "- {type: group, name: n, label: What?, why: So., items: [{type: text, name: §n, label: X}]}",
        "there are two items called n",
    ),
    "a name that is a word of the language": ("- {type: note, name: §or, label: Hello.}", "or has another meaning"),
    "a name with capitals": ("- {type: note, name: §Nick, label: Hello.}", "Nick cannot be a name"),
    "a topic that does not exist": (
        "- {type: note, name: n, topic: §wrk, summary: Works.}",
        "there is no topic called wrk; did you mean work?",
    ),
    "a summary without a topic": (
        "- §{type: note, name: n, summary: Works.}",
        "the summary of n has no place without a topic",
    ),
    "a list that does not exist": (
        "- {type: select_one, name: n, label: What?, why: So., choice_list: §country}",
        "there is no choice list called country; did you mean countries?",
    ),
    "a list that does not know words": (
        "- {type: text, name: n, label: What?, why: So., choice_list: §countries}",
        "occupations",
    ),
    "known words in a story": (
        "- {type: text, name: n, label: What?, why: So., choice_list: occupations, multiline: §true}",
        "n has a list of known words and several lines",
    ),
    "no room for a known word": (
        "- {type: text, name: n, label: What?, why: So., choice_list: occupations, max_length: §40}",
        "max_length 40 has no room for what is stored of a known word",
    ),
    "a first choice that is not in the list": (
        "- {type: select_one, name: n, label: What?, why: So., choice_list: countries, first: [SE, §XX]}",
        "countries has no choice XX",
    ),
    "first without a list": (
        "- {type: select_one, name: n, label: What?, why: So., choices: [{name: a, label: A}], first: §[a]}",
        "first is for questions with a choice_list",
    ),
    "two choices of one name": (
        "- {type: select_one, name: n, label: W?, why: So., choices: [{name: a, label: A}, {name: §a, label: B}]}",
        "there are two choices called a",
    ),
    "a choice that its list has too": (
        "- {type: select_one, name: n, label: W?, why: So., choice_list: countries, choices: [{name: §SE, label: A}]}",
        "there are two choices called SE, the other in the list countries",
    ),
    "no choices at all, and a condition over them": (
        """
        - {type: select_one, name: n, label: What?, why: So., choices: §[]}
        - {type: note, name: after, label: Hello., relevant: n == "x"}
        """,
        "n has no choices",
    ),
    "no choices at all": (
        "- §{type: select_multiple, name: n, label: What?, why: So.}",
        "n has no choices",
    ),
    "an exclusive choice alone": (
        "- {type: select_multiple, name: n, label: W?, why: So., choices: [{name: a, label: A, exclusive: §true}]}",
        "an exclusive choice that is the only one",
    ),
    "a maximum of no choices": (
        "- {type: select_multiple, name: n, label: W?, why: So., choice_list: countries, max: §0}",
        "max is less than 1",
    ),
    "a minimum above the maximum": (
        "- {type: integer, name: n, label: What?, why: So., min: §10, max: 5}",
        "min 10 is greater than max 5",
    ),
    "a date that is taken finer than it is asked": (
        "- {type: date, name: n, label: When?, why: So., precision: year, least: §month}",
        "least (month) is finer than precision (year)",
    ),
    "a repeat without an end": (
        "- §{type: repeat, name: n, label: What?, why: So., items: [{type: text, name: x, label: X}]}",
        "n does not say how often it is asked",
    ),
    "a repeat with two ends": (
        """
        - type: repeat
          name: n
          label: What?
          why: So.
          more: Another one?
          count: §children
          items: [{type: text, name: x, label: X}]
        """,
        "n has both more and count",
    ),
    "a repeat that asks about fewer than there are": (
        """
        - type: repeat
          name: n
          label: What?
          why: So.
          count: children
          max: §3
          items: [{type: text, name: x, label: X}]
        """,
        "children may be 5, but at most 3 are asked about",
    ),
    "a group without fields": ("- {type: group, name: n, label: What?, why: So., items: §[]}", "n has no fields"),
    "a stop for everybody": ("- §{type: stop, name: n, label: Stop here.}", "n ends the talk for everybody"),
}


@pytest.mark.parametrize("case", STRUCTURE)
def test_a_mistake_in_an_item_is_told_once_at_its_place_with_a_remedy(case: str, tmp_path: Path) -> None:
    expect_problem_at_mark(tmp_path, *STRUCTURE[case])


def test_a_paragraph_that_begins_with_what_nobody_asks_is_told_at_its_place(tmp_path: Path) -> None:
    item = "- {type: text, name: n, label: What?, why: So., topic: who, summary: 'N: {n}.'}"
    header = "topics: [{name: who, label: Person"
    text = dialog_with_items(item).replace(header, f"{header}, first: [n, nikc]")
    _, (problem,) = written(tmp_path, text)
    assert (problem.line, problem.column) == (4, text.splitlines()[3].index("nikc") + 1)
    assert "there is no item called nikc; did you mean nick?" in str(problem)
    _, problems = written(tmp_path, text.replace("nikc", "nick"))
    assert problems == []
