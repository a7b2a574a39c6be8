"""A program that may stop at any moment, between two steps or two writes, and several things at the same moment.

A crash leaves the files as they are at that moment: they are copied, the program is opened on the copy, and the old one
is forgotten. What is in memory only is gone with it.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Coroutine
from contextlib import closing
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from assistant import rotation
from assistant.core.commands import Command, Decline, Message, Reply, Submit
from assistant.core.steps import Review
from assistant.desk import Desk
from assistant.service import Service
from assistant.talks import NoSuchTalk, Talk
from tests.torture.edge import house
from tests.torture.machine import MADE, MOST_TALKS, Crash, People, picks, quick_codes
from tests.torture.model import Told, fits, sent_part
from tests.torture.people import copied
from tests.torture.rows import Mutant, Row, Scale

BESIDE = ("answer", "erase", "code", "desk", "other", "rotate")
WITHIN = ("answer", "message", "alone", "code", "erase", "come", "submit", "rotate")
MUTANTS = ("append", "erase", "replace_code")
"""Writes that are acknowledged and not made, now and then, to see whether that is noticed."""
_STEPS_IN_A_ROW = 20


class Office(People):
    """People, an office, and a program that crashes."""

    crashes = 0

    @invariant()
    def count(self) -> None:
        """One more step is done."""
        Office.done += 1

    # -- two at once ---------------------------------------------------------------------------------------------------

    @rule(
        pick=picks,
        seed=picks,
        others=st.lists(st.sampled_from(BESIDE), min_size=1, max_size=3),
    )
    def at_once(self, pick: int, seed: int, others: list[str]) -> None:
        """An answer, or sending, and other things at the same moment: as if one had come after the other."""
        told = self.chosen(pick)
        command, seen = self.next(told) if told else (None, 0)
        if told is None or command is None:
            return
        talk = self.talk(told)
        works: list[Coroutine[Any, Any, Any]] = [self.service.act(told.id, command, seen)]
        works += [self.other(one, told, talk, command, seen) for one in others]
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
            given = [one for one in results if isinstance(one, str)]
            working = [code for code in (*given, told.code) if self.run(self.service.resume(code)) is not None]
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
            case "rotate":
                return rotation.rotate(self.service.store, self.service.keys)
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
        what=st.sampled_from(WITHIN),
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
        elif what == "rotate":
            work = rotation.rotate(self.service.store, self.service.keys)
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
                    told.erasing = True
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
            told.code = MADE[-1]

    def settle(self, told: Told | None) -> None:
        """It did not crash: what was done is certain."""
        self.alone, self.unsure = [*self.alone, *self.unsure], []
        if told is not None and told.erasing:
            told.erased, told.erasing = True, False
        if told is not None and not told.erased:
            told.settle(self.run(self.records(self.talk(told))))

    def come_back(self, old: Service) -> None:
        """The program is started on what was left, and every person comes back with their code."""
        Office.crashes += 1
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
        if told.erasing:
            told.erased, told.erasing = row is None, False
        if told.erased:
            assert row is None, "what was erased is back"
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


def broken(examples: int, skipped: str = "") -> tuple[str, ...]:
    """What goes wrong in so many sequences of steps, and the shortest one that shows it; nothing if all is well."""
    Office.skipped = skipped
    how = settings(
        max_examples=examples,
        stateful_step_count=_STEPS_IN_A_ROW,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,) if skipped else (Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet if skipped else Verbosity.normal,
    )
    try:
        with quick_codes():
            run_state_machine_as_test(Office, settings=how)
    except Exception as error:
        return (f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ()))
    finally:
        Office.skipped = ""
    return ()


def run(scale: Scale) -> Row:
    """The part `order` of the torture. The count is sequences of twenty steps."""
    began, examples = time.monotonic(), scale.of(25, 2500)
    Office.one, Office.crashes, Office.done = house(), 0, 0
    wrong = broken(examples)
    done, crashed = Office.done, Office.crashes
    mutants = tuple(Mutant(f"{name} skipped", int(bool(broken(50, name))), 1) for name in MUTANTS)
    return Row(
        "any order",
        done,
        "steps",
        faults=crashed,
        lost=len(wrong[:1]),
        seconds=time.monotonic() - began,
        mutants=mutants,
        wrong=wrong,
        note=f"{examples:,} sequences; {crashed:,} crashes between steps and between writes",
    )
