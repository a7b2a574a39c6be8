"""A typed text cut into words, runs of figures and marks, each with its place in the text. One pass, whatever it is."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal, NamedTuple, TypeAlias

from assistant.understanding.folding import fold_word

Kind: TypeAlias = Literal["word", "digits", "mark"]


class Token(NamedTuple):
    """``text`` is a word folded, figures as 0-9, or one mark (every dash is ``-``). ``start`` and ``end`` are its place
    in the text; ``spaced`` says whether white space stands before it; ``ethiopic``, whether these are Ethiopic figures,
    which years of the Ethiopic calendar are written in."""

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool
    ethiopic: bool = False


_SAME_MARK: Final = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("،፣、", ","),
    **dict.fromkeys("؛፤", ";"),
    **dict.fromkeys("።۔。", "."),
    **dict.fromkeys("’‘ʼ`´", "'"),
    "⁄": "/",
    "∕": "/",
}
_ETHIOPIC_FIGURES: Final = {chr(0x1369 + n): n + 1 for n in range(9)} | {
    chr(0x1372 + n): 10 * (n + 1) for n in range(9)
}
_HUNDRED, _MYRIAD = "\u137b", "\u137c"


def cut(text: str, cldr: str) -> list[Token]:
    """The tokens of a text in the language of a Babel locale."""
    tokens: list[Token] = []
    place, spaced = 0, False
    while place < len(text):
        kind = _kind(text[place])
        end = place + 1
        if kind in ("word", "digits", "figures"):
            while end < len(text) and _kind(text[end]) in (kind, "nothing"):
                end += 1
        if kind == "space":
            spaced = True
        elif kind != "nothing":
            token = _token(kind, text[place:end], cldr)
            if token is not None:
                tokens.append(Token(*token, place, end, spaced, kind == "figures"))
                spaced = False
        place = end
    return tokens


def _kind(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf":
        return "nothing"
    if sign.isspace() or category in ("Cc", "Zs", "Zl", "Zp"):
        return "space"
    if sign.isdecimal():
        return "digits"
    if sign in _ETHIOPIC_FIGURES or sign in (_HUNDRED, _MYRIAD):
        return "figures"
    if category[0] in "LM" and sign not in _SAME_MARK:
        return "word"
    return "mark"


def _token(kind: str, piece: str, cldr: str) -> tuple[Kind, str] | None:
    match kind:
        case "digits":
            return "digits", "".join(str(unicodedata.decimal(sign)) for sign in piece if sign.isdecimal())
        case "figures":
            return "digits", str(_ethiopic_number(piece))
        case "word":
            word = fold_word(piece, cldr) if len(piece) <= 60 else piece
            return ("word", word) if word else None
    same = _SAME_MARK.get(piece) or unicodedata.normalize("NFKC", piece).strip() or piece
    return "mark", _SAME_MARK.get(same[0], same[0])


def _ethiopic_number(piece: str) -> int:
    """The value of Ethiopic figures: ``፳፻፲፱`` is 2019. A group before ፻ counts hundreds, before ፼ ten thousands."""
    total, group = 0, 0
    for sign in piece[:20]:
        if sign == _HUNDRED:
            total, group = total + (group or 1) * 100, 0
        elif sign == _MYRIAD:
            total, group = (total + group or 1) * 10_000, 0
        else:
            group += _ETHIOPIC_FIGURES.get(sign, 0)
    return total + group


def unread(tokens: list[Token]) -> list[Token]:
    """The tokens without marks that only end or surround a saying."""
    first, last = 0, len(tokens)
    while first < last and tokens[first].kind == "mark" and tokens[first].text in _AROUND:
        first += 1
    while first < last and tokens[last - 1].kind == "mark" and tokens[last - 1].text in _AFTER:
        last -= 1
    return tokens[first:last]


_AROUND: Final = frozenset("'\"«»“”„()[]*.,;:!?¡¿…")
_AFTER: Final = _AROUND - frozenset("?¿")
