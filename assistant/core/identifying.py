"""Whether words tell who somebody is, or where they live: a Swedish personal identity number, or a line of an address.

What is asked here never needs either, and for somebody whose address is secret either can be dangerous in writing.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

_NUMBER: Final = re.compile(r"(?<!\d)(?:(19|20)(\d{6})[-+ ]?(\d{4})|(\d{6})[-+](\d{4}))(?!\d)")
_STREET: Final = re.compile(
    r"\w(?:gatan|gata|vägen|väg|gränd|gränden|stigen|stig|torget|torg|allén|backen|liden|plan)\s+\d{1,4}\b",
    re.IGNORECASE,
)
_STREET_APART: Final = re.compile(r"\b(?:Gatan|Gata|Vägen|Väg|Gränd|Stig|Torget|Torg|Allé)\s+\d{1,4}\b")
_FLAT: Final = re.compile(r"\blgh\.?\s*\d{3,4}\b", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"(?<![\d.,])[1-9]\d{2} ?\d{2}\s+[A-ZÅÄÖ]\w")


def identifies(text: str) -> bool:
    """Whether a text seems to hold a personal identity number (or a coordination number), or an address in Sweden."""
    if any(_is_number(found) for found in _NUMBER.finditer(text)):
        return True
    return any(pattern.search(text) for pattern in (_STREET, _STREET_APART, _FLAT, _POSTCODE))


def _is_number(found: re.Match[str]) -> bool:
    """A date of birth (the day plus 60 in a coordination number), three digits, and one that checks them (Luhn)."""
    century, six, four = (found[1], found[2], found[3]) if found[1] else ("20", found[4], found[5])
    day = int(six[4:]) - 60 * (int(six[4:]) > 60)
    try:
        datetime.date(int(century + six[:2]), int(six[2:4]), day)
    except ValueError:
        return False
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(six + four))
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0
