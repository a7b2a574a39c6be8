"""No power cut takes an acknowledged reply or the database; and the test would see it if one did."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from tests.torture import power
from tests.torture.disks import SECTOR, Disk, cuts
from tests.torture.recording import Entry, build, record, why_not
from tests.torture.rows import scale_here

needs_a_compiler = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be recorded")
FULL_OF = {letter: letter.encode() * (4 * SECTOR) for letter in "ab"}


@pytest.mark.slow
@needs_a_compiler
def test_no_power_cut_loses_an_acknowledged_reply_and_weaker_syncing_is_noticed() -> None:
    row = power.run(scale_here())
    assert row.fine, row
    assert {one.name for one in row.mutants} == {f"synchronous={level}" for level in power.MUTANTS}
    assert row.count >= 60


def written(disk: Disk, letter: str) -> None:
    disk.play(Entry("W", 3, 0, FULL_OF[letter]))


def a_file() -> Disk:
    """A disk with one file that is open, and whose name is on it."""
    disk = Disk()
    disk.play(Entry("O", 2, 0, b"/d"))
    disk.play(Entry("O", 3, os.O_CREAT, b"/d/f"))
    disk.play(Entry("S", 2, 0, b""))
    return disk


def left(disk: Disk, times: int = 200) -> set[bytes | None]:
    """What may be left of the file."""
    return {disk.after_a_cut(random.Random(seed)).get("/d/f") for seed in range(times)}


def test_what_was_synced_is_on_every_disk() -> None:
    disk = a_file()
    written(disk, "a")
    disk.play(Entry("S", 3, 0, b""))
    assert left(disk) == {FULL_OF["a"]}


def test_what_was_not_synced_is_kept_lost_and_torn_by_sectors() -> None:
    disk = a_file()
    written(disk, "a")
    disk.play(Entry("S", 3, 0, b""))
    written(disk, "b")
    found = left(disk)
    assert found > {FULL_OF["a"], FULL_OF["b"]}
    for content in found:
        assert content is not None
        sectors = {content[start : start + SECTOR] for start in range(0, len(content), SECTOR)}
        assert sectors <= {b"a" * SECTOR, b"b" * SECTOR}


def test_a_file_that_was_truncated_is_short_or_as_it_was() -> None:
    disk = a_file()
    written(disk, "a")
    disk.play(Entry("S", 3, 0, b""))
    disk.play(Entry("T", 3, SECTOR, b""))
    assert left(disk) == {FULL_OF["a"], b"a" * SECTOR}


def test_a_name_is_sure_once_its_directory_is_synced_and_a_removed_one_may_come_back() -> None:
    disk = Disk()
    disk.play(Entry("O", 2, 0, b"/d"))
    disk.play(Entry("O", 3, os.O_CREAT, b"/d/f"))
    written(disk, "a")
    disk.play(Entry("S", 3, 0, b""))
    assert left(disk) == {None, FULL_OF["a"]}
    disk.play(Entry("S", 2, 0, b""))
    assert left(disk) == {FULL_OF["a"]}
    disk.play(Entry("U", -1, 0, b"/d/f"))
    assert left(disk) == {None, FULL_OF["a"]}


def test_half_of_the_cuts_fall_beside_a_sync() -> None:
    recording = [Entry("S" if number == 500 else "W", 3, 0, b"") for number in range(1000)]
    places = cuts(recording, 200, seed=3)
    assert places == sorted(places)
    assert 70 < sum(place in (500, 501) for place in places) < 130


@needs_a_compiler
def test_everything_that_a_program_does_to_its_files_is_recorded(tmp_path: Path) -> None:
    program = """
import os, sys
os.chdir("/")
one, two = sys.argv[1] + "/one", sys.argv[1] + "/two"
with open(one, "wb") as file:
    file.write(b"begun")
    file.flush()
    os.fsync(file.fileno())
    os.pwrite(file.fileno(), b"B", 0)
    os.ftruncate(file.fileno(), 4)
with open(one, "ab", buffering=0) as file:
    file.write(b"!")
os.link(one, two)
os.rename(one, one + "s")
os.unlink(two)
with open(one + "s", "wb") as file:
    pass
"""
    directory = tmp_path / "d"
    directory.mkdir()
    (tmp_path / "program.py").write_text(program)
    found = record(build(tmp_path), directory, [str(tmp_path / "program.py"), str(directory)])
    assert "".join(one.kind for one in found) == "OWSWTCOWCLRUOC"
    assert [one.data for one in found if one.kind == "W"] == [b"begun", b"B", b"!"]
    disk = Disk()
    for one in found[:-2]:
        disk.play(one)
    assert disk.now() == {f"{directory}/ones": b"Begu!"}
    for one in found[-2:]:
        disk.play(one)
    assert disk.now() == {f"{directory}/ones": b""}


@needs_a_compiler
def test_a_program_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        record(build(tmp_path), tmp_path / "d", ["-c", "raise SystemExit(3)"])
