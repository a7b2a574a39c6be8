"""Words made alike for comparing: what differs only in capitals, accents, marks or keyboard is the same word."""

from __future__ import annotations

import unicodedata
from typing import Final

from assistant.core.replies import plain_digits

# Letters of their own, not letters with an accent: "har" is not "här".
_OWN_LETTERS: Final = {"sv": frozenset("åäö"), "fi": frozenset("åäö")}
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
        "ٱ": "ا",
        "ı": "i",
        "ё": "е",
    }
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
