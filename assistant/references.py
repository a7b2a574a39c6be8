"""The short reference of a case, `K7M-3Q9`: to be read out at the reception, with no name and no number in it."""

from __future__ import annotations

import secrets
from typing import Final

from assistant.store.codes import ALPHABET

_SAME_LOOKS: Final = str.maketrans("OIL", "011")


def new_reference() -> str:
    """A fresh reference: six symbols of Crockford's base 32."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{symbols[:3]}-{symbols[3:]}"


def reference_of(typed: str) -> str:
    """A reference as it is kept, of what somebody typed: signs that look alike are the same."""
    symbols = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_SAME_LOOKS)
    return f"{symbols[:3]}-{symbols[3:]}"
