"""What somebody typed in answer to a question, as a reply: understood in the language of the conversation."""

from __future__ import annotations

import datetime

from assistant.core.commands import Reply
from assistant.core.dialog import Choice, Field, Group, Repeat, SelectMultiple, SelectOne, places
from assistant.core.path import Scope
from assistant.core.problem import Problem
from assistant.core.steps import Ask
from assistant.core.walk import offered_choices, scope_before
from assistant.talks import Talk
from assistant.texts import Words
from assistant.understanding import Raw, Understood, understand
from assistant.understanding.sentences import FoundField, find_fields


def reply_of(talk: Talk, words: Words, item: str, of: str, text: str, today: datetime.date) -> Reply | Problem:
    """The reply that typed words mean. A Problem only if the question is the one that is asked now: about any other,
    the record decides what the words are worth."""
    place = places(talk.dialog).get(item)
    asked = place.item if place is not None else None
    if asked is None or isinstance(asked, Group | Repeat) or not isinstance(asked, Field):
        return Reply(item=item, of=of, value=text)
    raw = meaning_of(talk, words, asked, text, scope_before(talk.path, asked), today)
    if not isinstance(raw, Problem):
        return Reply(item=item, of=of, value=raw)
    step = talk.step
    if isinstance(step, Ask) and (step.item.name, step.of) == (item, of):
        return raw
    return Reply(item=item, of=of, value=text)


def meaning_of(
    talk: Talk, words: Words, question: Field, text: str, scope: Scope, today: datetime.date
) -> Raw | Problem:
    """The raw value that typed words mean for a question (or field), where ``scope`` holds what was said before it."""
    found = understanding_of(talk, words, question, text, scope, today)
    return found if isinstance(found, Problem) else found.value


def understanding_of(
    talk: Talk, words: Words, question: Field, text: str, scope: Scope, today: datetime.date
) -> Understood | Problem:
    """As :func:`meaning_of`, with whether the value was read as it stands or worked out."""
    return understand(words, talk.dialog, question, text, _offered(talk, question, scope, today), today)


def fields_in(
    talk: Talk, words: Words, screen: Group | Repeat, text: str, today: datetime.date
) -> tuple[FoundField, ...]:
    """What a sentence says of the fields of a screen that is asked now."""
    offered = {one.name: _offered(talk, one, scope_before(talk.path, one), today) for one in screen.items}
    return find_fields(words, talk.dialog, screen, text, offered, today)


def _offered(talk: Talk, question: Field, scope: Scope, today: datetime.date) -> tuple[Choice, ...]:
    if isinstance(question, SelectOne | SelectMultiple):
        return offered_choices(talk.dialog, question, scope, today)
    return ()
