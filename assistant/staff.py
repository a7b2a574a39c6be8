"""The logins of those who work at the desk: what they do with their own, and what others do with it.

Whatever makes a login worth less (another password or role, a second step that is reset, disabling) ends its sessions.
Everything that is done is written down, so that an administrator sees it.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable

from msgspec import UNSET

from assistant import totp
from assistant.store import Role, Store, UserRow, codes, recovery
from assistant.store.accounts import Doing, DoingRow, UserChange
from assistant.store.sealing import KeyFile

PROGRAM = ""
"""Who has done something if nobody who is logged in did it: the command line, or a login by OpenID Connect."""

ONCE_DAYS = 7
"""How many days a password works that somebody else has given."""


class Staff:
    """The logins of one data directory. ``end_sessions`` ends those of a user name."""

    def __init__(
        self,
        store: Store,
        keys: KeyFile,
        clock: Callable[[], datetime.datetime],
        end_sessions: Callable[[str], Awaitable[None]],
    ) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._end_sessions = end_sessions

    async def user(self, name: str) -> UserRow | None:
        """Somebody who works here still, and may come in."""
        user = await self._store.user(name)
        return user if user is not None and not user.disabled else None

    async def log(self, by: str, what: Doing, whom: str, detail: str = "") -> None:
        """Write down what was done to a login."""
        moment = self._clock().astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        await self._store.accounts.log(DoingRow(at=moment, by=by, what=what, whom=whom, detail=detail))

    # -- what others do with a login -----------------------------------------------------------------------------------

    async def hire(self, row: UserRow, by: str = PROGRAM) -> None:
        """Add a login, or give the one of this name another password and role, and a unit if one is given. A second
        step stays: whoever has lost that, too, gets it reset."""
        if await self._store.user(row.name) is None:
            await self._store.accounts.add(row)
            await self.log(by, "added", row.name, row.role)
            return
        change = UserChange(password=row.password, role=row.role, unit=row.unit or UNSET, once_until=row.once_until)
        await self._store.accounts.change(row.name, change)
        await self.log(by, "new_password", row.name, row.role)
        await self._end_sessions(row.name)

    async def add(self, name: str, role: Role, unit: str, by: str) -> str:
        """Add a login; its password, which is nowhere else and must be changed at the first login.

        Raises Conflict if the name is taken."""
        password, phc, until = await self._password_for_once()
        created = self._clock().date().isoformat()
        row = UserRow(name=name, password=phc, role=role, created=created, unit=unit, once_until=until)
        await self._store.accounts.add(row)
        await self.log(by, "added", name, role)
        return password

    async def add_without_password(self, name: str, role: Role, unit: str, by: str) -> None:
        """Add a login for somebody who comes by OpenID Connect. Raises Conflict if the name is taken."""
        created = self._clock().date().isoformat()
        await self._store.accounts.add(UserRow(name=name, password="", role=role, created=created, unit=unit))
        await self.log(by, "added", name, role)

    async def new_password(self, name: str, by: str) -> str:
        """Another password for somebody, which must be changed at the next login."""
        password, phc, until = await self._password_for_once()
        await self._store.accounts.change(name, UserChange(password=phc, once_until=until))
        await self.log(by, "new_password", name)
        await self._end_sessions(name)
        return password

    async def _password_for_once(self) -> tuple[str, str, str]:
        password = recovery.new_code().lower()
        until = self._clock().date() + datetime.timedelta(days=ONCE_DAYS)
        return password, await asyncio.to_thread(codes.hash_password, password), until.isoformat()

    async def set_role(self, name: str, role: Role, by: str) -> None:
        """Let somebody be something else; they log in anew."""
        await self._store.accounts.change(name, UserChange(role=role))
        await self.log(by, "role", name, role)
        await self._end_sessions(name)

    async def set_unit(self, name: str, unit: str, by: str) -> None:
        """Move somebody to another unit."""
        await self._store.accounts.change(name, UserChange(unit=unit))
        await self.log(by, "unit", name, unit)

    async def set_disabled(self, name: str, disabled: bool, by: str = PROGRAM) -> bool:
        """Shut somebody out, or let them in again; False if there is nobody of that name."""
        if not await self._store.accounts.change(name, UserChange(disabled=disabled)):
            return False
        await self.log(by, "disabled" if disabled else "enabled", name)
        await self._end_sessions(name)
        return True

    async def reset_second_step(self, name: str, by: str = PROGRAM) -> bool:
        """Take the second step from somebody who has lost it; False if there is nobody of that name."""
        if not await self._store.accounts.change(name, UserChange(totp=None)):
            return False
        await self._store.accounts.put_recovery_codes(name, ())
        await self.log(by, "second_step_reset" if by != name else "second_step_removed", name)
        await self._end_sessions(name)
        return True

    async def end_sessions(self, name: str, by: str) -> None:
        """Let somebody log in anew everywhere."""
        await self._end_sessions(name)
        await self.log(by, "sessions_ended", name)

    # -- what people do with their own ---------------------------------------------------------------------------------

    async def set_own_password(self, name: str, password: str) -> None:
        """Another password of one's own choice. All sessions end, the one that asks for it, too."""
        phc = await asyncio.to_thread(codes.hash_password, password)
        await self._store.accounts.change(name, UserChange(password=phc, once_until=""))
        await self.log(name, "password", name)
        await self._end_sessions(name)

    async def set_second_step(self, name: str, secret: bytes, step: int) -> list[str]:
        """Take a secret, whose code of this time step was shown, for the second step; the recovery codes, which are
        nowhere else. All sessions end."""
        sealed = self._keys.seal_secret(name, secret)
        await self._store.accounts.change(name, UserChange(totp=sealed, totp_last=step))
        made = await self._recovery_codes(name)
        await self.log(name, "second_step", name)
        await self._end_sessions(name)
        return made

    async def new_recovery_codes(self, name: str) -> list[str]:
        """Other recovery codes; the ones before do not work any more."""
        made = await self._recovery_codes(name)
        await self.log(name, "new_codes", name)
        return made

    async def _recovery_codes(self, name: str) -> list[str]:
        made = [recovery.new_code() for _ in range(recovery.HOW_MANY)]
        hashes = await asyncio.to_thread(lambda: [recovery.hash_code(one, name, self._keys) for one in made])
        await self._store.accounts.put_recovery_codes(name, hashes)
        return made

    # -- the second step ---------------------------------------------------------------------------------------------

    async def check_code(self, user: UserRow, typed: str) -> bool:
        """Whether this is a code of the user's app, or a recovery code, that was not used before; then it is used now.

        Raises TamperedError if the secret cannot be opened."""
        if user.totp is None:
            return False
        digits = totp.typed_code(typed)
        if digits is not None:
            secret = self._keys.open_secret(user.name, user.totp)
            step = totp.matching_step(secret, digits, self._clock().timestamp())
            return step is not None and await self._store.accounts.use_step(user.name, step)
        if recovery.normalize(typed) is None:
            return False
        hashed = await asyncio.to_thread(recovery.hash_code, typed, user.name, self._keys)
        used = await self._store.accounts.use_recovery_code(user.name, hashed, at=self._clock().date().isoformat())
        if used:
            await self.log(user.name, "recovery_code", user.name)
        return used
