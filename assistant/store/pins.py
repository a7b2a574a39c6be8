"""What a store keeps of the PINs that people choose for coming back: a small protocol beside `Store`."""

from __future__ import annotations

from typing import Protocol

import msgspec


class PinRow(msgspec.Struct, frozen=True, kw_only=True):
    """The PIN of a conversation: its hash (see `codes.pin_hash`), and how often it was tried in vain since it was right
    last."""

    conversation: str
    hash: bytes
    tries: int = 0


class PinStore(Protocol):
    """The PINs of a store. Erasing a conversation removes its PIN."""

    async def get(self, conversation: str) -> PinRow | None: ...

    async def put(self, row: PinRow) -> bool:
        """Give a conversation a PIN; False, and nothing is written, if it has one or is not there."""
        ...

    async def try_(self, conversation: str, *, most: int) -> bool:
        """Count a try before it is compared; False, and nothing is counted, if there were `most`."""
        ...

    async def was_right(self, conversation: str) -> None:
        """What was counted before does not matter any more."""
        ...

    async def forget(self, conversation: str) -> None:
        """Remove the PIN of a conversation, if it has one."""
        ...
