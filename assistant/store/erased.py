"""The list of what is erased: a file that a restore reads, so that an older backup brings nothing back.

It is a file of its own, DIR/erased.list, and in no backup: a list that lies in the backup is as old as the backup.
It is plain lines that are only added, so any tool can copy it elsewhere at any time. A line is the day and an
HMAC-SHA256 of the id of a case or conversation, with a secret of the key file: the list tells nothing to whoever has
it, not even which rows of a stolen backup are on it.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from assistant.store import StoreError, files
from assistant.store.sealing import KeyFile

FILE = "erased.list"
_LINE = re.compile(r"\d{4}-\d\d-\d\d ([0-9a-f]{64})")


class ErasedList:
    """The list of a data directory. `today` dates what is added."""

    def __init__(self, directory: Path, keys: KeyFile, today: Callable[[], str]) -> None:
        self.path, self._secret, self._today = directory / FILE, keys.pepper, today

    def mark(self, id: str) -> str:
        """What the list holds of an id."""
        return hmac.digest(self._secret, b"erased " + id.encode(), "sha256").hex()

    def add(self, ids: Iterable[str]) -> None:
        """Add ids; they are on the disk when this returns. Raises OSError. A line that a power cut left half is ended,
        so that the next one is whole."""
        fresh = not self.path.exists()
        handle = files.private_file(self.path)
        try:
            end = os.lseek(handle, 0, os.SEEK_END)
            torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
            text = "".join(f"{self._today()} {self.mark(id)}\n" for id in ids)
            written = os.pwrite(handle, (b"\n" if torn else b"") + text.encode(), end)
            if written < len(text):
                raise OSError(28, "No space left on device")
            os.fsync(handle)
        finally:
            os.close(handle)
        if fresh:
            files.sync_directory(self.path.parent)

    def marked(self, ids: Iterable[str], marks: Collection[str]) -> list[str]:
        """Those of these ids that are among marks."""
        return [id for id in ids if self.mark(id) in marks]


def read_marks(path: Path) -> frozenset[str]:
    """The marks of a list. A half line is none. Raises StoreError for a file that is no such list."""
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no list of what is erased"
        raise StoreError(f"cannot read {path}: {why}") from None
    found = frozenset(match[1] for line in lines if (match := _LINE.fullmatch(line)))
    if lines and not found:
        raise StoreError(f"cannot read {path}: it is no list of what is erased")
    return found
