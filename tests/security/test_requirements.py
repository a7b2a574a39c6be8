"""Every requirement is proven by a test that exists, or says why it does not apply here; none is dropped silently."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.security.merge_parts import fold, main
from tests.security.requirements import PARTS, Requirement, missing_tests, part, read, write

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
    assert bool(one.test) != bool(one.reason) or one.awaits, "either tests or a reason"
    assert missing_tests(one.test) == []
    assert len(set(one.test)) == len(one.test)
    assert not one.reason or len(one.reason) > 40


def test_no_requirement_waits_for_its_test() -> None:
    assert {id: one.awaits for id, one in TABLE.items() if one.awaits} == {}


def test_nothing_that_a_part_brings_is_left_out() -> None:
    for path in sorted(PARTS.glob("*.toml")):
        for id, one in part(path).items():
            assert set(one.test) <= set(TABLE[id].test), f"{path.name}: {id}; run python -m tests.security.merge_parts"


def test_a_test_that_does_not_exist_is_noticed() -> None:
    here = "tests/security/test_requirements.py::"
    named = [
        f"{here}test_a_test_that_does_not_exist_is_noticed",
        f"{here}test_nothing",
        f"{here}chapter",
        "x.py::test_x",
    ]
    assert missing_tests(named) == named[1:]


def test_parts_are_folded_in_and_what_still_waits_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = "tests/security/test_requirements.py::test_no_requirement_waits_for_its_test"
    table = {
        "T1": Requirement(about="guesses", awaits="phones"),
        "R1": Requirement(about="kills", test=("tests/x.py::test_old",), awaits="torture"),
        "V1.1.1": Requirement(about="decoding", level=2, reason="it is not there"),
        "V1.1.2": Requirement(about="escaping", level=2, awaits="attack"),
    }
    write(table, tmp_path / "table.toml")
    assert read(tmp_path / "table.toml") == table
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "a.toml").write_text(
        f'T1 = "{here}"\nV1.1.1 = ["{here}"]\nT99 = "{here}"\n["R1"]\ntest = "{here}"\nsays = "x"\n'
    )
    (parts / "b.toml").write_text('V9.9.9 = "tests/y.py::test_gone"\n')
    assert main(tmp_path / "table.toml", parts) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.toml: there is no requirement T99",
        "b.toml: there is no requirement V9.9.9",
        "b.toml: there is no test tests/y.py::test_gone",
        "V1.1.2 awaits attack: escaping",
    ]
    folded = read(tmp_path / "table.toml")
    assert folded["T1"] == Requirement(about="guesses", test=(here,))
    assert folded["R1"].test == ("tests/x.py::test_old", here)
    assert folded["V1.1.1"] == Requirement(about="decoding", level=2, test=(here,))


def test_a_reason_takes_the_place_of_a_test_only_where_there_is_none() -> None:
    table = {"T1": Requirement(about="a", awaits="x"), "T2": Requirement(about="b", test=("t",))}
    found = {id: Requirement(about="", reason="because") for id in table}
    folded = fold(table, found)
    assert (folded["T1"].reason, folded["T1"].awaits) == ("because", "")
    assert (folded["T2"].reason, folded["T2"].test) == ("", ("t",))
