"""Choices as people name them: by label, by name, by their number in the list, by yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from assistant.core.dialog import Choice, Dialog, SelectMultiple, SelectOne, choices_of
from assistant.core.dialog_texts import CLDR_LISTS
from assistant.core.problem import Problem
from assistant.texts import Words
from assistant.understanding.folding import fold
from assistant.understanding.vocabulary import vocabulary_of
from assistant.wording import choice_label

_SHORTEST_PREFIX: Final = 4
_IN_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
_SEPARATORS: Final = re.compile(r"[,;،؛፣\n]|\s[&+]\s")
_NUMBERED: Final = re.compile(r"(nr |nummer |number )?(\d{1,3})")
_NOT_UNDERSTOOD: Final = Problem(code="not_understood")
_SHORTEST_NEAR: Final = 6


def find_yes_no(words: Words, text: str) -> str | Problem:
    """``yes`` or ``no``, said in the language that is spoken."""
    vocabulary = vocabulary_of(words.language)
    typed = fold(text, words.language.cldr)
    if typed in vocabulary.yes:
        return "yes"
    return "no" if typed in vocabulary.no else _NOT_UNDERSTOOD


def find_choice(
    words: Words, dialog: Dialog, question: SelectOne, text: str, offered: Sequence[Choice]
) -> str | Problem:
    """The name of the one choice that the text means."""
    return _one(words, dialog, question, text, offered)


def find_choices(
    words: Words, dialog: Dialog, question: SelectMultiple, text: str, offered: Sequence[Choice]
) -> list[str] | Problem:
    """The names of the choices that the text means, set apart by commas, lines or "and"; all of them or none."""
    whole = _one(words, dialog, question, text, offered)
    if isinstance(whole, str):
        return [whole]
    pieces = [piece for piece in _SEPARATORS.split(text) if piece.strip()]
    names: dict[str, None] = {}
    for piece in pieces:
        found = _one(words, dialog, question, piece, offered) if len(pieces) > 1 else whole
        if isinstance(found, str):
            names[found] = None
            continue
        smaller = _joined_by_and(words, piece)
        if len(smaller) < 2:
            return found
        for one in smaller:
            found = _one(words, dialog, question, one, offered)
            if not isinstance(found, str):
                return found
            names[found] = None
    return list(names) or _NOT_UNDERSTOOD


def _joined_by_and(words: Words, text: str) -> list[str]:
    folded = fold(text, words.language.cldr)
    if re.fullmatch(r"\d+( \d+)+", folded):
        return folded.split()
    listed = fold(words.list(["1", "2"]), words.language.cldr).split()
    conjunctions = {"and", *listed, *vocabulary_of(words.language).both.words()} - {"1", "2"}
    either = "|".join(re.escape(one) for one in conjunctions if not any(sign.isdigit() for sign in one))
    return [piece for piece in re.split(rf"(?:^|\s)(?:{either})(?:\s|$)", folded) if piece]


def _one(
    words: Words, dialog: Dialog, question: SelectOne | SelectMultiple, text: str, offered: Sequence[Choice]
) -> str | Problem:
    typed = fold(text, words.language.cldr)
    if not typed:
        return _NOT_UNDERSTOOD
    known = names_of(words, dialog, question)
    names = [choice.name for choice in offered if choice.name in known]
    for found in (
        [name for name in names if typed in known[name]],
        [name for name in names if _is_called(words, dialog, name, typed)],
        _yes_or_no(words, typed, names, known),
        _numbered(question, typed, names, known),
        [name for name in names if _begins(known[name], typed)],
        [name for name in names if any(is_one_edit_away(typed, one) for one in known[name])],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            return Problem(code="ambiguous", params={"choices": found[:5]})
    return _NOT_UNDERSTOOD


def _is_called(words: Words, dialog: Dialog, name: str, typed: str) -> bool:
    """Whether the text is a choice's name. "yes" and "no" are words of the dialog's own language."""
    if name in ("yes", "no") and words.language.cldr != dialog.locale:
        return False
    return fold(name.replace("_", " "), "en") == typed


def _begins(known: Iterable[str], typed: str) -> bool:
    return len(typed) >= _SHORTEST_PREFIX and any(one.startswith(typed) for one in known)


def _yes_or_no(words: Words, typed: str, names: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The choice whose label is, or begins with, a word for the yes or the no that was said."""
    vocabulary = vocabulary_of(words.language)
    for those, name in ((vocabulary.yes, "yes"), (vocabulary.no, "no")):
        if typed in those:
            labelled = [one for one in names if known[one] and known[one][0].split(" ")[0] in those]
            return labelled or [one for one in names if one == name]
    return []


def is_one_edit_away(typed: str, known: str) -> bool:
    """Whether one letter is wrong, missing, too many or changed places with the next, in a word of six letters or more.
    Words with figures are never near each other."""
    shorter, longer = sorted((typed, known), key=len)
    if len(shorter) < _SHORTEST_NEAR or len(longer) - len(shorter) > 1 or shorter == longer:
        return False
    if any(sign.isdigit() for sign in shorter + longer):
        return False
    place = next(
        (at for at, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter)
    )
    if len(shorter) < len(longer):
        return shorter[place:] == longer[place + 1 :]
    swapped = (
        shorter[place : place + 2] == longer[place : place + 2][::-1] and shorter[place + 2 :] == longer[place + 2 :]
    )
    return swapped or shorter[place + 1 :] == longer[place + 1 :]


def _numbered(
    question: SelectOne | SelectMultiple, typed: str, names: Sequence[str], known: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """The choice at this number in the list. A bare number counts only where no choice is a number itself."""
    found = _NUMBERED.fullmatch(typed)
    if found is None or question.choice_list in CLDR_LISTS:
        return []
    if not found[1] and any(sign.isdigit() for name in names for text in (name, *known[name][:1]) for sign in text):
        return []
    place = int(found[2])
    return [names[place - 1]] if 1 <= place <= len(names) else []


@lru_cache(maxsize=512)
def names_of(words: Words, dialog: Dialog, question: SelectOne | SelectMultiple) -> Mapping[str, tuple[str, ...]]:
    """What each choice can be called, folded: its label (in this language first, then as the dialog was written), the
    label without what stands in brackets, and what stands in brackets."""
    cldr = words.language.cldr
    synonyms = vocabulary_of(words.language).synonyms
    found: dict[str, tuple[str, ...]] = {}
    for name, choice in choices_of(dialog, question).items():
        own = [fold(one, cldr) for one in _variants(choice_label(words, dialog, question, name))]
        # A short word of the other language may mean something else in this one.
        source = [folded for one in _variants(choice.label) if len(folded := fold(one, cldr)) >= _SHORTEST_PREFIX]
        found[name] = tuple(dict.fromkeys(one for one in (*own, *source, *synonyms.get(choice.label, ())) if one))
    return found


def _variants(label: str) -> Iterable[str]:
    return (label, _IN_BRACKETS.sub(" ", label), *_IN_BRACKETS.findall(label))
