"""The words of a person's own in what was sent to the office, each with the language that the talk was held in when
they were written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from assistant.core.dialog import OCCUPATION, Dialog, Text, places
from assistant.core.record import Messaged, Recorded, Submitted
from assistant.core.sources import sent_answers

_NAMES: Final = frozenset({"called_name"})


class OwnWords(NamedTuple):
    """A text word for word, and the tag of the language in which the talk was (empty: not known)."""

    locale: str
    text: str


def sent_part(records: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """The record up to what was approved; what came after was not sent."""
    last = max((index for index, one in enumerate(records) if isinstance(one.event, Submitted)), default=-1)
    return tuple(records[: last + 1])


def own_words(dialog: Dialog, conversation: str, records: Sequence[Recorded]) -> tuple[OwnWords, ...]:
    """The texts of a conversation that reached the office, each once, also those that were changed by a later one.
    Names, numbers and addresses are not words that could be told in another language."""
    known = places(dialog)
    found: dict[OwnWords, None] = {}
    for (name, _), answers in sent_answers([(conversation, sent_part(records))]).items():
        if name in known and isinstance(known[name].item, Text):
            for one in answers:
                if isinstance(one.fact.value, str) and are_words(name, one.fact.value):
                    found[OwnWords(one.fact.locale, one.fact.value)] = None
    return tuple(found)


def told_words(records: Sequence[Recorded], locale: str) -> tuple[OwnWords, ...]:
    """The texts of messages to the office: when it is safe to call. ``locale``: the language of those of which none was
    written down."""
    events = (one.event for one in records if isinstance(one.event, Messaged))
    return tuple(OwnWords(one.locale or locale, one.when) for one in events if are_words("", one.when))


def are_words(name: str, text: str) -> bool:
    """Whether the answer to the question ``name`` is in a language: no name of anybody, no number, no address, and no
    code of what has a name in every language."""
    return name not in _NAMES and "@" not in text and not text.startswith(OCCUPATION) and any(map(str.isalpha, text))
