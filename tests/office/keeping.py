"""An office on a data directory of its own, with its keys and its list of what is erased, and people who come to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from assistant.authoring.journeys import Journey
from assistant.casework import Casework
from assistant.colleagues import Colleague
from assistant.core.commands import Message
from assistant.core.dialog import Dialog
from assistant.core.office import AnyDoing
from assistant.desk import Desk
from assistant.erasure import Erasure
from assistant.player import play
from assistant.server.erasing import erasure_of
from assistant.service import Service
from assistant.settings import Settings
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.talks import Talk
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.web.desk_cases import SELAM

ANNA: Final = Colleague("anna", "caseworker", "North")
CALL_ME: Final = Message(kind="call_me", name="Nur", phone="070-174 06 41", when="after ten")


@asynccontextmanager
async def office_on(
    data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, **settings: object
) -> AsyncIterator[Service]:
    """The use cases on a data directory, as a server has them."""
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys, today=lambda: clock.now.date().isoformat())
    service = Service(dialogs, store, keys, catalogs, msgspec.convert(settings, Settings), clock)
    try:
        yield service
    finally:
        await store.close()


def eraser(service: Service, data: Path | None = None) -> Erasure:
    return erasure_of(service, data)


async def sends(service: Service, journey: Journey = SELAM) -> Talk:
    """Somebody who answers everything and sends it."""
    return (await play(service, journey, "sv")).talk


async def begins(service: Service, journey: Journey = SELAM) -> Talk:
    """Somebody who passes the gate and stops in the middle."""
    return (await play(service, journey, "sv", leaves_at="urgent_needs")).talk


async def does(service: Service, case: str, doing: AnyDoing, who: Colleague = ANNA) -> None:
    """Somebody of the office takes the case, whosever it is, and does something with it."""
    row = await service.store.case(case)
    assert row is not None
    lead = Colleague(who.name, who.role, row.unit) if row.unit else who
    outcome = await Casework(Desk(service)).do(lead, case, doing, row.doings)
    assert outcome.wrong is None, outcome


async def wrapped_keys(service: Service, case: str) -> list[bytes]:
    """The wrapped keys of a case and its conversations, as they lie on the disk."""
    row = await service.store.case(case)
    assert row is not None
    talks = await service.store.conversations_of(case)
    keys = (row.wrapped_key, *(key for one in talks for key in (one.wrapped_key, one.code_wrapped)))
    return [key for key in keys if any(key)]


def on_disk(data: Path) -> bytes:
    """Everything that lies in the files of a data directory now, with those of its folders."""
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def with_rule(service: Service, **settings: object) -> None:
    service.settings = msgspec.structs.replace(service.settings, **settings)
