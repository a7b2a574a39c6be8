"""Anything in any order, with a crash between any two steps and any two writes; a model beside it says what must be.

A crash leaves the files as they are at that moment: they are copied, the program is opened on the copy, and the old one
is forgotten. What is in memory only is gone with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from assistant.core.commands import Back, Change, Command, Decline, Finish, Message, Reply, Speak, Submit
from assistant.core.dialog import declines_of
from assistant.core.record import Answered, Declined, Filled, Recorded, decode
from assistant.core.steps import Ask, Review
from assistant.desk import Desk
from assistant.player import next_command
from assistant.service import Service
from assistant.store import codes
from assistant.talks import NoSuchTalk, Talk
from tests.conftest import Clock
from tests.journeys.playing import SEVEN, journey
from tests.torture.edge import House
from tests.torture.model import Told, fits, sent_part
from tests.torture.people import copied

T = TypeVar("T")
MOST_TALKS = 3
JOURNEYS = [journey(name) for name in SEVEN]
picks = st.integers(0, 30)


class Crash(Exception):
    """The power of the test is cut."""


@contextlib.contextmanager
def quick_codes() -> Iterator[None]:
    """Codes are hashed as ever, but with as little work as can be: thousands of them are looked up here."""
    slow = codes._argon2
    codes._argon2 = lambda salt: Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=8)
    try:
        yield
    finally:
        codes._argon2 = slow


class Office(RuleBasedStateMachine):
    """Some people, an office, and a program that may stop at any moment."""

    one: House
    steps = crashes = 0

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.Runner()
        self.place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.numbers = itertools.count(1)
        self.clock, self.told, self.alone, self.unsure = Clock(), list[Told](), list[str](), list[str]()
        self.fuse: int | None = None
        self.before = True
        self.data = self.place / "0"
        self.service = self.opened()

    def opened(self) -> Service:
        return self.one.open(self.data, self.clock, self.watch)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    async def watch(
        self, name: str, values: tuple[Any, ...], named: dict[str, Any], call: Callable[[], Awaitable[Any]]
    ) -> Any:
        """A write of the service; where the fuse ends there, the files stay as they are before it or behind it."""
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
        type(self).steps += 1
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

    # -- two at once ---------------------------------------------------------------------------------------------------

    @rule(
        pick=picks,
        seed=picks,
        others=st.lists(st.sampled_from(("answer", "erase", "code", "desk", "other")), min_size=1, max_size=3),
    )
    def at_once(self, pick: int, seed: int, others: list[str]) -> None:
        """An answer, or sending, and other things at the same moment: as if one had come after the other."""
        told = self.chosen(pick)
        command, seen = self.next(told) if told else (None, 0)
        if told is None or command is None:
            return
        talk = self.talk(told)
        works = [
            self.service.act(told.id, command, seen),
            *(self.other(one, told, talk, command, seen) for one in others),
        ]
        random.Random(seed).shuffle(works)
        results = self.run(_together(works))
        for result in results:
            assert not isinstance(result, BaseException) or isinstance(result, NoSuchTalk), repr(result)
        if self.run(self.service.store.conversation(told.id)) is None:
            assert True in results, "nobody has erased it"
            told.erased = True
            assert not self.run(self.service.store.read(told.id))
            return
        assert True not in results or "erase" not in others, "it was erased, and is there"
        if "code" in others:
            told.dead.append(told.code)
            codes_given = [one for one in results if isinstance(one, str)]
            working = [code for code in (*codes_given, told.code) if self.run(self.service.resume(code)) is not None]
            told.code = working[0]
        records = self.run(self.records(self.talk(told)))
        new = told.look(records)
        acknowledged = [one for one in results if getattr(one, "problem", 0) is None]
        assert bool(new) == bool(acknowledged) or not isinstance(command, Reply | Decline | Submit)
        assert not new or fits(command, new) or fits(_other(command), new), (command, new)
        told.last = None

    def other(self, what: str, told: Told, talk: Talk, command: Command, seen: int) -> Coroutine[Any, Any, Any]:
        match what:
            case "erase":
                return self.service.erase(talk)
            case "code":
                return self.service.new_code(talk)
            case "desk":
                return Desk(self.service).case(talk.case, reader="anna")
            case "other":
                return self.service.act(told.id, _other(command), seen)
        return self.service.act(told.id, command, seen)

    # -- crashes -------------------------------------------------------------------------------------------------------

    @rule()
    def crash(self) -> None:
        """Everything stops between two steps."""
        old = self.service
        self.save()
        self.come_back(old)

    @rule(
        pick=picks,
        writes=st.integers(0, 3),
        before=st.booleans(),
        what=st.sampled_from(("answer", "message", "alone", "code", "erase", "come", "submit")),
    )
    def crash_within(self, pick: int, writes: int, before: bool, what: str) -> None:
        """Everything stops before or behind the n-th write of a step."""
        told, old = self.chosen(pick), self.service
        self.fuse, self.before = writes, before
        try:
            crashed = self.within(what, told)
        finally:
            self.fuse = None
        if crashed:
            self.come_back(old)
        else:
            self.settle(told)

    def within(self, what: str, told: Told | None) -> bool:
        """Do something that may crash; whether it did."""
        phone = f"070-{next(self.numbers)}"
        message = Message("call_me", "Amal", phone, "")
        work: Coroutine[Any, Any, Any] | None = None
        if what == "come":
            if len([one for one in self.told if not one.erased]) >= MOST_TALKS:
                return False
            told = Told("", "")
            self.told.append(told)
            try:
                self.pass_the_gate(told)
            except Crash:
                return True
            return False
        if what == "alone":
            self.unsure.append(phone)
            work = self.service.message(message, "sv")
        elif told is not None:
            talk = self.talk(told)
            command, seen = self.next(told)
            match what:
                case "answer" if command is not None:
                    told.doubt = command
                    work = self.service.act(told.id, command, seen)
                case "message":
                    told.doubt = message
                    work = self.service.act(told.id, message, seen)
                case "submit" if isinstance(talk.step, Review):
                    told.doubt = Submit()
                    work = self.service.act(told.id, Submit(), seen)
                case "code":
                    told.dead.append(told.code)
                    work = self._with_code(told, talk)
                case "erase" if not told.sent:
                    told.erased = True
                    work = self.service.erase(talk)
        if work is None:
            return False
        try:
            self.run(work)
        except Crash:
            return True
        return False

    async def _with_code(self, told: Told, talk: Talk) -> None:
        try:
            await self.service.new_code(talk)
        finally:
            # Nobody was told the new code, but it may be the one that is kept.
            told.code = talk.code

    def settle(self, told: Told | None) -> None:
        """It did not crash: what was done is certain."""
        self.alone, self.unsure = [*self.alone, *self.unsure], []
        if told is not None and not told.erased:
            told.settle(self.run(self.records(self.talk(told))))

    def come_back(self, old: Service) -> None:
        """The program is started on what was left, and every person comes back with their code."""
        type(self).crashes += 1
        self.run(old.store.close())
        self.check_files()
        self.service = self.opened()
        for told in self.told:
            self.one_comes_back(told)
        self.told = [told for told in self.told if told.id]
        self.check_office()

    def one_comes_back(self, told: Told) -> None:
        row = self.run(self.service.store.conversation(told.id)) if told.id else None
        if not told.events and row is None:
            # It was lost before its person was told of it.
            told.id = ""
            return
        if told.erased:
            told.erased = row is None
        if told.erased:
            assert not self.run(self.service.store.read(told.id))
            return
        assert row is not None, "a conversation is gone"
        tried = [told.code, *told.dead[-1:]]
        talks = [(code, self.run(self.service.resume(code))) for code in tried]
        opened = [(code, talk) for code, talk in talks if talk is not None]
        assert [talk.id for _, talk in opened] == [told.id], "one code opens it, no more and no less"
        code, talk = opened[0]
        if code != told.code:
            told.dead[-1], told.code = told.code, code
        if not told.events:
            told.look(self.run(self.records(talk)))
        told.settle(self.run(self.records(talk)))
        assert bool(row.submitted) is told.sent

    def check_files(self) -> None:
        copy = self.place / "look"
        copied(self.data, copy)
        for path in copy.glob("*.db"):
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        shutil.rmtree(copy)

    @rule()
    def check_office(self) -> None:
        """The office has each message once, what was sent as it was sent, and nothing of what was not."""
        desk, sent = Desk(self.service), {told.id: told for told in self.told if told.sent}
        messages: Counter[str] = Counter()
        for row in self.run(self.service.store.cases()):
            detail = self.run(desk.case(row.id, reader="anna"))
            assert detail is not None
            messages.update(one.phone for one in detail.view.messages)
            for id, records in detail.record:
                assert [one.event for one in records] == sent_part(sent.pop(id).events)
            if not detail.record:
                assert detail.summary is None and not detail.state.facts
        assert not sent, "something that was sent is not at the office"
        self.check_messages(messages)

    def check_messages(self, messages: Counter[str]) -> None:
        assert set(messages.values()) <= {1}, "a message is there twice"
        self.alone += [phone for phone in self.unsure if phone in messages]
        self.unsure = []
        wanted = {*self.alone, *(phone for told in self.told for phone in told.messages if not told.erased)}
        gone = {phone for told in self.told if told.erased for phone in told.messages}
        assert wanted <= set(messages) <= wanted | gone

    def teardown(self) -> None:
        if hasattr(self, "service"):
            try:
                self.crash()
                self.run(self.service.store.close())
            finally:
                self.loop.close()
                shutil.rmtree(self.place, ignore_errors=True)


async def _together(works: list[Coroutine[Any, Any, Any]]) -> list[Any]:
    return await asyncio.gather(*works, return_exceptions=True)


def _other(command: Command) -> Command:
    """Another answer to the same question, as a second device would give it."""
    if isinstance(command, Reply):
        return Decline(command.item, command.of, "skip")
    return command
