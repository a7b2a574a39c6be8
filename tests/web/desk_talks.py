"""Conversations that were sent to the office, for the tests of the desk."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from assistant.core.record import Recorded, Started, Submitted, encode
from assistant.player import play
from assistant.service import Service
from assistant.store import ConversationRow, Opening
from assistant.talks import Talk
from tests.web.desk_cases import SELAM


async def sent(service: Service, stops_after: str = "", **answers: object) -> Talk:
    """Selam's first visit in English, with some answers of its own."""
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, **answers}, stops_after=stops_after)
    return (await play(service, journey, "en")).talk


async def send_more(
    service: Service, talk: Talk, dialog: str, events: list[Any], locale: str = "sv", *, written: str = ""
) -> None:
    """Another conversation of the same case, sent now and (if that was earlier) ``written`` at another moment."""
    row = await service.store.case(talk.case)
    assert row is not None
    id = uuid.uuid4().hex
    key, wrapped = service.keys.new_key(id)
    own = ConversationRow(id=id, case=row.id, dialog=dialog, version=2, wrapped_key=wrapped, seq=0, opened="2026-03-05")
    told = [Started(dialog=dialog, version=2, locale=locale), *events, Submitted()]
    records = [
        Recorded(seq=seq, at=service.now() if seq == len(told) else written or service.now(), event=event)
        for seq, event in enumerate(told, start=1)
    ]
    bodies = [key.seal(id, one.seq, encode(one)) for one in records]
    opening = Opening(case=row, conversation=own)
    await service.store.append(id, bodies, after=0, opening=opening, submitted="2026-03-06")
