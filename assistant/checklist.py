"""What a lead looks at, because secrecy is kept by looking: who opened cases that are another's, and a list of readings
to check each month (lag 2001:454 10 §: systematic and recurring checks of who reads what).

The list of a month holds every opening of another's case, every reading at night or on a weekend, what other rules call
out (see `check_rules`), and some readings drawn by lot. The lot is drawn with the office's secret, so the same list
comes each time it is looked at, and nobody can know it beforehand.
"""

from __future__ import annotations

import asyncio
import datetime
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from assistant.bidi import shown
from assistant.check_rules import Known, has_no_business, is_out_of_hours, often, same_name
from assistant.colleagues import Colleague
from assistant.core.office import Assigned, Crossed
from assistant.desk import Desk, card_of
from assistant.inbox import EVERY
from assistant.store import CaseRow
from assistant.store.office import CaseQuery, CheckResult, CrossingRow, LoggedReading
from assistant.talks import SWEDEN

DRAWN = 20
"""How many readings of a month are drawn by lot."""

CROSSINGS_SHOWN = datetime.timedelta(days=92)
"""How far back a lead sees who opened another's case."""

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_NOT_CHECKED: Final = frozenset({"list"})

Why = Literal["crossed", "out_of_hours", "same_name", "no_business", "often", "drawn"]
"""Why a reading is on the list, the strongest reason first."""


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opened a case that is another's. Moments are ISO in UTC; ``seen`` is empty until a lead has seen it."""

    id: int
    reference: str
    user: str
    at: str
    until: str
    reason: str
    seen: str = ""
    seen_by: str = ""


class ToCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A reading to check, why it is on the list, and what came of it (``result`` is empty until somebody checked)."""

    reading: int
    reference: str
    user: str
    at: str
    what: str
    why: Why
    result: str = ""
    checked_by: str = ""


class CheckList:
    """The lead's lists. What they show is limited to those whom the lead leads."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.service = desk, desk.service
        self.store = desk.service.store

    async def unseen(self, lead: Colleague) -> int:
        """How many openings of another's case this lead has not seen yet."""
        return sum(not one.seen and lead.leads(one.unit) for one in await self._rows())

    async def crossings(self, lead: Colleague) -> tuple[Crossing, ...]:
        """Who opened another's case within three months, the latest first."""
        return tuple([await self._crossing(one) for one in await self._rows() if lead.leads(one.unit)])

    async def _rows(self) -> tuple[CrossingRow, ...]:
        now = self.service.clock()
        return await self.store.office.crossings(since=_utc(now - CROSSINGS_SHOWN), until=_utc(now + _A_DAY))

    async def _crossing(self, row: CrossingRow) -> Crossing:
        case = await self.store.case(row.case)
        reason = await self._reason(case, row) if case is not None else ""
        return Crossing(
            id=row.id,
            reference=case.reference if case is not None else "",
            user=row.user,
            at=row.at,
            until=row.until,
            reason=shown(reason),
            seen=row.seen,
            seen_by=row.seen_by,
        )

    async def _reason(self, case: CaseRow, row: CrossingRow) -> str:
        told = (one for one in (await self.desk.office(case)).done if (one.at, one.by) == (row.at, row.user))
        return next((one.doing.reason for one in told if isinstance(one.doing, Crossed)), "")

    async def see(self, lead: Colleague, id: int) -> bool:
        """Note that the lead has seen an opening; False if it is none of theirs, or was seen before."""
        mine = any(one.id == id and lead.leads(one.unit) for one in await self._rows())
        return mine and await self.store.office.see_crossing(id, at=self.service.now(), by=lead.name)

    # -- the list of a month ---------------------------------------------------------------------------------------

    async def month(self, lead: Colleague, month: str) -> tuple[ToCheck, ...]:
        """The list of a month, ``2026-11``, in the order of the log. Raises ValueError for what is no month."""
        since, until = bounds(month)
        users = {one.name: one.unit for one in await self.store.users()}
        every = [
            one
            for one in await self.store.office.readings_between(since, until)
            if one.what not in _NOT_CHECKED and one.user != lead.name and lead.leads(users.get(one.user, ""))
        ]
        crossed = await self.store.office.crossings(since=since, until=until)
        known = await self._known(every, frozenset(users))
        why = await asyncio.to_thread(self._why, every, crossed, month, known)
        return tuple([await self._to_check(one, why[one.id]) for one in every if one.id in why])

    async def _known(self, every: Sequence[LoggedReading], users: frozenset[str]) -> Known:
        wanted = {one.case for one in every}
        rows = await self.store.office.list(CaseQuery(status=EVERY, limit=_EVERY_CASE))
        cases = {row.id: row for row in rows if row.id in wanted}
        readers = {(one.user, one.case) for one in every if one.user in users}
        strange = {case for user, case in readers if case in cases and cases[case].assigned not in ("", user)}
        worked = {id: await self._worked(cases[id]) for id in strange}
        return Known(cases, self._name, users, lambda row: worked.get(row.id, frozenset()))

    def _name(self, row: CaseRow) -> str:
        card = card_of(row, self.service)
        return card.name if card is not None else ""

    async def _worked(self, row: CaseRow) -> frozenset[str]:
        done = (await self.desk.office(row)).done
        given = {one.doing.to for one in done if isinstance(one.doing, Assigned)}
        return frozenset({one.by for one in done if not isinstance(one.doing, Crossed)} | given)

    def _why(
        self, every: Sequence[LoggedReading], crossed: Iterable[CrossingRow], month: str, known: Known
    ) -> dict[int, Why]:
        """The readings that are on the list, by number, and the strongest reason of each."""
        secret = self.service.keys.pepper
        times: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in crossed:
            times.setdefault((row.user, row.case), []).append((row.at, row.until))
        ordinary: dict[tuple[str, str], LoggedReading] = {}
        why: dict[int, Why] = {}
        for one in every:
            if any(at <= one.at <= until for at, until in times.get((one.user, one.case), ())):
                why[one.id] = "crossed"
            elif is_out_of_hours(one.at):
                why[one.id] = "out_of_hours"
            else:
                # Whoever reads one case ten times a day has one chance, not ten.
                ordinary.setdefault((one.user, one.case), one)
        called = self._called_out(ordinary, often(every), known)
        why |= {ordinary.pop(pair).id: reason for pair, reason in called.items()}
        drawn = sorted(ordinary.values(), key=lambda one: _lot(secret, month, one.id))[:DRAWN]
        return why | {one.id: "drawn" for one in drawn}

    def _called_out(
        self,
        ordinary: Mapping[tuple[str, str], LoggedReading],
        many: frozenset[tuple[str, str]],
        known: Known,
    ) -> dict[tuple[str, str], Why]:
        """Which pairs of reader and case the rules call out, once in a month each. Programs have no rules: they read
        all cases."""
        found: dict[tuple[str, str], Why] = {}
        for user, id in ordinary:
            case = known.cases.get(id)
            if case is None or user not in known.users:
                continue
            if same_name(user, known.name(case)):
                found[user, id] = "same_name"
            elif has_no_business(user, case, known):
                found[user, id] = "no_business"
            elif (user, id) in many:
                found[user, id] = "often"
        return found

    async def _to_check(self, one: LoggedReading, why: Why) -> ToCheck:
        case = await self.store.case(one.case)
        return ToCheck(
            reading=one.id,
            reference=case.reference if case is not None else "",
            user=one.user,
            at=one.at,
            what=one.what,
            why=why,
            result=one.result,
            checked_by=one.checked_by,
        )

    async def check(self, lead: Colleague, month: str, results: Mapping[int, CheckResult]) -> int:
        """Note what came of checking readings of a month's list; how many were noted. Others are left alone."""
        listed = {one.reading for one in await self.month(lead, month)}
        now, noted = self.service.now(), 0
        for reading, result in results.items():
            if reading in listed:
                noted += await self.store.office.check(reading, at=now, by=lead.name, result=result)
        return noted


_A_DAY = datetime.timedelta(days=1)
_EVERY_CASE = 1_000_000


def bounds(month: str) -> tuple[str, str]:
    """The first moment of a month on Swedish clocks, and of the next, in UTC. Raises ValueError."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise ValueError("a month is written like 2026-11")
    first = datetime.datetime(int(found[1]), int(found[2]), 1, tzinfo=SWEDEN)
    return _utc(first), _utc((first + 31 * _A_DAY).replace(day=1))


def _lot(secret: bytes, month: str, reading: int) -> bytes:
    return hmac.digest(secret, f"check {month} {reading}".encode(), "sha256")


def _utc(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
