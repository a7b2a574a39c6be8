"""What a store keeps of machine translations: a small protocol beside `Store`.

There is one row for each conversation. Its body is sealed with the key of the conversation, like its record; the row
goes with the conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

TranslationState = Literal["queued", "done", "failed"]


class TranslationRow(msgspec.Struct, frozen=True, kw_only=True):
    """The translations of one conversation. `body` is sealed (empty: none yet); `due` is the moment of the next try, or
    that of the last one (ISO in UTC); `tries` counts those that failed, `seq` is the number of the last record that was
    looked at."""

    conversation: str
    body: bytes = b""
    state: TranslationState
    due: str
    tries: int = 0
    seq: int = 0


class TranslationStore(Protocol):
    """The translations of a store. A write that returned is on the disk."""

    async def queue(self, conversation: str, *, due: str) -> bool:
        """Let a conversation wait until `due`; False if it waits already, or is not there."""
        ...

    async def due(self, now: str, *, limit: int) -> tuple[TranslationRow, ...]:
        """Those that are to be tried at this moment, the oldest first."""
        ...

    async def of(self, conversations: Sequence[str]) -> tuple[TranslationRow, ...]:
        """What there is of these conversations."""
        ...

    async def keep(self, row: TranslationRow) -> bool:
        """Write a row in the place of the one that is there; False, and nothing is written, if it was erased."""
        ...

    async def waiting(self) -> int:
        """How many conversations wait."""
        ...
