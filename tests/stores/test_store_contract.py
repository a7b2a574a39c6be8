"""What every store promises. A second implementation gets a second parameter of the fixture, not a second suite."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from assistant.store import (
    CaseChange,
    CaseStatus,
    Conflict,
    ReadingRow,
    SealedRecord,
    SessionRow,
    Store,
    StoreError,
    TokenRow,
    UserRow,
)
from assistant.store.retention import Limits
from assistant.store.sqlite import SqliteStore

from .conftest import MakeOpening


@pytest.fixture(name="store")
def any_store(store: SqliteStore) -> Store:
    return store


async def test_records_come_back_in_order_with_their_numbers(store: Store, opening: MakeOpening) -> None:
    assert await store.append("talk", [b"one", b"two"], after=0, opening=opening("talk")) == 2
    assert await store.append("talk", [b"three"], after=2) == 3

    assert await store.read("talk") == (
        SealedRecord(seq=1, body=b"one"),
        SealedRecord(seq=2, body=b"two"),
        SealedRecord(seq=3, body=b"three"),
    )
    assert await store.read("talk", after=2) == (SealedRecord(seq=3, body=b"three"),)


async def test_an_unknown_conversation_has_no_records_and_no_row(store: Store) -> None:
    assert await store.read("nobody") == ()
    assert await store.conversation("nobody") is None
    assert await store.case("nobody") is None
    assert await store.conversations_of("nobody") == ()


async def test_an_opening_writes_the_case_the_conversation_and_the_code_together(
    store: Store, opening: MakeOpening
) -> None:
    first = opening("talk", code=b"h" * 32)
    await store.append("talk", [b"one"], after=0, opening=first)

    row = await store.conversation("talk")
    assert row is not None
    assert (row.case, row.dialog, row.version, row.seq) == ("case-1", "first_visit", 3, 1)
    assert (row.wrapped_key, row.opened, row.submitted) == (b"conversation key, wrapped", "2026-03-05", None)
    assert await store.case("case-1") == first.case
    assert await store.find_code(b"h" * 32, today="2026-03-05") == "talk"


async def test_a_second_conversation_leaves_the_case_as_it_is(store: Store, opening: MakeOpening) -> None:
    await store.append("first", [b"one"], after=0, opening=opening("first"))
    await store.append("second", [b"one"], after=0, opening=opening("second", case_key=b"another key"))

    case = await store.case("case-1")
    assert case is not None
    assert case.wrapped_key == b"case key, wrapped"
    assert [row.id for row in await store.conversations_of("case-1")] == ["first", "second"]


async def test_who_appends_after_an_old_record_is_told_that_somebody_was_first(
    store: Store, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    for stale in (0, 2):
        with pytest.raises(Conflict):
            await store.append("talk", [b"late"], after=stale)
    assert [record.body for record in await store.read("talk")] == [b"one"]


async def test_a_conversation_that_was_never_opened_takes_no_records(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.append("nobody", [b"one"], after=0)
    assert await store.read("nobody") == ()


async def test_a_conversation_is_opened_only_once(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk", code=b"1" * 32))
    with pytest.raises(Conflict):
        await store.append("talk", [b"again"], after=0, opening=opening("talk", code=b"2" * 32))
    assert await store.find_code(b"1" * 32, today="2026-03-05") == "talk"
    assert await store.find_code(b"2" * 32, today="2026-03-05") is None


async def test_of_six_simultaneous_replies_with_the_same_number_one_is_recorded(
    store: Store, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    answers = await asyncio.gather(
        *(store.append("talk", [b"same words"], after=1) for _ in range(6)), return_exceptions=True
    )
    assert [answer for answer in answers if not isinstance(answer, Conflict)] == [2]
    assert len(await store.read("talk")) == 2


async def test_a_conflict_leaves_the_appends_beside_it_alone(store: Store, opening: MakeOpening) -> None:
    for number in range(20):
        name = f"talk-{number}"
        await store.append(name, [b"one"], after=0, opening=opening(name, case=f"case-{number}"))
    answers = await asyncio.gather(
        *(store.append(f"talk-{number}", [b"two"], after=1 if number % 2 else 7) for number in range(20)),
        return_exceptions=True,
    )
    for number, answer in enumerate(answers):
        if number % 2:
            assert answer == 2
        else:
            assert isinstance(answer, Conflict)
    assert [len(await store.read(f"talk-{number}")) for number in range(20)] == [1, 2] * 10


async def test_a_refused_opening_leaves_no_case_behind(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk", code=b"h" * 32))
    with pytest.raises(Conflict):
        await store.append("other", [b"one"], after=0, opening=opening("other", case="case-2", code=b"h" * 32))
    assert await store.conversation("other") is None
    assert await store.case("case-2") is None


async def test_two_cases_never_share_a_reference(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    other = opening("other", case="case-2")
    twin = replace(other, case=replace(other.case, reference="EB-case-1"))
    with pytest.raises(Conflict):
        await store.append("other", [b"one"], after=0, opening=twin)


async def test_an_append_changes_only_what_it_names_of_the_case(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    await store.append("talk", [b"two"], after=1, change=CaseChange(urgent=True, card=b"sealed"))

    case = await store.case("case-1")
    assert case is not None
    assert (case.urgent, case.card, case.status, case.locale) == (True, b"sealed", "begun", "ar")
    assert case.updated == "2026-03-09"  # the day on which the store stands

    await store.append("talk", [b"three"], after=2, change=CaseChange(urgent=False, updated="2026-04-01"))
    case = await store.case("case-1")
    assert case is not None
    assert (case.urgent, case.card, case.updated) == (False, b"sealed", "2026-04-01")


async def test_a_conflict_changes_nothing_of_the_case(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    with pytest.raises(Conflict):
        await store.append("talk", [b"x"], after=5, change=CaseChange(status="sent"), submitted="2026-03-06")
    case, row = await store.case("case-1"), await store.conversation("talk")
    assert case is not None
    assert row is not None
    assert (case.status, row.submitted) == ("begun", None)


async def test_submitting_marks_the_conversation_and_ends_its_time_as_a_draft(
    store: Store, opening: MakeOpening
) -> None:
    await store.append("old", [b"one"], after=0, opening=opening("old", opened="2026-01-02"))
    await store.append("older", [b"one"], after=0, opening=opening("older", opened="2026-01-01"))
    await store.append("new", [b"one"], after=0, opening=opening("new", opened="2026-03-01"))
    limits = Limits("2026-03-10", "2026-03-01", "", 0.0, 0.0, 0.0, 0.0)
    assert await store.retention.drafts(limits, limit=9) == ("older", "old")

    await store.append("older", [b"two"], after=1, change=CaseChange(status="sent"), submitted="2026-03-04")
    row = await store.conversation("older")
    assert row is not None
    assert row.submitted == "2026-03-04"
    assert await store.retention.drafts(limits, limit=9) == ("old",)


async def test_lists_show_urgent_cases_first_and_then_the_latest_changed(store: Store, opening: MakeOpening) -> None:
    changes: dict[str, tuple[CaseStatus, bool, str]] = {
        "a": ("sent", False, "2026-03-01"),
        "b": ("sent", False, "2026-03-03"),
        "c": ("begun", True, "2026-02-01"),
        "d": ("closed", False, "2026-03-04"),
    }
    for name, (status, urgent, day) in changes.items():
        change = CaseChange(status=status, urgent=urgent, updated=day)
        await store.append(f"t-{name}", [], after=0, opening=opening(f"t-{name}", case=name), change=change)

    assert [case.id for case in await store.cases()] == ["c", "d", "b", "a"]
    assert [case.id for case in await store.cases(status=("sent", "begun"))] == ["c", "b", "a"]
    assert [case.id for case in await store.cases(status={"sent"}, limit=1)] == ["b"]


async def test_a_code_opens_its_conversation_until_its_last_day(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk", code=b"h" * 32))
    assert await store.find_code(b"h" * 32, today="2026-06-03") == "talk"
    assert await store.find_code(b"h" * 32, today="2026-06-04") is None
    assert await store.find_code(b"x" * 32, today="2026-03-05") is None


async def test_a_new_code_kills_the_old_one(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk", code=b"1" * 32))
    await store.replace_code("talk", b"2" * 32, expires="2026-07-01")
    assert await store.find_code(b"1" * 32, today="2026-03-05") is None
    assert await store.find_code(b"2" * 32, today="2026-07-01") == "talk"
    with pytest.raises(Conflict):
        await store.replace_code("nobody", b"3" * 32, expires="2026-07-01")


async def test_codes_past_their_day_are_forgotten(store: Store, opening: MakeOpening) -> None:
    await store.append("a", [b"one"], after=0, opening=opening("a", code=b"1" * 32))
    await store.append("b", [b"one"], after=0, opening=opening("b"))
    await store.replace_code("b", b"2" * 32, expires="2026-09-01")
    assert await store.forget_codes(today="2026-06-04") == 1
    assert await store.find_code(b"1" * 32, today="2026-01-01") is None
    assert await store.find_code(b"2" * 32, today="2026-06-04") == "b"


async def test_erasing_removes_a_conversation_and_keeps_the_case_for_the_other(
    store: Store, opening: MakeOpening
) -> None:
    await store.append("gone", [b"one"], after=0, opening=opening("gone", code=b"1" * 32))
    await store.append("kept", [b"one"], after=0, opening=opening("kept", code=b"2" * 32))
    for number, talk in enumerate(("gone", "kept")):
        session = SessionRow(hash=bytes([number]) * 32, kind="applicant", subject=talk, created=1.0, seen=1.0)
        await store.put_session(session)

    await store.erase("gone")

    assert await store.conversation("gone") is None
    assert await store.read("gone") == ()
    assert await store.find_code(b"1" * 32, today="2026-03-05") is None
    assert await store.session(b"\x00" * 32) is None
    assert await store.session(b"\x01" * 32) is not None
    assert await store.find_code(b"2" * 32, today="2026-03-05") == "kept"
    assert [record.body for record in await store.read("kept")] == [b"one"]
    assert await store.case("case-1") is not None


async def test_erasing_the_last_conversation_erases_the_case_and_keeps_the_log_of_readings(
    store: Store, opening: MakeOpening
) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    await store.log_reading(at="2026-03-06T09:00:00Z", user="eva", case="case-1", what="summary")
    await store.erase("talk")
    await store.erase("talk")
    assert await store.case("case-1") is None
    assert await store.cases() == ()
    assert len(await store.readings("case-1")) == 1


async def test_an_erased_conversation_takes_no_late_reply(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    await store.erase("talk")
    with pytest.raises(Conflict):
        await store.append("talk", [b"two"], after=1)


async def test_a_session_is_found_by_the_hash_of_its_token_and_ends(store: Store) -> None:
    row = SessionRow(hash=b"s" * 32, kind="applicant", subject="talk", created=100.0, seen=100.5)
    await store.put_session(row)
    assert await store.session(b"s" * 32) == row

    await store.touch_session(b"s" * 32, 160.25)
    touched = await store.session(b"s" * 32)
    assert touched is not None
    assert (touched.seen, touched.created) == (160.25, 100.0)

    await store.end_session(b"s" * 32)
    assert await store.session(b"s" * 32) is None


async def test_all_sessions_of_one_person_end_and_nobody_elses(store: Store) -> None:
    for number, subject in enumerate(("eva", "eva", "ali")):
        await store.put_session(
            SessionRow(hash=bytes([number]) * 32, kind="desk", subject=subject, created=1.0, seen=1.0)
        )
    await store.put_session(SessionRow(hash=b"\x09" * 32, kind="applicant", subject="eva", created=1.0, seen=1.0))
    await store.end_sessions_of("desk", "eva")
    found = [await store.session(bytes([number]) * 32) for number in (0, 1, 2, 9)]
    assert [row is None for row in found] == [True, True, False, False]


async def test_idle_and_old_sessions_are_forgotten(store: Store) -> None:
    for number, (created, seen) in enumerate(((500.0, 900.0), (100.0, 900.0), (500.0, 600.0))):
        row = SessionRow(hash=bytes([number]) * 32, kind="desk", subject="eva", created=created, seen=seen)
        await store.put_session(row)
    of_applicants = Limits("2026-03-10", "", "", 1e9, 1e9, 0.0, 0.0)
    assert (await store.retention.sweep(of_applicants))["sessions"] == 0
    of_the_desk = Limits("2026-03-10", "", "", 0.0, 0.0, 700.0, 200.0)
    assert (await store.retention.sweep(of_the_desk))["sessions"] == 2
    assert await store.session(b"\x00" * 32) is not None


async def test_desk_users_are_added_replaced_and_dropped_with_their_sessions(store: Store) -> None:
    eva = UserRow(name="eva", password="$argon2id$1", role="caseworker", created="2026-03-01")
    await store.put_user(eva)
    await store.put_user(UserRow(name="ali", password="$argon2id$2", role="admin", created="2026-03-01"))
    assert await store.user("eva") == eva
    assert [user.name for user in await store.users()] == ["ali", "eva"]

    await store.put_user(UserRow(name="eva", password="$argon2id$3", role="lead", created="2026-03-02"))
    replaced = await store.user("eva")
    assert replaced is not None
    assert (replaced.role, replaced.password) == ("lead", "$argon2id$3")

    await store.put_session(SessionRow(hash=b"s" * 32, kind="desk", subject="eva", created=1.0, seen=1.0))
    assert await store.drop_user("eva") is True
    assert await store.drop_user("eva") is False
    assert await store.user("eva") is None
    assert await store.session(b"s" * 32) is None


async def test_api_tokens_are_kept_by_hash_and_dropped_by_name(store: Store) -> None:
    row = TokenRow(hash=b"t" * 32, name="case system", role="caseworker", created="2026-03-01")
    await store.put_token(row)
    assert await store.token(b"t" * 32) == row
    assert await store.tokens() == (row,)
    assert await store.drop_token("case system") is True
    assert await store.drop_token("case system") is False
    assert await store.token(b"t" * 32) is None


async def test_readings_of_a_case_come_back_in_the_order_they_happened(store: Store) -> None:
    await store.log_reading(at="2026-03-06T09:00:00Z", user="eva", case="case-1", what="summary")
    await store.log_reading(at="2026-03-06T09:05:00Z", user="ali", case="case-1", what="print")
    await store.log_reading(at="2026-03-06T09:05:00Z", user="ali", case="case-2", what="print")
    assert await store.readings("case-1") == (
        ReadingRow(at="2026-03-06T09:00:00Z", user="eva", case="case-1", what="summary"),
        ReadingRow(at="2026-03-06T09:05:00Z", user="ali", case="case-1", what="print"),
    )


async def test_what_was_committed_is_read_at_once(store: Store, opening: MakeOpening) -> None:
    await store.append("talk", [b"0"], after=0, opening=opening("talk"))
    for seq in range(1, 40):
        await store.append("talk", [b"%d" % seq], after=seq)
        assert (await store.read("talk", after=seq))[0].body == b"%d" % seq


async def test_a_closed_store_says_so_and_is_not_healthy(store: Store) -> None:
    assert await store.healthy() is True
    await store.close()
    await store.close()
    assert await store.healthy() is False
    with pytest.raises(StoreError, match="closed"):
        await store.append("talk", [b"one"], after=0)
    with pytest.raises(StoreError, match="closed"):
        await store.read("talk")


async def test_closing_finishes_what_was_already_asked_for(store: Store, opening: MakeOpening) -> None:
    for number in range(50):
        await store.append(f"t{number}", [], after=0, opening=opening(f"t{number}", case=f"case-{number}"))
    waiting = [asyncio.ensure_future(store.append(f"t{number}", [b"x"], after=0)) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*waiting) == [1] * 50
