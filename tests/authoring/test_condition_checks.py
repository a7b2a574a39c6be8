"""What is proved about conditions; § stands before the place that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authoring.writing import expect_problem_at_mark

CONDITIONS = {
    "a fact that does not exist": (
        '- {type: note, name: n, label: Hello., relevant: "§ages > 5"}',
        "there is no fact called ages",
    ),
    "a misspelt fact is guessed": (
        "- {type: note, name: n, label: Hello., relevant: known(born) and §scool == 'none'}",
        "did you mean school?",
    ),
    "a fact that is asked later": (
        """
        - {type: note, name: n, label: Hello., relevant: known(§late)}
        - {type: text, name: late, label: What?, why: So.}
        """,
        "late is asked later",
    ),
    "a question that depends on its own answer": (
        "- {type: text, name: n, label: What?, why: So., relevant: age_now > 5 and known(§n)}",
        "a question cannot depend on its own answer (n); name a fact that is asked earlier",
    ),
    "a choice that depends on the answer it is part of": (
        """
        - type: select_one
          name: n
          label: What?
          why: So.
          choices:
            - {name: a, label: A}
            - {name: b, label: B, relevant: §n == "a"}
        """,
        "a question cannot depend on its own answer (n)",
    ),
    "a group that depends on one of its fields": (
        """
        - type: group
          name: both
          label: Both?
          why: So.
          relevant: known(§one)
          items: [{type: text, name: one, label: One}]
        """,
        "a question cannot depend on its own answer (one)",
    ),
    "a field that depends on itself": (
        """
        - type: group
          name: both
          label: Both?
          why: So.
          items: [{type: text, name: one, label: One, relevant: known(§one)}]
        """,
        "a question cannot depend on its own answer (one)",
    ),
    "a repeat over itself": (
        """
        - {type: repeat, name: n, label: What?, why: So., for_each: §n, items: [{type: text, name: x, label: X}]}
        """,
        "a question cannot depend on its own answer (n)",
    ),
    "a calculation with its own result": (
        "- {type: calculate, name: n, value: 1 + §n}",
        "a calculation cannot depend on its own result (n)",
    ),
    "a choice that does not exist": (
        """
        - type: note
          name: n
          label: Hello.
          relevant: 'age_now > 5 and school in ["none", §"uper"]'
        """,
        'school has no choice "uper"; did you mean upper?',
    ),
    "a choice behind an escaped quote": (
        r"""
        - {type: note, name: n, label: Hello., relevant: "school == \"none\" or school == §\"uper\""}
        """,
        'school has no choice "uper"',
    ),
    "a choice in a condition over several lines": (
        """
        - type: note
          name: n
          label: Hello.
          relevant: >-
            age_now > 5
            and (known(nick)
            or has(needs, §"foot"))
        """,
        'needs has no choice "foot"; did you mean food?',
    ),
    "a choice in a plain condition over two lines": (
        """
        - type: note
          name: n
          label: Hello.
          relevant: age_now > 5
            and has(needs, §"foot")
        """,
        'needs has no choice "foot"',
    ),
    "a number compared with a choice": (
        '- {type: note, name: n, label: Hello., relevant: "age_now == §school"}',
        "cannot be compared",
    ),
    "a condition that is a number": (
        "- {type: note, name: n, label: Hello., relevant: §age_now + 1}",
        "relevant must be true or false",
    ),
    "a condition that is never true": (
        "- {type: text, name: n, label: What?, why: So., relevant: §false}",
        "this is never true",
    ),
    "a gate fact outside the gate": (
        "- {type: note, name: n, label: Hello., relevant: known(nick) and §hidden == 'yes'}",
        "hidden is asked in the gate and not kept",
    ),
    "a fact other than the gate's in later": (
        "- {type: text, name: n, label: What?, why: So., later: hidden == 'yes' or §age_now > 3}",
        "later knows only the facts of the gate, not age_now",
    ),
    "a group instead of its field": (
        """
        - {type: group, name: both, label: Both?, why: So., items: [{type: text, name: one, label: One}]}
        - {type: note, name: n, label: Hello., relevant: §both == "x"}
        """,
        "both is a group, not a fact; name one of its fields: one",
    ),
    "a field that stands later in its group": (
        """
        - type: group
          name: both
          label: Both?
          why: So.
          items:
            - {type: text, name: one, label: One, relevant: known(§two)}
            - {type: text, name: two, label: Two}
        """,
        "two is asked later",
    ),
    "a field of a repeat that is read as one value outside it": (
        "- {type: note, name: n, label: Hello., relevant: §job_year > 2000}",
        "a list cannot be put in order",
    ),
    "a constraint that is not true or false": (
        "- {type: integer, name: n, label: What?, why: So., constraint: §n + age_now, constraint_message: Check it.}",
        "constraint must be true or false",
    ),
    "a condition of a choice": (
        """
        - type: select_one
          name: n
          label: What?
          why: So.
          choices:
            - {name: a, label: A}
            - {name: b, label: B, relevant: §nobody == "x"}
        """,
        "there is no fact called nobody",
    ),
    "a calculation": (
        "- {type: calculate, name: n, value: 1 + §nick}",
        "only numbers can be calculated with",
    ),
    "a repeat that counts something else than whole numbers": (
        """
        - {type: repeat, name: n, label: What?, why: So., count: §nick, items: [{type: text, name: x, label: X}]}
        """,
        "nick is not a whole number",
    ),
    "a repeat over something else than choices": (
        """
        - {type: repeat, name: n, label: What?, why: So., for_each: §school, items: [{type: text, name: x, label: X}]}
        """,
        "school is not a select_multiple",
    ),
    "a repeat over a fact that does not exist": (
        """
        - {type: repeat, name: n, label: What?, why: So., for_each: §nedds, items: [{type: text, name: x, label: X}]}
        """,
        "there is no fact called nedds; did you mean needs?",
    ),
    "an expression that is none": (
        "- {type: note, name: n, label: Hello., relevant: age_now > 5 and §and}",
        "the parts do not fit together here",
    ),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_a_mistake_in_a_condition_is_told_once_at_its_place_with_a_remedy(case: str, tmp_path: Path) -> None:
    expect_problem_at_mark(tmp_path, *CONDITIONS[case])
