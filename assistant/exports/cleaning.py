"""Words of anybody as they may stand in a file for another program: nothing in them is obeyed there.

A spreadsheet takes what begins with ``= + - @`` for a formula (OWASP ASVS 5.0, 1.2.10: CSV and formula injection), and
some programs obey control characters or marks that turn the direction of all that follows.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assistant.bidi import shown

APOSTROPHE: Final = "'"
"""Tells a spreadsheet that a cell is text."""

_FORMULA: Final = frozenset("=+-@")
_ASIDE: Final = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
# Embeddings and overrides of direction, of which isolates are the safe form, and the byte order mark.
_TURNING: Final = re.compile("[\u202a-\u202e\ufeff]")
_LINE_ENDS: Final = re.compile("[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def clean(text: str) -> str:
    """The text without control characters (they become U+FFFD) and without marks that turn the direction of what
    follows; line ends are newlines, tabs spaces. What is written from right to left stays as it is."""
    return shown(_TURNING.sub("", text))


def one_line(text: str) -> str:
    """The text, cleaned, in one line: a line of somebody's own words must not look like one of ours."""
    return clean(_LINE_ENDS.sub(" ", text))


def cell(text: str) -> str:
    """A line or a pasted cell that no spreadsheet calculates: with an apostrophe before what it would take for a
    formula, also where spaces, invisible marks or full-width signs hide it. Any other text stays as it is."""
    for sign in text:
        if unicodedata.category(sign) in _ASIDE and sign not in "\t\r":
            continue
        begins = unicodedata.normalize("NFKC", sign)[:1].replace("\u2212", "-")
        return APOSTROPHE + text if sign in "\t\r" or begins in _FORMULA else text
    return text
