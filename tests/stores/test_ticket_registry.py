"""Transfer tickets: random, alone, short-lived, used once, and nowhere as they are."""

from __future__ import annotations

import re

import pytest

from assistant.tickets import MINUTES, MOST, Tickets
from tests.conftest import Clock


@pytest.fixture
def tickets(clock: Clock) -> Tickets:
    return Tickets(clock)


def test_a_ticket_is_128_random_bits_that_fit_an_address(tickets: Tickets) -> None:
    many = {tickets.issue(f"talk {number}") for number in range(500)}
    assert len(many) == 500
    assert all(re.fullmatch("[A-Za-z0-9_-]{22}", ticket) for ticket in many)


def test_a_ticket_opens_its_conversation_until_it_is_used(tickets: Tickets) -> None:
    ticket = tickets.issue("talk")
    assert [tickets.conversation(ticket) for _ in range(3)] == ["talk"] * 3
    assert [tickets.use(ticket) for _ in range(3)] == [True, False, False]
    assert tickets.conversation(ticket) is None


def test_a_ticket_lives_ten_minutes(tickets: Tickets, clock: Clock) -> None:
    one, other = tickets.issue("one"), tickets.issue("other")
    clock.forward(minutes=MINUTES, seconds=-1)
    assert tickets.conversation(one) == "one"
    clock.forward(seconds=1)
    assert tickets.conversation(one) is None
    assert not tickets.use(other)


def test_asking_for_it_does_not_make_it_live_longer(tickets: Tickets, clock: Clock) -> None:
    ticket = tickets.issue("talk")
    for _ in range(5):
        assert tickets.conversation(ticket)
        clock.forward(minutes=2)
    assert tickets.conversation(ticket) is None


def test_the_last_three_tickets_of_a_conversation_live_until_one_is_used(tickets: Tickets) -> None:
    made = [tickets.issue("talk") for _ in range(4)]
    assert [tickets.conversation(one) for one in made] == [None, "talk", "talk", "talk"]
    assert tickets.use(made[2])
    assert [tickets.conversation(one) for one in made] == [None] * 4


def test_a_ticket_that_is_cancelled_opens_nothing_and_the_others_stay(tickets: Tickets) -> None:
    one, other = tickets.issue("one"), tickets.issue("other")
    tickets.cancel("one")
    tickets.cancel("one")
    tickets.cancel("never there")
    assert not tickets.use(one)
    assert tickets.use(other)


@pytest.mark.parametrize("text", ["", "x", "å" * 22, "\udcff", "x" * 100_000])
def test_what_is_no_ticket_opens_nothing(tickets: Tickets, text: str) -> None:
    tickets.issue("talk")
    assert tickets.conversation(text) is None
    assert not tickets.use(text)


def test_the_oldest_makes_room_when_there_are_too_many(tickets: Tickets) -> None:
    first, second = tickets.issue("first"), tickets.issue("second")
    for number in range(MOST - 2):
        tickets.issue(f"talk {number}")
    assert tickets.conversation(first) == "first"
    last = tickets.issue("last")
    assert tickets.conversation(first) is None
    assert (tickets.conversation(second), tickets.conversation(last)) == ("second", "last")


def test_a_conversation_that_asks_again_and_again_takes_no_room_from_others(tickets: Tickets) -> None:
    first = tickets.issue("first")
    for _ in range(MOST + 1):
        tickets.issue("talk")
    assert tickets.conversation(first) == "first"


def test_old_tickets_leave_no_trace_in_memory(tickets: Tickets, clock: Clock) -> None:
    ticket = tickets.issue("talk")
    assert ticket not in repr(vars(tickets)) and "talk" in repr(vars(tickets))
    clock.forward(minutes=MINUTES)
    tickets.conversation("any")
    assert "talk" not in repr(vars(tickets))
