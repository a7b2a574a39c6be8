"""One raw reply and one question give a value or a problem."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.core import replies
from assistant.core.dialog import Dialog, Field
from assistant.core.problem import Problem
from tests.core.small import TODAY, choices, dialog_of, item

DIALOG = dialog_of(
    {
        "name": "s",
        "label": "S",
        "items": [
            item("text", "words", max_length=5),
            item("text", "more_words", required=False),
            item("integer", "number", min=-5, max=60000),
            item("date", "day"),
            item("date", "month", precision="month", least="year"),
            item("date", "year", precision="year", constraint="age(year) >= 0"),
            item("select_one", "one", choices=choices("a", "b", b={"relevant": "number > 3"})),
            item("select_multiple", "many", max=2, choices=choices("a", "b", "c", "none", none={"exclusive": True})),
        ],
    }
)
QUESTIONS: dict[str, Field] = {one.name: one for one in DIALOG.sections[0].items}  # type: ignore[misc]


def parsed(name: str, raw: Any, dialog: Dialog = DIALOG, **known: Any) -> Any:
    found = replies.parse(dialog, QUESTIONS[name], raw, (known, {}), TODAY)
    return found.code if isinstance(found, Problem) else found


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("words", "  hej \r\n", "hej"),
        ("words", "<b>&", "<b>&"),
        ("words", "a\x00b", "a\x00b"),
        ("more_words", "   ", None),
        ("number", "6 500 kr", 6500),
        ("number", "6.500", 6500),
        ("number", "٦٥٠٠", 6500),
        ("number", "۱۲", 12),
        ("number", "1985\u200f", 1985),
        ("number", "\u200e−3", -3),
        ("number", 7, 7),
        ("day", "2024-02-29", "2024-02-29"),
        ("day", {"year": "2024", "month": "2", "day": "9"}, "2024-02-09"),
        ("day", {"year": "٢٠٢٤", "month": "٢", "day": "٩"}, "2024-02-09"),
        ("month", "2019", "2019"),
        ("month", {"year": "2019", "month": "", "day": ""}, "2019"),
        ("month", "2019-03-05", "2019-03"),
        ("year", 1992, "1992"),
        ("year", "1992\u200f", "1992"),
        ("one", "a", "a"),
        ("many", "a", ("a",)),
        ("many", ["c", "a"], ("a", "c")),
    ],
)
def test_a_reply_that_fits_is_a_value(name: str, raw: Any, value: Any) -> None:
    assert parsed(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("words", "", "required"),
        ("words", "   ", "required"),
        ("words", "for ever", "too_long"),
        ("words", 5, "wrong_type"),
        ("words", ["a"], "wrong_type"),
        ("number", None, "required"),
        ("number", "many", "not_a_number"),
        ("number", "3,5", "not_a_number"),
        ("number", True, "not_a_number"),
        ("number", 3.5, "not_a_number"),
        ("number", -6, "too_small"),
        ("number", "9" * 15, "too_large"),
        ("number", "9" * 5000, "not_a_number"),
        ("day", "2024-02-30", "not_a_date"),
        ("day", "2024-02", "not_a_date"),
        ("day", "2024-02-28T00", "not_a_date"),
        ("day", {"year": "", "month": "2", "day": "9"}, "not_a_date"),
        ("day", {"year": "2024", "month": "", "day": "9"}, "not_a_date"),
        ("day", "0024-01-01", "not_a_date"),
        ("day", ["2024"], "not_a_date"),
        ("year", "2027", "constraint"),
        ("one", "b", "no_such_choice"),
        ("one", ["a"], "wrong_type"),
        ("one", "", "required"),
        ("many", [], "required"),
        ("many", ["x"], "no_such_choice"),
        ("many", ["a", "b", "c"], "too_many"),
        ("many", ["a", "none"], "exclusive"),
        ("many", [["a"]], "wrong_type"),
        ("many", {"a": 1}, "wrong_type"),
    ],
)
def test_a_reply_that_does_not_fit_is_a_problem(name: str, raw: Any, code: str) -> None:
    assert parsed(name, raw) == code


def test_a_choice_is_taken_only_where_it_is_offered() -> None:
    assert parsed("one", "b", number=4) == "b"
    assert parsed("one", "b", number=3) == "no_such_choice"
