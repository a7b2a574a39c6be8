"""People who do anything in any order, through the real service and store; a model beside it says what must be."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from assistant import rotation
from assistant.core.commands import Back, Change, Command, Decline, Finish, Message, Reply, Speak, Submit
from assistant.core.dialog import declines_of
from assistant.core.record import Answered, Declined, Filled, Recorded, decode
from assistant.core.steps import Ask, Review
from assistant.player import next_command
from assistant.service import Service
from assistant.store import codes
from assistant.talks import Talk
from tests.conftest import Clock
from tests.journeys.playing import SEVEN, journey
from tests.torture.edge import House
from tests.torture.model import Told, fits
from tests.torture.people import copied

T = TypeVar("T")
MOST_TALKS = 3
JOURNEYS = [journey(name) for name in SEVEN]
picks = st.integers(0, 30)
MADE: list[str] = []
"""The codes that were made, also those that nobody was told of."""


class Crash(Exception):
    """The power of the test is cut."""


@contextlib.contextmanager
def quick_codes() -> Iterator[None]:
    """Codes are hashed as ever, but with as little work as can be: thousands of them are looked up here."""
    slow, new = codes._argon2, codes.new_code
    codes._argon2 = lambda salt: Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=8)
    codes.new_code = lambda: MADE.append(new()) or MADE[-1]  # type: ignore[func-returns-value]
    try:
        yield
    finally:
        codes._argon2, codes.new_code = slow, new


class People(RuleBasedStateMachine):
    """Some people who tell, change, send and erase, in any order."""

    one: House
    done = 0
    """How many steps were taken."""
    skipped = ""
    """A write that is acknowledged and not made (an append: every third): a fault put in on purpose."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.Runner()
        self.place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.numbers = itertools.count(1)
        self.clock, self.told, self.alone, self.unsure = Clock(), list[Told](), list[str](), list[str]()
        self.fuse: int | None = None
        self.before, self.skips = True, 0
        self.data = self.place / "0"
        self.service = self.opened()
        self.come()

    def opened(self) -> Service:
        return self.one.open(self.data, self.clock, self.watch)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    async def watch(
        self, name: str, values: tuple[Any, ...], named: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        """A write of the service; where the fuse ends there, the files stay as they are before it or behind it."""
        if name == self.skipped:
            self.skips += 1
            # Without records nobody would come far.
            if name != "append" or self.skips % 3 == 0:
                return named["after"] + len(values[1]) if name == "append" else None
        if self.fuse is None:
            return await call()
        self.fuse -= 1
        if self.fuse < 0 and self.before:
            self.save()
            raise Crash
        done = await call()
        if self.fuse < 0:
            self.save()
            raise Crash
        return done

    def save(self) -> None:
        """Keep the files as they are now, and open the next program on them."""
        if self.fuse is not None:
            self.fuse = 1_000_000
        copy = self.place / str(next(self.numbers))
        copied(self.data, copy)
        self.data = copy

    # -- looking -------------------------------------------------------------------------------------------------------

    async def records(self, talk: Talk) -> tuple[Recorded, ...]:
        assert talk.key is not None
        sealed = await self.service.store.read(talk.id)
        return tuple(decode(talk.key.open(talk.id, one.seq, one.body)) for one in sealed)

    def chosen(self, pick: int) -> Told | None:
        living = [told for told in self.told if not told.erased]
        return living[pick % len(living)] if living else None

    def talk(self, told: Told) -> Talk:
        return self.run(self.service.talk(told.id))

    def send(self, told: Told, command: Command, seen: int) -> None:
        """A command, and what it has to leave behind: all of it, once, behind what was there."""
        talk = self.talk(told)
        fresh = seen == talk.state.seq
        outcome = self.run(self.service.act(told.id, command, seen))
        new = told.look(self.run(self.records(outcome.talk)))
        told.last = command, seen
        if outcome.problem is not None:
            assert not new, "a command that was refused has been recorded"
            return
        assert not new or fits(command, new), (command, new)
        if fresh and isinstance(command, Reply | Decline | Submit):
            assert new, "a command that was acknowledged is not recorded"

    def next(self, told: Told) -> tuple[Command | None, int]:
        """What the person would say next, and the place they say it from."""
        talk = self.talk(told)
        number = self.told.index(told)
        return next_command(JOURNEYS[number % len(JOURNEYS)], talk, told.asked), talk.state.seq

    # -- what people do ------------------------------------------------------------------------------------------------

    @rule()
    def come(self) -> None:
        """Somebody begins, and passes the gate."""
        if len([told for told in self.told if not told.erased]) < MOST_TALKS:
            self.told.append(Told("", ""))
            self.pass_the_gate(self.told[-1])

    def pass_the_gate(self, told: Told) -> None:
        plan = JOURNEYS[(len(self.told) - 1) % len(JOURNEYS)]
        talk = self.run(self.service.start(plan.dialog, plan.locale))
        told.id, told.code = talk.id, talk.code
        while not talk.kept:
            command = next_command(plan, talk, told.asked)
            assert command is not None
            talk = self.run(self.service.act(talk.id, command, talk.state.seq)).talk
        told.look(self.run(self.records(talk)))

    @rule(pick=picks, times=st.integers(1, 12))
    def answer(self, pick: int, times: int) -> None:
        """Somebody answers some questions, and sends it if there are none left."""
        told = self.chosen(pick)
        for _ in range(times if told else 0):
            assert told is not None
            command, seen = self.next(told)
            if command is None:
                return
            self.send(told, command, seen)

    @rule(pick=picks, kind=picks)
    def decline(self, pick: int, kind: int) -> None:
        told = self.chosen(pick)
        step = self.talk(told).step if told else None
        if told and isinstance(step, Ask) and declines_of(step.item):
            kinds = declines_of(step.item)
            self.send(told, Decline(step.item.name, step.of, kinds[kind % len(kinds)]), len(told.events))

    @rule(pick=picks)
    def back(self, pick: int) -> None:
        if told := self.chosen(pick):
            self.send(told, Back(), len(told.events))

    @rule(pick=picks, which=picks)
    def change(self, pick: int, which: int) -> None:
        """Somebody gives an earlier answer again."""
        told = self.chosen(pick)
        said = [one for one in told.events if isinstance(one, Answered | Filled | Declined)] if told else []
        if told and said:
            one = said[which % len(said)]
            self.send(told, Change(one.item, one.of), len(told.events))

    @rule(pick=picks, locale=st.sampled_from(("sv", "en", "ar")))
    def speak(self, pick: int, locale: str) -> None:
        if told := self.chosen(pick):
            self.send(told, Speak(locale), len(told.events))

    @rule(pick=picks, done=st.booleans())
    def finish(self, pick: int, done: bool) -> None:
        if told := self.chosen(pick):
            self.send(told, Finish(done), len(told.events))

    @rule(pick=picks)
    def submit(self, pick: int) -> None:
        """Somebody tells the rest at the visit and sends what there is."""
        if told := self.chosen(pick):
            self.send(told, Finish(), len(told.events))
            if isinstance(self.talk(told).step, Review):
                self.send(told, Submit(), len(told.events))
                assert told.sent

    @rule(pick=picks)
    def tap_again(self, pick: int) -> None:
        """The latest command comes once more: nothing of it is there twice."""
        told = self.chosen(pick)
        if told and told.last is not None:
            command, seen = told.last
            before = list(told.events)
            self.send(told, command, seen)
            assert told.events == before

    @rule(pick=picks)
    def old_page(self, pick: int) -> None:
        """Another answer from a page that is out of date is refused, or its question is asked just now."""
        told = self.chosen(pick)
        said = [one for one in told.events if isinstance(one, Answered)] if told else []
        if told and said:
            step = self.talk(told).step
            if not (isinstance(step, Ask) and (step.item.name, step.of) == (said[0].item, said[0].of)):
                before = list(told.events)
                self.send(told, Reply(said[0].item, said[0].of, value=["another"]), 1)
                assert told.events == before

    @rule(pick=picks, inside=st.booleans())
    def message(self, pick: int, inside: bool) -> None:
        """Somebody asks to be called, out of a conversation or without one."""
        message = Message("call_me", "Amal", f"070-{next(self.numbers)}", "")
        told = self.chosen(pick)
        if told and inside:
            self.send(told, message, len(told.events))
            assert message.phone in told.messages
        else:
            self.alone.append(message.phone)
            assert self.run(self.service.message(message, "sv")) is None

    @rule(pick=picks)
    def new_code(self, pick: int) -> None:
        """The old code dies, the new one opens."""
        if told := self.chosen(pick):
            told.dead.append(told.code)
            told.code = self.run(self.service.new_code(self.talk(told)))
            self.resume(told)

    def resume(self, told: Told) -> None:
        talk = self.run(self.service.resume(told.code))
        assert talk is not None
        assert talk.id == told.id
        for code in told.dead[-2:]:
            assert self.run(self.service.resume(code)) is None

    @rule()
    def expire(self) -> None:
        """Time passes: no code works any more, whoever still has the page gets a new one."""
        self.clock.forward(days=self.service.settings.draft_days + 1)
        for told in self.told:
            assert self.run(self.service.resume(told.code)) is None
            if not told.erased:
                told.dead.append(told.code)
                told.code = self.run(self.service.new_code(self.talk(told)))
                told.last = None

    @rule(pick=picks)
    def erase(self, pick: int) -> None:
        """Somebody wants everything erased: what is sent stays."""
        if told := self.chosen(pick):
            done = self.run(self.service.erase(self.talk(told)))
            assert done is not told.sent
            told.erased = done

    @rule()
    def rotate(self) -> None:
        """The office changes the key that wraps keys, and takes the old ones away: everything still opens."""
        keys, store = self.service.keys, self.service.store
        for one in self.run(rotation.rotate(store, keys))[:-1]:
            self.run(rotation.retire(store, keys, one.number))
        for told in self.told:
            if not told.erased:
                self.resume(told)
