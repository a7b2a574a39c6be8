"""What caseworkers do with cases: each doing is checked, sealed and appended behind what its page was drawn from.

Whoever acts on a page that is older than what a colleague did meanwhile is told what that was, and nothing is written.
"""

from __future__ import annotations

import asyncio
import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from assistant.colleagues import Colleague, colleague_of
from assistant.core.office import (
    LONGEST_NOTE,
    AnyDoing,
    Assigned,
    Booked,
    Closed,
    Crossed,
    Done,
    Handled,
    Held,
    Linked,
    Merged,
    Noted,
    Reopened,
    Sampled,
    Unlinked,
    Woken,
    decode,
    encode,
    is_minute,
)
from assistant.desk import Desk, card_of
from assistant.messages import MESSAGE, seal_card
from assistant.pins import Pins
from assistant.references import new_reference, reference_of
from assistant.store import CaseChange, CaseRow, CaseStatus, Conflict
from assistant.store.office import CrossingRow, Step
from assistant.talks import SWEDEN, Card

CROSSING = datetime.timedelta(hours=1)
"""How long somebody may read a case that is another's, once the reason was told."""

SHORTEST_REASON = 10
"""How many characters a reason for opening another's case has at least: a word or two that a lead can weigh."""

Wrong = Literal[
    "stale", "not_yours", "no_such_user", "no_such_case", "no_time", "past", "too_far", "future", "before_contact",
    "empty", "too_long", "too_short", "itself", "linked_already", "not_closed", "closed", "sent_already", "no_address",
    "care",
]  # fmt: skip
"""Why something was not done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a doing. ``case`` is the case's id; ``wrong`` says why nothing was done (None: it was done), and
    ``meanwhile`` what colleagues did since the page was drawn."""

    case: str = ""
    wrong: Wrong | None = None
    meanwhile: tuple[Done, ...] = ()


class Casework:
    """What the office does with cases. ``desk`` reads them."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.service = desk, desk.service
        self.store = desk.service.store
        self.pins = Pins(self.store, self.service.keys)

    # -- cases the office makes ------------------------------------------------------------------------------------

    async def make(
        self,
        colleague: Colleague,
        doings: Sequence[AnyDoing],
        *,
        locale: str,
        name: str = "",
        first_contact: datetime.date | None = None,
    ) -> CaseRow:
        """A new case of which the person has said nothing yet, with the first doings; it is the colleague's."""
        id, today = uuid.uuid4().hex, self.service.today()
        key, wrapped = self.service.keys.new_key(id)
        row = CaseRow(
            id=id,
            reference=new_reference(),
            first_contact=(first_contact or today).isoformat(),
            status="invited",
            locale=locale,
            urgent=False,
            wrapped_key=wrapped,
            updated=today.isoformat(),
            unit=colleague.unit,
            assigned=colleague.name,
        )
        if name:
            row = msgspec.structs.replace(row, card=seal_card(self.service.keys, row, Card(name=name)))
        first = (Assigned(to=colleague.name, unit=colleague.unit), *doings)
        done = self._done(colleague, first, after=0)
        await self.store.office.make(row, [key.seal(id, one.seq, encode(one)) for one in done])
        return msgspec.structs.replace(row, doings=len(done))

    # -- doings ----------------------------------------------------------------------------------------------------

    async def do(self, colleague: Colleague, case: str, doing: AnyDoing, seen: int) -> Outcome:
        """Do something with a case. ``seen`` is the number of the last doing that the page showed."""
        row = await self.store.case(case)
        if row is None or not await self._may(colleague, row, doing):
            return Outcome(case, "not_yours")
        if seen != row.doings:
            return await self.stale(row, seen)
        wrong = await self._wrong(row, doing)
        if wrong is not None:
            return Outcome(case, wrong)
        if isinstance(doing, Assigned):
            doing = await self._placed(row, doing)
        try:
            await self.store.office.do(await self.step(colleague, row, (doing,)))
        except Conflict:
            return await self.stale(row, seen)
        return Outcome(case)

    async def _may(self, colleague: Colleague, row: CaseRow, doing: AnyDoing) -> bool:
        """Whether a colleague may do this: with one's own cases; a lead gives the cases of the unit to others."""
        if isinstance(doing, Assigned) and colleague.leads(row.unit):
            return True
        return await self.desk.may_open(colleague, row)

    async def _placed(self, row: CaseRow, doing: Assigned) -> Assigned:
        """A case is in the unit of whoever has it; of nobody, it stays where it is unless a unit is named."""
        user = await self.store.user(doing.to) if doing.to else None
        return Assigned(to=doing.to, unit=(user.unit if user is not None else doing.unit) or row.unit)

    async def stale(self, row: CaseRow, seen: int) -> Outcome:
        """What is told about a case that has changed since a page was drawn: what was done since."""
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        later = await self.store.office.doings(row.id, after=max(0, seen))
        return Outcome(row.id, "stale", tuple(decode(key.open(row.id, one.seq, one.body)) for one in later))

    async def _wrong(self, row: CaseRow, doing: AnyDoing) -> Wrong | None:
        match doing:
            case Assigned(to=to, unit=unit):
                people, units = await self.choices()
                known = any(one.name == to for one in people) if to else not unit or unit in units
                return None if known else "no_such_user"
            case Booked(at=at) if at:
                return self._wrong_time(at)
            case Held(on=on):
                return self._wrong_day(row, on)
            case Noted(text=text):
                return _wrong_words(text, least=1)
            case Closed(reason=reason):
                return "closed" if row.status == "closed" else _wrong_words(reason, least=0)
            case Reopened() | Sampled() if row.status != "closed":
                return "not_closed"
        return None

    def _wrong_time(self, at: str) -> Wrong | None:
        if not is_minute(at):
            return "no_time"
        moment = datetime.datetime.fromisoformat(at).replace(tzinfo=SWEDEN)
        now = self.service.clock()
        return "past" if moment < now else "too_far" if moment > now + datetime.timedelta(days=366) else None

    def _wrong_day(self, row: CaseRow, on: str) -> Wrong | None:
        try:
            day = datetime.date.fromisoformat(on)
        except ValueError:
            return "no_time"
        return "future" if day > self.service.today() else "before_contact" if on < row.first_contact else None

    async def step(self, colleague: Colleague, row: CaseRow, doings: Sequence[AnyDoing]) -> Step:
        """Doings as they are written, with what they change of the case's row."""
        done = self._done(colleague, doings, after=row.doings)
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        changes: dict[str, object] = {"updated": self.service.today().isoformat()}
        for doing in doings:
            changes |= await self._changes(row, doing)
        return Step(
            case=row.id,
            bodies=[key.seal(row.id, one.seq, encode(one)) for one in done],
            after=row.doings,
            change=msgspec.convert(changes, CaseChange),
            handled=self.service.today().isoformat() if any(isinstance(one, Handled) for one in doings) else "",
        )

    def _done(self, colleague: Colleague, doings: Sequence[AnyDoing], *, after: int) -> tuple[Done, ...]:
        now = self.service.now()
        return tuple(
            Done(seq=seq, at=now, by=colleague.name, doing=doing) for seq, doing in enumerate(doings, start=after + 1)
        )

    async def _changes(self, row: CaseRow, doing: AnyDoing) -> dict[str, object]:
        """What a doing changes of the case's row."""
        match doing:
            case Assigned(to=to, unit=unit):
                return {"assigned": to, "unit": unit}
            case Booked(at=at):
                return {"visit": at}
            case Held(on=on):
                return {"held": on, "status": "visited" if row.status != "closed" else "closed", "urgent": False}
            case Handled():
                return {"urgent": False}
            case Closed():
                return {"status": "closed", "urgent": False}
            case Reopened():
                return {"status": await self._status(row)}
            case Sampled():
                # No note in the file: it must not begin the years of keeping anew.
                return {"updated": row.updated}
        return {}

    async def _status(self, row: CaseRow) -> CaseStatus:
        """The state of a case that is not closed, by what there is of it."""
        talks = [one for one in await self.store.conversations_of(row.id) if one.dialog != MESSAGE]
        if row.held:
            return "visited"
        return "sent" if any(one.submitted for one in talks) else "begun" if talks or row.card else "invited"

    # -- one case and another --------------------------------------------------------------------------------------

    async def claim(self, colleague: Colleague, reference: str) -> Outcome:
        """Take a case that nobody has, by the reference that the person reads out."""
        row = await self.store.office.by_reference(reference_of(reference))
        if row is None or row.assigned or not colleague.owns(row):
            return Outcome("", "no_such_case")
        return await self.do(colleague, row.id, Assigned(to=colleague.name), row.doings)

    async def link(self, colleague: Colleague, case: str, reference: str, seen: int) -> Outcome:
        """Say that another case is the partner's. Both are told of it; neither shows the other's answers."""
        row, other = await asyncio.gather(
            self.store.case(case), self.store.office.by_reference(reference_of(reference))
        )
        if row is None or not await self.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        if seen != row.doings:
            return await self.stale(row, seen)
        if other is None:
            return Outcome(case, "no_such_case")
        if other.id == row.id:
            return Outcome(case, "itself")
        if any([(await self.desk.office(one)).partner for one in (row, other)]):
            return Outcome(case, "linked_already")
        there = Linked(case=other.id, reference=other.reference)
        back = Linked(case=row.id, reference=row.reference)
        return await self._both(colleague, (row, there), (other, back), seen)

    async def unlink(self, colleague: Colleague, case: str, seen: int) -> Outcome:
        """Say that the case is not the partner's after all."""
        row = await self.store.case(case)
        if row is None or not await self.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        if seen != row.doings:
            return await self.stale(row, seen)
        partner = (await self.desk.office(row)).partner
        if partner is None:
            return Outcome(case, "no_such_case")
        other = await self.store.case(partner.case)
        there = Unlinked(case=partner.case, reference=partner.reference)
        if other is None:
            return await self.do(colleague, case, there, seen)
        back = Unlinked(case=row.id, reference=row.reference)
        return await self._both(colleague, (row, there), (other, back), seen)

    async def sleeping(self, case: str) -> tuple[str, ...]:
        """The conversations of a case whose PIN was wrong too often."""
        talks = await self.store.conversations_of(case)
        return tuple([one.id for one in talks if await self.pins.sleeps(one.id)])

    async def wake(self, colleague: Colleague, case: str, seen: int) -> Outcome:
        """Let the person, who was met, come back with the code alone."""
        asleep = await self.sleeping(case)
        outcome = await self.do(colleague, case, Woken(), seen)
        if outcome.wrong is None:
            for conversation in asleep:
                await self.pins.remove(conversation)
        return outcome

    async def _both(
        self, colleague: Colleague, one: tuple[CaseRow, AnyDoing], other: tuple[CaseRow, AnyDoing], seen: int
    ) -> Outcome:
        steps = [await self.step(colleague, row, (doing,)) for row, doing in (one, other)]
        try:
            await self.store.office.do(*steps)
        except Conflict:
            return await self.stale(one[0], seen)
        return Outcome(one[0].id)

    async def merge(self, colleague: Colleague, case: str, reference: str, seen: int) -> Outcome:
        """Take another case into this one, because both are the same person's. What was said and done there stands here
        from now on, and the other reference is gone. The earlier first contact counts."""
        row, other = await asyncio.gather(
            self.store.case(case), self.store.office.by_reference(reference_of(reference))
        )
        if row is None or not await self.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        if seen != row.doings:
            return await self.stale(row, seen)
        if other is None or not await self.desk.may_open(colleague, other):
            return Outcome(case, "no_such_case")
        if other.id == row.id:
            return Outcome(case, "itself")
        if (await self.desk.office(other)).partner is not None:
            return Outcome(case, "linked_already")
        step = await self._absorbing(colleague, row, other)
        try:
            await self.store.office.merge(step, absorbed=other.id, absorbed_after=other.doings)
        except Conflict:
            return await self.stale(row, seen)
        return Outcome(case)

    async def _absorbing(self, colleague: Colleague, row: CaseRow, other: CaseRow) -> Step:
        """What is written of a case that takes in another one: the other's doings as they were, under new numbers."""
        earlier = (await self.desk.office(other)).done
        first = [msgspec.structs.replace(one, seq=row.doings + at) for at, one in enumerate(earlier, start=1)]
        last = row.doings + len(first)
        done = (*first, *self._done(colleague, (Merged(reference=other.reference),), after=last))
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        known = card_of(other, self.service) or card_of(row, self.service)
        held = row.held or other.held
        talks = [one for id in (row.id, other.id) for one in await self.store.conversations_of(id)]
        sent = any(one.submitted and one.dialog != MESSAGE for one in talks)
        return Step(
            case=row.id,
            bodies=[key.seal(row.id, one.seq, encode(one)) for one in done],
            after=row.doings,
            change=CaseChange(
                status="visited" if held else "sent" if sent else "begun" if talks else "invited",
                urgent=row.urgent or other.urgent,
                locale=other.locale if other.card is not None else row.locale,
                card=seal_card(self.service.keys, row, known) if known is not None else None,
                first_contact=min(row.first_contact, other.first_contact),
                visit=row.visit or other.visit,
                held=held,
                updated=self.service.today().isoformat(),
            ),
        )

    # -- another's case --------------------------------------------------------------------------------------------

    async def cross(self, colleague: Colleague, reference: str, reason: str) -> Outcome:
        """Open a case that is another's, for a reason and for an hour. It is written down, and the lead is told."""
        wrong = _wrong_words(reason, least=SHORTEST_REASON)
        if wrong is not None:
            return Outcome("", wrong)
        row = await self.store.office.by_reference(reference_of(reference))
        if row is None:
            return Outcome("", "no_such_case")
        if await self.desk.may_open(colleague, row):
            return Outcome(row.id)
        until = (self.service.clock() + CROSSING).astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        step = await self.step(colleague, row, (Crossed(reason=reason.strip(), until=until),))
        crossing = CrossingRow(
            case=row.id,
            user=colleague.name,
            unit=colleague.unit,
            doing=row.doings + 1,
            at=self.service.now(),
            until=until,
        )
        try:
            await self.store.office.cross(step, crossing)
        except Conflict:
            return await self.cross(colleague, reference, reason)
        return Outcome(row.id)

    async def choices(self) -> tuple[tuple[Colleague, ...], tuple[str, ...]]:
        """Those to whom a case can be given: colleagues, and the units there are."""
        users = [colleague_of(one) for one in await self.store.users() if one.role != "admin" and not one.disabled]
        return tuple(users), tuple(sorted({one.unit for one in users if one.unit}))


def _wrong_words(text: str, *, least: int) -> Wrong | None:
    length = len(text.strip())
    if length > LONGEST_NOTE:
        return "too_long"
    return None if length >= least else "empty" if not length else "too_short"
