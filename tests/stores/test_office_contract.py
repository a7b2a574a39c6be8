"""What every store promises of the office's doings, lists, crossings and checks."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlite_utils import Database

from assistant.store import CaseChange, CaseRow, Conflict, SealedRecord, Store
from assistant.store.migrations import STEPS
from assistant.store.office import CaseQuery, CrossingRow, OfficeStore, Step
from assistant.store.sqlite import SqliteStore

from .conftest import MakeOpening

DAY = "2026-03-05"


@pytest.fixture(name="store")
def any_store(store: SqliteStore) -> Store:
    return store


@pytest.fixture
def office(store: Store) -> OfficeStore:
    return store.office


def row(id: str = "case-1", **values: object) -> CaseRow:
    made = CaseRow(
        id=id,
        reference=f"EB-{id}",
        first_contact=DAY,
        status="invited",
        locale="sv",
        urgent=False,
        wrapped_key=b"key of " + id.encode(),
        updated=DAY,
    )
    return replace(made, **values)


async def test_a_case_that_the_office_makes_is_there_with_its_first_doings(store: Store, office: OfficeStore) -> None:
    await office.make(row(unit="North"), [b"one", b"two"])
    assert await store.case("case-1") == row(unit="North", doings=2)
    assert await office.by_reference("EB-case-1") == row(unit="North", doings=2)
    assert await office.doings("case-1") == (SealedRecord(seq=1, body=b"one"), SealedRecord(seq=2, body=b"two"))
    assert await office.doings("case-1", after=1) == (SealedRecord(seq=2, body=b"two"),)


async def test_a_reference_is_given_once(office: OfficeStore) -> None:
    await office.make(row(), [])
    with pytest.raises(Conflict):
        await office.make(row("case-2", reference="EB-case-1"), [])
    assert await office.by_reference("EB-case-2") is None


async def test_a_doing_changes_the_row_and_nothing_else_of_it(store: Store, office: OfficeStore) -> None:
    await office.make(row(), [])
    change = CaseChange(assigned="anna", visit="2026-03-12T10:00")
    await office.do(Step(case="case-1", bodies=[b"one"], after=0, change=change))
    assert await store.case("case-1") == row(doings=1, assigned="anna", visit="2026-03-12T10:00")


async def test_of_six_who_do_something_at_once_one_is_first(office: OfficeStore) -> None:
    await office.make(row(), [])
    tries = [office.do(Step(case="case-1", bodies=[str(one).encode()], after=0)) for one in range(6)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(one is None for one in came) == 1
    assert sum(isinstance(one, Conflict) for one in came) == 5
    assert len(await office.doings("case-1")) == 1


async def test_two_cases_change_together_or_not_at_all(store: Store, office: OfficeStore) -> None:
    await office.make(row("one"), [])
    await office.make(row("two"), [b"earlier"])
    with pytest.raises(Conflict):
        await office.do(Step(case="one", bodies=[b"a"], after=0), Step(case="two", bodies=[b"b"], after=0))
    assert await office.doings("one") == ()
    await office.do(Step(case="one", bodies=[b"a"], after=0), Step(case="two", bodies=[b"b"], after=1))
    assert [len(await office.doings(one)) for one in ("one", "two")] == [1, 2]


async def test_nothing_is_done_with_a_case_that_is_not_there(office: OfficeStore) -> None:
    with pytest.raises(Conflict):
        await office.do(Step(case="nobody", bodies=[b"a"], after=0))


async def test_a_talk_that_begins_on_an_invited_case_makes_it_begun(
    store: Store, office: OfficeStore, opening: MakeOpening
) -> None:
    await office.make(row(), [b"invited"])
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    assert await store.case("case-1") == row(status="begun", doings=1)


async def test_erasing_the_talk_leaves_the_case_that_the_office_made(
    store: Store, office: OfficeStore, opening: MakeOpening
) -> None:
    await office.make(row(), [b"invited"])
    await store.append(
        "talk", [b"one"], after=0, opening=opening("talk"), change=CaseChange(card=b"sealed", urgent=True)
    )
    await store.erase("talk")
    left = await store.case("case-1")
    assert left is not None
    assert (left.status, left.card, left.urgent, left.doings) == ("invited", None, False, 1)


async def test_merging_moves_conversations_and_readings_and_removes_the_other_case(
    store: Store, office: OfficeStore, opening: MakeOpening
) -> None:
    await office.make(row("mine"), [b"invited"])
    await store.append("talk", [b"one"], after=0, opening=opening("talk", case="other"))
    await store.log_reading(at="2026-03-05T09:00:00Z", user="anna", case="other", what="summary")
    await office.merge(Step(case="mine", bodies=[b"merged"], after=1), absorbed="other", absorbed_after=0)
    assert await store.case("other") is None
    assert await office.by_reference("EB-other") is None
    assert [one.id for one in await store.conversations_of("mine")] == ["talk"]
    assert [one.case for one in await store.readings("mine")] == ["mine"]


async def test_merging_is_refused_when_either_case_has_changed(store: Store, office: OfficeStore) -> None:
    await office.make(row("mine"), [b"a"])
    await office.make(row("other"), [b"a"])
    for mine, other in ((0, 1), (1, 0)):
        with pytest.raises(Conflict):
            await office.merge(Step(case="mine", bodies=[b"m"], after=mine), absorbed="other", absorbed_after=other)
    assert await store.case("other") is not None


# -- lists -------------------------------------------------------------------------------------------------------------


async def ids(office: OfficeStore, **query: object) -> list[str]:
    return [one.id for one in await office.list(replace(CaseQuery(), **query))]


async def test_the_list_has_what_is_urgent_first_then_what_waits_longest_then_what_was_visited(
    office: OfficeStore,
) -> None:
    await office.make(row("visited", status="visited", first_contact="2026-03-01"), [])
    await office.make(row("new", first_contact="2026-03-04"), [])
    await office.make(row("silent", status="begun", first_contact="2026-03-01"), [])
    await office.make(row("old", first_contact="2026-03-02"), [])
    await office.make(row("urgent", urgent=True, first_contact="2026-03-05"), [])
    await office.make(row("closed", status="closed"), [])
    assert await ids(office) == ["urgent", "old", "new", "silent", "visited"]
    assert await ids(office, limit=2, offset=1) == ["old", "new"]


async def test_the_list_is_of_units_of_a_person_and_of_a_state(office: OfficeStore) -> None:
    await office.make(row("free"), [])
    await office.make(row("north", unit="North", assigned="anna"), [])
    await office.make(row("south", unit="South", status="sent", locale="ar"), [])
    assert await ids(office, units=("", "North")) == ["free", "north"]
    assert await ids(office, units=()) == []
    assert await ids(office, assigned="anna") == ["north"]
    assert await ids(office, assigned="") == ["free", "south"]
    assert await ids(office, status=("sent",)) == ["south"]
    assert await ids(office, locale="ar") == ["south"]


async def test_the_list_can_be_sorted_and_what_has_no_visit_stands_last(office: OfficeStore) -> None:
    await office.make(row("a", visit="2026-03-20T10:00", assigned="nils"), [])
    await office.make(row("b", assigned="anna"), [])
    await office.make(row("c", visit="2026-03-10T10:00"), [])
    assert await ids(office, sort="visit") == ["c", "a", "b"]
    assert await ids(office, sort="visit", descending=True) == ["a", "c", "b"]
    assert await ids(office, sort="assigned") == ["b", "a", "c"]
    assert await ids(office, sort="reference", descending=True) == ["c", "b", "a"]


async def test_late_at_risk_and_unbooked_are_counted_and_listed_alike(office: OfficeStore) -> None:
    await office.make(row("late", first_contact="2026-02-01"), [])
    await office.make(row("late but held", first_contact="2026-02-01", status="visited"), [])
    await office.make(row("near", first_contact="2026-02-20"), [])
    await office.make(row("near and booked in time", first_contact="2026-02-20", visit="2026-03-06T10:00"), [])
    await office.make(row("near and booked too late", first_contact="2026-02-20", visit="2026-03-07T10:00"), [])
    await office.make(row("far", first_contact="2026-03-05", urgent=True), [])
    await office.make(row("silent", status="begun", first_contact="2026-02-01"), [])
    limits = {"late_before": "2026-02-19", "risk_before": "2026-02-23"}
    assert await office.count(replace(CaseQuery(), **limits)) == (7, 1, 1, 2, 3)
    assert await ids(office, only="late", **limits) == ["late"]
    assert await ids(office, only="at_risk", **limits) == ["near", "near and booked too late"]
    assert await ids(office, only="unbooked", **limits) == ["far", "late", "near"]
    assert await ids(office, only="urgent", **limits) == ["far"]


async def test_the_list_of_a_large_office_is_read_by_an_index(store: Store) -> None:
    assert isinstance(store, SqliteStore)
    plan: list[str] = []

    def explain(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(None)
        sql = f"select id from cases where status <> 'closed' order by {_default_order()} limit 50"
        plan.extend(str(one[3]) for one in connection.execute(f"explain query plan {sql}"))

    await store.writer.submit(explain)
    assert any("cases_list" in one for one in plan), plan
    assert not any("TEMP B-TREE" in one for one in plan), plan


def _default_order() -> str:
    from assistant.store.sqlite_office import _SORTS

    return _SORTS["urgent"]


# -- messages ----------------------------------------------------------------------------------------------------------


async def test_a_message_waits_until_the_case_is_taken_care_of(
    store: Store, office: OfficeStore, opening: MakeOpening
) -> None:
    first = opening("message")
    sent = replace(first, conversation=replace(first.conversation, dialog="message"))
    await store.append("message", [b"one"], after=0, opening=sent)
    await store.append("talk", [b"one"], after=0, opening=opening("talk"))
    assert [one.id for one in await office.waiting_messages()] == ["message"]
    assert await office.waiting_messages(["North"]) == ()
    assert [one.id for one in await office.waiting_messages(["", "North"])] == ["message"]
    await office.do(Step(case="case-1", bodies=[b"handled"], after=0, handled=DAY))
    assert await office.waiting_messages() == ()
    (told, talk) = await store.conversations_of("case-1")
    assert (told.handled, talk.handled) == (DAY, None)


# -- crossings and checks ----------------------------------------------------------------------------------------------


CROSSING = CrossingRow(
    case="case-1",
    user="nils",
    unit="South",
    doing=1,
    at="2026-03-05T09:00:00Z",
    until="2026-03-05T10:00:00Z",
)


async def test_a_crossing_is_there_until_its_moment_and_seen_once(office: OfficeStore) -> None:
    await office.make(row(), [])
    await office.cross(Step(case="case-1", bodies=[b"reason"], after=0), CROSSING)
    found = await office.crossing(user="nils", case="case-1", now="2026-03-05T09:59:59Z")
    assert found == replace(CROSSING, id=1)
    assert await office.crossing(user="nils", case="case-1", now="2026-03-05T10:00:00Z") is None
    assert await office.crossing(user="anna", case="case-1", now="2026-03-05T09:30:00Z") is None
    assert await office.see_crossing(1, at="2026-03-05T11:00:00Z", by="karin")
    assert not await office.see_crossing(1, at="2026-03-05T12:00:00Z", by="lena")
    (row_,) = await office.crossings(since="2026-03-05T00:00:00Z", until="2026-03-06T00:00:00Z")
    assert (row_.seen, row_.seen_by) == ("2026-03-05T11:00:00Z", "karin")
    assert await office.crossings(since="2026-03-06T00:00:00Z", until="2026-03-07T00:00:00Z") == ()


async def test_a_checked_reading_tells_who_checked_it_and_with_what_result(store: Store, office: OfficeStore) -> None:
    await store.log_reading(at="2026-03-05T09:00:00Z", user="anna", case="case-1", what="summary")
    await store.log_reading(at="2026-03-05T09:00:00Z", user="anna", case="", what="list")
    assert await office.check(1, at="2026-04-01T09:00:00Z", by="karin", result="ask")
    assert await office.check(1, at="2026-04-02T09:00:00Z", by="karin", result="fine")
    assert not await office.check(99, at="2026-04-01T09:00:00Z", by="karin", result="fine")
    (one,) = await office.readings_between("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")
    assert (one.user, one.what, one.result, one.checked_at, one.checked_by) == (
        "anna", "summary", "fine", "2026-04-02T09:00:00Z", "karin",
    )  # fmt: skip
    assert await office.readings_between("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z") == ()


# -- from the first schema ---------------------------------------------------------------------------------------------


async def test_a_database_of_the_first_schema_keeps_its_cases_and_users(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    path = directory / "klarbild.db"
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None)
    db = Database(connection)
    STEPS[0](db)
    connection.execute("pragma user_version = 1")
    connection.execute("insert into keys (wrapped) values (x'00')")
    connection.execute(
        "insert into cases values ('c', 'K7M-3Q9', '2026-03-05', 'sent', 'ar', 1, 1, x'01', '2026-03-06')"
    )
    connection.execute("insert into users values ('anna', 'hash', 'lead', '2026-01-01')")
    connection.close()
    store = SqliteStore.open(directory)
    try:
        case, user = await store.case("c"), await store.user("anna")
        assert case is not None and user is not None
        assert (case.status, case.urgent, case.card, case.unit, case.doings) == ("sent", True, b"\x01", "", 0)
        assert (user.role, user.unit) == ("lead", "")
    finally:
        await store.close()
