"""Every requirement is proven by a test that exists, or says why it does not apply here; none is dropped silently."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.security.requirements import missing_tests, read

CHAPTERS = {
    "T": 24, "R": 26, "V1": 16, "V2": 10, "V3": 18, "V4": 4, "V6": 14, "V7": 12, "V8": 8, "V11": 12, "V12": 4, "V13": 9,
    "V14": 9, "V15": 11, "V16": 13,
}  # fmt: skip
LEVELS = {1: 43, 2: 84, 3: 13}
TABLE = read()


def chapter(id: str) -> str:
    return id.partition(".")[0] if id.startswith("V") else id[0]


def test_no_requirement_is_missing_and_none_is_invented() -> None:
    assert Counter(map(chapter, TABLE)) == CHAPTERS
    assert Counter(one.level for id, one in TABLE.items() if id.startswith("V")) == LEVELS
    assert [id for id in TABLE if id[0] in "TR"] == [f"T{n}" for n in range(1, 25)] + [f"R{n}" for n in range(1, 27)]
    assert all(re.fullmatch(r"[TR]\d+|V\d+\.\d+\.\d+", id) for id in TABLE)
    assert all(one.level == 0 for id, one in TABLE.items() if id[0] in "TR")


@pytest.mark.parametrize("id", TABLE)
def test_a_requirement_has_tests_that_exist_or_a_reason(id: str) -> None:
    one = TABLE[id]
    assert one.about
    assert bool(one.test) != bool(one.reason), "either tests or a reason"
    assert missing_tests(one.test) == []
    assert len(set(one.test)) == len(one.test)
    assert not one.reason or len(one.reason) > 40


def test_a_test_that_does_not_exist_is_noticed() -> None:
    here = "tests/security/test_requirements.py::"
    named = [
        f"{here}test_a_test_that_does_not_exist_is_noticed",
        f"{here}test_nothing",
        f"{here}chapter",
        "x.py::test_x",
    ]
    assert missing_tests(named) == named[1:]
