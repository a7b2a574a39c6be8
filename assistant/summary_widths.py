"""How much room words take on paper, and where a quote that is too long is cut."""

from __future__ import annotations

import unicodedata
from typing import Final

from assistant.texts import N_
from assistant.wording import Quote

BY_MACHINE: Final = N_("Machine translation:")
"""What stands before words that a machine made."""


def width(text: str) -> float:
    """The room that words take, in small letters of ours. What nobody can break takes a line of its own."""
    return sum(map(_sign_width, text)) + 100 * sum(len(word) > 40 for word in text.split())


def _sign_width(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    if sign in "WM@%" or unicodedata.east_asian_width(sign) in "WF":
        return 2.0
    return 1.5 if sign >= "\u0700" else 1.3 if sign.isupper() else 1.0


def in_print(quote: Quote, limit: int) -> str:
    """A quote with all that stands beside it on paper, its words cut."""
    machine = f"{BY_MACHINE} {quote.machine.text[:limit]}" if quote.machine is not None else ""
    return f"{quote.text[:limit]} {quote.language} {machine}"


def cut(quote: Quote, limit: int) -> tuple[str, str]:
    """The words of a quote that go on paper, and the rest of them; cut between words where there are any."""
    if len(quote.text) <= limit:
        return quote.text, ""
    end = quote.text.rfind(" ", limit // 2, limit + 1)
    end = end if end > 0 else limit
    return quote.text[:end], quote.text[end:]
