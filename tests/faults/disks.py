"""Disks that fail when a test says so: a library that is loaded before libc, and small disks in memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("bad_disk.c")


class BadDisk:
    """A disk that obeys orders, for a program that is started with ``variables``; files in ``data`` are on it."""

    def __init__(self, folder: Path, data: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if sys.platform != "linux" or compiler is None:
            pytest.skip("needs Linux and a C compiler (gcc, libc6-dev)")
        library = folder / "bad_disk.so"
        built = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"],
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode and "stdio.h" in built.stderr:
            pytest.skip("needs the C library's headers (libc6-dev)")
        assert built.returncode == 0, built.stderr
        self._orders = folder / "orders"
        self.variables = {"LD_PRELOAD": str(library), "BAD_DISK": str(self._orders), "BAD_DISK_IN": str(data)}

    def order(self, what: str) -> None:
        """``sync sleep 500``, ``sync EIO``, ``write ENOSPC`` … from now on; nothing: a sound disk again."""
        draft = self._orders.with_name("draft")
        draft.write_text(what)
        draft.replace(self._orders)

    def met(self) -> int:
        """How many faults there were."""
        log = self._orders.with_name("orders.met")
        return log.stat().st_size if log.exists() else 0


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A disk in memory of this size (``4m``), mounted at a place. Skips where nothing may be mounted."""
    place.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("nothing may be mounted here; needs root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A directory of a small disk that nobody can write to."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)


def fill(filler: Path) -> None:
    """Take every byte that is left on the disk of a file."""
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def digests(directory: Path) -> dict[str, str]:
    """What lies in a directory, by name. The lock, the shared memory of the log and an empty log hold no data."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.iterdir())
        if path.is_file()
        and not path.name.endswith((".lock", "-shm"))
        and not (path.name.endswith("-wal") and not path.stat().st_size)
    }


def environment(**more: str) -> dict[str, str]:
    """The environment of a program that is tested, without settings of this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KLARBILD_")}
    return kept | {"PYTHONUNBUFFERED": "1"} | more
