"""Inviting a person to answer before the visit: a link, a QR code and a short code, printed or sent.

The office keeps no link and no code, only their hashes. The process remembers them for half an hour, so that the letter
can be printed; afterwards a new invitation is made, and the one before it stops working.
"""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections import OrderedDict

import msgspec

from assistant.casework import Casework, Outcome
from assistant.colleagues import Colleague
from assistant.core.office import Channel, Invited, Withdrawn
from assistant.desk import CaseDetail
from assistant.invitation_texts import message_of
from assistant.slowly import slow_hashes
from assistant.store import CaseRow, Conflict, codes
from assistant.store.invitations import InvitationRow, LetterRow, token_hash

REMEMBERED = datetime.timedelta(minutes=30)
"""How long the process remembers a link and a code that it has made."""

_MOST_REMEMBERED = 1_000
_TOKEN_BYTES = 16


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as it can be printed. ``code`` is 12 symbols, ``until`` the last day (ISO) on which it works."""

    case: str
    reference: str
    token: str
    code: str
    locale: str
    until: str
    at: datetime.datetime


def wants_care(detail: CaseDetail) -> bool:
    """Whether messages to the person may be seen by others: they said so, or did not say that it is all right, or asked
    to be called and told no safe time."""
    lines = detail.summary.attention if detail.summary is not None else ()
    asked = any("contact_safe" in getattr(one.item.relevant, "names", ()) for one in lines)
    return asked or any(not one.when for one in detail.view.messages)


class Invitations:
    """What the office does with invitations. ``casework`` deals with the cases they belong to."""

    def __init__(self, casework: Casework) -> None:
        self.casework, self.service = casework, casework.service
        self.store = casework.store
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._once: OrderedDict[str, str] = OrderedDict()

    async def invite(
        self,
        colleague: Colleague,
        case: str,
        seen: int,
        *,
        channel: Channel,
        address: str,
        locale: str,
        origin: str,
        safe: bool = False,
    ) -> Outcome:
        """Make an invitation in a case; earlier ones stop working. ``origin`` is where the link leads, ``https://host``;
        for ``email`` and ``sms`` a letter to ``address`` is queued. ``shown`` has what is to be printed.

        Nothing is sent to somebody with whom care is needed (see `wants_care`) unless the colleague says that it is
        ``safe``; then that stands in the history."""
        row = await self.store.case(case)
        if row is None or not await self.casework.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        careful = channel != "paper" and await self._needs_care(colleague, row)
        if careful and not safe:
            return Outcome(case, "care")
        if row.status not in ("invited", "begun"):
            return Outcome(case, "sent_already")
        if seen != row.doings:
            return await self.casework.stale(row, seen)
        until = self.service.today() + datetime.timedelta(days=self.service.settings.invitation_days)
        made = Made(
            case=case,
            reference=row.reference,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            code=codes.new_code(),
            locale=locale,
            until=until.isoformat(),
            at=self.service.clock(),
        )
        invitation = await self._row(made)
        letter = None if channel == "paper" else self._letter(row, invitation, made, channel, address, origin)
        told = Invited(channel=channel, locale=locale, until=made.until, address=address, safe=careful)
        step = await self.casework.step(colleague, row, (told,))
        try:
            await self.store.invitations.put(step, invitation, letter)
        except Conflict:
            return await self.casework.stale(row, seen)
        self._remember(made)
        return Outcome(case)

    async def _needs_care(self, colleague: Colleague, row: CaseRow) -> bool:
        if not await self.store.conversations_of(row.id):
            return False
        detail = await self.casework.desk.case(row.id, reader=colleague.name, what="letter")
        return detail is not None and wants_care(detail)

    async def _row(self, made: Made) -> InvitationRow:
        return InvitationRow(
            id=uuid.uuid4().hex,
            case=made.case,
            token=token_hash(made.token),
            code=await slow_hashes.run(codes.hash_code, made.code, self.service.keys),
            locale=made.locale,
            made=self.service.today().isoformat(),
            until=made.until,
        )

    def _letter(
        self, row: CaseRow, invitation: InvitationRow, made: Made, channel: Channel, address: str, origin: str
    ) -> LetterRow:
        words, swedish = self.service.words(made.locale), self.service.words("sv")
        letter = message_of(
            words, swedish, channel=channel, to=address, link=f"{origin}/i/{made.token}", until=made.until
        )
        id, now = uuid.uuid4().hex, self.service.now()
        key = self.service.keys.unwrap(row.wrapped_key, subject=row.id)
        return LetterRow(
            id=id,
            case=row.id,
            invitation=invitation.id,
            channel=channel,
            body=key.seal(f"{row.id} letter {id}", 0, msgspec.json.encode(letter)),
            state="queued",
            due=now,
            at=now,
        )

    async def withdraw(self, colleague: Colleague, case: str, seen: int) -> Outcome:
        """Let the invitations of a case stop working, and the letters that wait stay unsent."""
        row = await self.store.case(case)
        if row is None or not await self.casework.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        if seen != row.doings:
            return await self.casework.stale(row, seen)
        step = await self.casework.step(colleague, row, (Withdrawn(),))
        try:
            await self.store.invitations.withdraw(step, today=self.service.today().isoformat())
        except Conflict:
            return await self.casework.stale(row, seen)
        self._made.pop(case, None)
        return Outcome(case)

    async def try_now(self, colleague: Colleague, case: str, letter: str) -> Outcome:
        """Let a letter that waits be tried at once."""
        row = await self.store.case(case)
        if row is None or not await self.casework.desk.may_open(colleague, row):
            return Outcome(case, "not_yours")
        if any(one.id == letter for one in await self.store.invitations.letters_of([case])):
            await self.store.invitations.try_now(letter, now=self.service.now())
        return Outcome(case)

    def case_of(self, once: str) -> str:
        """The case that the form with this mark has made already; empty if it has made none."""
        return self._once.get(once, "")

    def made_by(self, once: str, case: str) -> None:
        """Remember that the form with this mark has made a case: a form that is sent twice makes one."""
        self._once[once] = case
        while len(self._once) > _MOST_REMEMBERED:
            self._once.popitem(last=False)

    # -- what is remembered ----------------------------------------------------------------------------------------

    def shown(self, case: str) -> Made | None:
        """The link and the code of a case's invitation, as long as they are remembered."""
        made = self._made.get(case)
        if made is not None and made.at + REMEMBERED <= self.service.clock():
            del self._made[case]
            return None
        return made

    def _remember(self, made: Made) -> None:
        self._made[made.case] = made
        self._made.move_to_end(made.case)
        while len(self._made) > _MOST_REMEMBERED:
            self._made.popitem(last=False)
