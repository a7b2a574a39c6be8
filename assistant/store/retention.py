"""What erasing by rule asks of a store: a small protocol beside `Store`, on the same files and writer.

Days are ISO 8601 (`2026-03-05`), moments are in UTC (`2026-03-05T09:00:00Z`), those of sessions unix seconds.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from assistant.store import CaseRow


class Limits(NamedTuple):
    """What is too old. Codes end before `today`; a draft began before `draft_before` and nobody can come back to it;
    invitations ended, and their letters left, before `ended_before`; sessions were not used since `..._seen`, or began
    before `..._created`."""

    today: str
    draft_before: str
    ended_before: str
    applicant_seen: float
    applicant_created: float
    desk_seen: float
    desk_created: float


class RetentionStore(Protocol):
    """Everything that erasing by rule asks of a store. A write that returned is on the disk."""

    async def write_down(self, *ids: str) -> None:
        """Put ids of cases and conversations on the list of what is erased, if the store has one. Raises StoreError."""
        ...

    async def drafts(self, limits: Limits, *, limit: int) -> tuple[str, ...]:
        """The conversations that were never sent and that nobody can go on with: their code does not work any more, and
        no session of theirs is alive. Messages are none: they are sent when they are written."""
        ...

    async def cases(self, *, updated_before: str, behind: str, limit: int) -> tuple[CaseRow, ...]:
        """The cases whose last note is older than a day, in the order of their ids, behind one of them."""
        ...

    async def erase_case(self, case: str, *, updated_before: str) -> bool:
        """Remove a case with all its conversations from the files, as `Store.erase` does; False if somebody wrote in it
        meanwhile."""
        ...

    async def ids(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of all cases and of all conversations."""
        ...

    async def count(self, limits: Limits) -> dict[str, int]:
        """How much of each kind is too old beside drafts and cases: sessions, codes, letters, invitations."""
        ...

    async def sweep(self, limits: Limits) -> dict[str, int]:
        """Remove it; how much there was of each kind."""
        ...

    async def log_end(self, *, before: str) -> str:
        """The moment until which the log can be erased: `before`, or that of the first reading of a case that is still
        there."""
        ...

    async def log_rows(self, *, before: str) -> int:
        """How many rows the log has that are older than a moment."""
        ...
