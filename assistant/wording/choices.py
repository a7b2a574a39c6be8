"""Choices in words: their labels on the screen, their phrases in the record, their order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from assistant.core.dialog import Choice, Dialog, SelectMultiple, SelectOne
from assistant.core.dialog_texts import CLDR_LISTS
from assistant.texts import Words


class OfferedChoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A choice as it is offered on a screen."""

    name: str
    label: str
    exclusive: bool = False


def choice_label(words: Words, dialog: Dialog, question: SelectOne | SelectMultiple, name: str) -> str:
    """A choice as it is shown where it can be picked. A name that the dialog no longer has is shown as it is."""
    listed = _named(words, question, name)
    if listed:
        return words.capitalised(listed)
    found = _sources(dialog, question).get(name)
    return words.dialog(f"{found[0]}.label", found[1].label) if found else name


def choice_summary(words: Words, dialog: Dialog, question: SelectOne | SelectMultiple, name: str) -> str:
    """A choice as a phrase within a sentence: its ``summary``, or its label if it has none."""
    listed = _named(words, question, name)
    if listed:
        return listed
    found = _sources(dialog, question).get(name)
    if found and found[1].summary:
        return words.dialog(f"{found[0]}.summary", found[1].summary)
    return choice_label(words, dialog, question, name)


@lru_cache(maxsize=4096)
def choices(
    words: Words, dialog: Dialog, question: SelectOne | SelectMultiple, offered: tuple[Choice, ...]
) -> tuple[OfferedChoice, ...]:
    """The offered choices in the order in which they are shown: as the dialog has them, but those of a built-in list
    (behind the question's own and its ``first``) in the order of their words."""
    shown = [
        OfferedChoice(name=one.name, label=choice_label(words, dialog, question, one.name), exclusive=one.exclusive)
        for one in offered
    ]
    if question.choice_list not in CLDR_LISTS:
        return tuple(shown)
    ahead = {choice.name for choice in question.choices} | set(question.first)
    before = [choice for choice in shown if choice.name in ahead]
    behind = [choice for choice in shown if choice.name not in ahead]
    return (*before, *sorted(behind, key=lambda choice: words.sort_key(choice.label)))


def _named(words: Words, question: SelectOne | SelectMultiple, name: str) -> str:
    """The name of a country or language from CLDR, empty for other choices."""
    if question.choice_list not in CLDR_LISTS or any(choice.name == name for choice in question.choices):
        return ""
    return words.country(name) if question.choice_list == "countries" else words.language_name(name)


@lru_cache(maxsize=4096)
def _sources(dialog: Dialog, question: SelectOne | SelectMultiple) -> Mapping[str, tuple[str, Choice]]:
    """Where the words of a choice stand in the catalog, and the choice as written."""
    listed = dialog.choice_lists.get(question.choice_list, ())
    found = {choice.name: (f"list.{question.choice_list}.{choice.name}", choice) for choice in listed}
    return found | {choice.name: (f"{question.name}.{choice.name}", choice) for choice in question.choices}
