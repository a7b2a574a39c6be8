"""A server that is killed in the middle of its work has lost nothing that it had acknowledged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from assistant.store.inspection import inspect
from assistant.store.sqlite import SqliteStore

from .appending import TALKS, body

PROGRAM = Path(__file__).with_name("appending.py")


def run_until_killed(directory: Path, lines: int) -> dict[str, int]:
    """The last number acknowledged for each conversation."""
    command = [sys.executable, str(PROGRAM), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        # What was still in the pipe had been acknowledged as well; a half line had not been finished.
        heard += [line for line in process.stdout if line.endswith("\n")]
    last: dict[str, int] = {}
    for line in heard:
        talk, seq = line.split()
        last[talk] = max(int(seq), last.get(talk, 0))
    return last


async def test_five_kills_lose_no_acknowledged_reply(directory: Path) -> None:
    acknowledged = {f"t{number}": 0 for number in range(TALKS)}
    for lines in (1, 40, 173, 300, 451):
        acknowledged |= run_until_killed(directory, lines)

        assert inspect(directory)["quick_check"] == "ok"
        store = SqliteStore.open(directory)
        for talk, last in acknowledged.items():
            row, records = await store.conversation(talk), await store.read(talk)
            if row is None:
                assert last == 0
                continue
            assert row.seq == len(records) >= last
            assert [record.seq for record in records] == list(range(1, len(records) + 1))
            assert all(record.body == body(talk, record.seq) for record in records)
        await store.close()
