"""Letters as files in DIR/outbox: for an office that has not set up sending yet. Nothing goes out."""

from __future__ import annotations

import asyncio
import datetime
import os
import secrets
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from assistant.sending import Letter, NotSent

FOLDER: Final = "outbox"
"""The folder in the data directory."""


class Files:
    """Writes each letter to a file of its own, for its owner only; the name tells nothing but the moment."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    async def send(self, letter: Letter) -> None:
        try:
            await asyncio.to_thread(self._write, letter)
        except OSError:
            raise NotSent("misconfigured", final=False) from None

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        moment = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
        ending = "eml" if letter.channel == "email" else "txt"
        path = self.folder / f"{moment}-{secrets.token_hex(4)}.{ending}"
        handle = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(as_bytes(letter))
        path.with_suffix(".part").rename(path)


def as_bytes(letter: Letter) -> bytes:
    """A letter as a file holds it."""
    if letter.channel == "sms":
        return f"{letter.to}\n\n{letter.text}\n".encode()
    message = EmailMessage()
    message["To"], message["Subject"] = letter.to, letter.subject
    message.set_content(letter.text)
    message["Content-Language"] = letter.lang
    return message.as_bytes()
