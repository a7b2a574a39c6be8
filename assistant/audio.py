"""Reading aloud: what is read of each screen, which recordings there are of it, and which are still to be made.

A recording is named by the text that is heard in it. A text that has changed has another name, so that nobody ever
hears an old recording; and a name tells nothing of the question.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple, cast

import msgspec

from assistant import wording
from assistant.core.dialog import (
    AnyScreen,
    DeclineKind,
    Dialog,
    Field,
    Group,
    Repeat,
    SelectMultiple,
    SelectOne,
    choices_of,
    places,
    screens,
)
from assistant.core.dialog_texts import CLDR_LISTS, EACH, SETTINGS_PLACEHOLDERS
from assistant.core.record import State
from assistant.languages import LANGUAGES
from assistant.placeholders import names
from assistant.settings import Settings
from assistant.talks import Talk
from assistant.texts import Catalogs, Words
from assistant.turns import Viewer
from assistant.views import ItemView

FOLDER: Final = "audio"
"""The folder of a data directory that holds the recordings, in a folder for each language: ``audio/fa-AF``."""

LARGEST: Final = 2_000_000
"""The most bytes of a recording: eleven minutes of 24 kbit/s. What is larger is not what it should be."""

_NAME: Final = re.compile(r"[0-9a-f]{16}\.mp3")


# -- what is read ------------------------------------------------------------------------------------------------------


def spoken(item: ItemView, words: Words) -> str:
    """The text of a screen as it is read aloud, a line for each thing: question, hint, fields with their choices, and
    last the ways to pass it over, which whoever cannot read must know of too. Long lists are not read."""
    lines = [item.label, item.hint]
    for one in item.fields:
        lines += [one.label, one.hint, *_answers(one, words)]
    lines += _answers(item, words)
    # The last field of a screen is often passed over in the same words as the screen itself.
    return "\n".join(line for line, _ in groupby(lines) if line)


def _answers(one: ItemView, words: Words) -> list[str]:
    choices = [] if one.listed else [choice.label for choice in one.choices]
    return choices + [wording.decline_words(words, cast(DeclineKind, kind)) for kind in one.decline]


def key_of(text: str) -> str:
    """The name of a text: the first 16 hexadecimal digits of the SHA-256 of its UTF-8, in Unicode's form NFC and with
    one space for each stretch of white space, so that neither line ends nor editors make another text of it."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


# -- what has been recorded --------------------------------------------------------------------------------------------


class Recording(NamedTuple):
    """A recording: its file, the name of that, and its size in bytes."""

    path: Path
    name: str
    size: int


class Recordings:
    """What the folder of recordings holds (None: there is none), read once. ``problems`` are a line each for what is in
    it and cannot be used; symbolic links are not followed."""

    def __init__(self, folder: Path | None) -> None:
        self._found: dict[str, dict[str, Recording]] = {}
        self.problems: list[str] = []
        for place in self._entries(folder) if folder is not None else ():
            if place.name not in LANGUAGES or not place.is_dir(follow_symlinks=False):
                self._cannot(place, "is no folder with the tag of a language, like fa-AF")
                continue
            files = (one for one in self._entries(Path(place.path)) if self._is_right(one))
            held = {one.name: Recording(Path(one.path), one.name, _size(one)) for one in files}
            if held:
                self._found[place.name] = held

    def find(self, locale: str, text: str) -> Recording | None:
        """The recording of a text in a language."""
        return self.get(locale, f"{key_of(text)}.mp3") if locale in self._found else None

    def get(self, locale: str, name: str) -> Recording | None:
        """The recording in the file of this name."""
        return self._found.get(locale, {}).get(name)

    def locales(self) -> tuple[str, ...]:
        """The languages that anything has been recorded in, as tags."""
        return tuple(self._found)

    def of(self, locale: str) -> tuple[Recording, ...]:
        """All recordings of a language, by name."""
        return tuple(self._found.get(locale, {}).values())

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            if folder.is_symlink():
                raise NotADirectoryError(0, "it is a symbolic link")
            with os.scandir(folder) as found:
                return sorted(found, key=lambda one: one.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problems.append(f"{str(folder)!r} cannot be read: {error.strerror}")
            return []

    def _is_right(self, file: os.DirEntry[str]) -> bool:
        if not _NAME.fullmatch(file.name):
            return self._cannot(file, "is not named like a text: 16 of the signs 0-9 a-f, and .mp3")
        if not file.is_file(follow_symlinks=False):
            return self._cannot(file, "is no file of its own, but a link or a folder")
        if not 0 < _size(file) <= LARGEST:
            return self._cannot(file, f"has {_size(file)} bytes; a recording has 1 to {LARGEST}")
        return True

    def _cannot(self, entry: os.DirEntry[str], why: str) -> bool:
        self.problems.append(f"{entry.path!r} {why}")
        return False


def _size(file: os.DirEntry[str]) -> int:
    return file.stat(follow_symlinks=False).st_size


# -- what there is to record -------------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """What is read of a screen to somebody who is offered all of it. ``screen`` is its name, with the choice that a
    round is about. ``varies``: others are offered less, and what they would hear is another text. ``personal``: it
    names what a person has said, so that it cannot be recorded."""

    screen: str
    text: str
    varies: bool
    personal: bool

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{key_of(self.text)}.mp3"


def readings(dialog: Dialog, words: Words, settings: Settings) -> Iterator[Reading]:
    """What is read of every screen of a dialog in a language, in the order of the dialog."""
    viewer = Viewer(Talk(id="", dialog=dialog, state=State(locale=words.language.tag)), words, settings)
    for item in screens(dialog):
        for of in _rounds(dialog, item):
            view = whole(viewer, item, of)
            name = f"{item.name}.{of}" if of else item.name
            yield Reading(name, spoken(view, words), _varies(dialog, item), _is_personal(item, of))


def _rounds(dialog: Dialog, item: AnyScreen) -> tuple[str, ...]:
    """The rounds in which a screen is asked with another text each: one for each choice that it can be about."""
    if not isinstance(item, Repeat) or not item.for_each or EACH not in _placeholders(item):
        return ("",)
    driver = places(dialog)[item.for_each].item
    if not isinstance(driver, SelectMultiple) or driver.choice_list in CLDR_LISTS:
        return ("",)
    return tuple(name for name, choice in choices_of(dialog, driver).items() if not choice.exclusive)


def whole(viewer: Viewer, item: AnyScreen, of: str = "") -> ItemView:
    """A screen with all fields and choices that anybody is offered."""
    if isinstance(item, Group | Repeat):
        fields = tuple(_with_all_choices(viewer, one, of, field=True) for one in item.items)
        return msgspec.structs.replace(viewer.item(item, of), fields=fields)
    return _with_all_choices(viewer, item, of)


def _with_all_choices(viewer: Viewer, one: Field, of: str, *, field: bool = False) -> ItemView:
    view = viewer.question(one, of, ({}, {}), field=field)
    if not isinstance(one, SelectOne | SelectMultiple):
        return view
    dialog = viewer.talk.dialog
    everything = tuple(choices_of(dialog, one).values())
    return msgspec.structs.replace(view, choices=wording.choices(viewer.words, dialog, one, everything))


def _fields(item: AnyScreen) -> tuple[Field, ...]:
    return item.items if isinstance(item, Group | Repeat) else (item,)


def _varies(dialog: Dialog, item: AnyScreen) -> bool:
    fields = _fields(item)
    own = {one.name for one in fields}
    for one in fields:
        choices = choices_of(dialog, one).values() if isinstance(one, SelectOne | SelectMultiple) else ()
        if any(choice.relevant is not None for choice in choices):
            return True
        # A field that depends on its own screen is always shown there.
        if one is not item and one.relevant is not None and not one.relevant.names & own:
            return True
    return False


def _placeholders(item: AnyScreen) -> frozenset[str]:
    return frozenset().union(*(names(one.label) | names(one.hint) for one in (item, *_fields(item))))


def _is_personal(item: AnyScreen, of: str) -> bool:
    same_for_all = SETTINGS_PLACEHOLDERS | {EACH} if of else SETTINGS_PLACEHOLDERS
    return not _placeholders(item) <= same_for_all


# -- the report --------------------------------------------------------------------------------------------------------


def report(
    dialogs: Iterable[Dialog],
    catalogs: Catalogs,
    settings: Settings,
    recordings: Recordings,
    locales: Iterable[str] = (),
) -> Iterator[str]:
    """How far the recordings have come, in lines: for each language (``locales``; if none is given, all that are
    offered) how many there are, and for each missing one its key, screen and text with tabs between them; then what
    fits no text, and what cannot be used. Raises KeyError for a language without words."""
    dialogs, chosen = tuple(dialogs), tuple(dict.fromkeys(locales))
    known = tuple(one.tag for one in catalogs.languages)
    texts = {tag: _to_record(dialogs, catalogs.words(tag), settings) for tag in (*known, *chosen)}
    for tag in chosen or settings.languages or known:
        yield from _progress(tag, texts[tag], recordings)
    for tag in chosen or recordings.locales():
        fitting = {one.name for one in texts.get(tag, ()) if not one.personal}
        yield from (f"old: {FOLDER}/{tag}/{one.name}" for one in recordings.of(tag) if one.name not in fitting)
    yield from (f"problem: {line}" for line in recordings.problems)


def _to_record(dialogs: Iterable[Dialog], words: Words, settings: Settings) -> tuple[Reading, ...]:
    """What is read in a language, each text once, be it on several screens."""
    found: dict[str, Reading] = {}
    for dialog in dialogs:
        for one in readings(dialog, words, settings):
            found.setdefault(one.text, one)
    return tuple(found.values())


def _progress(tag: str, texts: tuple[Reading, ...], recordings: Recordings) -> Iterator[str]:
    to_record = [one for one in texts if not one.personal]
    held = {one.name: recordings.get(tag, one.name) for one in to_record}
    there = [one for one in held.values() if one is not None]
    size = round(sum(one.size for one in there) / 1000)
    yield f"{tag}: {len(there)} of {len(to_record)} recorded, {size} KB"
    personal = ", ".join(one.screen for one in texts if one.personal)
    if personal:
        yield f"{tag}: cannot be recorded, for they name what a person has said: {personal}"
    for one in to_record:
        if held[one.name] is None:
            screen = f"{one.screen} (fullest form)" if one.varies else one.screen
            text = " / ".join(" ".join(line.split()) for line in one.text.splitlines())
            yield f"{one.name.removesuffix('.mp3')}\t{screen}\t{text}"
