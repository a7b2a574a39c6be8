"""Whatever the dialog and whatever the commands: no exception, nothing asked twice, an end that is always reached."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.core import engine
from assistant.core.commands import (
    AddItem,
    Back,
    Change,
    Command,
    Confirm,
    Decline,
    Finish,
    Open,
    RemoveItem,
    Reply,
    Speak,
    Submit,
)
from assistant.core.dialog import Dialog
from assistant.core.path import Path
from assistant.core.problem import Problem
from assistant.core.record import Recorded, State, decode, encode, fold
from assistant.core.steps import Ask, AskMore, Done, OpenSection, Review, StillTrue
from assistant.core.summary import summarize
from assistant.core.walk import path_after, screens_on, walk
from tests.core.random_dialogs import dialogs, good_reply, junk
from tests.core.small import AT, TODAY

MANY = 200


class Conversation(RuleBasedStateMachine):
    """A person who does anything at any time."""

    dialog: Dialog
    state: State
    path: Path

    @initialize(dialog=dialogs())
    def begin(self, dialog: Dialog) -> None:
        self.dialog = dialog
        self.conversations: list[tuple[str, list[Recorded]]] = []
        self.state = State()
        self.start("c0")

    def start(self, name: str) -> None:
        self.state = self.state.begin(name)
        self.path = walk(self.dialog, self.state, TODAY)
        self.conversations.append((name, []))
        self.write(engine.opening(self.dialog, State(), "en", TODAY))

    def write(self, events: engine.Events) -> None:
        records = engine.record(self.state, events, AT)
        self.conversations[-1][1].extend(records)
        self.state = engine.after(self.state, records)
        self.path = path_after(self.dialog, self.state, events, TODAY, self.path)
        anew = walk(self.dialog, self.state, TODAY)
        assert self.path == anew
        assert [*self.path.values, *self.path.answers] == [*anew.values, *anew.answers]

    def send(self, command: Command) -> engine.Events | Problem:
        before = encode_all(self.conversations)
        events = engine.decide(self.dialog, self.state, command, TODAY)
        assert encode_all(self.conversations) == before
        if not isinstance(events, Problem):
            self.write(events)
            if events and isinstance(command, Reply | Decline):
                assert engine.already(self.dialog, self.state, command, TODAY)
        return events

    @property
    def step(self) -> Any:
        return engine.next_step(self.dialog, self.state, TODAY)

    @rule(data=st.data())
    def answers_well(self, data: st.DataObject) -> None:
        self.one_good_step(data.draw)

    def one_good_step(self, draw: Any) -> None:
        match self.step:
            case Ask(item=item, of=of):
                events = self.send(Reply(**good_reply(draw, self.dialog, item, of)))
            case AskMore(repeat=repeat):
                events = self.send(AddItem(repeat.name, more=draw(st.booleans())))
            case OpenSection(section=section):
                events = self.send(Open(section.name, open=draw(st.booleans())))
            case StillTrue(slots=slots):
                names = [slot.item.name for slot in slots if slot.item is not None]
                events = self.send(Confirm(tuple(draw(st.sets(st.sampled_from(names))))))
            case _:
                return
        assert not isinstance(events, Problem), events
        assert events

    @rule(value=junk, fields=st.one_of(st.none(), st.dictionaries(st.text(max_size=6), junk, max_size=3)))
    def answers_nonsense(self, value: Any, fields: Any) -> None:
        step = self.step
        if isinstance(step, Ask):
            names = [one.name for one in getattr(step.item, "items", ())]
            if fields is not None and names:
                fields = dict(zip(names, fields.values(), strict=False))
            self.send(Reply(step.item.name, step.of, value=value, fields=fields))

    @rule(kind=st.sampled_from(("unknown", "skip", "in_person", "nonsense")))
    def declines(self, kind: str) -> None:
        step = self.step
        if isinstance(step, Ask):
            assert isinstance(self.send(Decline(step.item.name, step.of, kind)), Problem) == (kind == "nonsense")

    @rule(data=st.data())
    def changes_something(self, data: st.DataObject) -> None:
        slots = [slot for slot in screens_on(walk(self.dialog, self.state, TODAY)) if slot.item is not None]
        if slots:
            slot = data.draw(st.sampled_from(slots))
            assert slot.item is not None
            self.send(Change(slot.item.name, slot.of))

    @rule(name=st.text(max_size=5), of=st.text(max_size=3), more=st.booleans())
    def names_what_is_not_there(self, name: str, of: str, more: bool) -> None:
        for command in (Reply(name, of, value=1), Decline(name, of), Change(name, of), AddItem(name, more), Open(name)):
            assert isinstance(self.send(command), Problem)
        assert isinstance(self.send(RemoveItem(name, of)), Problem)

    @rule(data=st.data())
    def works_on_a_list(self, data: st.DataObject) -> None:
        if self.state.lists:
            repeat = data.draw(st.sampled_from(sorted(self.state.lists)))
            of = data.draw(st.sampled_from((*self.state.lists[repeat], "9")))
            commands: list[Command] = [AddItem(repeat), RemoveItem(repeat, of), AddItem(repeat, more=False)]
            self.send(data.draw(st.sampled_from(commands)))

    @rule()
    def goes_back(self) -> None:
        self.send(Back())

    @rule(locale=st.sampled_from(("en", "sv")))
    def speaks(self, locale: str) -> None:
        self.send(Speak(locale))

    @rule(done=st.booleans())
    def finishes_or_goes_on(self, done: bool) -> None:
        self.send(Finish(done))

    @precondition(lambda self: isinstance(self.step, Review))
    @rule()
    def sends_it(self) -> None:
        assert not isinstance(self.send(Submit()), Problem)

    @precondition(lambda self: self.state.submitted_at and len(self.conversations) < 3)
    @rule()
    def meets_the_dialog_again_later(self) -> None:
        self.start(f"c{len(self.conversations)}")

    @invariant()
    def what_is_asked_is_open_and_on_the_path(self) -> None:
        step = self.step
        path = walk(self.dialog, self.state, TODAY)
        places = [(slot.item.name, slot.of) for slot in screens_on(path) if slot.item is not None]
        assert len(places) == len(set(places))
        if isinstance(step, Ask):
            statuses = {slot.status for slot in path.slots if slot.item is step.item and slot.of == step.of}
            assert statuses <= {"open", "reopened"}

    @invariant()
    def replaying_the_record_gives_the_live_state(self) -> None:
        again = [(name, [decode(encode(one)) for one in records]) for name, records in self.conversations]
        assert fold(again) == self.state

    @invariant()
    def a_summary_can_always_be_made(self) -> None:
        summarize(self.dialog, self.state, TODAY)

    def teardown(self) -> None:
        if not hasattr(self, "state") or not self.conversations:
            return
        self.write(()) if isinstance(self.step, Done) else self.reach_the_end()

    def reach_the_end(self) -> None:
        asked: list[tuple[str, str]] = []
        for _ in range(MANY):
            match self.step:
                case Ask(item=item, of=of):
                    asked.append((item.name, of))
                    assert not isinstance(self.send(Decline(item.name, of)), Problem)
                case AskMore(repeat=repeat):
                    self.send(AddItem(repeat.name, more=False))
                case OpenSection(section=section):
                    self.send(Open(section.name, open=False))
                case StillTrue(slots=slots):
                    self.send(Confirm(tuple(slot.item.name for slot in slots if slot.item is not None)))
                case Review():
                    break
        assert isinstance(self.step, Review)
        assert len(asked) == len(set(asked)), asked


def encode_all(conversations: list[tuple[str, list[Recorded]]]) -> list[bytes]:
    return [encode(one) for _, records in conversations for one in records]


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
