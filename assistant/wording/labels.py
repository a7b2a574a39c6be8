"""The texts of a dialog in words, with what their placeholders stand for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from assistant.bidi import isolate, shown
from assistant.core.dialog import Attention, Dialog, Group, Item, Repeat, Section, Topic, places
from assistant.core.path import Path
from assistant.core.record import State
from assistant.core.summary import Filler, fillers_for
from assistant.placeholders import pieces
from assistant.texts import Words
from assistant.wording.segments import plain
from assistant.wording.values import value_words

NOT_KNOWN: Final = "…"
"""Stands where a text names something that is not known."""

Labelled: TypeAlias = Item | Section | Topic | Attention | Dialog


def label(
    words: Words,
    dialog: Dialog,
    item: Labelled,
    field: str = "label",
    fillers: Mapping[str, Filler] | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """A text of a part of the dialog, empty if it has none. Facts come from ``fillers``, what the municipality has set
    from ``settings``; a placeholder that neither knows becomes an ellipsis."""
    source = getattr(item, field, "")
    if not source:
        return ""
    template = words.dialog(context_of(item, field), source)
    if "{" not in template:
        return template
    values = written(words, settings)
    for name, filler in (fillers or {}).items():
        values[name] = plain(value_words(words, dialog, filler, for_summary=False), words.language.direction)
    return "".join(piece if isinstance(piece, str) else values.get(piece.name, NOT_KNOWN) for piece in pieces(template))


def text(
    words: Words,
    dialog: Dialog,
    state: State,
    path: Path,
    item: Item,
    field: str = "label",
    of: str = "",
    settings: Mapping[str, str] | None = None,
) -> str:
    """A text of an item as the person meets it here, with what is known now; ``of`` is the repeat's item."""
    source = getattr(item, field, "")
    if "{" not in source:
        return _plain_label(words, dialog, item, field) if source else ""
    return label(words, dialog, item, field, fillers_for(dialog, state, path, source, of, item), settings)


@lru_cache(maxsize=32768)
def _plain_label(words: Words, dialog: Dialog, item: Item, field: str) -> str:
    """A text without placeholders: the same for everybody who speaks a language."""
    return label(words, dialog, item, field)


def context_of(item: Labelled, field: str) -> str:
    """The context under which a text of this part stands in the catalog."""
    match item:
        case Dialog():
            return f"dialog.{field}"
        case Section():
            return f"section.{item.name}.{field}"
        case Topic():
            return f"topic.{item.name}.{field}"
        case Attention():
            return f"attention.{item.name}.{field}"
    return f"{item.name}.{field}"


def written(words: Words, settings: Mapping[str, str] | None) -> dict[str, str]:
    """What the municipality has set, as it stands in a text of this language."""
    return {name: isolate(shown(value), words.language.direction) for name, value in (settings or {}).items()}


def parent_of(dialog: Dialog, item: Item) -> Group | Repeat | None:
    """The group or repeat that an item is a field of."""
    place = places(dialog).get(item.name)
    return place.parent if place else None
