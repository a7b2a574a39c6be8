"""Killed between keeping a conversation and answering: whoever sends the answer at the gate again is let through."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.core.commands import Reply
from assistant.core.dialog import Dialog
from assistant.texts import Catalogs
from tests.journeys.playing import House

PASSES = Reply(item="protected_identity", of="", value="no")
STOPS = Reply(item="protected_identity", of="", value="yes")
NAMED = Reply(item="you", of="", fields={"answering_for": "self", "called_name": "Amal"})


@pytest.mark.parametrize(
    ("before", "minutes", "again", "seen", "problem"),
    [
        ((), 9, PASSES, 0, ""),
        ((), 11, PASSES, 0, "stale"),
        ((), 0, STOPS, 0, "stale"),
        ((), 0, PASSES, 7, "stale"),
        ((NAMED,), 0, PASSES, 0, "stale"),
    ],
)
async def test_the_answer_that_passed_the_gate_is_taken_again_by_a_server_that_knows_nothing_of_it(
    tmp_path: Path,
    dialogs: Mapping[str, Dialog],
    catalogs: Catalogs,
    before: tuple[Reply, ...],
    minutes: int,
    again: Reply,
    seen: int,
    problem: str,
) -> None:
    house = House(tmp_path, dialogs, catalogs)
    talk = await house.service.start("first_visit", "sv")
    for command in (PASSES, *before):
        outcome = await house.service.act(talk.id, command, talk.state.seq)
        assert outcome.problem is None
        talk = await house.reopened(outcome.talk)
    house.clock.forward(minutes=minutes)
    outcome = await house.service.act(talk.id, again, seen)
    assert (outcome.problem.code if outcome.problem else "") == problem
    assert outcome.talk.state.seq == talk.state.seq
    await house.close()
