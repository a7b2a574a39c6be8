"""Whatever people and office do, in whatever order, and wherever the program stops: what was acknowledged holds."""

from __future__ import annotations

import pytest

from assistant.core.commands import AddItem, Decline, Message, Reply, Submit
from assistant.core.record import Added, Answered, Closed, Declined, Filled, Messaged, Recorded, Submitted
from tests.torture import crashes
from tests.torture.model import Told, fits, sent_part
from tests.torture.rows import scale_here


@pytest.mark.slow
def test_every_order_of_steps_and_crashes_keeps_what_was_acknowledged_and_faults_are_noticed() -> None:
    row = crashes.run(scale_here())
    assert row.fine, row
    assert row.faults
    assert len(row.mutants) == 3


def recorded(*items: str) -> list[Recorded]:
    return [
        Recorded(seq=seq, at="2026-03-05T09:00:00Z", event=Answered(item=item, value="yes"))
        for seq, item in enumerate(items, 1)
    ]


def test_the_model_notices_what_is_gone_changed_doubled_or_said_by_nobody() -> None:
    told = Told("id", "code")
    assert told.look(recorded("one", "two")) == [Answered(item="one", value="yes"), Answered(item="two", value="yes")]
    for other in (recorded("one"), recorded("one", "three"), recorded("two", "one")):
        with pytest.raises(AssertionError, match="gone or changed"):
            told.look(other)
    with pytest.raises(AssertionError, match="gaps"):
        told.look(recorded("one", "two", "three")[1:])
    told.doubt = Reply("three", value="yes")
    with pytest.raises(AssertionError, match="nobody has said"):
        told.settle(recorded("one", "two", "three", "three"))


def test_a_command_in_doubt_is_recorded_whole_or_not_at_all() -> None:
    for items in (("one",), ("one", "two")):
        told = Told("id", "code")
        told.look(recorded("one"))
        told.doubt = Reply("two", value="yes")
        told.settle(recorded(*items))
        assert told.doubt is None


def test_a_command_fits_what_it_leaves_and_nothing_else() -> None:
    message = Messaged(kind="call_me", phone="070")
    assert fits(Reply("a", value="7"), [Answered(item="a", value=7)])
    assert fits(Reply("a", value=["x", "y"]), [Answered(item="a", value=("y", "x"))])
    assert not fits(Reply("a", value="7"), [Answered(item="a", value=8)])
    assert not fits(Reply("a", value="7"), [Answered(item="a", value=7)] * 2)
    assert fits(Reply("a", fields={"b": "x"}), [Filled(item="a", values={"b": "x"}), message])
    assert not fits(Reply("a", fields={"b": "x"}), [Filled(item="a", values={"b": "z"})])
    assert fits(Decline("a", "1"), [Added(repeat="a", of="1"), Declined(item="a", of="1", kind="skip")])
    assert not fits(Decline("a", "1"), [Declined(item="a", of="2", kind="skip")])
    assert fits(AddItem("a", more=False), [Closed(repeat="a")])
    assert fits(Message("call_me", phone="070"), [message])
    assert not fits(Message("call_me", phone="070"), [message, message])
    assert not fits(Submit(), [])


def test_the_office_may_read_up_to_the_last_time_it_was_sent() -> None:
    events = [one.event for one in recorded("one", "two", "three")]
    assert sent_part(events) == []
    assert sent_part([events[0], Submitted(), events[1], Submitted(), events[2]]) == [
        events[0], Submitted(), events[1], Submitted(),
    ]  # fmt: skip
