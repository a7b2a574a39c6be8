"""The list of cases: whose they are, what is urgent, late or at risk, and the messages that nobody took care of yet.

What a list shows of a case that is another's is that it is there: never a name, never what a message says.
"""

from __future__ import annotations

import asyncio
import datetime
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from assistant.colleagues import Colleague
from assistant.desk import RISK_DAYS, CaseView, Desk, MessageView, card_of, view_of
from assistant.references import reference_of
from assistant.store import CaseRow, CaseStatus
from assistant.store.office import CaseQuery, Counts, Only, Sort
from assistant.talks import Card

Whose = Literal["unit", "mine", "nobodys"]

PAGE = 50
"""How many cases a page of the list shows."""

MOST_FOUND = 100
"""How many cases a search shows."""

MOST_MESSAGES = 20
"""How many messages stand on top of the list."""

EVERY: tuple[CaseStatus, ...] = ("invited", "begun", "sent", "visited", "closed")

_CARDS_REMEMBERED = 20_000
_MOST_SEARCHED = 100_000


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to see of the list. ``page`` counts from 1; ``words`` are of a reference or a name, and are
    looked for in closed cases too."""

    words: str = ""
    whose: Whose = "unit"
    only: Only = ""
    status: CaseStatus | Literal[""] = ""
    locale: str = ""
    sort: Sort = "urgent"
    descending: bool = False
    page: int = 1


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list. ``found`` counts the cases on all its pages; ``counts`` are those of everything that
    ``whose`` names; ``messages`` the latest that wait, ``more_messages`` how many wait behind them."""

    cases: tuple[CaseView, ...]
    found: int
    counts: Counts
    messages: tuple[MessageView, ...] = ()
    more_messages: int = 0


class Inbox:
    """The lists of one office. ``desk`` reads what they show of messages."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.service = desk, desk.service
        self._cards: OrderedDict[str, tuple[bytes, Card | None]] = OrderedDict()

    async def page(self, colleague: Colleague, wanted: Wanted) -> Listed:
        """What a colleague's list shows. That it was read goes to the log, and of which cases the name or a message."""
        if wanted.words.strip():
            return await self._search(colleague, wanted)
        store, query = self.service.store.office, self._query(colleague, wanted)
        rows, counts, waiting = await asyncio.gather(
            store.list(query), store.count(query), store.waiting_messages(colleague.units)
        )
        found = counts.cases if not wanted.only else getattr(counts, wanted.only)
        whole = counts
        if wanted.status or wanted.locale:
            whole = await store.count(msgspec.structs.replace(query, status=(), locale=""))
        cases = tuple(self._view(colleague, row) for row in rows)
        messages = await self._messages(colleague, [one.case for one in waiting])
        read = {one.case for one in messages if one.name or one.phone}
        await self._log(colleague.name, "list", ("", *read))
        return Listed(
            cases=cases,
            found=found,
            counts=whole,
            messages=tuple(messages[:MOST_MESSAGES]),
            more_messages=max(0, len(messages) - MOST_MESSAGES),
        )

    def _query(self, colleague: Colleague, wanted: Wanted) -> CaseQuery:
        today, days = self.service.today(), self.service.settings.first_visit_days
        # A case is late on the day behind its last one, and at risk on that day and those before it.
        late_before = today - datetime.timedelta(days=days)
        return CaseQuery(
            units=None if wanted.whose == "mine" else colleague.units,
            assigned={"mine": colleague.name, "nobodys": "", "unit": None}[wanted.whose],
            status=(wanted.status,) if wanted.status else (),
            locale=wanted.locale,
            only=wanted.only,
            late_before=late_before.isoformat(),
            risk_before=(late_before + datetime.timedelta(days=RISK_DAYS + 1)).isoformat(),
            days=days,
            sort=wanted.sort,
            descending=wanted.descending,
            limit=PAGE,
            offset=PAGE * (wanted.page - 1),
        )

    def _view(self, colleague: Colleague, row: CaseRow) -> CaseView:
        """A case as this colleague's list shows it."""
        if not colleague.owns(row):
            return msgspec.structs.replace(view_of(row, self.service, Card()), locale="", own=False)
        return view_of(row, self.service, self._card(row))

    def _card(self, row: CaseRow) -> Card | None:
        """What the card of a case says; opened once for as long as it stays the same."""
        if row.card is None:
            return None
        known = self._cards.get(row.id)
        if known is None or known[0] != row.card:
            known = self._cards[row.id] = row.card, card_of(row, self.service)
            while len(self._cards) > _CARDS_REMEMBERED:
                self._cards.popitem(last=False)
        return known[1]

    # -- messages --------------------------------------------------------------------------------------------------

    async def _messages(self, colleague: Colleague, ids: Iterable[str]) -> list[MessageView]:
        """The messages of these cases that wait, the latest first; of a case that is another's, only that one waits."""
        cases = dict.fromkeys(ids)
        found = [one for each in await asyncio.gather(*(self._of(colleague, id) for id in cases)) for one in each]
        return sorted(found, key=lambda one: one.at, reverse=True)

    async def _of(self, colleague: Colleague, id: str) -> list[MessageView]:
        store = self.service.store
        row, conversations = await asyncio.gather(store.case(id), store.conversations_of(id))
        if row is None:
            return []
        view = self._view(colleague, row)
        waiting = [one for one in await self.desk.messages(view, conversations) if not one.handled]
        if view.own:
            return waiting
        return [
            msgspec.structs.replace(one, name="", phone="", when="", needs=(), locale="", for_whom=row.assigned)
            for one in waiting
        ]

    # -- search ----------------------------------------------------------------------------------------------------

    async def _search(self, colleague: Colleague, wanted: Wanted) -> Listed:
        """Cases whose reference or name holds these words. A name is looked for only in cases that are one's own; a
        whole reference finds any case, and shows nothing of one that is another's."""
        everything = CaseQuery(units=colleague.units, status=EVERY, limit=_MOST_SEARCHED)
        rows = list(await self.service.store.office.list(everything))
        mine = await self.service.store.office.list(
            CaseQuery(assigned=colleague.name, status=EVERY, limit=_MOST_SEARCHED)
        )
        rows += [one for one in mine if one not in rows] if colleague.units is not None else []
        found = await asyncio.to_thread(self._found, colleague, rows, wanted.words)
        exact = await self.service.store.office.by_reference(reference_of(wanted.words))
        if exact is not None and all(one.id != exact.id for one in found):
            found.append(self._view(colleague, exact))
        listed = sorted(found, key=_order)
        shown = tuple(listed[:MOST_FOUND])
        await self._log(colleague.name, "list", ("",))
        await self._log(colleague.name, "found", [one.id for one in shown if one.own and one.readable])
        return Listed(cases=shown, found=len(listed), counts=Counts(len(listed), 0, 0, 0, 0))

    def _found(self, colleague: Colleague, rows: Iterable[CaseRow], words: str) -> list[CaseView]:
        views = (self._view(colleague, row) for row in rows)
        return [one for one in views if matches(one, words)]

    async def _log(self, reader: str, what: str, cases: Iterable[str]) -> None:
        store, now = self.service.store, self.service.now()
        await asyncio.gather(*(store.log_reading(at=now, user=reader, case=case, what=what) for case in cases))

    # -- for programs ----------------------------------------------------------------------------------------------

    async def every(self, words: str = "", *, reader: str) -> Sequence[CaseView]:
        """The open cases of all units, for a program that holds a token: urgent ones first, then those with least days
        left. ``words``: only those whose reference or name holds them, closed ones too."""
        status: tuple[CaseStatus, ...] = EVERY if words.strip() else EVERY[:-1]
        rows = await self.service.store.office.list(CaseQuery(status=status, limit=_MOST_SEARCHED))
        views = await asyncio.to_thread(lambda: [view_of(row, self.service, self._card(row)) for row in rows])
        found = sorted((one for one in views if not words.strip() or matches(one, words)), key=_order)
        await self._log(reader, "list", ("",))
        if words.strip():
            await self._log(reader, "found", [one.id for one in found if one.readable])
        return found


def matches(case: CaseView, words: str) -> bool:
    """Whether a case's reference or name holds these words; signs that look alike in a reference are the same. Words
    with a digit are no name: who wrote a personal number or an address where a name is asked is not found by it."""
    wanted = words.strip().casefold()
    symbols = reference_of(words).replace("-", "")
    reference = case.reference.replace("-", "")
    named = wanted in case.name.casefold() and not any(sign.isdigit() for sign in wanted)
    return named or (bool(symbols) and symbols in reference)


def _order(case: CaseView) -> tuple[bool, bool, bool, int, str, str]:
    late = case.days_left if case.days_left is not None else 0
    closed = case.status == "closed"
    return (closed, not case.urgent, case.days_left is None, late, case.first_contact, case.reference)
