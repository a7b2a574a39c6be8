"""Changing the key that wraps keys, while the program serves or not: yearly, and at once when it may be known.

A new key goes into the key file before the older ones; what these wrapped is wrapped anew, some hundred at a time,
and can be read at every moment between. When nothing is left that an older key opens, and no backup of the keyring
from before either, it is taken out of the file.
"""

from __future__ import annotations

import msgspec

from assistant.store import Store, StoreError, keyring
from assistant.store.sealing import KeyFile

AT_ONCE = 500
"""How many wrapped keys are written in one transaction."""


class KeyCount(msgspec.Struct, frozen=True, kw_only=True):
    """A wrapping key: its number, how much it has wrapped, and whether it wraps what is new."""

    number: int
    wrapped: int
    newest: bool


async def counts(store: Store, keys: KeyFile) -> tuple[KeyCount, ...]:
    """The wrapping keys of the key file, the oldest first."""
    return tuple(
        [
            KeyCount(number=number, wrapped=await store.wrapped_by(number), newest=number == keys.key_id)
            for number in keys.numbers
        ]
    )


async def rotate(store: Store, keys: KeyFile) -> tuple[KeyCount, ...]:
    """Put a new key in front, and wrap everything with it. Where the key file is not ours to write, what the newest key
    has not wrapped yet is wrapped anew. Raises StoreError."""
    if keys.changeable:
        keys.add_key()
    elif all(one.newest or not one.wrapped for one in await counts(store, keys)):
        raise StoreError(
            "the secrets are not in a file of this machine; put what `klarbild keys next` prints in their place, "
            "start again, and run this once more"
        )
    await rewrap(store, keys)
    return await counts(store, keys)


async def rewrap(store: Store, keys: KeyFile) -> int:
    """Wrap anew what older keys have wrapped; how much it was. Raises StoreError."""
    done = 0
    for number in keys.numbers:
        if number == keys.key_id:
            continue
        for place in keyring.PLACES:
            change = keys.reseal_secret if place == "logins" else keys.rewrap
            while some := await store.rewrap(place, number, change, most=AT_ONCE):
                done += some
    return done


async def retire(store: Store, keys: KeyFile, number: int) -> tuple[KeyCount, ...]:
    """Take an older key out of the key file for good. Raises StoreError if it still opens something."""
    left = await store.wrapped_by(number)
    if left and number != keys.key_id:
        raise StoreError(f"key {number} still opens {left} keys; run: klarbild keys rotate")
    keys.drop_key(number)
    return await counts(store, keys)
