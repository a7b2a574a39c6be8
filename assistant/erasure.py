"""Erasing what is over: drafts, cases by the rule of the municipality, and all that has an end beside them.

It is done in small steps, each of which stands alone: whatever stops it, the next run goes on. What is told of it are
numbers, never an id, because an id tells that somebody was here.
"""

from __future__ import annotations

import asyncio
import datetime
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from assistant.core.record import Submitted, decode, fold
from assistant.core.retention import BIRTH, Rule, Sample, Verdict, sample_of, verdict
from assistant.desk import Desk
from assistant.messages import MESSAGE
from assistant.sending.files import FOLDER as OUTBOX
from assistant.service import Service
from assistant.store import CaseRow, SessionKind, StoreError
from assistant.store.retention import Limits

AT_ONCE: Final = 200
"""How many drafts or cases are looked up at a time."""


class SessionLimits(NamedTuple):
    """How many seconds a session of a kind may be idle, and may be old."""

    idle: float
    absolute: float


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What was erased, and what is kept although it is old: numbers. ``log`` are rows of the log of readings, of
    openings of another's case and of what was done to logins; ``files`` are letters that lie in the outbox."""

    drafts: int = 0
    cases: int = 0
    kept_all: int = 0
    kept_sample: int = 0
    kept_unknown: int = 0
    unreadable: int = 0
    sessions: int = 0
    codes: int = 0
    letters: int = 0
    invitations: int = 0
    files: int = 0
    log: int = 0


class Erasure:
    """Erases by rule. ``sessions``: when the sessions of each kind end; ``data``: the data directory, whose outbox is
    emptied too."""

    def __init__(self, service: Service, sessions: dict[SessionKind, SessionLimits], data: Path | None = None) -> None:
        self.service, self.store, self.data = service, service.store.retention, data
        self._sessions, self._desk, self._running = sessions, Desk(service), asyncio.Lock()

    async def run(self, *, dry: bool = False) -> Erased:
        """Erase everything that is due now; ``dry``: only count it. Raises StoreError."""
        async with self._running:
            limits = self._limits()
            drafts = await self._drafts(limits, dry=dry)
            kept = await self._cases(dry=dry)
            swept = await (self.store.count(limits) if dry else self.store.sweep(limits))
            files = await asyncio.to_thread(self._files, limits.ended_before, dry=dry)
            log = await self._log(dry=dry)
        return Erased(drafts=drafts, files=files, log=log, **swept, **kept)

    def _limits(self) -> Limits:
        now, today = self.service.clock().timestamp(), self.service.today()
        over = (today - datetime.timedelta(days=self.service.settings.draft_days)).isoformat()
        applicant, desk = self._sessions["applicant"], self._sessions["desk"]
        return Limits(
            today=today.isoformat(),
            draft_before=over,
            ended_before=over,
            applicant_seen=now - applicant.idle,
            applicant_created=now - applicant.absolute,
            desk_seen=now - desk.idle,
            desk_created=now - desk.absolute,
        )

    # -- drafts and cases ------------------------------------------------------------------------------------------

    async def _drafts(self, limits: Limits, *, dry: bool) -> int:
        if dry:
            return len(await self.store.drafts(limits, limit=1_000_000))
        erased = 0
        while found := await self.store.drafts(limits, limit=AT_ONCE):
            for conversation in found:
                await self.service.store.erase(conversation)
                self.service.forget(conversation)
            erased += len(found)
        return erased

    async def _cases(self, *, dry: bool) -> dict[str, int]:
        """How many cases are erased, and how many are kept for each reason, by the names of `Erased`."""
        settings, today = self.service.settings, self.service.today()
        rule = Rule(settings.retention_years, settings.retention_exception)
        # Years ago to the day, as text: the 29th of February need not be a day of that year.
        before = f"{today.year - rule.years:04}-{today:%m-%d}"
        counts, behind = Counter[str](), ""
        while found := await self.store.cases(updated_before=before, behind=behind, limit=AT_ONCE):
            behind = found[-1].id
            for row in found:
                counts[_COUNTED[await self._case(row, rule, today, before, dry=dry)]] += 1
        del counts[""]
        return dict(counts)

    async def _case(self, row: CaseRow, rule: Rule, today: datetime.date, before: str, *, dry: bool) -> Verdict | None:
        """What became of a case; None if what it holds of the person's day of birth cannot be opened."""
        sample: Sample = ""
        if rule.exception == "born_5_15_25":
            try:
                sample = await self._sample(row)
            except StoreError:
                return None
        found = verdict(rule, datetime.date.fromisoformat(row.updated), today, sample)
        if found != "erase" or dry:
            return found
        talks = await self.service.store.conversations_of(row.id)
        if not await self.store.erase_case(row.id, updated_before=before):
            return "wait"
        for one in talks:
            self.service.forget(one.id)
        return found

    async def _sample(self, row: CaseRow) -> Sample:
        """Whether the person was born on the 5th, 15th or 25th: as the office said last, else by what the person sent.
        Raises StoreError."""
        return (await self._desk.office(row)).sample or sample_of(await self._births(row))

    async def _births(self, row: CaseRow) -> list[object]:
        found: list[object] = []
        for talk in await self.service.store.conversations_of(row.id):
            if not talk.submitted or talk.dialog == MESSAGE:
                continue
            key = self.service.keys.unwrap(talk.wrapped_key, subject=talk.id)
            records = [decode(key.open(talk.id, one.seq, one.body)) for one in await self.service.store.read(talk.id)]
            last = max((at for at, one in enumerate(records) if isinstance(one.event, Submitted)), default=-1)
            facts = fold([(talk.id, tuple(records[: last + 1]))]).facts
            found += [facts[name, ""].value for name in BIRTH if (name, "") in facts]
        return found

    # -- what lies beside ------------------------------------------------------------------------------------------

    def _files(self, before: str, *, dry: bool) -> int:
        """Letters in the outbox by the day in their names, and what a crash left of one half written."""
        folder = self.data / OUTBOX if self.data is not None else None
        if folder is None or not folder.is_dir():
            return 0
        old = [one for one in folder.iterdir() if one.name.lstrip(".")[:8] < before.replace("-", "")]
        for path in old:
            if not dry:
                path.unlink(missing_ok=True)
        return len(old)

    async def _log(self, *, dry: bool) -> int:
        today = self.service.today()
        day = f"{today.year - self.service.settings.log_years:04}-{today:%m-%d}"
        before = await self.store.log_end(before=day)
        rows = await self.store.log_rows(before=before)
        if dry or not rows:
            return rows
        return await self.service.store.office.close_log(before=before, at=self.service.now())


_COUNTED: Final[dict[Verdict | None, str]] = {
    "erase": "cases",
    "all": "kept_all",
    "sample": "kept_sample",
    "unknown": "kept_unknown",
    "wait": "",
    None: "unreadable",
}


def lines(found: Erased, *, dry: bool) -> list[str]:
    """What an operator is told, a line for each kind of which there is anything."""
    told = [text.format(n=getattr(found, name)) for name, text in _TOLD.items() if getattr(found, name)]
    head = "due to be erased:" if dry else "erased:"
    return [head, *told] if told else ["nothing is due to be erased"]


_TOLD: Final = {
    "drafts": "  {n} conversations that were not sent in time",
    "cases": "  {n} cases whose time is over",
    "sessions": "  {n} sessions that had ended",
    "codes": "  {n} resume codes past their day",
    "letters": "  {n} letters that were sent or given up",
    "invitations": "  {n} invitations that had ended",
    "files": "  {n} files in the outbox",
    "log": "  {n} events of the log of readings",
    "kept_all": "  kept: {n} cases, because the municipality keeps all of them for the archive",
    "kept_sample": "  kept: {n} cases of people born on the 5th, 15th or 25th, for the archive",
    "kept_unknown": "  kept: {n} cases of which nobody has said whether the person was born on the 5th, 15th or 25th; "
    "say it at the desk, where a case is closed",
    "unreadable": "  kept: {n} cases that cannot be opened; run: klarbild doctor",
}
