"""What is proved about texts and their placeholders; § stands before the place that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authoring.writing import expect_problem_at_mark

TEXTS = {
    "a placeholder of no fact": (
        '- {type: note, name: n, label: "Hello §{nik}."}',
        "there is no fact called nik; did you mean nick?",
    ),
    "a placeholder of a fact that is not known yet": (
        """
        - {type: note, name: n, label: "Hello §{late}."}
        - {type: text, name: late, label: What?, why: So.}
        """,
        "late is not answered yet where this text is shown",
    ),
    "a question that shows its own answer": (
        '- {type: text, name: n, label: "What is §{n}?", why: So.}',
        "n is not answered yet where this text is shown",
    ),
    "a field that shows another field of its page": (
        """
        - type: group
          name: both
          label: Both?
          why: So.
          items: [{type: text, name: one, label: One}, {type: text, name: two, label: "And §{one}?"}]
        """,
        "one is not answered yet where this text is shown",
    ),
    "a placeholder of many values": (
        '- {type: note, name: n, label: "You worked in §{job_year}."}',
        "job_year has many values here",
    ),
    "a placeholder of a gate fact": (
        '- {type: note, name: n, label: "You said §{hidden}."}',
        "hidden is asked in the gate and not kept",
    ),
    "a placeholder of a private fact": (
        '- {type: note, name: n, topic: who, summary: "Told: §{diary}."}',
        "diary is private and must not be shown",
    ),
    "a private question that sums itself up": (
        '- {type: text, name: n, label: What?, why: So., private: true, topic: who, summary: "Told: §{n}."}',
        "n is private and must not be shown",
    ),
    "a fact calculated from a private one": (
        """
        - {type: calculate, name: told, value: known(diary)}
        - {type: note, name: n, label: "You told §{told}."}
        """,
        "told is private and must not be shown",
    ),
    "each outside a repeat over choices": (
        '- {type: note, name: n, label: "About §{each}."}',
        "{each} stands outside a repeat with for_each",
    ),
    "a placeholder that is no name": (
        '- {type: note, name: n, label: "Hello §{nick.upper()}."}',
        "{nick.upper()} is no placeholder",
    ),
    "a brace that is never closed": (
        '- {type: note, name: n, label: "Hello §{nick."}',
        "a { that is never closed",
    ),
    "a bracket that was never opened": (
        '- {type: note, name: n, topic: who, summary: "Name {nick§]."}',
        "a ] without its [",
    ),
    "brackets in brackets": (
        '- {type: note, name: n, topic: who, summary: "Name[ {nick}§[ {school}]]."}',
        "a [ inside [",
    ),
    "an optional part without a fact": (
        '- {type: note, name: n, topic: who, summary: "Name {nick}§[ at {office_name}]."}',
        "a part in [ ] without a fact in it",
    ),
    "an optional part in a label": (
        '- {type: note, name: n, label: "Hello§[ {nick}]."}',
        "a square bracket ([) has no meaning here",
    ),
    "a text that is empty": (
        '- {type: text, name: n, label: What?, why: So., hint: "§"}',
        "hint is empty",
    ),
    "a space at the end": ('- {type: note, name: n, label: "Hello.§ "}', "begins or ends with a space"),
    "a line break": ('- {type: note, name: n, label: "Hello.§\\nThere."}', "label has a line break"),
    "a sign that turns the direction": (
        '- {type: note, name: n, label: "Hello §\\u202ethere."}',
        "label has a character that cannot be seen (U+202E)",
    ),
    "markup": ('- {type: note, name: n, label: "Hello §<b>there</b>."}', "label has markup (<b)"),
    "an entity": ('- {type: note, name: n, label: "You §&amp; me."}', "label has markup (&amp;)"),
    "a choice's phrase": (
        """
        - type: select_one
          name: n
          label: What?
          why: So.
          choices: [{name: a, label: A, summary: "an §<i>a</i>"}, {name: b, label: B}]
        """,
        "summary has markup",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_mistake_in_a_text_is_told_once_at_its_place_with_a_remedy(case: str, tmp_path: Path) -> None:
    expect_problem_at_mark(tmp_path, *TEXTS[case])
