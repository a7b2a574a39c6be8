"""Resume codes, `K7M3 9QXT 4RWD`, and the passwords of desk users.

A code is 11 random symbols and 1 check symbol of Crockford's base 32 (no I, L, O, U): 55 random bits.
The check is computed in the field of 32 elements, so that it catches any one wrong symbol and any two
exchanged ones. Hashing is Argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane (OWASP Password Storage
Cheat Sheet): about 30 ms, so call it in an executor. A code is looked up by its hash and therefore has
one salt for all, with a keyed hash on top.
"""

from __future__ import annotations

import hmac
import os
import secrets
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from assistant.store.sealing import KeyFile

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_LONGEST_TEXT = 100
# What a code adds up to. Not 0, or twelve noughts would be a code; with 5, the code above is one.
_FIT = 5
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
# Symbols people read or type for another: Crockford's own, then Cyrillic and Greek keys that look the same.
_MEANT = str.maketrans("OILАВЕКМНОРСТХУІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "011ABEKMH0PCTXY1SJABEZH1KMN0PTYX")
# Read as letters, for the filter of words that nobody should be handed on a slip of paper.
_READ_AS = str.maketrans("01345789V", "OIEASTBGU")
# fmt: off
_UGLY = (
    "ANUS", "ARSE", "ASS", "BITCH", "BOG", "CUM", "CUNT", "DEAD", "DICK", "DIE", "DUM", "FAG", "FAN", "FITTA",
    "FUCK", "FUK", "GAS", "HAT", "HELL", "HITLER", "HORA", "HORE", "IDIOT", "JUDE", "KALB", "KGB", "KILL", "KIR",
    "KKK", "KNARK", "KOS", "KUK", "KURUA", "MORD", "NAZI", "NEGE", "NEGR", "NIGG", "PENIS", "PISS", "POO", "PORN",
    "PUTA", "RAPE", "SATAN", "SEX", "SHIT", "SKIT", "SLUT", "SUG", "TITS", "TWAT",
)
# fmt: on


def new_code() -> str:
    """A fresh code: 12 symbols without spaces; `format_code` makes it readable."""
    while True:
        symbols = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = symbols + _check_symbol(symbols)
        read = code.translate(_READ_AS)
        if not any(word in read for word in _UGLY):
            return code


def normalize(text: str) -> str | None:
    """The 12 symbols a person meant, or None if this is no code of ours.

    Forgives case, spaces, dashes and other signs between, O for 0, I and L for 1, digits of any script,
    wide letters, marks that turn the writing direction, and Cyrillic and Greek letters that look Latin.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    symbols = "".join(_symbol(sign) for sign in unicodedata.normalize("NFKD", text).upper())
    values = [_VALUES.get(symbol) for symbol in symbols.translate(_MEANT)]
    if len(values) != LENGTH:
        return None
    known = [value for value in values if value is not None]
    if len(known) != LENGTH or _sum(known) != _FIT:
        return None
    return "".join(ALPHABET[value] for value in known)


def format_code(code: str) -> str:
    """A code in three groups of four, as it is shown and written down."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


class Secrets(NamedTuple):
    """What a code gives: the hash that a store keeps (32 bytes), and the lock of a key (32 bytes), kept nowhere."""

    hash: bytes
    lock: bytes


def secrets_of(code: str, key: KeyFile) -> Secrets:
    """The lock is Argon2id, the hash is HMAC-SHA256 of it with the pepper, from which no lock follows. Blocks for
    30 ms.

    Raises ValueError for a text that is no code.
    """
    normal = normalize(code)
    if normal is None:
        raise ValueError("not a resume code")
    slow = slow_hash(normal, key)
    return Secrets(hmac.digest(key.pepper, slow, "sha256"), slow)


def hash_code(code: str, key: KeyFile) -> bytes:
    """What a store keeps of a code; see `secrets_of`."""
    return secrets_of(code, key).hash


def slow_hash(text: str, key: KeyFile) -> bytes:
    """Argon2id of a random text, with the one salt of the key file: it can be looked up. Blocks for 30 ms."""
    return _argon2(key.code_salt).derive(text.encode())


def pin_hash(pin: str, bound_to: bytes, keys: KeyFile) -> bytes:
    """What a store keeps of a PIN (32 bytes) of four to six digits, bound to a conversation. Blocks for 30 ms.

    A million PINs are soon tried by whoever has the pepper: five tries guard them, not this."""
    salt = hmac.digest(keys.code_salt, b"pin of " + bound_to, "sha256")[:16]
    return hmac.digest(keys.pepper, _argon2(salt).derive(pin.encode()), "sha256")


def hash_password(password: str) -> str:
    """A desk user's password as a PHC string. Blocks for 30 ms."""
    return _argon2(os.urandom(16)).derive_phc_encoded(_typed(password))


def verify_password(password: str, phc: str) -> bool:
    """Whether this is the password that was hashed; False also for a broken hash. Blocks for 30 ms."""
    try:
        Argon2id.verify_phc_encoded(_typed(password), phc)
    except (InvalidKey, ValueError):
        return False
    return True


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=19 * 1024)


def _typed(password: str) -> bytes:
    # The same letters arrive as different code points from different keyboards (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode()


def _symbol(sign: str) -> str:
    """A letter as it is, a digit of any script as ours, a sign that only separates as nothing."""
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(sign)[0] in "ZPMC" or sign == "\N{MINUS SIGN}":
        return ""
    return sign


def _doubled(value: int) -> int:
    """Times x in the field of 32 elements, made with x^5 + x^2 + 1."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def _sum(values: Sequence[int]) -> int:
    """The polynomial with these coefficients at x, the last one constant; `_FIT` for a whole code.

    The powers of x are all different for 31 places, which is why every single slip and every exchange shows.
    """
    total = 0
    for value in values:
        total = _doubled(total) ^ value
    return total


def _check_symbol(symbols: str) -> str:
    return ALPHABET[_doubled(_sum([_VALUES[symbol] for symbol in symbols])) ^ _FIT]
