"""Rules for names and passwords of those who work at the desk (NIST SP 800-63B, 3.1.1.2): length counts, mixtures of
signs do not; nothing expires by itself; what everybody guesses first is refused."""

from __future__ import annotations

import unicodedata
from typing import Literal

SHORTEST = 12
LONGEST = 1_000
LONGEST_NAME = 100

PasswordProblem = Literal["short", "long", "name", "common"]

_FEWEST_SIGNS = 5
# fmt: off
_COMMON = frozenset((
    "password", "passwort", "passw0rd", "p@ssw0rd", "losenord", "lösenord", "lösen", "losen", "hemligt", "hemlig",
    "qwerty", "qwertyuiop", "qwertyuiopå", "asdfghjkl", "asdfghjklöä", "zxcvbnm", "qwertyasdf", "qazwsxedc",
    "abcdef", "abcdefgh", "abcdefghijkl", "welcome", "welcometo", "valkommen", "välkommen", "letmein", "iloveyou",
    "jagälskardig", "sommar", "vinter", "höst", "vår", "admin", "administrator", "changeme", "kommun", "kommunen",
    "socialtjänst", "socialtjänsten", "handläggare", "klarbild", "trustno", "sunshine", "princess", "football",
))
# fmt: on
_ROWS = ("01234567890123456789", "09876543210987654321", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p")


def name_of(text: str) -> str | None:
    """A user name as it is kept, None if it cannot be one: 1 to 100 signs that can be seen."""
    name = text.strip()
    return name if name and len(name) <= LONGEST_NAME and name.isprintable() else None


def password_problem(password: str, name: str) -> PasswordProblem | None:
    """Why this cannot be somebody's password; None if it can."""
    typed = unicodedata.normalize("NFKC", password)
    if len(typed) < SHORTEST:
        return "short"
    if len(typed) > LONGEST:
        return "long"
    folded, own = typed.casefold(), unicodedata.normalize("NFKC", name).casefold()
    if _only(folded, own):
        return "name"
    return "common" if _guessed_first(folded) else None


def _only(text: str, word: str) -> bool:
    """Whether a text is nothing but this word, over and over, with digits and signs around."""
    letters = "".join(sign for sign in text if sign.isalpha())
    word = "".join(sign for sign in word if sign.isalpha()) or word
    return bool(word) and not (letters or text).replace(word, "")


def _guessed_first(text: str) -> bool:
    if len(set(text)) < _FEWEST_SIGNS or any(text in row or text in row[::-1] for row in _ROWS):
        return True
    core = text.strip("0123456789!?.,-_#*+ ")
    return core in _COMMON or any(core == word * (len(core) // len(word)) for word in _COMMON if core)
