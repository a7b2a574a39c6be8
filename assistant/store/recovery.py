"""Recovery codes of the second step, ``7K3M-9QXT-4RWD-80HN``: for a telephone that is lost.

A code has 16 symbols of Crockford's base 32: 80 random bits, each code for one use. One round of SHA-256 would do in
practice, but ASVS 6.5.2 wants a password hash for less than 112 bits, and nobody types 24 symbols gladly. So they are
hashed as resume codes are: Argon2id with the salt of the key file, and its pepper on top.
"""

from __future__ import annotations

import hmac
import secrets

from assistant.store.codes import ALPHABET, slow_hash
from assistant.store.sealing import KeyFile

HOW_MANY = 10
"""How many codes somebody gets at once."""

LENGTH = 16
_LONGEST_TEXT = 100
_MEANT = str.maketrans("OIL", "011")


def new_code() -> str:
    """A fresh code in groups of four."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(symbols[start : start + 4] for start in range(0, LENGTH, 4))


def normalize(text: str) -> str | None:
    """The 16 symbols that were meant, or None if this is no code. Forgives case, spaces, dashes, O, I and L."""
    if len(text) > _LONGEST_TEXT:
        return None
    symbols = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_MEANT)
    return symbols if len(symbols) == LENGTH and all(sign in ALPHABET for sign in symbols) else None


def hash_code(code: str, name: str, keys: KeyFile) -> bytes:
    """What a store keeps of a code of this user (32 bytes). Blocks for 30 ms. Raises ValueError for no code."""
    symbols = normalize(code)
    if symbols is None:
        raise ValueError("not a recovery code")
    return hmac.digest(keys.pepper, slow_hash(f"recovery {symbols} of {name}", keys), "sha256")
