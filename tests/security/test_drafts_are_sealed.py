"""Until it is sent, a conversation opens with the person's code or session, and with nothing that the office has."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path

import msgspec
import pytest

from assistant.core.commands import Speak
from assistant.core.dialog import Dialog
from assistant.openers import by_session
from assistant.player import next_command
from assistant.server.sessions import Sessions
from assistant.service import Service
from assistant.settings import Settings
from assistant.store import codes
from assistant.store.sealing import KeyFile, TamperedError
from assistant.store.sqlite import SqliteStore
from assistant.talks import NoSuchTalk, Talk
from assistant.texts import Catalogs
from tests.conftest import Clock
from tests.web.desk_cases import SELAM
from tests.web.desk_talks import sent

Open = Callable[..., Awaitable[Service]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def started(data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock) -> AsyncIterator[Open]:
    """Start the program on one data directory, again and again: what it had in memory is gone each time."""
    async with AsyncExitStack() as stack:
        running: list[Service] = []

        async def start(settings: Settings = Settings()) -> Service:  # noqa: B008
            if running:
                await running.pop().store.close()
            keys = KeyFile.open(data)
            service = Service(dialogs, SqliteStore.open(data, keys=keys), keys, catalogs, settings, clock)
            running.append(service)
            return service

        async def stop() -> None:
            await running.pop().store.close()

        stack.push_async_callback(stop)
        yield start


async def draft(service: Service) -> Talk:
    """A conversation that is not sent, with one name in it."""
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, "called_name": "Zebrafink"})
    talk = await service.start(journey.dialog, "en")
    while talk.known("called_name") is None:
        command = next_command(journey, talk, [])
        assert command is not None
        talk = (await service.act(talk.id, command, talk.state.seq)).talk
    return talk


def found_in(data: Path, wanted: bytes) -> list[Path]:
    """The files of a data directory in which these bytes lie."""
    return [path for path in data.iterdir() if wanted in path.read_bytes()]


async def test_the_key_file_and_the_disk_together_do_not_open_a_draft(started: Open) -> None:
    service = await started()
    talk = await draft(service)
    service = await started()
    row = await service.store.conversation(talk.id)
    assert row is not None and not row.opens_to_office
    with pytest.raises(NoSuchTalk):
        await service.talk(talk.id)
    # Everything that is wrapped anywhere, tried for this conversation with the key file alone.
    assert row.code_wrapped
    for wrapped in (row.wrapped_key, row.code_wrapped):
        with pytest.raises(TamperedError):
            service.keys.unwrap(wrapped, subject=talk.id)


async def test_the_code_opens_it_after_a_restart_and_another_code_does_not(started: Open) -> None:
    service = await started()
    talk = await draft(service)
    service = await started()
    again = await service.resume(codes.format_code(talk.code).lower())
    assert again is not None and again.known("called_name") == "Zebrafink"
    assert await service.resume(codes.new_code()) is None


async def test_a_session_opens_it_after_a_restart_with_its_own_token_only(started: Open, clock: Clock) -> None:
    service = await started()
    talk = await draft(service)
    sessions = Sessions(service.store, service.keys, lambda: clock().timestamp())
    token = await sessions.begin("applicant", talk.id, key=talk.key)
    other = await sessions.begin("applicant", talk.id, key=talk.key)
    service = await started()
    sessions = Sessions(service.store, service.keys, lambda: clock().timestamp())
    row = await sessions.row("applicant", token)
    assert row is not None
    with pytest.raises(TamperedError):
        await service.talk(talk.id, by_session(service.keys, row, other))
    assert (await service.talk(talk.id, by_session(service.keys, row, token))).known("called_name") == "Zebrafink"


async def test_the_office_gets_its_key_with_the_sending_and_not_before(started: Open) -> None:
    service = await started()
    unsent, whole = await draft(service), await sent(service)
    for talk, opens in ((unsent, False), (whole, True)):
        row = await service.store.conversation(talk.id)
        assert row is not None and row.opens_to_office is opens
    service = await started()
    assert (await service.talk(whole.id)).state.submitted_at


async def test_drafts_are_the_offices_from_the_start_where_the_municipality_says_so(started: Open) -> None:
    service = await started(msgspec.structs.replace(Settings(), drafts_recoverable=True))
    talk = await draft(service)
    service = await started()
    assert (await service.talk(talk.id)).known("called_name") == "Zebrafink"


async def test_a_new_code_opens_it_and_the_key_of_the_old_one_is_destroyed(started: Open, data: Path) -> None:
    service = await started()
    talk = await draft(service)
    row = await service.store.conversation(talk.id)
    assert row is not None
    old, new = talk.code, await service.new_code(talk)
    service = await started()
    assert await service.resume(old) is None
    assert await service.resume(new) is not None
    assert not found_in(data, row.code_wrapped)


async def test_a_sending_that_somebody_was_faster_than_leaves_the_office_no_key(started: Open) -> None:
    service = await started()
    talk = await draft(service)
    assert talk.key is not None
    wrapped = service.keys.wrap(talk.key, subject=talk.id)
    with pytest.raises(Exception, match="not where the writer thought"):
        await service.store.append(talk.id, [b"late"], after=1, submitted="2026-03-05", office_key=wrapped)
    row = await service.store.conversation(talk.id)
    assert row is not None and not row.opens_to_office


async def test_erasing_destroys_every_key_of_it(started: Open, data: Path) -> None:
    service = await started()
    talk, other = await draft(service), await draft(service)
    row = await service.store.conversation(talk.id)
    case = await service.store.case(talk.case)
    assert row is not None and case is not None
    assert found_in(data, row.code_wrapped) and found_in(data, case.wrapped_key)
    assert await service.erase(talk)
    service = await started()
    for wrapped in (row.code_wrapped, case.wrapped_key):
        assert not found_in(data, wrapped)
    assert await service.resume(talk.code) is None
    assert await service.resume(other.code) is not None


@pytest.mark.parametrize("cut", ["records", "row"])
async def test_a_record_that_lost_its_end_or_its_middle_is_refused(started: Open, data: Path, cut: str) -> None:
    service = await started()
    talk = await draft(service)
    await service.store.close()
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        if cut == "records":
            connection.execute("delete from records where seq = (select max(seq) from records)")
        else:
            connection.execute("delete from records where seq = 1")
        connection.commit()
    service = await started()
    with pytest.raises(TamperedError, match=r"^the record of [0-9a-f]+ has a gap; restore a backup$"):
        await service.resume(talk.code)


async def test_a_sent_record_that_was_cut_before_the_sending_is_refused(started: Open, data: Path) -> None:
    service = await started()
    talk = await sent(service)
    await service.store.close()
    with closing(sqlite3.connect(data / "klarbild.db")) as connection:
        connection.execute("delete from records where seq >= ?", (talk.state.seq,))
        connection.execute("update conversations set seq = seq - 1")
        connection.commit()
    service = await started()
    with pytest.raises(TamperedError, match="ends before it was sent"):
        await service.talk(talk.id)


async def test_a_conversation_goes_on_in_two_devices_and_survives_a_conflict(started: Open) -> None:
    service = await started()
    talk = await draft(service)
    service._cache.clear()
    seen = talk.state.seq
    # The other device was faster, and this process knows nothing of it.
    other = await service.resume(talk.code)
    assert other is not None
    outcome = await service.act(other.id, Speak("sv"), seen)
    assert outcome.problem is None and outcome.talk.state.locale == "sv"
