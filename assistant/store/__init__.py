"""What is kept, behind one small protocol: conversations, cases, codes, sessions and desk accounts.

A store holds bytes it cannot read. Whatever a person said is sealed before it comes here (see
`sealing`), codes and session tokens come as hashes, and the columns in plain text are random ids,
states, days and languages. One contract test suite (`tests/stores`) says what every store must do.

Days are ISO 8601 (`2026-03-05`), moments are unix seconds, ids are opaque ASCII strings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    from assistant.store.accounts import Accounts
    from assistant.store.invitations import InvitationStore
    from assistant.store.office import OfficeStore
    from assistant.store.pins import PinStore
    from assistant.store.retention import RetentionStore
    from assistant.store.translations import TranslationStore

CaseStatus = Literal["invited", "begun", "sent", "visited", "closed"]
Role = Literal["caseworker", "lead", "admin"]
SessionKind = Literal["applicant", "desk"]
SessionWay = Literal["", "password", "openid"]


class Conflict(Exception):
    """Somebody was first: the record is longer than the writer knew, or an id, reference or code is taken."""


class StoreError(Exception):
    """An operator's problem, told in one clear line: disk full, wrong version, in use, damaged, closed."""


class ConversationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a dialog. `seq` is the number of its last record, 0 for none; `handled` the day on which the office
    took care of it, if it is a message.

    `wrapped_key` is its key as the office opens it (`sealing.BLANK` until it is sent), `code_wrapped` as its resume
    code does; empty if it has none, or had one before keys were locked with codes."""

    id: str
    case: str
    dialog: str
    version: int
    wrapped_key: bytes
    seq: int
    opened: str
    submitted: str | None = None
    handled: str | None = None
    code_wrapped: bytes = b""

    @property
    def opens_to_office(self) -> bool:
        """Whether there is a key that the office can open."""
        return any(self.wrapped_key)


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One applicant's matter at the office. `card` is sealed: the little that a list shows of a case.

    `unit` and `assigned` say whose it is (empty: nobody's yet), `visit` is the minute of the first visit on Swedish
    clocks, `held` the day on which it took place, `doings` the number of the office's last doing."""

    id: str
    reference: str
    first_contact: str
    status: CaseStatus
    locale: str
    urgent: bool
    wrapped_key: bytes
    card: bytes | None = None
    updated: str
    unit: str = ""
    assigned: str = ""
    visit: str = ""
    held: str = ""
    doings: int = 0


class CaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a write changes of its case; None leaves a value as it is, but `updated` becomes today."""

    status: CaseStatus | None = None
    locale: str | None = None
    urgent: bool | None = None
    card: bytes | None = None
    updated: str | None = None
    unit: str | None = None
    assigned: str | None = None
    visit: str | None = None
    held: str | None = None
    first_contact: str | None = None


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What is written together with the first records of a conversation.

    The case is inserted unless it exists. `code` is the hash of a resume code and `code_expires` the
    last day on which it works; both or neither are given. `invitation` is the id of the one that is used up by it.
    """

    case: CaseRow
    conversation: ConversationRow
    code: bytes | None = None
    code_expires: str | None = None
    invitation: str = ""


class SealedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it lies on the disk."""

    seq: int
    body: bytes


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is logged in, by the hash of the token; `subject`: a conversation id or user name. `way`: how
    somebody came in to the desk; empty for applicants. `wrapped_key`: the key of the conversation, locked with the
    token; empty at the desk."""

    hash: bytes
    kind: SessionKind
    subject: str
    created: float
    seen: float
    way: SessionWay = ""
    wrapped_key: bytes = b""


class UserRow(msgspec.Struct, frozen=True, kw_only=True):
    """A desk login; `password` is a PHC string (see `codes.hash_password`), empty for those who have none.

    `totp` is the sealed secret of the second step (see `KeyFile.seal_secret`) and `totp_last` the last time step whose
    code was used; `subject`: issuer and subject of OpenID Connect with a space between; `once_until`: the last day of a
    password that somebody else has given and that must be changed, empty for one's own.
    """

    name: str
    password: str
    role: Role
    created: str
    unit: str = ""
    totp: bytes | None = None
    totp_last: int = 0
    subject: str = ""
    disabled: bool = False
    once_until: str = ""


class TokenRow(msgspec.Struct, frozen=True, kw_only=True):
    """A program's access to the desk API; only the hash of the token is kept."""

    hash: bytes
    name: str
    role: str
    created: str


class ReadingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who of the office looked at which case, at what moment (ISO 8601), and at what of it."""

    at: str
    user: str
    case: str
    what: str


class Load(NamedTuple):
    """What a store has to do: writes that wait now, and how many commits and writes there were since it was opened."""

    waiting: int
    commits: int
    writes: int


class Store(Protocol):
    """Everything the program asks of a store. A write that returned is on the disk."""

    @property
    def office(self) -> OfficeStore:
        """What the office does with cases: the same store, in a protocol of its own."""
        ...

    @property
    def invitations(self) -> InvitationStore:
        """The part of the store that is about invitations and their letters."""
        ...

    @property
    def pins(self) -> PinStore:
        """The part of the store that is about the PINs of conversations."""
        ...

    @property
    def translations(self) -> TranslationStore:
        """The part of the store that is about machine translations."""
        ...

    @property
    def retention(self) -> RetentionStore:
        """The part of the store that erases by rule."""
        ...

    @property
    def accounts(self) -> Accounts:
        """The part of the store that is about logins of the desk."""
        ...

    async def append(
        self,
        conversation: str,
        bodies: Sequence[bytes],
        *,
        after: int,
        opening: Opening | None = None,
        change: CaseChange | None = None,
        submitted: str | None = None,
        office_key: bytes = b"",
    ) -> int:
        """Write the bodies as records `after + 1` and on, all or nothing, and return the new last number.

        `office_key`: the key as the office opens it, put in its place when the conversation is sent.

        Raises Conflict, and writes nothing, if the conversation is unknown, if its last record is not
        `after`, or if an opening is given and it exists already, or its invitation does not work any more.
        """
        ...

    async def read(self, conversation: str, *, after: int = 0) -> tuple[SealedRecord, ...]:
        """The records that follow `after`, in order; none for an unknown conversation."""
        ...

    async def conversation(self, id: str) -> ConversationRow | None: ...

    async def conversations_of(self, case: str) -> tuple[ConversationRow, ...]:
        """The conversations of a case, the first opened first."""
        ...

    async def case(self, id: str) -> CaseRow | None: ...

    async def cases(self, *, status: Collection[str] = (), limit: int = 2000) -> tuple[CaseRow, ...]:
        """Cases in one of the states (all, if none is named): urgent ones first, then the latest changed."""
        ...

    async def erase(self, conversation: str) -> None:
        """Remove a conversation from the files: records, key, code and the applicant's sessions.

        Its case goes too if no other conversation is left of it and the office has done nothing with it; one that
        the office made is `invited` again. The log of readings stays. Erasing twice is no error.
        """
        ...

    async def find_code(self, hash: bytes, *, today: str) -> str | None:
        """The conversation that a resume code opens, unless the code's last day is past."""
        ...

    async def replace_code(self, conversation: str, hash: bytes, *, expires: str, wrapped: bytes = b"") -> None:
        """Give a conversation a new code, and its key as that code opens it; the old ones die at once.

        Raises Conflict if there is no such conversation.
        """
        ...

    async def forget_codes(self, *, today: str) -> int:
        """Remove the codes whose last day is past, and the keys that they opened; how many there were."""
        ...

    async def rewrap(self, place: str, number: int, change: Callable[[str, bytes], bytes], *, most: int = 500) -> int:
        """Wrap anew, in a place (`keyring.PLACES`), what the key of this number has wrapped, at most so many; how many
        there were. ``change`` gets whose it is and the bytes, and gives as many bytes back."""
        ...

    async def wrapped_by(self, number: int) -> int:
        """How much the key of this number has wrapped."""
        ...

    async def put_session(self, row: SessionRow) -> None: ...

    async def session(self, hash: bytes) -> SessionRow | None: ...

    async def touch_session(self, hash: bytes, seen: float) -> None: ...

    async def end_session(self, hash: bytes) -> None: ...

    async def end_sessions_of(self, kind: SessionKind, subject: str) -> None: ...

    async def sessions_of(self, kind: SessionKind, subject: str) -> tuple[SessionRow, ...]:
        """The sessions of one conversation or user, the last used first."""
        ...

    async def put_user(self, row: UserRow) -> None:
        """Add a desk login, or replace the one of that name."""
        ...

    async def user(self, name: str) -> UserRow | None: ...

    async def users(self) -> tuple[UserRow, ...]: ...

    async def drop_user(self, name: str) -> bool:
        """Remove a desk login with its recovery codes and end its sessions; False if there was none."""
        ...

    async def put_token(self, row: TokenRow) -> None: ...

    async def token(self, hash: bytes) -> TokenRow | None: ...

    async def tokens(self) -> tuple[TokenRow, ...]: ...

    async def drop_token(self, name: str) -> bool:
        """Remove every API token of that name; False if there was none."""
        ...

    async def log_reading(self, *, at: str, user: str, case: str, what: str) -> None: ...

    async def readings(self, case: str) -> tuple[ReadingRow, ...]:
        """Who looked at a case, in the order it happened."""
        ...

    async def healthy(self) -> bool:
        """Whether a durable write works right now: one is made."""
        ...

    def failure(self) -> str:
        """Blank, or why nothing can be saved any more before the process has begun anew: a line for the operator."""
        ...

    def load(self) -> Load:
        """How much it has to do."""
        ...

    async def close(self) -> None:
        """Finish what waits, then let go of the files. Later calls raise StoreError."""
        ...
