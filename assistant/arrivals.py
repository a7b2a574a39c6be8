"""Who of the office comes by OpenID Connect: somebody known, somebody who is met for the first time, or nobody.

The provider says who somebody is; whether they work here is decided by the office: it has made a login of that name, or
has said (``openid_role_map``) which roles of the provider let people in.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assistant import logins, openid
from assistant.settings import Settings
from assistant.staff import PROGRAM, Staff
from assistant.store import Conflict, Role, Store, UserRow


def wanted(settings: Settings, claims: openid.Claims) -> bool:
    """Whether a claim that is needed is not there, so that the provider should be asked for more."""
    paths = (settings.openid_claim, settings.openid_roles_claim, settings.openid_unit_claim)
    return any(path and openid.claim(claims, path) is None for path in paths)


async def arrive(store: Store, staff: Staff, settings: Settings, claims: dict[str, Any], today: str) -> UserRow | None:
    """The login of the person that these claims are about, made or changed as they say; None for nobody.

    Where roles come from the provider they are what it says at every login: whoever has none there any more is nobody
    here. ``today`` is an ISO day."""
    subject, role = openid.subject_of(claims), None
    if settings.openid_roles_claim:
        roles: dict[str, Role] = msgspec.convert(dict(settings.openid_role_map), dict[str, Role])
        role = openid.role_in(claims, settings.openid_roles_claim, roles)
        if role is None:
            return None
    name = logins.name_of(openid.name_in(claims, settings.openid_claim))
    unit = openid.unit_in(claims, settings.openid_unit_claim) if settings.openid_unit_claim else ""
    known = await store.accounts.of_subject(subject)
    if known is None and name is not None:
        try:
            known = await _first_time(store, staff, name, subject, role, unit, today)
        except Conflict:
            # Somebody was first with this name or subject, a moment ago.
            known = await store.accounts.of_subject(subject)
    if known is None or known.disabled:
        return None
    if role is not None and role != known.role:
        await staff.set_role(known.name, role, PROGRAM)
    if unit and unit != known.unit:
        await staff.set_unit(known.name, unit, PROGRAM)
    return await staff.user(known.name)


async def _first_time(
    store: Store, staff: Staff, name: str, subject: str, role: Role | None, unit: str, today: str
) -> UserRow | None:
    """The login of this name becomes this person's, or is made if a role lets them in. A login that is another person's
    stays theirs."""
    if await store.user(name) is None:
        if role is None:
            return None
        row = UserRow(name=name, password="", role=role, created=today, unit=unit, subject=subject)
        await store.accounts.add(row)
        await staff.log(PROGRAM, "made", name, role)
        return row
    user = await staff.user(name)
    if user is None or not await store.accounts.bind(name, subject):
        return None
    await staff.log(PROGRAM, "bound", name)
    return user
