"""Words that the program knows: what was written in answer to a text with a list of them, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from assistant.core.commands import Reply
from assistant.core.dialog import OCCUPATION, Dialog, Text, places
from assistant.texts import Words
from assistant.understanding.folding import fold

_LONGEST: Final = 100


def understood(dialog: Dialog, words: Words, reply: Reply) -> Reply:
    """The reply with the words that name exactly one known thing in the language of ``words`` replaced by what is
    stored of it. All other words stay as they are."""
    if reply.fields is not None:
        fields = {name: _stored(dialog, words, name, value) for name, value in reply.fields.items()}
        return replace(reply, fields=fields)
    return replace(reply, value=_stored(dialog, words, reply.item, reply.value))


def occupation_of(words: Words, text: str) -> str:
    """The identifier of the only occupation that is called like this in a language, however it is spelled; empty if
    there is none, or more than one."""
    return _occupations(words).get(fold(text, words.language.cldr), "") if len(text) <= _LONGEST else ""


def _stored(dialog: Dialog, words: Words, name: str, value: Any) -> Any:
    place = places(dialog).get(name)
    if place is None or not isinstance(place.item, Text) or not place.item.choice_list or not isinstance(value, str):
        return value
    found = occupation_of(words, value)
    return f"{OCCUPATION}{found}" if found else value


@lru_cache(maxsize=64)
def _occupations(words: Words) -> Mapping[str, str]:
    """The occupations of a language by their folded names."""
    found: dict[str, set[str]] = {}
    shared = {fold(name, words.language.cldr) for name in words.occupations.shared}
    for identifier, names in words.occupations.names.items():
        for name in names:
            found.setdefault(fold(name, words.language.cldr), set()).add(identifier)
    return {name: next(iter(those)) for name, those in found.items() if name and len(those) == 1 and name not in shared}
