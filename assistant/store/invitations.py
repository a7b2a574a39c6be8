"""What a store keeps of invitations and of the letters that carry them: a small protocol beside `Store`.

An invitation is found by the hash of its link's token or of its short code; neither is kept itself. The text of a
letter is sealed with the key of its case, and blanked as soon as the letter is sent or given up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Literal, Protocol

import msgspec

from assistant.store import Store
from assistant.store.office import Step

LetterState = Literal["queued", "sent", "failed"]


class InvitationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation to begin a talk in a case. `token` and `code` are hashes; `made` and `until` (its last day) are ISO
    days, `used` and `withdrawn` the days on which it ended that way (empty: it did not)."""

    id: str
    case: str
    token: bytes
    code: bytes
    locale: str
    made: str
    until: str
    used: str = ""
    withdrawn: str = ""

    def works(self, today: str) -> bool:
        """Whether somebody can begin with it on this day."""
        return not self.used and not self.withdrawn and today <= self.until


class LetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A letter on its way out. `body` is sealed (empty once it is sent or given up); `due` is the moment of the next
    try, `problem` what the last one met (a word of `sending`, never an address). Moments are ISO in UTC."""

    id: str
    case: str
    invitation: str
    channel: str
    body: bytes
    state: LetterState
    due: str
    at: str
    tries: int = 0
    problem: str = ""


class LetterChange(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying to send a letter."""

    state: LetterState
    due: str
    tries: int
    problem: str = ""


def token_hash(token: str) -> bytes:
    """What is kept of a link's token: it is random enough (128 bits) for one round of SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def usable(store: Store, row: InvitationRow | None, today: str) -> InvitationRow | None:
    """The invitation if somebody can begin with it on this day: it works, and its case waits for answers still."""
    if row is None or not row.works(today):
        return None
    case = await store.case(row.case)
    return row if case is not None and case.status in ("invited", "begun") else None


class InvitationStore(Protocol):
    """Everything that invitations ask of a store. A write that returned is on the disk."""

    async def put(self, step: Step, row: InvitationRow, letter: LetterRow | None = None) -> None:
        """Write an invitation, with the doing that tells of it and the letter that carries it. Earlier ones of the case
        are withdrawn. Raises Conflict like `OfficeStore.do`."""
        ...

    async def withdraw(self, step: Step, *, today: str) -> None:
        """Withdraw the invitations of a case that nobody has used, and the letters that are not sent yet. Raises
        Conflict like `OfficeStore.do`."""
        ...

    async def by_token(self, hash: bytes) -> InvitationRow | None: ...

    async def by_code(self, hash: bytes) -> InvitationRow | None: ...

    async def of_case(self, case: str) -> tuple[InvitationRow, ...]:
        """The invitations of a case, the latest first."""
        ...

    async def open(self, units: Collection[str] | None, *, limit: int = 200) -> tuple[InvitationRow, ...]:
        """The invitations that nobody has used or withdrawn, in cases of these units (None: all), the latest first."""
        ...

    async def letters_of(self, cases: Sequence[str]) -> tuple[LetterRow, ...]:
        """The letters of these cases, the latest first."""
        ...

    async def due(self, now: str, *, limit: int = 50) -> tuple[LetterRow, ...]:
        """The letters that are to be tried at this moment, the oldest first."""
        ...

    async def tried(self, letter: LetterRow, change: LetterChange) -> bool:
        """Write what came of trying; False if the letter was withdrawn or tried by somebody else meanwhile."""
        ...

    async def try_now(self, letter: str, *, now: str) -> bool:
        """Let a letter that waits be tried at once; False if it does not wait."""
        ...
