"""Where a sentence of the summary comes from: the answers behind it, and what was answered to a question before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from assistant.core.dialog import Calculate, Dialog, Screen, places
from assistant.core.path import Path
from assistant.core.record import Fact, Key, Recorded, State, Submitted, apply
from assistant.core.summary import Sentence


class Given(NamedTuple):
    """An answer as it was sent: the fact, and the moment (ISO 8601, UTC) at which it reached the office."""

    fact: Fact
    sent: str


def sent_answers(conversations: Iterable[tuple[str, Iterable[Recorded]]]) -> Mapping[Key, tuple[Given, ...]]:
    """What was answered to each question, one answer after another, by conversations (id and records), the oldest
    first. An answer that was given again unchanged is one. What a person changed before sending was never said to the
    office, and is not among them."""
    found: dict[Key, tuple[Given, ...]] = {}
    state = State()
    for conversation, records in conversations:
        state = state.begin(conversation)
        for recorded in records:
            apply(state, recorded)
            if isinstance(recorded.event, Submitted):
                for key, fact in state.facts.items():
                    before = found.get(key, ())
                    if fact.conversation == conversation and not (before and _same(before[-1].fact, fact)):
                        found[key] = (*before, Given(fact, recorded.at))
    return found


def _same(one: Fact, other: Fact) -> bool:
    return (one.value, one.declined) == (other.value, other.declined)


def sources_of(dialog: Dialog, path: Path, sentence: Sentence) -> tuple[Key, ...]:
    """The answers that a sentence comes from: those that it tells, or (a fixed line, a line of attention) also those
    that its condition reads. A screen that was declined as a whole stands for its fields."""
    item = sentence.item
    names = [*sentence.fillers]
    if not isinstance(item, Screen) and item.relevant is not None:
        names += [name for name in places(dialog) if name in item.relevant.names]
    found = {key: None for name in names for key in _answered(dialog, path, name, sentence.of)}
    if not found and isinstance(item, Screen):
        found = dict.fromkeys(_answered(dialog, path, item.name, sentence.of))
    return tuple(found)


def _answered(dialog: Dialog, path: Path, name: str, of: str) -> Iterator[Key]:
    """The answers that a fact comes from; of a calculated one those of the facts in it."""
    place = places(dialog).get(name)
    if place is None:
        return
    if isinstance(place.item, Calculate):
        for fact in sorted(place.item.value.names):
            yield from _answered(dialog, path, fact, of)
        return
    for asked in (name, *([place.parent.name] if place.parent else [])):
        own = [key for key in ((asked, of), (asked, "")) if key in path.answers]
        keys = own[:1] or [key for key in path.answers if key[0] == asked]
        if keys:
            yield from keys
            return
