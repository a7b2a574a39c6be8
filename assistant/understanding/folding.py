"""Words made alike for comparing: what differs only in capitals, accents, marks or keyboard is the same word."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from assistant.core.replies import plain_digits

# Letters of their own, not letters with an accent: "har" is not "här".
_OWN_LETTERS: Final = {"sv": frozenset("åäö"), "fi": frozenset("åäö")}

_ETHIOPIC: Final = {
    chr(other + order): chr(same + order)
    for other, same in ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
    for order in range(7)
} | {chr(0x1200 + 3): chr(0x1200), chr(0x12A0 + 3): chr(0x12A0)}
"""Ethiopic letters that sound alike and are written for each other (ሐ ኀ as ሀ, ሠ as ሰ, ዐ as አ, ፀ as ጸ), order by order.
The first and the fourth order of ሀ and of አ are one."""

# One letter that keyboards of neighbouring languages write in several ways.
_SAME_LETTER: Final = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ې": "ی",
        "ۍ": "ی",
        "ئ": "ی",
        "ك": "ک",
        "ګ": "گ",
        "ة": "ه",
        "ە": "ه",
        "ھ": "ه",
        "ٱ": "ا",
        "ʼ": "'",
        "ı": "i",
        "ё": "е",
        "ł": "l",
        "đ": "d",
        "ø": "o",
    }
    | {other: _ETHIOPIC.get(same, same) for other, same in _ETHIOPIC.items()}
)


def fold(text: str, cldr: str) -> str:
    """The text for comparing within a language (Babel locale): NFKC, case folded, digits as 0-9, without accents (å ä ö
    are letters in Swedish), marks as single spaces."""
    own = _OWN_LETTERS.get(cldr, frozenset())
    signs: list[str] = []
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for sign in plain_digits(whole.translate(_SAME_LETTER)):
        if sign in own:
            signs.append(sign)
            continue
        for part in unicodedata.normalize("NFD", sign):
            kind = unicodedata.category(part)
            if kind not in ("Mn", "Cf", "Lm"):
                signs.append(part if kind[0] in "LNM" else " ")
    return " ".join("".join(signs).split())


@lru_cache(maxsize=4096)
def fold_word(word: str, cldr: str) -> str:
    """A short text folded; remembered, because the same few words are folded again and again."""
    return fold(word, cldr)
