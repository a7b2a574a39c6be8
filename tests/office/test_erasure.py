"""Erasing what is over: what goes, what stays, and that nothing of it is left in a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from assistant.core.commands import Message
from assistant.core.office import Closed, Invited, Noted, Reopened, Sampled
from assistant.erasure import Erased, lines
from assistant.messages import MESSAGE
from assistant.service import Service
from assistant.store import SessionRow, UserRow
from assistant.store.accounts import DoingRow
from assistant.store.invitations import InvitationRow, LetterRow
from assistant.store.office import Step
from assistant.talks import NoSuchTalk
from tests.conftest import Clock
from tests.office.keeping import CALL_ME, begins, does, eraser, on_disk, sends, with_rule, wrapped_keys
from tests.web.desk_cases import SELAM

NOTHING = Erased()
SECRET_WORDS = "Marker-Zebra-41"


def rows_of(data: Path, case: str, talks: list[str]) -> int:
    """How many rows of any table name a case, or one of its conversations, but those of the log."""
    found = 0
    with sqlite3.connect(f"{(data / 'klarbild.db').as_uri()}?mode=ro", uri=True) as db:
        tables = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")]
        for table in set(tables) - {"readings", "crossings", "checks", "chain", "merges"}:
            for row in db.execute(f"select * from {table}"):
                found += any(value in (case, *talks) for value in row)
    db.close()
    return found


# -- drafts ------------------------------------------------------------------------------------------------------------


async def test_a_draft_goes_when_its_code_has_worked_for_the_last_day(
    service: Service, data: Path, clock: Clock
) -> None:
    talk = await begins(service)
    keys = await wrapped_keys(service, talk.case)
    clock.forward(days=30)
    assert await eraser(service).run() == NOTHING
    assert await service.resume(talk.code) is not None
    clock.forward(days=1)
    assert await service.resume(talk.code) is None
    found = await eraser(service).run()
    assert found.drafts == 1
    assert await service.store.conversation(talk.id) is None
    assert await service.store.case(talk.case) is None
    assert rows_of(data, talk.case, [talk.id]) == 0
    assert keys
    assert not [key for key in keys if key in on_disk(data)]


async def test_whoever_asked_for_a_new_code_keeps_the_draft_as_long_as_that_code_works(
    service: Service, clock: Clock
) -> None:
    talk = await begins(service)
    clock.forward(days=20)
    code = await service.new_code(await service.talk(talk.id))
    clock.forward(days=30)
    assert (await eraser(service).run()).drafts == 0
    assert await service.resume(code) is not None
    clock.forward(days=1)
    assert (await eraser(service).run()).drafts == 1


async def test_a_draft_that_somebody_is_in_at_this_moment_waits(service: Service, clock: Clock) -> None:
    talk = await begins(service)
    clock.forward(days=31)
    now = clock.now.timestamp()
    row = SessionRow(hash=b"s" * 32, kind="applicant", subject=talk.id, created=now - 600, seen=now - 60)
    await service.store.put_session(row)
    assert (await eraser(service).run()).drafts == 0
    clock.forward(hours=2)
    found = await eraser(service).run()
    assert found.drafts == 1
    assert await service.store.session(b"s" * 32) is None


async def test_a_message_is_sent_when_it_is_written_and_no_draft(service: Service, clock: Clock) -> None:
    await service.message(CALL_ME, "sv")
    (case,) = await service.store.cases()
    clock.forward(days=100)
    assert await eraser(service).run() == NOTHING
    (talk,) = await service.store.conversations_of(case.id)
    assert talk.dialog == MESSAGE


async def test_a_draft_goes_but_the_message_out_of_it_stays(service: Service, clock: Clock) -> None:
    talk = await begins(service)
    await service.act(talk.id, Message(kind="call_me", name="Selam", phone="070-174 06 05", when=""), talk.state.seq)
    clock.forward(days=31)
    assert (await eraser(service).run()).drafts == 1
    assert [one.dialog for one in await service.store.conversations_of(talk.case)] == [MESSAGE]


async def test_what_was_sent_is_no_draft_however_old_it_is(service: Service, clock: Clock) -> None:
    talk = await sends(service)
    clock.forward(days=1000)
    found = await eraser(service).run()
    assert (found.drafts, found.cases) == (0, 0)
    assert (await service.store.conversation(talk.id)) is not None


async def test_an_erased_draft_is_no_longer_in_memory(service: Service, clock: Clock) -> None:
    talk = await begins(service)
    ticket = service.tickets.issue(talk.id)
    clock.forward(days=31)
    await eraser(service).run()
    assert service.tickets.conversation(ticket) is None
    with pytest.raises(NoSuchTalk):
        await service.talk(talk.id)


# -- cases -------------------------------------------------------------------------------------------------------------


async def test_five_years_after_the_last_note_a_case_is_gone_with_its_keys(
    service: Service, data: Path, clock: Clock
) -> None:
    with_rule(service, retention_exception="none")
    journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, "called_name": SECRET_WORDS})
    talk = await sends(service, journey)
    await does(service, talk.case, Noted(text=SECRET_WORDS))
    keys = await wrapped_keys(service, talk.case)
    assert len(keys) >= 2
    clock.forward(days=5 * 365 + 1)
    assert (await eraser(service).run()).cases == 0
    clock.forward(days=1)
    assert (await eraser(service).run(dry=True)).cases == 1
    assert await service.store.case(talk.case) is not None
    found = await eraser(service).run()
    assert found.cases == 1
    assert rows_of(data, talk.case, [talk.id]) == 0
    there = on_disk(data)
    assert not [key for key in keys if key in there]
    assert SECRET_WORDS.encode() not in there
    assert await eraser(service).run() == NOTHING


async def test_a_note_begins_the_years_anew(service: Service, clock: Clock) -> None:
    with_rule(service, retention_exception="none")
    talk = await sends(service)
    clock.forward(days=4 * 365)
    await does(service, talk.case, Noted(text="Called."))
    clock.forward(days=2 * 365)
    assert (await eraser(service).run()).cases == 0
    assert await service.store.case(talk.case) is not None


async def test_where_everything_is_kept_nothing_that_was_sent_is_erased(service: Service, clock: Clock) -> None:
    with_rule(service, retention_exception="all")
    talk, draft = await sends(service), await begins(service)
    clock.forward(days=20 * 366)
    found = await eraser(service).run()
    assert (found.cases, found.kept_all, found.drafts) == (0, 1, 1)
    assert await service.store.case(talk.case) is not None
    assert await service.store.conversation(draft.id) is None


@pytest.mark.parametrize(
    ("said", "counted"),
    [("yes", "kept_sample"), ("no", "cases"), ("", "kept_unknown")],
)
async def test_who_was_born_on_the_5th_15th_or_25th_is_kept_and_nobody_is_erased_on_a_guess(
    service: Service, clock: Clock, said: str, counted: str
) -> None:
    talk = await sends(service)
    await does(service, talk.case, Closed(sample=msgspec.convert(said, type=str)))
    clock.forward(days=6 * 366)
    found = await eraser(service).run()
    assert {name: count for name, count in msgspec.structs.asdict(found).items() if count and name != "codes"} == {
        counted: 1
    }
    assert (await service.store.case(talk.case) is None) == (counted == "cases")


async def test_what_was_said_last_of_the_birthday_counts_and_is_no_note(service: Service, clock: Clock) -> None:
    talk = await sends(service)
    await does(service, talk.case, Closed(sample="yes"))
    clock.forward(days=5 * 365)
    await does(service, talk.case, Sampled(sample="no"))
    clock.forward(days=2)
    assert (await eraser(service).run()).cases == 1


async def test_opening_a_case_again_is_a_note(service: Service, clock: Clock) -> None:
    talk = await sends(service)
    await does(service, talk.case, Closed(sample="no"))
    clock.forward(days=5 * 365)
    await does(service, talk.case, Reopened())
    clock.forward(days=2)
    assert (await eraser(service).run()).cases == 0


async def test_a_case_that_cannot_be_opened_is_kept_and_told(service: Service, data: Path, clock: Clock) -> None:
    talk = await sends(service)
    await does(service, talk.case, Closed(sample="no"))
    await service.store.office.do(Step(case=talk.case, bodies=[b"damaged"], after=1))
    clock.forward(days=6 * 366)
    found = await eraser(service).run()
    assert (found.cases, found.unreadable) == (0, 1)
    assert any("run: klarbild doctor" in line for line in lines(found, dry=False))


async def test_more_cases_than_are_looked_up_at_a_time_are_all_erased(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.erasure.AT_ONCE", 2)
    with_rule(service, retention_exception="none")
    for _ in range(5):
        await service.message(CALL_ME, "sv")
        await begins(service)
    clock.forward(days=6 * 366)
    found = await eraser(service).run()
    assert (found.drafts, found.cases) == (5, 5)
    assert await service.store.cases() == ()


# -- what lies beside --------------------------------------------------------------------------------------------------


async def test_codes_sessions_invitations_and_letters_go_when_they_have_ended(
    service: Service, data: Path, clock: Clock
) -> None:
    talk = await sends(service)
    now = clock.now.timestamp()
    await service.store.put_user(UserRow(name="anna", password="", role="caseworker", created="2026-01-01"))
    await service.store.put_session(SessionRow(hash=b"d" * 32, kind="desk", subject="anna", created=now, seen=now))
    for id, used, withdrawn in (("used", "2026-03-05", ""), ("withdrawn", "", "2026-03-05"), ("ended", "", "")):
        row = InvitationRow(
            id=id,
            case=talk.case,
            token=f"token {id}".encode(),
            code=f"code {id}".encode(),
            locale="sv",
            made="2026-03-05",
            until="2026-03-19",
            used=used,
            withdrawn=withdrawn,
        )
        letter = LetterRow(
            id=f"letter {id}",
            case=talk.case,
            invitation=id,
            channel="sms",
            body=b"",
            state="sent",
            due="",
            at="2026-03-05T09:00:00Z",
        )
        seen = await service.store.case(talk.case)
        assert seen is not None
        await service.store.invitations.put(Step(case=talk.case, bodies=[b"x"], after=seen.doings), row, letter)
    outbox = data / "outbox"
    outbox.mkdir()
    (outbox / "20260305T090000Z-0a.eml").write_text("to somebody")
    (outbox / ".20260305T090000Z-0b.eml.part").write_text("half")
    clock.forward(days=29)
    (outbox / "20260403T090000Z-0c.eml").write_text("to somebody else")
    early = await eraser(service, data).run()
    assert (early.invitations, early.letters, early.files, early.codes) == (0, 0, 0, 0)
    assert early.sessions == 1
    clock.forward(days=3)
    dry = await eraser(service, data).run(dry=True)
    found = await eraser(service, data).run()
    assert dry == found
    # What was never used ends on its last day, so it goes two weeks later than the others.
    assert (found.invitations, found.letters, found.files, found.codes) == (2, 2, 2, 1)
    assert [path.name for path in outbox.iterdir()] == ["20260403T090000Z-0c.eml"]
    clock.forward(days=14)
    last = await eraser(service, data).run()
    assert (last.invitations, last.letters, last.files) == (1, 1, 0)
    clock.forward(days=14)
    assert (await eraser(service, data).run()).files == 1
    assert list(outbox.iterdir()) == []


async def test_an_invitation_that_still_works_stays(service: Service, clock: Clock) -> None:
    with_rule(service, draft_days=1)
    talk = await sends(service)
    row = InvitationRow(
        id="one",
        case=talk.case,
        token=b"token",
        code=b"code",
        locale="sv",
        made="2026-03-05",
        until="2026-12-31",
    )
    await service.store.invitations.put(Step(case=talk.case, bodies=[b"x"], after=0), row)
    clock.forward(days=200)
    await eraser(service).run()
    assert len(await service.store.invitations.of_case(talk.case)) == 1


async def test_the_log_is_kept_for_its_years_and_as_long_as_the_case(
    service: Service, data: Path, clock: Clock
) -> None:
    with_rule(service, retention_exception="none", log_years=5)
    talk = await sends(service)
    await service.store.log_reading(at=service.now(), user="anna", case=talk.case, what="summary")
    await service.store.log_reading(at=service.now(), user="anna", case="gone", what="summary")
    doing = DoingRow(at=service.now(), by="adam", what="added", whom="anna")
    await service.store.accounts.log(doing)
    clock.forward(days=4 * 365)
    await does(service, talk.case, Noted(text="Called."))
    clock.forward(days=2 * 365)
    # The years are over, but the case is still there: nothing behind its first reading goes.
    assert (await eraser(service).run()).log == 0
    assert len(await service.store.readings(talk.case)) == 1
    clock.forward(days=4 * 365)
    found = await eraser(service).run()
    assert (found.cases, found.log) == (1, 3)
    assert await service.store.accounts.doings() == ()
    assert b"summary" not in on_disk(data)


async def test_an_invited_doing_does_not_keep_a_case(service: Service, clock: Clock) -> None:
    """What the office made and nobody used goes by the same years."""
    with_rule(service, retention_exception="none")
    talk = await begins(service)
    await does(service, talk.case, Invited(channel="paper", locale="sv", until="2026-03-19"))
    clock.forward(days=31)
    assert (await eraser(service).run()).drafts == 1
    left = await service.store.case(talk.case)
    assert left is not None
    assert left.status == "invited"
    clock.forward(days=5 * 366)
    assert (await eraser(service).run()).cases == 1
