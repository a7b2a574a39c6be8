"""What keeps the program from starting is told in one line, and changes nothing on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.store.sqlite import SqliteStore
from tests.faults.disks import digests, environment, read_only, small_disk
from tests.faults.harms import HARMS, Harm, crash, filled
from tests.faults.serving import serving
from tests.stores.conftest import MakeOpening


def start(data: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """`klarbild serve`, which is expected to end at once."""
    return subprocess.run(
        [*before, sys.executable, "-m", "assistant", "serve", "--port", "0", "--data", str(data)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_a_harmed_directory_is_refused_in_one_line_and_left_as_it_is(
    tmp_path: Path, opening: MakeOpening, harm: Harm
) -> None:
    data, other = await filled(tmp_path / "data", opening), tmp_path / "other"
    crash(other)
    harm(data, other)
    before = digests(data)
    told = one_line(start(data))
    for part in HARMS[harm]:
        assert part in told
    assert str(data) in told or "this database" in told
    assert digests(data) == before


async def test_a_log_of_its_own_that_a_crash_left_behind_is_taken_in(tmp_path: Path) -> None:
    other = tmp_path / "other"
    for _ in range(2):
        crash(other)
        assert (other / "klarbild.db-wal").stat().st_size > 0
    store = SqliteStore.open(other)
    assert len(await store.readings("c")) == 2
    await store.close()


async def test_a_directory_on_a_read_only_disk_is_refused_in_one_line(tmp_path: Path, opening: MakeOpening) -> None:
    with small_disk(tmp_path / "disk", "16m") as disk:
        data = await filled(disk / "data", opening)
        before = digests(data)
        with read_only(disk):
            told = one_line(start(data))
            assert f"cannot write {data}" in told and "Read-only file system" in told
            fresh = one_line(start(disk / "fresh"))
            assert f"cannot write {disk / 'fresh'}" in fresh
        assert digests(data) == before


async def test_files_of_another_owner_are_refused_in_one_line(tmp_path: Path, opening: MakeOpening) -> None:
    powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    if os.getuid() or shutil.which("setpriv") is None:
        pytest.skip("needs root, to give files to somebody else, and setpriv, to have no power over them")
    data = await filled(tmp_path / "data", opening)
    before = digests(data)
    for name in ("klarbild.key", "klarbild.db", "klarbild.lock"):
        os.chown(data / name, 65534, 65534)
        told = one_line(start(data, *powerless))
        assert str(data / name) in told and ("Permission denied" in told or "its rights" in told)
        os.chown(data / name, 0, 0)
    assert digests(data) == before


def test_a_second_process_on_the_same_data_is_refused_in_one_line_and_the_first_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        before = digests(server.data)
        told = one_line(start(server.data))
        assert f"{server.data} is already served by another process" in told
        assert digests(server.data) == before
        assert server.get("/readyz")[0] == 200
