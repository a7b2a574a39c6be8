"""The letters on their way out: tried when they are due, tried again with growing pauses, given up in the end.

What a letter says is sealed until the moment it is sent. Nothing here is ever logged but that something went wrong.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping
from typing import Final

import msgspec

from assistant.sending import Channel, Letter, NotSent, Transport
from assistant.service import Service
from assistant.store import StoreError
from assistant.store.invitations import LetterChange, LetterRow

PAUSES: Final = tuple(datetime.timedelta(minutes=one) for one in (1, 5, 15, 60, 120, 360, 360))
"""How long to wait after each try that failed; after the last of them a letter is given up."""


class Outbox:
    """Sends what is due. ``transports`` by channel; a letter whose channel has none waits until there is one."""

    def __init__(self, service: Service, transports: Mapping[Channel, Transport]) -> None:
        self.service, self.transports = service, transports
        self._sending = asyncio.Lock()

    async def send_due(self) -> int:
        """Try every letter that is due, one after another; how many were sent."""
        async with self._sending:
            due = await self.service.store.invitations.due(self.service.now())
            return sum([await self._send(one) for one in due])

    async def _send(self, row: LetterRow) -> bool:
        transport = self.transports.get(msgspec.convert(row.channel, Channel))
        try:
            letter = await self._letter(row)
            if transport is None:
                raise NotSent("misconfigured", final=False)
            await transport.send(letter)
        except NotSent as error:
            await self._failed(row, error.code, final=error.final)
            return False
        except StoreError:
            await self._failed(row, "damaged", final=True)
            return False
        except Exception:
            # Whatever a library did not foresee counts as a try, or one letter would hold up all others.
            await self._failed(row, "unreachable", final=False)
            return False
        sent = LetterChange(state="sent", due=self.service.now(), tries=row.tries + 1)
        return await self.service.store.invitations.tried(row, sent)

    async def _letter(self, row: LetterRow) -> Letter:
        case = await self.service.store.case(row.case)
        if case is None:
            raise StoreError("the case of a letter is gone")
        key = self.service.keys.unwrap(case.wrapped_key, subject=case.id)
        return msgspec.json.decode(key.open(f"{row.case} letter {row.id}", 0, row.body), type=Letter)

    async def _failed(self, row: LetterRow, problem: str, *, final: bool) -> None:
        given_up = final or row.tries >= len(PAUSES)
        due = self.service.clock() + (datetime.timedelta() if given_up else PAUSES[row.tries])
        change = LetterChange(
            state="failed" if given_up else "queued",
            due=due.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            tries=row.tries + 1,
            problem=problem,
        )
        await self.service.store.invitations.tried(row, change)
