"""The use cases: read, decide, append. Pages, JSON API, terminal and desk all go through here and do nothing more."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from weakref import WeakValueDictionary

from assistant import known_words, turns
from assistant.core import engine
from assistant.core.commands import Command, Decline, Message, Reply, Speak, Submit
from assistant.core.dialog import Dialog
from assistant.core.hints import NO_RULES, Rulebook
from assistant.core.problem import Problem
from assistant.core.record import Messaged, Recorded, State, Submitted
from assistant.core.steps import Begin
from assistant.messages import Messages, seal_card
from assistant.openers import Opener, by_code, by_office, records_of, state_of, with_key
from assistant.settings import Settings
from assistant.slowly import slow_hashes
from assistant.store import CaseChange, CaseRow, Conflict, ConversationRow, Opening, Store, StoreError, codes
from assistant.store.invitations import InvitationRow, usable
from assistant.store.sealing import BLANK, KeyFile, TamperedError
from assistant.talks import SWEDEN, Card, InvitationGone, NoSuchTalk, Outcome, Talk, new_case, sealed, urgent_names
from assistant.texts import SOURCE, Catalogs, Words
from assistant.tickets import Tickets
from assistant.waiting import Waiting

_AT_THE_GATE = datetime.timedelta(hours=1)
_MOST_AT_THE_GATE = 10_000
_CACHED = 2_000
_MOST_TO_TRANSLATE = 500
_STALE = Problem(code="stale", status=409)


def utc_now() -> datetime.datetime:
    """The present moment."""
    return datetime.datetime.now(datetime.UTC)


class Service:
    """Everything the program can do for an applicant. One instance serves one data directory."""

    def __init__(
        self,
        dialogs: Mapping[str, Dialog],
        store: Store,
        keys: KeyFile,
        catalogs: Catalogs,
        settings: Settings,
        clock: Callable[[], datetime.datetime] = utc_now,
        rulebook: Rulebook = NO_RULES,
    ) -> None:
        self.dialogs, self.store, self.keys, self.rulebook = dialogs, store, keys, rulebook
        self.catalogs, self.settings, self.clock = catalogs, settings, clock
        self.tickets = Tickets(clock)
        self.messages = Messages(store, keys, self.now, lambda: self.today().isoformat(), self._to_translate)
        self.to_translate = Waiting(_MOST_TO_TRANSLATE)
        self._cache: OrderedDict[str, Talk] = OrderedDict()
        self._gate: OrderedDict[str, tuple[datetime.datetime, Talk]] = OrderedDict()
        self._hour, self._day = (0, 0), datetime.date.min
        self._ends: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def today(self) -> datetime.date:
        """The day in Sweden, where the office is."""
        now = self.clock()
        hour = now.toordinal(), now.hour
        if self._hour != hour:
            # Asked several times a turn. Days begin with an hour, in Sweden as in UTC.
            self._hour, self._day = hour, now.astimezone(SWEDEN).date()
        return self._day

    def now(self) -> str:
        """The present moment as ISO date and time in UTC, to the second."""
        return self.clock().astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def words(self, locale: str) -> Words:
        """The words of a language; those of the source where its catalog is gone since a conversation began."""
        return self.catalogs.words(locale if locale in self.catalogs else SOURCE)

    # -- beginning -------------------------------------------------------------------------------------------------

    async def start(self, dialog: str, locale: str, invitation: InvitationRow | None = None) -> Talk:
        """A new conversation at the gate of a dialog: in memory only, until something may be kept. With an invitation
        it belongs to the case that the office has made.

        Raises KeyError for a dialog that does not exist."""
        talk = Talk(id=uuid.uuid4().hex, dialog=self.dialogs[dialog], state=State(locale=locale), code=codes.new_code())
        talk.state.conversation, talk.invitation = talk.id, invitation
        talk.refresh(self.today())
        if isinstance(talk.step, Begin):
            await self._keep(talk)
            return talk
        self._forget_late_ones()
        self._gate[talk.id] = (self.clock(), talk)
        return talk

    def _forget_late_ones(self) -> None:
        limit = self.clock() - _AT_THE_GATE
        while self._gate and (len(self._gate) > _MOST_AT_THE_GATE or next(iter(self._gate.values()))[0] < limit):
            self._gate.popitem(last=False)

    async def _keep(self, talk: Talk) -> None:
        """Make the case: its first records, key and resume code in one transaction. Nothing of the gate is kept.

        Raises InvitationGone if the invitation, or its case, is gone since the talk began."""
        locale, today = talk.state.locale, self.today()
        events = engine.opening(talk.dialog, talk.state, locale, today)
        row = await self._case_for(talk)
        key = self.keys.fresh_key()
        state = State(conversation=talk.id, locale=locale)
        records = engine.record(state, events, self.now())
        code = await slow_hashes.run(codes.secrets_of, talk.code, self.keys)
        opening = Opening(
            case=row,
            conversation=ConversationRow(
                id=talk.id,
                case=row.id,
                dialog=talk.dialog.dialog,
                version=talk.dialog.version,
                wrapped_key=self.keys.wrap(key, subject=talk.id) if self.settings.drafts_recoverable else BLANK,
                code_wrapped=self.keys.wrap(key, subject=talk.id, secret=code.lock),
                seq=0,
                opened=today.isoformat(),
            ),
            code=code.hash,
            code_expires=self._code_expires(),
            invitation=talk.invitation.id if talk.invitation is not None else "",
        )
        try:
            await self.store.append(talk.id, sealed(key, talk.id, records), after=0, opening=opening)
        except Conflict:
            raise InvitationGone from None
        talk.case, talk.key, talk.kept = row.id, key, True
        talk.reference = row.reference
        talk.state = engine.after(state, records)
        talk.refresh(today)
        self._remember(talk)

    async def _case_for(self, talk: Talk) -> CaseRow:
        if talk.invitation is None:
            return new_case(self.keys, uuid.uuid4().hex, talk.state.locale, self.today().isoformat())
        row = await self.store.case(talk.invitation.case)
        if row is None:
            raise InvitationGone
        return row

    def _code_expires(self) -> str:
        return (self.today() + datetime.timedelta(days=self.settings.draft_days)).isoformat()

    # -- going on --------------------------------------------------------------------------------------------------

    async def talk(self, conversation: str, opener: Opener | None = None) -> Talk:
        """An open conversation as it is now. ``opener`` is asked for its key if it is not in memory; without one the
        office's key must do. Raises NoSuchTalk."""
        self._forget_late_ones()
        waiting = self._gate.get(conversation)
        if waiting is not None:
            return waiting[1]
        known = self._cache.get(conversation)
        if known is not None:
            self._cache.move_to_end(conversation)
            if known.day != self.today():
                known.refresh(self.today())
            return known
        return await self._read(conversation, opener or by_office(self.keys))

    async def locale_of(self, conversation: str) -> str:
        """The language in which a conversation is held, or began if it is not in memory; empty if it is gone."""
        known = self._cache.get(conversation)
        if known is not None:
            return known.state.locale
        row = await self.store.conversation(conversation)
        case = await self.store.case(row.case) if row is not None else None
        return case.locale if case is not None else ""

    async def _read(self, conversation: str, opener: Opener) -> Talk:
        row = await self.store.conversation(conversation)
        if row is None or row.dialog not in self.dialogs:
            raise NoSuchTalk
        case = await self.store.case(row.case)
        try:
            key = opener(row)
            state = state_of(row, records_of(row, key, await self.store.read(row.id)))
        except TamperedError:
            # Between two of these questions it may have been erased: then it is gone, and not damaged.
            async with self._end_of(conversation):
                if await self.store.conversation(conversation) is None:
                    raise NoSuchTalk from None
            raise
        talk = Talk(id=row.id, dialog=self.dialogs[row.dialog], state=state, case=row.case, key=key, kept=True)
        talk.reference = case.reference if case else ""
        talk.refresh(self.today())
        for message in state.messages:
            await self.messages.deliver(talk, message)
        self._remember(talk)
        return talk

    def _remember(self, talk: Talk) -> None:
        known = self._cache.get(talk.id)
        if known is None or known.state.seq <= talk.state.seq:
            self._cache[talk.id] = talk
        self._cache.move_to_end(talk.id)
        while len(self._cache) > _CACHED:
            self._cache.popitem(last=False)

    async def resume(self, code: str, *, invited_to: str = "") -> Talk | None:
        """The conversation that a code opens; None for a wrong, expired or mistyped one alike. ``invited_to``: the
        dialog that begins if it is the code of an invitation (not given: such a code opens nothing)."""
        symbols = codes.normalize(code[:100])
        if symbols is None:
            return None
        given, today = await slow_hashes.run(codes.secrets_of, symbols, self.keys), self.today().isoformat()
        conversation = await self.store.find_code(given.hash, today=today)
        if conversation:
            return await self.talk(conversation, by_code(self.keys, given.lock))
        row = await self.store.invitations.by_code(given.hash) if invited_to else None
        invitation = await usable(self.store, row, today)
        return await self.start(invited_to, invitation.locale, invitation) if invitation is not None else None

    async def use_ticket(self, ticket: str) -> Talk | None:
        """The conversation that a transfer ticket opens, this once; None for an unknown, used or old one alike."""
        conversation = self.tickets.conversation(ticket)
        talk = await self.talk(conversation, with_key(self.tickets.key(ticket))) if conversation else None
        return talk if self.tickets.use(ticket) else None

    async def new_code(self, talk: Talk) -> str:
        """A new resume code for a conversation that is kept; the old one and a ticket die at once. Raises NoSuchTalk
        for one that has no key, or is erased meanwhile."""
        if talk.key is None:
            raise NoSuchTalk
        self.tickets.cancel(talk.id)
        new = codes.new_code()
        code = await slow_hashes.run(codes.secrets_of, new, self.keys)
        wrapped = self.keys.wrap(talk.key, subject=talk.id, secret=code.lock)
        try:
            await self.store.replace_code(talk.id, code.hash, expires=self._code_expires(), wrapped=wrapped)
        except Conflict:
            raise NoSuchTalk from None
        # Not before it is kept: of two devices that ask at once, the code that is kept last is the one to show.
        talk.code = new
        return new

    async def act(self, conversation: str, command: Command, seen: int, opener: Opener | None = None) -> Outcome:
        """One turn: one decision, one transaction. ``seen`` is the record position that the page was drawn from.

        A command that the record already tells of (a double tap, a second device) succeeds and adds nothing. A
        command on an old page succeeds only if its question is still the one that is asked. Raises NoSuchTalk."""
        talk = await self.talk(conversation, opener)
        if isinstance(command, Reply):
            command = known_words.understood(talk.dialog, self.words(talk.state.locale), command)
        if isinstance(command, Submit):
            command = Submit(lines=turns.approved(talk, self.words(talk.state.locale), self.words("sv"), self.settings))
        if not talk.kept:
            return await self._act_at_gate(talk, command, seen)
        while True:
            since, today = talk.state.seq, self.today()
            events = self._decide(talk, command, seen, today)
            if isinstance(events, Problem):
                if talk.was_passed_by(command, self.clock()):
                    return Outcome(talk, 0, began=True)
                if seen == 0 and talk.would_pass(command, self.clock()):
                    return Outcome(talk, since)
                return Outcome(talk, since, events)
            if not events:
                return Outcome(talk, since)
            records = engine.record(talk.state, events, self.now())
            try:
                await self._append(talk, records)
            except Conflict:
                self._cache.pop(talk.id, None)
                code, talk = talk.code, await self._read(talk.id, with_key(talk.key) or by_office(self.keys))
                # A double tap in the first minutes must not take away the code that is still to be written down.
                talk.code = talk.code or code
                continue
            return Outcome(await self.talk(talk.id, with_key(talk.key)), since)

    def _decide(self, talk: Talk, command: Command, seen: int, today: datetime.date) -> engine.Events | Problem:
        if isinstance(command, Message) and talk.has_told(command, self.clock()):
            return ()
        stale = seen != talk.state.seq
        if not stale or isinstance(command, Reply | Decline | Speak | Message):
            events = engine.decide(talk.dialog, talk.state, command, today, talk.path)
            if not isinstance(events, Problem) or events.status != 409 or events.code == "too_many_events":
                return events
        if engine.already(talk.dialog, talk.state, command, today):
            return ()
        return _STALE if stale else Problem(code="not_asked", status=409)

    async def _append(self, talk: Talk, records: tuple[Recorded, ...]) -> None:
        before, submitted, change, office_key = talk.state, None, None, b""
        bodies = sealed(talk.key, talk.id, records)
        for recorded in records:
            if isinstance(recorded.event, Submitted) and talk.key is not None:
                submitted = recorded.at[:10]
                change = await self._sent(talk)
                office_key = self.keys.wrap(talk.key, subject=talk.id)
        async with self._end_of(talk.id) if submitted else contextlib.nullcontext():
            await self.store.append(
                talk.id, bodies, after=before.seq, change=change, submitted=submitted, office_key=office_key
            )
        now = engine.after(before, records)
        if talk.state.seq < now.seq:
            talk.go_on(now, tuple(recorded.event for recorded in records), self.today())
            self._remember(talk)
        for recorded in records:
            if isinstance(recorded.event, Messaged):
                await self.messages.deliver(talk, recorded)
        if submitted:
            self._to_translate(talk.id)

    def _to_translate(self, conversation: str) -> None:
        """Let what was sent be translated when there is time; what finds no room waits until the case is opened."""
        if self.settings.translation_url:
            self.to_translate.put(conversation)

    async def _sent(self, talk: Talk) -> CaseChange:
        """What the list of cases is told when a conversation is sent."""
        row = await self.store.case(talk.case)
        if row is None:
            raise NoSuchTalk
        summary = talk.summary(self.today())
        card = Card(
            name=str(talk.known("called_name") or ""),
            urgent=urgent_names(summary),
            interpreter=str(talk.known("interpreter_language") or ""),
        )
        return CaseChange(
            # What is sent again after the visit does not make it undone.
            status="visited" if row.held else "sent",
            locale=talk.state.locale,
            urgent=row.urgent or bool(card.urgent),
            card=seal_card(self.keys, row, card),
            updated=self.today().isoformat(),
        )

    async def _act_at_gate(self, talk: Talk, command: Command, seen: int) -> Outcome:
        async with talk.lock:
            if talk.kept:
                return await self.act(talk.id, command, seen)
            if isinstance(command, Message):
                if not talk.has_told(command, self.clock()):
                    problem = await self.messages.send(command, talk.state.locale)
                    talk.told = None if problem else (self.clock(), command)
                    return Outcome(talk, talk.state.seq, problem)
                return Outcome(talk, talk.state.seq)
            since, today = talk.state.seq, self.today()
            events = self._decide(talk, command, seen, today)
            if isinstance(events, Problem):
                return Outcome(talk, since, events)
            before = talk.state
            talk.state = engine.after(before, engine.record(before, events, self.now()))
            talk.refresh(today)
            if isinstance(talk.step, Begin):
                try:
                    await self._keep(talk)
                except (InvitationGone, StoreError):
                    # A script sends the form once more without itself, and must be told the same.
                    talk.state = before
                    talk.refresh(today)
                    raise
                talk.passed = self.clock(), command
                self._gate.pop(talk.id, None)
            return Outcome(talk, 0 if talk.kept else since, began=talk.kept)

    # -- messages, leaving -----------------------------------------------------------------------------------------

    async def message(self, message: Message, locale: str) -> Problem | None:
        """A message to the office from somebody who has no conversation: it makes a case of its own."""
        return await self.messages.send(message, locale)

    async def erase(self, talk: Talk) -> bool:
        """Erase a conversation that is not sent yet, at the applicant's wish; False if it is sent."""
        async with self._end_of(talk.id):
            row = await self.store.conversation(talk.id) if talk.kept else None
            if talk.state.submitted_at or (row is not None and row.submitted):
                return False
            self.forget(talk.id)
            if talk.kept:
                await self.store.erase(talk.id)
        return True

    def _end_of(self, conversation: str) -> asyncio.Lock:
        """What sending and erasing a conversation wait for: what was acknowledged as sent must not be erased by a
        request that came before it was."""
        return self._ends.setdefault(conversation, asyncio.Lock())

    def forget(self, conversation: str, *, erased: bool = True) -> None:
        """Keep nothing in memory of a conversation that is erased, or (not ``erased``) of one that is at the gate."""
        self._gate.pop(conversation, None)
        if erased:
            self.tickets.cancel(conversation)
            self._cache.pop(conversation, None)
