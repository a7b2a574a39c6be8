"""What is kept of those who work at the desk, beside their login itself: second steps, recovery codes, and a log of who
changed whose login."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from assistant.store import Role, UserRow

Doing = Literal[
    "added",
    "made",
    "bound",
    "role",
    "unit",
    "password",
    "new_password",
    "disabled",
    "enabled",
    "second_step",
    "second_step_removed",
    "second_step_reset",
    "new_codes",
    "recovery_code",
    "codes_wrong",
    "sessions_ended",
]
"""What can be done to a login. ``made`` and ``bound``: by OpenID Connect; ``password``: by the person, ``new_password``
by somebody else; ``codes_wrong``: too many wrong codes behind the right password."""


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a login; what is not set stays as it is in the store, whoever changed it meanwhile."""

    password: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    totp: bytes | UnsetType | None = UNSET
    totp_last: int | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    once_until: str | UnsetType = UNSET


class DoingRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who (``by``) did ``what`` to whose login (``whom``), at what moment (ISO 8601); ``detail``: a role or unit."""

    at: str
    by: str
    what: Doing
    whom: str
    detail: str = ""


class Accounts(Protocol):
    """The part of a store that is about logins. A write that returned is on the disk."""

    async def add(self, row: UserRow) -> None:
        """Add a login. Raises Conflict if the name, or the subject, is taken."""
        ...

    async def change(self, name: str, change: UserChange) -> bool:
        """Change a login; False if there is none of that name. Raises Conflict if the subject is taken."""
        ...

    async def of_subject(self, subject: str) -> UserRow | None:
        """The login of somebody who comes by OpenID Connect; None for an empty subject."""
        ...

    async def bind(self, name: str, subject: str) -> bool:
        """Let a login be this person's by OpenID Connect; False if it is somebody's already, or there is none. Raises
        Conflict if the subject is taken."""
        ...

    async def use_step(self, name: str, step: int) -> bool:
        """Note that the code of a time step was used; False if it, or a later one, was used before."""
        ...

    async def put_recovery_codes(self, name: str, hashes: Sequence[bytes]) -> None:
        """Give somebody these recovery codes in the place of all others; none, to take them away."""
        ...

    async def use_recovery_code(self, name: str, hash: bytes, *, at: str) -> bool:
        """Use up a recovery code; False if it is not one of theirs or was used before."""
        ...

    async def recovery_codes_left(self, name: str) -> int:
        """How many recovery codes somebody has not used."""
        ...

    async def log(self, row: DoingRow) -> None:
        """Write down what was done to a login."""
        ...

    async def doings(self, *, limit: int = 100) -> tuple[DoingRow, ...]:
        """The last doings, the latest first."""
        ...
