"""What a store keeps of the office's own doings: a small protocol beside `Store`, on the same files and writer.

Days and minutes are ISO 8601 on Swedish clocks (`2026-03-05`, `2026-03-05T10:00`), moments are in UTC
(`2026-03-05T09:00:00Z`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from assistant.store import CaseChange, CaseRow, ConversationRow, SealedRecord
from assistant.store.chain import Head

Sort = Literal["urgent", "first_contact", "visit", "reference", "assigned", "updated"]
Only = Literal["", "urgent", "late", "at_risk", "unbooked"]
CheckResult = Literal["fine", "ask"]


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a list shows. None and an empty text mean: whatever it is.

    `units`: cases of these units (an empty name: of no unit yet); `assigned`: of this person (an empty name: of
    nobody); `late_before`: a case whose first contact is before this day is late; `risk_before`: it is at risk, unless
    a visit is booked within `days` of its first contact. Closed cases are listed only if `status` names them."""

    units: tuple[str, ...] | None = None
    assigned: str | None = None
    status: tuple[str, ...] = ()
    locale: str = ""
    only: Only = ""
    late_before: str = ""
    risk_before: str = ""
    days: int = 14
    sort: Sort = "urgent"
    descending: bool = False
    limit: int = 50
    offset: int = 0


class Counts(NamedTuple):
    """How many cases a query finds without its `only`, and how many of them are urgent, late, at risk, unbooked."""

    cases: int
    urgent: int
    late: int
    at_risk: int
    unbooked: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What the office does with one case: sealed doings behind number `after`, and what they change of its row.

    `handled`: the day on which all messages of the case until now are taken care of."""

    case: str
    bodies: Sequence[bytes]
    after: int
    change: CaseChange | None = None
    handled: str = ""


class CrossingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opened a case that is another's. `doing` is the number of the doing that holds the reason; `unit` is
    that of the user; `seen` the moment at which a lead has seen it."""

    id: int = 0
    case: str
    user: str
    unit: str
    doing: int
    at: str
    until: str
    seen: str = ""
    seen_by: str = ""


class LoggedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading with its number in the log and, if somebody has checked it, when, who, and with what result."""

    id: int
    at: str
    user: str
    case: str
    what: str
    checked_at: str = ""
    checked_by: str = ""
    result: str = ""


class OfficeStore(Protocol):
    """Everything the office asks of a store. A write that returned is on the disk."""

    async def make(self, row: CaseRow, bodies: Sequence[bytes]) -> None:
        """Make a case of which the person has said nothing yet, with the office's first doings.

        Raises Conflict if its id or reference is taken."""
        ...

    async def do(self, *steps: Step) -> None:
        """Write what the office does, all or nothing. Raises Conflict, and writes nothing, if a case is unknown or its
        last doing is not the one that the step stands behind."""
        ...

    async def doings(self, case: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        """What the office did with a case behind a number, in order."""
        ...

    async def merge(self, step: Step, *, absorbed: str, absorbed_after: int) -> None:
        """Let a case take in another one with its conversations; the log of its readings is found with the case from
        now on. The other one is gone.

        Raises Conflict like `do`, also if the other one's last doing is not `absorbed_after`."""
        ...

    async def by_reference(self, reference: str) -> CaseRow | None:
        """The case of a reference, `K7M-3Q9`."""
        ...

    async def list(self, query: CaseQuery) -> tuple[CaseRow, ...]: ...

    async def count(self, query: CaseQuery) -> Counts: ...

    async def waiting_messages(self, units: Collection[str] | None = None) -> tuple[ConversationRow, ...]:
        """The messages that nobody took care of yet in open cases of these units, the latest first."""
        ...

    async def cross(self, step: Step, row: CrossingRow) -> None:
        """Write that somebody opens a case that is another's, with the reason. Raises Conflict like `do`."""
        ...

    async def crossing(self, *, user: str, case: str, now: str) -> CrossingRow | None:
        """The latest opening by which a user may read a case at this moment."""
        ...

    async def crossings(self, *, since: str, until: str) -> tuple[CrossingRow, ...]:
        """The openings between two moments, the latest first."""
        ...

    async def see_crossing(self, id: int, *, at: str, by: str) -> bool:
        """Write that a lead has seen an opening; False if it is not there or was seen before."""
        ...

    async def readings_between(self, since: str, until: str) -> tuple[LoggedReading, ...]:
        """All readings of cases between two moments, with what was found when they were checked, in order."""
        ...

    async def check(self, reading: int, *, at: str, by: str, result: CheckResult) -> bool:
        """Write what came of checking a reading; False if there is no such reading. A later result replaces it."""
        ...

    async def log_head(self) -> Head | None:
        """Where the chain of the log ends now (see `chain`); None if none is kept, or its end was tampered with."""
        ...

    async def close_log(self, *, before: str, at: str) -> int:
        """Erase what the log says of the time before a moment; how many events there were. What follows still proves
        whole. Raises StoreError, and erases nothing, if the log is not whole."""
        ...
