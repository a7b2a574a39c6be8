"""Changing the wrapping key, killed in the middle again and again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.store.sealing import BLANK, KeyFile
from assistant.store.sqlite import SqliteStore
from tests.stores.conftest import MakeOpening

TALKS = 1_500
KILLS = int(os.environ.get("KLARBILD_KILLED_ROTATIONS", "4"))
CODE = b"what a code gives, 32 bytes long"


async def _fill(directory: Path, opening: MakeOpening) -> None:
    keys = KeyFile.open(directory)
    store = SqliteStore.open(directory, keys=keys)

    async def one(number: int) -> None:
        id, key = f"talk-{number}", keys.fresh_key()
        own = opening(
            id,
            case=f"case-{number}",
            key=BLANK if number % 2 else keys.wrap(key, subject=id),
            case_key=keys.new_key(f"case-{number}")[1],
            code_key=keys.wrap(key, subject=id, secret=CODE),
        )
        await store.append(id, [key.seal(id, 1, b"words")], after=0, opening=own)

    await asyncio.gather(*(one(number) for number in range(TALKS)))
    await store.close()


async def _unreadable(directory: Path) -> list[str]:
    """The conversations that do not open with the keys that there are now."""
    keys = KeyFile.open(directory)
    store = SqliteStore.open(directory, keys=keys)
    lost = []
    for number in range(TALKS):
        row, case = await store.conversation(f"talk-{number}"), await store.case(f"case-{number}")
        try:
            assert row is not None and case is not None
            key = keys.unwrap(row.code_wrapped, subject=row.id, secret=CODE)
            (record,) = await store.read(row.id)
            assert key.open(row.id, 1, record.body) == b"words"
            keys.unwrap(case.wrapped_key, subject=case.id)
            assert number % 2 or keys.unwrap(row.wrapped_key, subject=row.id).secret == key.secret
        except Exception as error:
            lost.append(f"talk-{number}: {error!r}")
    await store.close()
    return lost


@pytest.mark.slow
def test_a_change_of_keys_that_is_killed_leaves_everything_readable(directory: Path, opening: MakeOpening) -> None:
    asyncio.run(_fill(directory, opening))
    chance = random.Random(5)
    command = [sys.executable, "-m", "assistant", "keys", "rotate", "--data", str(directory)]
    killed = 0
    for _ in range(KILLS):
        before = KeyFile.open(directory).key_id
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and KeyFile.open(directory).key_id == before:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        assert asyncio.run(_unreadable(directory)) == []
    assert killed
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0

    async def needed() -> list[int]:
        store = SqliteStore.open(directory)
        counts = [await store.wrapped_by(number) for number in KeyFile.open(directory).numbers]
        await store.close()
        return counts

    *older, newest = asyncio.run(needed())
    assert not any(older) and newest == TALKS * 2 + TALKS // 2
