"""What the program says of itself: one line each, no sign that plays tricks, no word of anybody."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from assistant.logs import _OneLine, told

WORDS = "Jag har ingen mat hemma"


def line(name: str, message: str, *values: object, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, None) if error is not None else None
    record = logging.LogRecord(name, logging.WARNING, "/x/elsewhere.py", 7, message, values, exc_info)
    return _OneLine().format(record)


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x00", "\x1b[2J", "\x85", "\u2028", "\u202e", "\u2066", "\udc80"])
@pytest.mark.parametrize("name", ["klarbild", "klarbild.audit"])
def test_a_line_of_ours_stays_one_line_and_plays_no_tricks(name: str, sign: str) -> None:
    found = line(name, "began %s", f"a{sign}INFO klarbild: forged")
    assert found.isprintable() and "began a\ufffd" in found


def test_of_a_line_of_a_library_only_its_place_is_told() -> None:
    found = line("aiohttp.web", f"cannot read {WORDS}", error=ValueError(WORDS))
    assert "elsewhere:7" in found and "ValueError" in found and WORDS not in found


def test_an_error_is_told_by_kind_and_place_and_not_by_its_words() -> None:
    try:
        raise ValueError(WORDS)
    except ValueError as error:
        assert told(error).startswith("ValueError at test_logs.py:")


def test_what_nobody_catches_in_a_task_or_thread_is_told_without_its_words() -> None:
    program = f"""
import asyncio, threading
from assistant import logs
async def broken():
    raise ValueError({WORDS!r})
async def main():
    logs.begin()
    logs.keep_to_itself()
    task = asyncio.ensure_future(broken())
    await asyncio.sleep(0)
    del task
    thread = threading.Thread(target=lambda: int({WORDS!r}))
    thread.start()
    thread.join()
    raise ValueError({WORDS!r})
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [one for one in ("a task broke", "a thread broke", "the program broke") if one not in done.stderr] == []
    assert WORDS not in done.stderr + done.stdout and "Traceback" not in done.stderr
