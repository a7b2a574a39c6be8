"""Running a program under the recorder (`recorder.c`), and reading what was recorded."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_SOURCE = Path(__file__).with_name("recorder.c")
_HEAD = struct.Struct("<ciqI")


class Entry(NamedTuple):
    """One thing that the program did to a file; see `recorder.c` for the kinds."""

    kind: str
    fd: int
    number: int
    data: bytes


def why_not() -> str:
    """Why nothing can be recorded on this machine; empty if it can."""
    if sys.platform != "linux":
        return "recording writes needs Linux"
    if shutil.which("cc") is None:
        return "recording writes needs a C compiler: install gcc and libc6-dev"
    return ""


def build(folder: Path) -> Path:
    """Compile the recorder into a folder; the library's path. Raises CalledProcessError where there are no headers."""
    library = folder / "recorder.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(library), str(_SOURCE)]
    subprocess.run([*command, "-ldl", "-lpthread"], check=True, capture_output=True)
    return library


def record(library: Path, directory: Path, arguments: Sequence[str]) -> list[Entry]:
    """Run a Python program and record all it does to files below a directory. Raises CalledProcessError."""
    log = directory.with_name(f"{directory.name}.log")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "TORTURE_DIR": str(directory),
        "TORTURE_LOG": str(log),
    }
    subprocess.run([sys.executable, *arguments], check=True, env=environment)
    return list(entries(log.read_bytes()))


def entries(log: bytes) -> Iterator[Entry]:
    """The entries of a log; one that was not finished is none."""
    at = 0
    while at + _HEAD.size <= len(log):
        kind, fd, number, length = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        if at + length > len(log):
            return
        yield Entry(kind.decode(), fd, number, log[at : at + length])
        at += length
