"""What is on record, to be compared with what a person said."""

from __future__ import annotations

from assistant.core.record import AnyEvent, decode
from assistant.service import Service
from assistant.talks import Talk


async def events(service: Service, talk: Talk) -> list[AnyEvent]:
    """What happened in a conversation, in order, as it lies in the store."""
    assert talk.key is not None
    return [decode(talk.key.open(talk.id, one.seq, one.body)).event for one in await service.store.read(talk.id)]


async def every_talk(service: Service) -> list[list[AnyEvent]]:
    """What happened in each conversation that is kept, the oldest first."""
    return [await events(service, talk) for talk in service._cache.values()]
