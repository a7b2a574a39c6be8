"""What the program says of itself on stderr: a line each, with places in the source and never with anybody's words.

The text of an error may hold what a person wrote: a library quotes what it could not read. So an error is told by its
kind and the line it comes from, also where Python itself would print it whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import resource
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

OURS = "klarbild"
"""The name of our own logger, whose messages are made with care."""

_ABOUT_US = Path(__file__).parent
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_log = logging.getLogger(OURS)


def told(error: BaseException) -> str:
    """An error by its kind and the last line of ours that it passed; the last of any other where it passed none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _ABOUT_US in Path(frame.filename).parents]
    if ours:
        place = f"{Path(ours[-1].filename).relative_to(_ABOUT_US)}:{ours[-1].lineno}"
    elif frames:
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    else:
        place = "-"
    return f"{type(error).__name__} at {place}"


class _OneLine(logging.Formatter):
    """Our own messages on one line; of others, where they come from and with what kind of error."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] == OURS:
            message = _UNSHOWABLE.sub("\ufffd", record.getMessage())
        else:
            message = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            message = f"{message}: {told(record.exc_info[1])}"
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {message}"


def begin() -> None:
    """Let everything that is logged go to stderr in this way: ours from INFO on, what others say from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _log.setLevel(logging.INFO)
    # What cannot be read as a request is logged there with its bytes.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)


def keep_to_itself() -> None:
    """Let a process that serves people tell nothing of their words when something breaks where nobody catches it: in a
    task, a thread, a destructor, or so badly that the process ends. It leaves no image of its memory (core dump)."""
    asyncio.get_running_loop().set_exception_handler(_of_the_loop)
    threading.excepthook = lambda args: _broken("a thread", args.exc_value)
    sys.unraisablehook = lambda args: _broken("something that was left behind", args.exc_value)
    sys.excepthook = lambda _, error, __: _broken("the program", error)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _of_the_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _broken("a task", context.get("exception"))


def _broken(what: str, error: BaseException | None) -> None:
    _log.error("%s broke: %s", what, told(error) if error is not None else "-")
