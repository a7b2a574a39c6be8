"""Scripts: whether words can be in a language at all, by the letters that they are written with.

Which script a language is written in comes from CLDR (likely subtags, through Babel), as a code of ISO 15924.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from babel.core import get_global

_LETTERS: Final[Mapping[str, re.Pattern[str]]] = {
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "Cyrl": re.compile("[\u0400-\u052f]"),
    "Ethi": re.compile("[\u1200-\u135a\u1380-\u138f\u2d80-\u2dde\uab01-\uab2e]"),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}


def is_written_in(text: str, cldr: str) -> bool:
    """Whether a text has a letter of the script of a language (a locale of CLDR). Of a language whose script is not
    known, every text with a letter may be."""
    letters = _LETTERS.get(_script_of(cldr))
    return bool(letters.search(text)) if letters is not None else any(map(str.isalpha, text))


@lru_cache(maxsize=64)
def _script_of(cldr: str) -> str:
    likely: Mapping[str, Any] = get_global("likely_subtags")
    found = str(likely.get(cldr) or likely.get(cldr.partition("_")[0]) or "")
    return next((part for part in found.split("_") if len(part) == 4), "")
