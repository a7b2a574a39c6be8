"""Every text of a dialog that is shown to somebody, with its context: what is translated, and under which name.

The context (gettext: msgctxt) says where a text stands, in words that stay the same for ever: ``school_years.label``,
``school_years.none.summary``, ``section.school.hint``, ``list.yes_no.yes.label``, ``attention.urgent_need.label``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from assistant.core.dialog import AnyItem, Choice, Dialog, Group, Model, Repeat

TextPath: TypeAlias = tuple[str | int, ...]
"""The place of a value in the model: ``("sections", 0, "items", 2, "label")``."""

TEXT_FIELDS: Final = (
    "label",
    "hint",
    "why",
    "reply",
    "summary",
    "missing",
    "more",
    "unit",
    "example",
    "constraint_message",
)
"""The fields of items, choices, sections, topics and attention lines that hold words for people."""

SETTINGS_PLACEHOLDERS: Final = frozenset({"office_phone", "office_name", "children_phone"})
"""Placeholders that are filled from the settings of the municipality and may stand in any text."""

EACH: Final = "each"
"""The placeholder of a ``for_each`` repeat: the label of the choice that this round is about."""

CLDR_LISTS: Final = frozenset({"countries", "languages"})
"""Lists whose words come from CLDR and not from the catalogs of the dialogs."""

RESERVED_CONTEXTS: Final = frozenset({"dialog", "topic", "list", "section", "attention", "entitlement"})
"""First parts of contexts that are no item; no item may have such a name."""


class DialogText(NamedTuple):
    """One text: where it stands in the model, its context for translators, and the words (empty if not written)."""

    path: TextPath
    context: str
    text: str


def walk_texts(dialog: Dialog) -> Iterator[DialogText]:
    """Every place of the dialog that can hold a text, in the order of the model, with empty ones."""
    yield DialogText(("title",), "dialog.title", dialog.title)
    for index, topic in enumerate(dialog.topics):
        yield from _fields(topic, ("topics", index), f"topic.{topic.name}")
    for name, choices in dialog.choice_lists.items():
        if name not in CLDR_LISTS:
            yield from _choices(choices, ("choice_lists", name), f"list.{name}")
    for index, section in enumerate(dialog.sections):
        path: TextPath = ("sections", index)
        yield from _fields(section, path, f"section.{section.name}")
        yield from _items(section.items, (*path, "items"))
    for index, line in enumerate(dialog.attention):
        yield from _fields(line, ("attention", index), f"attention.{line.name}")


def texts_of(dialog: Dialog) -> Iterator[tuple[str, str]]:
    """``(context, text)`` for every text that the dialog has written down."""
    return ((context, text) for _, context, text in walk_texts(dialog) if text)


def is_for_desk(context: str) -> bool:
    """Whether the text under this context is read at the desk only (catalog ``desk``, not ``dialogs``)."""
    return context.startswith(("attention.", "entitlement."))


def _items(items: Iterable[AnyItem], path: TextPath) -> Iterator[DialogText]:
    for index, item in enumerate(items):
        here: TextPath = (*path, index)
        yield from _fields(item, here, item.name)
        yield from _choices(getattr(item, "choices", ()), (*here, "choices"), item.name)
        if isinstance(item, Group | Repeat):
            yield from _items(item.items, (*here, "items"))


def _choices(choices: Iterable[Choice], path: TextPath, context: str) -> Iterator[DialogText]:
    for index, choice in enumerate(choices):
        yield from _fields(choice, (*path, index), f"{context}.{choice.name}")


def _fields(part: Model, path: TextPath, context: str) -> Iterator[DialogText]:
    for name in TEXT_FIELDS:
        if name in part.__struct_fields__:
            yield DialogText((*path, name), f"{context}.{name}", getattr(part, name))
