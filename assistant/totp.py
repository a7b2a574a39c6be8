"""Six digits that change every half minute: time-based one-time passwords (RFC 6238, on top of HOTP, RFC 4226).

HMAC-SHA-1 with 30 seconds and 6 digits is what every authenticator app takes; some silently ignore anything else. The
weaknesses of SHA-1 are about collisions and do not touch HMAC.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote

STEP_S = 30
"""How long a code is the newest one, in seconds."""

DIGITS = 6
WINDOW = 1
"""How many steps a clock may be off, either way."""

_BYTES = 20


def new_secret() -> bytes:
    """A fresh secret of 160 bits, as long as the hash (RFC 4226, R6)."""
    return secrets.token_bytes(_BYTES)


def step_at(moment: float) -> int:
    """The time step of a moment in unix seconds."""
    return int(moment // STEP_S)


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a time step, with leading zeros."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, moment: float) -> int | None:
    """The time step whose code was typed: the present one or a neighbour; None if it is none of them.

    All are compared, in constant time. Whoever asks must make sure that no step is used twice."""
    now = step_at(moment)
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(code(secret, step).encode(), typed.encode()):
            found = step
    return found


def typed_code(text: str) -> str | None:
    """The six digits that somebody typed, with spaces or in digits of another script; None if it is no code."""
    digits = "".join(text.split())
    return str(int(digits)).zfill(DIGITS) if len(digits) == DIGITS and digits.isdecimal() else None


def as_text(secret: bytes) -> str:
    """A secret as people type it into an app: base 32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, name: str, issuer: str) -> str:
    """The ``otpauth`` address that a QR code holds; ``issuer`` and ``name`` are what the app shows."""
    label, key = f"{quote(issuer, safe='')}:{quote(name, safe='')}", as_text(secret).replace(" ", "")
    return f"otpauth://totp/{label}?secret={key}&issuer={quote(issuer, safe='')}"
