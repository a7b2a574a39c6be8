"""The PIN that a person may choose beside the code: whoever finds the code on a slip of paper does not come in.

Four to six digits, five tries: then the conversation sleeps until a caseworker who has met the person wakes it. Nobody
is told whether the code or the PIN was wrong, or that there is one.
"""

from __future__ import annotations

import hmac
import re
import unicodedata

from assistant.slowly import slow_hashes
from assistant.store import Store, codes
from assistant.store.pins import PinRow
from assistant.store.sealing import KeyFile

MOST_TRIES = 5

_NOBODY = "nobody"
_PIN = re.compile("[0-9]{4,6}")


def typed_pin(text: str) -> str | None:
    """The digits that a person meant, in any script and with spaces; None if this is no PIN."""
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in text[:40] if not sign.isspace())
    return digits if _PIN.fullmatch(digits) else None


class Pins:
    """The PINs of a store."""

    def __init__(self, store: Store, keys: KeyFile) -> None:
        self._store, self._keys = store.pins, keys

    async def has(self, conversation: str) -> bool:
        """Whether a PIN is asked for with the code."""
        return await self._store.get(conversation) is not None

    async def sleeps(self, conversation: str) -> bool:
        """Whether the PIN was wrong too often, so that the code opens nothing."""
        row = await self._store.get(conversation)
        return row is not None and row.tries >= MOST_TRIES

    async def add(self, conversation: str, typed: str) -> bool:
        """Ask for this PIN from now on; False if it is no PIN. One that is there already stays."""
        pin = typed_pin(typed)
        if pin is None:
            return False
        await self._store.put(PinRow(conversation=conversation, hash=await self._hash(pin, conversation)))
        return True

    async def remove(self, conversation: str) -> None:
        """Ask for none any more."""
        await self._store.forget(conversation)

    async def open(self, conversation: str, typed: str) -> bool:
        """Whether the conversation (empty: a code that is nobody's) may be entered with what was typed beside the code.

        It takes as long whether there is a PIN or not. What is left empty is no try."""
        pin = typed_pin(typed)
        hashed = await self._hash(pin, conversation or _NOBODY) if pin is not None else b""
        row = await self._store.get(conversation or _NOBODY)
        if row is None:
            return bool(conversation)
        # Counted before it is compared: many at once get no further than one after another.
        if not hashed or not await self._store.try_(conversation, most=MOST_TRIES):
            return False
        if not hmac.compare_digest(hashed, row.hash):
            return False
        await self._store.was_right(conversation)
        return True

    async def _hash(self, pin: str, conversation: str) -> bytes:
        return await slow_hashes.run(codes.pin_hash, pin, conversation.encode(), self._keys)
