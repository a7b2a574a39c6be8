"""Messages to the office: each in a conversation of its own, which the office may read at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import msgspec

from assistant.core import engine
from assistant.core.commands import Message
from assistant.core.problem import Problem
from assistant.core.record import AnyEvent, Messaged, Recorded
from assistant.store import CaseChange, CaseRow, Conflict, ConversationRow, Opening, Store
from assistant.store.sealing import KeyFile
from assistant.talks import Card, Talk, encode_card, new_case, sealed

MESSAGE = "message"
"""The dialog name of a conversation that holds nothing but a message to the office."""


class Messages:
    """Sends messages to the office. ``now`` gives the moment in UTC, ``today`` the day in Sweden, both in ISO 8601;
    ``sent`` is told of each conversation that was made."""

    def __init__(
        self,
        store: Store,
        keys: KeyFile,
        now: Callable[[], str],
        today: Callable[[], str],
        sent: Callable[[str], object],
    ) -> None:
        self._store, self._keys, self._now, self._today, self._sent = store, keys, now, today, sent

    async def send(self, message: Message, locale: str) -> Problem | None:
        """A message from somebody who has no conversation: it makes a case of its own."""
        events = engine.message_to_office(message)
        if isinstance(events, Problem):
            return events
        recorded = Recorded(seq=1, at=self._now(), event=events[0])
        await self._send(uuid.uuid4().hex, uuid.uuid4().hex, recorded, locale)
        return None

    async def deliver(self, talk: Talk, recorded: Recorded) -> None:
        """Send a message out of a conversation.

        Its id follows from the record, so a message that is sent again after a crash arrives once."""
        own = uuid.uuid5(uuid.UUID(talk.id), f"message {recorded.seq}").hex
        if await self._store.conversation(own) is None:
            sent = Recorded(seq=1, at=recorded.at, event=recorded.event)
            await self._send(own, talk.case, sent, talk.state.locale)

    async def _send(self, conversation: str, case: str, recorded: Recorded, locale: str) -> None:
        key, wrapped = self._keys.new_key(conversation)
        today = self._today()
        known = await self._store.case(case)
        row = known or new_case(self._keys, case, locale, today, urgent=True)
        name = recorded.event.name if isinstance(recorded.event, Messaged) else ""
        change = CaseChange(urgent=True, updated=today)
        if row.card is None:
            change = CaseChange(urgent=True, updated=today, card=seal_card(self._keys, row, Card(name=name)))
        opening = Opening(
            case=row,
            conversation=ConversationRow(
                id=conversation,
                case=case,
                dialog=MESSAGE,
                version=1,
                wrapped_key=wrapped,
                seq=0,
                opened=today,
            ),
        )
        spoken = msgspec.structs.replace(recorded, event=_spoken(recorded.event, locale))
        bodies = sealed(key, conversation, (spoken,))
        try:
            await self._store.append(conversation, bodies, after=0, opening=opening, change=change)
        except Conflict:
            if await self._store.conversation(conversation) is None:
                raise
        self._sent(conversation)


def _spoken(event: AnyEvent, locale: str) -> AnyEvent:
    """A message with the language of the talk, whose record is not there when it is read."""
    return msgspec.structs.replace(event, locale=locale) if isinstance(event, Messaged) else event


def seal_card(keys: KeyFile, row: CaseRow, card: Card) -> bytes:
    """The sealed bytes of what a list shows of a case."""
    return keys.unwrap(row.wrapped_key, subject=row.id).seal(row.id, 0, encode_card(card))
