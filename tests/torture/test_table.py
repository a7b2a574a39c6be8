"""The table of the torture tells what was lost, and the exit status says the same."""

from __future__ import annotations

import pytest

from tests.torture import __main__ as torture
from tests.torture.parts import PARTS
from tests.torture.rows import Mutant, Part, Row, Scale, scale_of, table

FINE = Row("kills", 1000, "kills", faults=1000, seconds=61.4)


def test_a_row_is_fine_only_without_any_loss_and_with_every_mutant_noticed() -> None:
    assert FINE.fine
    assert Row("cuts", 3, "disks", mutants=(Mutant("off", 1, 3),)).fine
    for bad in (
        Row("cuts", 3, "disks", lost=1),
        Row("cuts", 3, "disks", leaked=1),
        Row("cuts", 3, "disks", errors=1),
        Row("cuts", 3, "disks", wrong=("it did not open",)),
        Row("cuts", 3, "disks", mutants=(Mutant("normal", 2, 3), Mutant("off", 0, 3))),
    ):
        assert not bad.fine


def test_the_table_has_a_line_for_each_test_and_tells_what_is_wrong() -> None:
    bad = Row("cuts", 3000, "disks", lost=2, mutants=(Mutant("off", 0, 3),), wrong=("it did not open",), note="slow")
    assert table([FINE, bad]).splitlines() == [
        "test   count        faults  lost  leaked  5xx  seconds  mutants caught",
        "-----  -----------  ------  ----  ------  ---  -------  --------------",
        "kills  1,000 kills   1,000     0       0    0       61",
        "cuts   3,000 disks       0     2       0    0        0  off 0/3",
        "",
        "cuts: slow",
        "WRONG cuts: it did not open",
        "WRONG cuts: the mutant off was not noticed",
    ]


def test_counts_are_small_multiplied_full_or_given() -> None:
    assert scale_of("").of(8, 1000) == 8
    assert scale_of("2.5").of(8, 1000) == 20
    assert scale_of("0.01").of(8, 1000) == 1
    assert scale_of("full").of(8, 1000) == 1000
    assert Scale(None, 7).of(8, 1000) == 7
    with pytest.raises(ValueError, match="plenty"):
        scale_of("plenty")


def test_parts_are_chosen_by_name_with_a_count() -> None:
    (kill, given), (power, whole) = torture.chosen(["kill=3", "power"], Scale(None, seed=9))
    assert (kill.name, given.of(8, 1000), given.seed) == ("kill", 3, 9)
    assert (power.name, whole.of(60, 3000)) == ("power", 3000)
    assert [part for part, _ in torture.chosen([], Scale())] == list(PARTS)
    for wrong in ("slay", "kill=some"):
        with pytest.raises(ValueError, match=r"slay|some"):
            torture.chosen([wrong], Scale())


def test_the_exit_status_is_nought_only_if_all_is_fine(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(scale: Scale) -> Row:
        raise OSError("no room")

    parts = (
        Part("good", "", lambda scale: FINE),
        Part("bad", "", lambda scale: Row("cuts", 1, "disk", lost=1)),
        Part("ugly", "", breaks),
    )
    monkeypatch.setattr(torture, "PARTS", parts)
    assert torture.main(["good"]) == 0
    assert torture.main(["good", "bad"]) == 1
    assert torture.main(["ugly"]) == 1
    assert "WRONG ugly: broke off: OSError: no room" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        torture.main(["worse"])
