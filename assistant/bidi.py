"""Words that can be shown anywhere: nothing in them breaks a page, a print or the direction of the words around them.

Isolates are those of the Unicode Bidirectional Algorithm (UAX #9): what stands between FSI and PDI takes its direction
from its own first letter and does not disturb its surroundings. An isolate ends with its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

Direction: TypeAlias = Literal["ltr", "rtl"]

FSI: Final = "\u2068"
PDI: Final = "\u2069"

_RIGHT: Final = frozenset({"R", "AL"})
_CONTROLS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_AGAINST: Final = {"ltr": _RIGHT | _CONTROLS | {"AN"}, "rtl": frozenset({"L", "EN"}) | _CONTROLS}
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_LINE_ENDS: Final = re.compile("\r\n|[\r\u2028\u2029]")
# Controls, lone surrogates and noncharacters: what XML, PDF and terminals refuse or obey.
_UNSHOWABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PLAIN: Final = re.compile("[\n -~\u00a0-\u058f]*").fullmatch


def shown(text: str) -> str:
    """Words of anybody as they can be shown: what is no character becomes U+FFFD, line ends become newlines, a tab a
    space, and bidi isolates that were left open (or closed too often) are mended line by line."""
    if _PLAIN(text):
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = _UNSHOWABLE.sub("\ufffd", text)
    return _by_line(text, _balanced) if _ISOLATES.search(text) else text


def _by_line(text: str, change: Callable[[str], str]) -> str:
    return "\n".join(change(line) for line in text.split("\n"))


def _balanced(line: str) -> str:
    """The line with every isolate closed and no close too many: a PDI of its own would end the isolate around it."""
    depth, signs = 0, list[str]()
    for sign in line:
        if sign == PDI:
            if not depth:
                continue
            depth -= 1
        elif "\u2066" <= sign < PDI:
            depth += 1
        signs.append(sign)
    return "".join(signs) + PDI * depth


def direction_of(text: str) -> Direction | None:
    """The direction of the first letter that has one; None for digits, marks and spaces alone."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return "ltr"
        if kind in _RIGHT:
            return "rtl"
    return None


def isolate(text: str, around: Direction) -> str:
    """The text, in an isolate of its own on each line where anything in it runs against the words ``around`` it."""
    if around == "ltr" and _PLAIN(text):
        return text
    against = _AGAINST[around]

    def apart(line: str) -> str:
        return f"{FSI}{line}{PDI}" if any(unicodedata.bidirectional(sign) in against for sign in line) else line

    return _by_line(text, apart)
