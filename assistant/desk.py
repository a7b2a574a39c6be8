"""The use cases of the desk: which cases there are, and one case as the office may read it.

The office reads what was sent, and messages that were sent to it at once. A conversation that was not sent is nobody's
but the person's: it is never opened here. Every reading is written down before anything is shown.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from assistant.bidi import shown
from assistant.colleagues import Colleague
from assistant.core.dialog import Dialog
from assistant.core.hints import NO_HINTS, Hints, hints
from assistant.core.office import OfficeState
from assistant.core.office import decode as decode_done
from assistant.core.office import fold as fold_office
from assistant.core.own_words import sent_part
from assistant.core.path import Path
from assistant.core.record import Messaged, Recorded, State, fold
from assistant.core.summary import Summary, summarize
from assistant.core.walk import walk
from assistant.messages import MESSAGE
from assistant.openers import by_office, records_of
from assistant.service import Service
from assistant.store import CaseRow, CaseStatus, ConversationRow, ReadingRow, TokenRow
from assistant.store.sealing import TamperedError
from assistant.talks import Card, decode_card
from assistant.translated import known, let_be_translated
from assistant.wording import Machine, in_swedish

MOST_FAILURES = 10
RISK_DAYS = 3
"""A case without a visit is at risk when so few days are left."""

_UNTOUCHED = OfficeState()
Partner = Literal["", "invited", "begun", "sent"]
"""How far a partner has come whose case is linked to this one."""


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the office. ``at`` is its moment in UTC; ``name``, ``phone`` and ``when`` are the person's words,
    ``needs`` choice names of ``urgent_needs``; ``locale`` is the language of the talk it came from. ``handled``:
    somebody of the office took care of it. ``for_whom``: the case is this colleague's, and nothing more is told.
    ``machine`` is ``when`` in Swedish, made by a machine (empty: there is none)."""

    case: str
    reference: str
    at: str
    kind: str
    name: str = ""
    phone: str = ""
    when: str = ""
    needs: tuple[str, ...] = ()
    locale: str = ""
    handled: bool = False
    for_whom: str = ""
    machine: str = ""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the list shows it. Days are ISO dates.

    ``readable``: the office has got something of it; of a case that is only begun, nothing but its reference, state and
    first day is told. ``days_left`` counts to ``visit_by`` (negative: that day is past; None: nobody waits).
    ``interpreter`` is the language of the interpreter ("none": not needed; empty: not told). ``unit`` and ``assigned``
    say whose it is, ``visit`` is the minute of the first visit on Swedish clocks, ``held`` the day on which it took
    place, ``seq`` the number of the office's last doing. ``own``: the reader may open it without telling a reason;
    of others, neither name nor message is told. ``damaged``: what the list should show of it cannot be opened."""

    id: str
    reference: str
    status: CaseStatus
    first_contact: str
    readable: bool
    name: str = ""
    locale: str = ""
    interpreter: str = ""
    visit_by: str = ""
    days_left: int | None = None
    urgent: bool = False
    damaged: bool = False
    messages: tuple[MessageView, ...] = ()
    unit: str = ""
    assigned: str = ""
    visit: str = ""
    held: str = ""
    seq: int = 0
    own: bool = True

    @property
    def overdue(self) -> bool:
        """Whether the day of the first visit is past."""
        return self.days_left is not None and self.days_left < 0

    @property
    def at_risk(self) -> bool:
        """Whether the day of the first visit is near, and no visit is booked by then."""
        near = self.days_left is not None and 0 <= self.days_left <= RISK_DAYS
        return near and not (self.visit and self.visit[:10] <= self.visit_by)


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case as far as the office may read it.

    ``state`` is the fold of everything that was sent, ``office`` that of what the office did. ``dialog``, ``path`` and
    ``summary`` are those of what was sent last; None if nothing was sent, or the dialog is no more: then
    ``state.lines`` still tell what was approved. ``hints`` are what may be worth taking up at the visit, by the rules
    that hold today. ``record`` is everything that was sent, conversation by conversation (id and events), the oldest
    first. ``partner`` says how far the partner has come, never what they have said; empty if no case is linked.
    ``machine`` is what a machine made of the person's own words, to be shown beside them."""

    view: CaseView
    state: State
    readings: tuple[ReadingRow, ...]
    dialog: Dialog | None = None
    path: Path | None = None
    summary: Summary | None = None
    office: OfficeState = _UNTOUCHED
    hints: Hints = NO_HINTS
    record: tuple[tuple[str, tuple[Recorded, ...]], ...] = ()
    partner: Partner = ""
    machine: Machine = field(default_factory=dict)


class Desk:
    """What the office can do. One instance serves one data directory, beside its ``service``."""

    def __init__(self, service: Service) -> None:
        self.service = service

    # -- who may come in -------------------------------------------------------------------------------------------

    async def token(self, token: str) -> TokenRow | None:
        """What a bearer token of the desk API opens; None for any that was not given out."""
        return await self.service.store.token(token_hash(token))

    async def messages(self, case: CaseView, rows: Iterable[ConversationRow]) -> tuple[MessageView, ...]:
        """The messages of a case among its conversations, the latest first."""
        apart = [one for one in rows if one.dialog == MESSAGE]
        found = [(row, recorded) for row in apart for recorded in await self._read(row)]
        return _told(case, found, (await known(self.service, apart)).machine)

    # -- one case --------------------------------------------------------------------------------------------------

    async def open(self, id: str, colleague: Colleague, *, what: str = "case") -> CaseDetail | None:
        """A case for somebody who may read it: because it is theirs, or because they told a reason within the hour
        (see `casework`). None for any other, as if there were none; then nothing is read, and nothing logged."""
        row = await self.service.store.case(id)
        if row is None or not await self.may_open(colleague, row):
            return None
        return await self.case(id, reader=colleague.name, what=what)

    async def may_open(self, colleague: Colleague, row: CaseRow) -> bool:
        """Whether a colleague may read a case now."""
        if colleague.owns(row):
            return True
        now = self.service.now()
        return await self.service.store.office.crossing(user=colleague.name, case=row.id, now=now) is not None

    async def case(self, id: str, *, reader: str, what: str = "case") -> CaseDetail | None:
        """A case with all that was sent of it; None if there is none. ``what`` is read of it goes to the log. Whether
        ``reader`` may read it is not asked here: see `open`.

        Raises StoreError if something of it cannot be opened."""
        store = self.service.store
        row = await store.case(id)
        if row is None:
            return None
        await self._log(reader, row.id, what)
        rows, readings, office = await asyncio.gather(
            store.conversations_of(row.id), store.readings(row.id), self.office(row)
        )
        partner, translations = await asyncio.gather(self._partner(office), known(self.service, rows))
        talks = [(one, sent_part(await self._read(one))) for one in rows if one.submitted and one.dialog != MESSAGE]
        talks.sort(key=lambda one: one[1][-1].at if one[1] else "")
        sent = [(one.id, records) for one, records in talks]
        record, state = tuple(sent), fold(sent)
        view, machine = view_of(row, self.service), translations.machine
        messages = [(one, await self._read(one)) for one in rows if one.dialog == MESSAGE]
        let_be_translated(self.service, translations, [*talks, *messages], row.locale)
        apart = [(one, recorded) for one, records in messages for recorded in records]
        told = _told(view, [*apart, *((None, one) for one in state.messages)], machine)
        view = msgspec.structs.replace(view, messages=told)
        dialog = self.service.dialogs.get(state.dialog) if sent else None
        if dialog is None:
            return CaseDetail(view, state, readings, office=office, record=record, partner=partner, machine=machine)
        today = self.service.today()
        path = walk(dialog, state, today)
        rules = self.service.rulebook
        found = hints(rules, path.values, path.declined, today) if rules.entitlements == dialog.dialog else NO_HINTS
        summary = summarize(dialog, state, today, path)
        return CaseDetail(view, state, readings, dialog, path, summary, office, found, record, partner, machine)

    async def _partner(self, office: OfficeState) -> Partner:
        row = await self.service.store.case(office.partner.case) if office.partner is not None else None
        if row is None:
            return ""
        return row.status if row.status in ("invited", "begun") else "sent"

    async def office(self, row: CaseRow) -> OfficeState:
        """What the office did with a case. Raises StoreError if it cannot be opened."""
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        sealed = await self.service.store.office.doings(row.id)
        return fold_office(decode_done(key.open(row.id, one.seq, one.body)) for one in sealed)

    async def _read(self, row: ConversationRow) -> tuple[Recorded, ...]:
        key = by_office(self.service.keys)(row)
        return records_of(row, key, await self.service.store.read(row.id))

    async def _log(self, reader: str, case: str, what: str) -> None:
        await self.service.store.log_reading(at=self.service.now(), user=reader, case=case, what=what)


def token_hash(token: str) -> bytes:
    """What a store keeps of a token of the desk API: a token is random enough for one round of SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def view_of(row: CaseRow, service: Service, card: Card | None = None) -> CaseView:
    """A case as the list shows it to those whose it is. ``card``: what its sealed card says, if that is known."""
    first = datetime.date.fromisoformat(row.first_contact)
    visit_by = first + datetime.timedelta(days=service.settings.first_visit_days)
    waits = row.status in ("invited", "sent") or (row.status == "begun" and (row.card is not None or row.doings > 0))
    if card is None and row.card is not None:
        card = card_of(row, service)
    return CaseView(
        id=row.id,
        reference=row.reference,
        status=row.status,
        first_contact=row.first_contact,
        readable=row.card is not None,
        name=shown((card or Card()).name),
        locale=row.locale if row.card is not None else "",
        interpreter=(card or Card()).interpreter,
        visit_by=visit_by.isoformat() if waits or row.held or row.card is not None else "",
        days_left=(visit_by - service.today()).days if waits else None,
        urgent=row.urgent,
        damaged=row.card is not None and card is None,
        unit=row.unit,
        assigned=row.assigned,
        visit=row.visit,
        held=row.held,
        seq=row.doings,
    )


def card_of(row: CaseRow, service: Service) -> Card | None:
    """The card of a case; None if there is none, or it cannot be opened: one damaged row must not take the list from
    the whole office."""
    if row.card is None:
        return None
    try:
        return decode_card(service.keys.unwrap(row.wrapped_key, subject=row.id).open(row.id, 0, row.card))
    except TamperedError:
        return None


def _told(
    case: CaseView, found: Iterable[tuple[ConversationRow | None, Recorded]], machine: Machine
) -> tuple[MessageView, ...]:
    """The messages among these records, the latest first, each once: one out of a talk stands in its record too. The
    conversation that a message has of its own tells its language, and whether somebody took care of it."""
    messages: dict[tuple[str, Messaged], tuple[str, bool]] = {}
    for row, one in found:
        if isinstance(one.event, Messaged):
            place = one.at, msgspec.structs.replace(one.event, locale="")
            locale, handled = messages.get(place, ("", False))
            handled = handled or (row is not None and row.handled is not None)
            messages[place] = one.event.locale or locale, handled
    return tuple(
        MessageView(
            case=case.id,
            reference=case.reference,
            at=at,
            kind=message.kind,
            name=message.name,
            phone=message.phone,
            when=message.when,
            needs=message.needs,
            locale=locale or case.locale,
            handled=handled,
            machine=in_swedish(machine, locale or case.locale, message.when),
        )
        for (at, message), (locale, handled) in sorted(messages.items(), key=lambda one: one[0][0], reverse=True)
    )
