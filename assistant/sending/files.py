"""Letters as files in the data directory: what would be sent, for an office that tries things out. Nothing leaves."""

from __future__ import annotations

import asyncio
import datetime
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.bidi import shown
from assistant.recipients import normal, problem_of
from assistant.sending.letter import Letter, NotSent
from assistant.sending.message import NOBODY, message_of

FOLDER: Final = "outbox"
"""The name of the folder in the data directory."""


class FileTransport:
    """Writes ``.eml`` files for e-mail and ``.txt`` files for text messages, readable by their owner only. A name holds
    the moment in UTC and a random number."""

    def __init__(
        self,
        data: Path,
        sender: str = "",
        *,
        clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._folder, self._sender, self._clock = data / FOLDER, normal("email", sender) or NOBODY, clock

    async def send(self, letter: Letter) -> None:
        """Write the letter down. Raises NotSent: final for an address that cannot be right."""
        if problem_of(letter.channel, letter.to):
            raise NotSent("refused", final=True)
        now = self._clock().astimezone(datetime.UTC)
        if letter.channel == "email":
            content, ending = bytes(message_of(letter, self._sender, now)), "eml"
        else:
            content, ending = f"{normal('sms', letter.to)}\n\n{shown(letter.text)}\n".encode(), "txt"
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(8)}.{ending}"
        if not await asyncio.to_thread(_written, self._folder, name, content):
            raise NotSent("misconfigured")


def _written(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file stands there: whole, under its name and safe from a power cut; else nothing of it does."""
    half = folder / f".{name}.part"
    try:
        _make(folder)
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.rename(folder / name)
        except OSError:
            half.unlink(missing_ok=True)
            raise
        _sync(folder)
    except OSError:
        return False
    return True


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    folder.chmod(0o700)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
