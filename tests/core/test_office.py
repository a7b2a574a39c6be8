"""What the office did with a case, read back from the stream of its doings."""

from __future__ import annotations

import pytest

from assistant.core.office import (
    Assigned,
    Booked,
    Done,
    Linked,
    Noted,
    Partner,
    Unlinked,
    decode,
    encode,
    fold,
    is_minute,
)


def done(*doings: Assigned | Booked | Linked | Noted | Unlinked) -> list[Done]:
    return [Done(seq=seq, at="2026-03-05T09:00:00Z", by="anna", doing=one) for seq, one in enumerate(doings, start=1)]


def test_a_doing_comes_back_from_its_bytes() -> None:
    (one,) = done(Booked(at="2026-03-12T10:00"))
    assert decode(encode(one)) == one


def test_a_case_nobody_has_dealt_with_has_no_doing() -> None:
    assert (fold([]).seq, fold([]).notes, fold([]).partner) == (0, (), None)


def test_notes_stand_in_their_order_among_other_doings() -> None:
    state = fold(done(Noted(text="one"), Assigned(to="anna"), Noted(text="two")))
    assert [one.doing.text for one in state.notes if isinstance(one.doing, Noted)] == ["one", "two"]
    assert state.seq == 3


def test_a_partner_is_linked_until_the_link_is_taken_away() -> None:
    linked = done(Linked(case="c2", reference="K7M-3Q9"))
    assert fold(linked).partner == Partner("c2", "K7M-3Q9")
    assert fold(done(Linked(case="c2", reference="K7M-3Q9"), Unlinked(case="c2", reference="K7M-3Q9"))).partner is None
    other = fold(done(Linked(case="c2", reference="K7M-3Q9"), Unlinked(case="c3", reference="AAA-AAA"))).partner
    assert other == Partner("c2", "K7M-3Q9")


@pytest.mark.parametrize("text", ["2026-03-12T10:00", "2027-01-01T00:00"])
def test_a_minute_is_written_as_iso(text: str) -> None:
    assert is_minute(text)


@pytest.mark.parametrize(
    "text", ["", "T", "2026-03-12", "2026-03-12T10", "2026-02-30T10:00", "2026-03-12T25:00", "2026-03-12T10:00:00", "x"]
)
def test_anything_else_is_no_minute(text: str) -> None:
    assert not is_minute(text)
