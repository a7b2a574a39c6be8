"""The use cases of the desk: who may come in, which cases there are, and one case as the office may read it.

The office reads what was sent, and messages that were sent to it at once. A conversation that was not sent is nobody's
but the person's: it is never opened here. Every reading is written down before anything is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from assistant.bidi import shown
from assistant.core.dialog import Dialog
from assistant.core.path import Path
from assistant.core.record import Messaged, Recorded, State, Submitted, decode, fold
from assistant.core.summary import Summary, summarize
from assistant.core.walk import walk
from assistant.service import MESSAGE, Service
from assistant.store import CaseRow, CaseStatus, ConversationRow, ReadingRow, TokenRow, UserRow, codes
from assistant.store.sealing import TamperedError
from assistant.talks import Card, decode_card

MOST_FAILURES = 10
MOST_FROM_AN_ADDRESS = 100
FAILURES_WITHIN = datetime.timedelta(minutes=15)

_NAMES_REMEMBERED = 10_000
_LONGEST_PASSWORD = 1_000
_HASHING_AT_ONCE = 2
_SAME_LOOKS = str.maketrans("OIL", "011")


Partner = Literal["", "invited", "begun", "sent"]


class TooManyFailures(Exception):
    """Too many wrong passwords were tried from somewhere; nothing is checked from there until a while has passed."""


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the office. ``at`` is its moment in UTC; ``name``, ``phone`` and ``when`` are the person's words,
    ``needs`` choice names of ``urgent_needs``; ``locale`` is the language of the talk it came from."""

    case: str
    reference: str
    at: str
    kind: str
    name: str = ""
    phone: str = ""
    when: str = ""
    needs: tuple[str, ...] = ()
    locale: str = ""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the list shows it. Days are ISO dates.

    ``readable``: the office has got something of it; of a case that is only begun, nothing but its reference, state and
    first day is told. ``days_left`` counts to ``visit_by`` (negative: that day is past; None: nobody waits).
    ``damaged``: what the list should show of it cannot be opened."""

    id: str
    reference: str
    status: CaseStatus
    first_contact: str
    readable: bool
    name: str = ""
    locale: str = ""
    visit_by: str = ""
    days_left: int | None = None
    urgent: bool = False
    damaged: bool = False
    messages: tuple[MessageView, ...] = ()

    @property
    def overdue(self) -> bool:
        """Whether the day of the first visit is past."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case as far as the office may read it.

    ``record`` is everything that was sent, conversation by conversation (id and events), the oldest first; ``state`` is
    the fold of it. ``dialog``, ``path`` and ``summary`` are those of what was sent last; None if nothing was sent, or
    the dialog is no more: then ``state.lines`` still tell what was approved. ``partner``: how far another adult of the
    household, whose case is linked to this one, has come; never what they have said. Empty if no case is linked."""

    view: CaseView
    state: State
    readings: tuple[ReadingRow, ...]
    dialog: Dialog | None = None
    path: Path | None = None
    summary: Summary | None = None
    record: tuple[tuple[str, tuple[Recorded, ...]], ...] = ()
    partner: Partner = ""


class Desk:
    """What the office can do. One instance serves one data directory, beside its ``service``."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._failures: OrderedDict[tuple[str, str], deque[datetime.datetime]] = OrderedDict()
        self._hashing = asyncio.Semaphore(_HASHING_AT_ONCE)
        self._nobodys = ""

    # -- who may come in -------------------------------------------------------------------------------------------

    async def login(self, name: str, password: str, address: str = "") -> bool:
        """Whether this is a user's password. Takes the same time for a name that does not exist.

        ``address`` is the neighbourhood from which it is tried. Raises TooManyFailures after ten failures for a name
        from there within a quarter of an hour, or a hundred for any names: tries from elsewhere lock nobody out."""
        if len(name) > 100 or len(password) > _LONGEST_PASSWORD:
            return False
        tried = self._count(name, address)
        async with self._hashing:
            if not self._nobodys:
                self._nobodys = await asyncio.to_thread(codes.hash_password, secrets.token_urlsafe(16))
            user = await self.service.store.user(name)
            phc = user.password if user else self._nobodys
            right = await asyncio.to_thread(codes.verify_password, password, phc) and user is not None
        if right:
            self._failures.pop((name, address), None)
            with contextlib.suppress(KeyError, ValueError):
                self._failures["", address].remove(tried)
        return right

    def _count(self, name: str, address: str) -> datetime.datetime:
        """Count a try as failed before it is checked: many at once get no further than one after another."""
        now = self.service.clock()
        limits = {(name, address): MOST_FAILURES, ("", address): MOST_FROM_AN_ADDRESS}
        counted = [self._tries(who, most) for who, most in limits.items()]
        if any(len(tries) == tries.maxlen and now - tries[0] < FAILURES_WITHIN for tries in counted):
            raise TooManyFailures
        for tries in counted:
            tries.append(now)
        return now

    def _tries(self, who: tuple[str, str], most: int) -> deque[datetime.datetime]:
        tries = self._failures.setdefault(who, deque(maxlen=most))
        self._failures.move_to_end(who)
        while len(self._failures) > _NAMES_REMEMBERED:
            self._failures.popitem(last=False)
        return tries

    async def user(self, name: str) -> UserRow | None:
        """A user who exists still."""
        return await self.service.store.user(name)

    async def token(self, token: str) -> TokenRow | None:
        """What a bearer token of the desk API opens; None for any that was not given out."""
        return await self.service.store.token(token_hash(token))

    # -- the list --------------------------------------------------------------------------------------------------

    async def cases(self, query: str = "", *, reader: str) -> list[CaseView]:
        """The open cases: urgent ones first, then those with least days left, then what is only begun.

        ``query``: only those whose reference or name holds these words, closed ones too."""
        store = self.service.store
        wanted: list[CaseStatus] = ["sent", "begun", "closed"] if query.strip() else ["sent", "begun"]
        found = await asyncio.gather(*(store.cases(status=(status,)) for status in wanted))
        views = [self._view(row) for rows in found for row in rows]
        listed = sorted((one for one in views if matches(one, query)), key=_order)
        urgent = [one for one in listed if one.urgent and one.status != "closed"]
        seen = urgent if not query.strip() else [one for one in listed if one.readable]
        what = "found" if query.strip() else "list"
        await asyncio.gather(self._log(reader, "", "list"), *(self._log(reader, one.id, what) for one in seen))
        messages = await asyncio.gather(*(self._messages(one) for one in urgent))
        told = {one.id: sent for one, sent in zip(urgent, messages, strict=True) if sent}
        return [msgspec.structs.replace(one, messages=told[one.id]) if one.id in told else one for one in listed]

    def _view(self, row: CaseRow) -> CaseView:
        if row.card is None:
            return CaseView(
                id=row.id,
                reference=row.reference,
                status=row.status,
                first_contact=row.first_contact,
                readable=False,
            )
        try:
            card = decode_card(self.service.keys.unwrap(row.wrapped_key, subject=row.id).open(row.id, 0, row.card))
        except TamperedError:
            # One damaged row must not take the list from the whole office.
            card = None
        first = datetime.date.fromisoformat(row.first_contact)
        visit_by = first + datetime.timedelta(days=self.service.settings.first_visit_days)
        waits = row.status != "closed"
        return CaseView(
            id=row.id,
            reference=row.reference,
            status=row.status,
            first_contact=row.first_contact,
            readable=True,
            name=shown((card or Card()).name),
            locale=row.locale,
            visit_by=visit_by.isoformat(),
            days_left=(visit_by - self.service.today()).days if waits else None,
            urgent=row.urgent,
            damaged=card is None,
        )

    async def _messages(self, case: CaseView) -> tuple[MessageView, ...]:
        rows = await self.service.store.conversations_of(case.id)
        return _told(case, [recorded for row in rows if row.dialog == MESSAGE for recorded in await self._read(row)])

    # -- one case --------------------------------------------------------------------------------------------------

    async def case(self, id: str, *, reader: str, what: str = "case") -> CaseDetail | None:
        """A case with all that was sent of it; None if there is none. ``what`` is read of it goes to the log.

        Raises StoreError if something of it cannot be opened."""
        store = self.service.store
        row = await store.case(id)
        if row is None:
            return None
        await self._log(reader, row.id, what)
        rows, readings = await asyncio.gather(store.conversations_of(row.id), store.readings(row.id))
        messages = [recorded for one in rows if one.dialog == MESSAGE for recorded in await self._read(one)]
        sent = [(one.id, _sent_part(await self._read(one))) for one in rows if one.submitted and one.dialog != MESSAGE]
        sent.sort(key=lambda one: one[1][-1].at if one[1] else "")
        record, state = tuple(sent), fold(sent)
        view = self._view(row)
        view = msgspec.structs.replace(view, messages=_told(view, [*messages, *state.messages]))
        dialog = self.service.dialogs.get(state.dialog) if sent else None
        if dialog is None:
            return CaseDetail(view, state, readings, record=record)
        today = self.service.today()
        path = walk(dialog, state, today)
        return CaseDetail(view, state, readings, dialog, path, summarize(dialog, state, today, path), record)

    async def _read(self, row: ConversationRow) -> list[Recorded]:
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        return [decode(key.open(row.id, one.seq, one.body)) for one in await self.service.store.read(row.id)]

    async def _log(self, reader: str, case: str, what: str) -> None:
        await self.service.store.log_reading(at=self.service.now(), user=reader, case=case, what=what)


def token_hash(token: str) -> bytes:
    """What a store keeps of a token of the desk API: a token is random enough for one round of SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def matches(case: CaseView, query: str) -> bool:
    """Whether a case's reference or name holds these words; signs that look alike in a reference are the same."""
    words = query.strip().casefold()
    symbols = "".join(sign for sign in words.upper() if sign.isalnum()).translate(_SAME_LOOKS)
    reference = case.reference.replace("-", "")
    return words in case.name.casefold() or (bool(symbols) and symbols in reference)


def _order(case: CaseView) -> tuple[bool, bool, int, str, str]:
    late = case.days_left if case.days_left is not None else 0
    return (not case.urgent, case.days_left is None, late, case.first_contact, case.reference)


def _sent_part(records: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """The record up to what was approved; what came after was not sent."""
    last = max((index for index, one in enumerate(records) if isinstance(one.event, Submitted)), default=-1)
    return tuple(records[: last + 1])


def _told(case: CaseView, records: Iterable[Recorded]) -> tuple[MessageView, ...]:
    """The messages among these records, the latest first, each once: one out of a talk stands in its record too."""
    found = {(one.at, one.event): one for one in records if isinstance(one.event, Messaged)}
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
            locale=case.locale,
        )
        for at, message in sorted(found, key=lambda one: one[0], reverse=True)
        if isinstance(message, Messaged)
    )
