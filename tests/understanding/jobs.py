"""The screens of the first visit, to find several facts at once in what is typed there."""

from __future__ import annotations

import datetime
from functools import lru_cache

from assistant import resources
from assistant.core.dialog import Choice, Dialog, Group, Repeat, SelectMultiple, SelectOne, choices_of, screens
from assistant.languages import LANGUAGES
from assistant.starting import load_dialogs
from assistant.texts import Catalogs, Words
from assistant.understanding.sentences import FoundField, find_fields

TODAY = datetime.date(2026, 11, 27)


@lru_cache(maxsize=1)
def dialog() -> Dialog:
    return load_dialogs()["first_visit"]


@lru_cache(maxsize=1)
def _catalogs() -> Catalogs:
    return Catalogs.load(resources.folder("locales"))


def words(tag: str) -> Words:
    """A language's words; without texts where it has no catalog."""
    return _catalogs().words(tag) if tag in _catalogs() else Words(LANGUAGES[tag], {}, {}, {})


@lru_cache(maxsize=32)
def screen(name: str) -> Group | Repeat:
    return next(one for one in screens(dialog()) if one.name == name and isinstance(one, Group | Repeat))


@lru_cache(maxsize=32)
def _offered(name: str) -> dict[str, tuple[Choice, ...]]:
    fields = [field for field in screen(name).items if isinstance(field, SelectOne | SelectMultiple)]
    return {field.name: tuple(choices_of(dialog(), field).values()) for field in fields}


def facts(tag: str, name: str, text: str) -> tuple[FoundField, ...]:
    """What is found in a text on a screen, in a language."""
    return find_fields(words(tag), dialog(), screen(name), text, _offered(name), TODAY)
