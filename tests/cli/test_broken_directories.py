"""`klarbild doctor` is green on a fresh directory and names the trouble of a broken one: the file, and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.doctor import examine
from tests.cli.conftest import Run
from tests.faults.disks import digests, read_only, small_disk
from tests.faults.harms import HARMS, Harm, crash, filled
from tests.stores.conftest import _opening


def told_by(done: object) -> list[str]:
    lines = str(getattr(done, "stderr", "")).splitlines()
    assert all(line.startswith("PROBLEM: ") for line in lines), lines
    return lines


async def test_the_doctor_is_green_on_a_fresh_directory_and_on_one_that_is_used(run: Run, data: Path) -> None:
    assert run("doctor", "--data", data).returncode == 0
    await filled(data, _opening)
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")


async def test_the_doctor_is_green_after_a_crash(run: Run, data: Path) -> None:
    crash(data)
    before = digests(data)
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert digests(data) == before


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_the_doctor_names_the_trouble_the_file_and_the_remedy(
    run: Run, data: Path, tmp_path: Path, harm: Harm
) -> None:
    await filled(data, _opening)
    crash(tmp_path / "other")
    harm(data, tmp_path / "other")
    before = digests(data)
    done = run("doctor", "--data", data)
    assert done.returncode == 1
    (line,) = told_by(done)
    for part in HARMS[harm]:
        assert part in line
    assert digests(data) == before


async def test_the_doctor_names_a_directory_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "512m") as disk:
        data = await filled(disk / "data", _opening)
        with read_only(disk):
            done = run("doctor", "--data", data)
        assert done.returncode == 1
        lines = told_by(done)
        for path in (data, data / "klarbild.db"):
            assert any(f"PROBLEM: {path} cannot be written; check its owner and rights" in line for line in lines)


async def test_the_doctor_names_a_disk_that_is_nearly_full(run: Run, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64m") as disk:
        data = await filled(disk / "data", _opening)
        (line,) = told_by(run("doctor", "--data", data))
        assert str(data) in line and "no new conversation begins" in line and line.endswith("make room")
        (line,) = told_by(run("doctor", "--data", data, KLARBILD_RESERVE_MB="10"))
        assert "replies can soon not be saved" in line


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("reserve_mb = 0", "must be at least 1"), ("resrve_mb = 5", "did you mean 'reserve_mb'?"), ("reserve_mb", "TOML")],
)
async def test_the_doctor_names_a_wrong_setting_its_file_and_what_was_meant(
    run: Run, data: Path, text: str, remedy: str
) -> None:
    await filled(data, _opening)
    (data / "klarbild.toml").write_text(f"{text}\n")
    (line,) = told_by(run("doctor", "--data", data))
    assert str(data / "klarbild.toml") in line and remedy in line


def test_there_are_more_than_ten_broken_directories() -> None:
    assert len(HARMS) >= 10


def test_the_doctor_of_a_file_in_place_of_the_directory_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (line,) = examine(tmp_path / "file").problems
    assert str(tmp_path / "file") in line and "a directory for the data is needed" in line
