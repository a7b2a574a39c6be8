"""What was understood of typed words, shown before it counts. Dates that were worked out, what may be two days, and a
sentence that answers several fields stand in the fields of the same page again: the person says yes, or mends them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from assistant.bidi import shown
from assistant.core.dates import parse_date
from assistant.core.dialog import Date, Field, Group, Integer, Repeat, Screen, SelectMultiple, SelectOne
from assistant.core.problem import Problem
from assistant.core.steps import Ask
from assistant.core.walk import scope_before
from assistant.server.forms import DATE_PARTS, Form, Kept, typed_of
from assistant.talks import Talk
from assistant.texts import N_, Words
from assistant.turns import Viewer
from assistant.typed import fields_in, understanding_of
from assistant.understanding import Raw
from assistant.wording import choice_label

SENTENCE: Final = "say"
"""The name of the field for a sentence that answers several fields at once."""

PICK: Final = "pick"
"""The name of the buttons that say what was meant; the value is ``name of the field=ISO date`` or ``…=number``."""

_CALENDARS: Final[Mapping[str, str]] = {
    "persian": N_("{typed} in the Persian calendar is {date} in Sweden."),
    "islamic": N_("{typed} in the Islamic calendar is {date} in Sweden."),
    "ethiopic": N_("{typed} in the Ethiopian calendar is {date} in Sweden."),
}


class Told(NamedTuple):
    """What was understood for a field: its place on the page, its label, the value in words and as the page's fields
    hold it, and (``calendar``) the sentence that tells of another calendar."""

    place: str
    label: str
    value: str
    fields: Kept
    calendar: str = ""


class Either(NamedTuple):
    """A date or number that can be one of several: its field's name, its label, and each value with its words."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]


class Look(NamedTuple):
    """What the page shows before anything is recorded: ``kept`` is what its fields hold, ``sentence`` the one that was
    written. Where both others are empty, nothing was understood of it."""

    kept: Kept
    found: tuple[Told, ...]
    either: tuple[Either, ...]
    sentence: str


def picked(form: Form) -> Form:
    """The form with the value that a button named in its field. A button that fits no field changes nothing."""
    name, _, value = form.one(PICK).partition("=")
    fields = {key: values for key, values in form.fields.items() if key != PICK}
    if f"{name}.year" in fields and parse_date(value):
        fields |= _boxes(name, value)
    elif name in fields and (name == "value" or name.startswith("field.")) and value.isascii() and value.isdigit():
        fields[name] = [value]
    return Form(fields)


def look_at(form: Form, talk: Talk, viewer: Viewer, today: datetime.date) -> Look | None:
    """What is to be looked at before this form counts; None if it can count as it is."""
    step, sentence = talk.step, form.one(SENTENCE).strip()
    if not isinstance(step, Ask) or not form.answers(step) or form.one("decline"):
        return None
    meant = list(_typed(form, step, viewer, today))
    found = [one for one in meant if isinstance(one, Told)]
    if sentence and isinstance(step.item, Group | Repeat):
        found += _said(sentence, step.item, step.of, viewer, today)
    either = tuple(one for one in meant if isinstance(one, Either))
    if not found and not either and not sentence:
        return None
    kept = dict(form.shown)
    for one in found:
        kept |= one.fields
    # It stands in the notice if it was not understood: left in its field, it would be asked about for ever.
    return Look(kept | {SENTENCE: [""]}, tuple(found), either, shown(sentence))


def _typed(form: Form, step: Ask, viewer: Viewer, today: datetime.date) -> Iterator[Told | Either]:
    """The typed fields whose value does not stand there as it is."""
    talk, words = viewer.talk, viewer.words
    for name, field in _fields_of(step.item):
        typed = typed_of(field, form, name)
        if typed is None:
            continue
        label = viewer.text(field, of=step.of)
        meant = understanding_of(talk, words, field, typed, scope_before(talk.path, field), today)
        if isinstance(meant, Problem):
            several = meant.params.get("dates" if isinstance(field, Date) else "numbers") or ()
            if several:
                yield Either(name, label, tuple((str(one), _in_words(viewer, field, one)) for one in several))
        elif not meant.literal and meant.value is not None:
            value, sentence = _in_words(viewer, field, meant.value), _CALENDARS.get(meant.calendar, "")
            calendar = words.gettext(sentence, typed=typed, date=value) if sentence else ""
            place = name if name == "value" else f"f-{field.name}"
            yield Told(place, label, value, _shown_in(name, field, meant.value), calendar)


def _said(sentence: str, asked: Group | Repeat, of: str, viewer: Viewer, today: datetime.date) -> Iterator[Told]:
    """What a sentence says of the fields of a screen."""
    fields = {one.name: one for one in asked.items}
    for one in fields_in(viewer.talk, viewer.words, asked, sentence, today):
        field = fields[one.field]
        shown_in = _shown_in(f"field.{field.name}", field, one.value)
        yield Told(f"f-{field.name}", viewer.text(field, of=of), _in_words(viewer, field, one.value), shown_in)


def _fields_of(asked: Screen) -> Iterator[tuple[str, Field]]:
    """The fields of a screen that are typed, by their names in the form."""
    if isinstance(asked, Group | Repeat):
        yield from ((f"field.{one.name}", one) for one in asked.items if isinstance(one, Date | Integer))
    elif isinstance(asked, Date | Integer):
        yield "value", asked


def _shown_in(name: str, field: Field, value: Raw) -> dict[str, list[str]]:
    """A value as the fields of a page hold it."""
    if isinstance(field, Date):
        return _boxes(name, str(value))
    return {name: [str(one) for one in value] if isinstance(value, list) else [str(value)]}


def _boxes(name: str, iso: str) -> dict[str, list[str]]:
    parts = (*iso.split("-"), "", "")
    return {f"{name}.{part}": [text.lstrip("0")] for part, text in zip(DATE_PARTS, parts, strict=False)}


def _in_words(viewer: Viewer, field: Field, value: Any) -> str:
    words, dialog = viewer.words, viewer.talk.dialog
    match field:
        case Date():
            return _date(words, str(value))
        case SelectOne() | SelectMultiple():
            names = value if isinstance(value, list) else [str(value)]
            return words.list(choice_label(words, dialog, field, str(name)) for name in names)
        case Integer():
            return words.number(int(value))
    return str(value)


def _date(words: Words, iso: str) -> str:
    """A date in words and in figures, where these differ."""
    told = words.date(iso)
    return told if iso in told else f"{told} ({words.numeric_date(iso)})"
