"""The conversation itself: what comes next, and what a command makes happen.

``next_step`` derives the step from the walk; ``decide`` turns a command into events or a Problem. Both are pure: the
caller brings the state and the day, and writes the events down.
"""

from __future__ import annotations

import datetime
from typing import TypeAlias

from assistant.core import replies
from assistant.core.commands import (
    AddItem,
    Back,
    Change,
    Command,
    Confirm,
    Decline,
    Finish,
    Message,
    Open,
    RemoveItem,
    Reply,
    Speak,
    Submit,
)
from assistant.core.dialog import (
    DeclineKind,
    Dialog,
    Group,
    Repeat,
    Screen,
    Stop,
    declines_of,
)
from assistant.core.path import WAITING, Path, Slot
from assistant.core.problem import Problem
from assistant.core.record import (
    Added,
    Answered,
    AnyEvent,
    Closed,
    Confirmed,
    Declined,
    Filled,
    Finished,
    Messaged,
    Opened,
    Recorded,
    Removed,
    Reopened,
    Spoke,
    Started,
    State,
    Submitted,
    apply,
    number_of,
)
from assistant.core.steps import Ask, AskMore, Begin, Done, OpenSection, Review, Step, StillTrue, Stopped, is_at
from assistant.core.walk import never_asked, next_id, scope_before, walk

MAX_RECORD = 5000
"""Events in one conversation, at most: far more than any person needs, and an end for a program that never stops."""


Events: TypeAlias = tuple[AnyEvent, ...]

_NOT_ASKED = Problem(code="not_asked", status=409)
_FINISH_AFTER = 3


def next_step(dialog: Dialog, state: State, today: datetime.date, path: Path | None = None) -> Step:
    """What to do next in this conversation."""
    if state.submitted_at:
        return Done()
    path = path or walk(dialog, state, today)
    for slot in path.slots:
        if slot.status not in WAITING or (state.finished and not _wanted_again(state, slot)):
            continue
        match slot.item:
            case Stop() as stop if path.stopped:
                return Stopped(stop)
            case Repeat() as repeat if slot.status == "more":
                return AskMore(repeat, slot.section)
            case Screen() if slot.status == "inherited":
                same = (one for one in path.slots if one.status == "inherited" and one.section is slot.section)
                return StillTrue(slot.section, tuple(same))
            case Screen() as item:
                return Ask(item, slot.section, slot.of, slot.status == "reopened")  # type: ignore[arg-type]
            case None:
                return OpenSection(slot.section)
    return Review() if state.started_at else Begin()


def _wanted_again(state: State, slot: Slot) -> bool:
    """Whether this is asked although the person wants to tell the rest at the visit."""
    if slot.status == "stop":
        return True
    return slot.item is not None and slot.status != "more" and (slot.item.name, slot.of) in state.reopened


def opening(dialog: Dialog, gate: State, locale: str, today: datetime.date) -> Events:
    """The first events of a case whose gate is passed. Nothing of the gate is in them: a screen that is left to the
    visit because of it looks like any other that a person would rather tell there."""
    path = walk(dialog, gate, today)
    left = (
        Declined(item=item.name, kind="in_person")
        for section in dialog.sections
        for item in section.items
        if isinstance(item, Screen) and item.later is not None and path.truth(item.later, today)
    )
    return (Started(dialog=dialog.dialog, version=dialog.version, locale=locale), *left)


def decide(
    dialog: Dialog, state: State, command: Command, today: datetime.date, path: Path | None = None
) -> Events | Problem:
    """The events that a command makes happen, or what is wrong with it. Never both, and nothing is changed here."""
    path = path or walk(dialog, state, today)
    step = next_step(dialog, state, today, path)
    if state.seq >= MAX_RECORD and not isinstance(command, Submit | Finish | Message | Speak):
        return Problem(code="too_many_events", status=409)
    if isinstance(step, Done) and not isinstance(command, Speak | Message):
        return _NOT_ASKED
    match command:
        case Reply():
            return _reply(dialog, state, command, step, path, today)
        case Decline():
            return _decline(state, command, step)
        case Change():
            return _change(command, path)
        case Back():
            return _back(state, step, path)
        case AddItem():
            return _add_item(state, command, step, path)
        case RemoveItem():
            return _remove_item(state, command, path)
        case Open():
            return _open(dialog, state, command, today)
        case Confirm():
            return _confirm(command, step)
        case Speak():
            return (Spoke(locale=command.locale),) if command.locale != state.locale else ()
        case Finish():
            return _finish(state, command, path)
        case Message():
            return message_to_office(command)
        case Submit():
            return (Submitted(lines=command.lines),) if isinstance(step, Review) else _NOT_ASKED


def already(dialog: Dialog, state: State, command: Command, today: datetime.date) -> bool:
    """Whether the record already says what this command would make it say: a double tap, or a second device."""
    match command:
        case Reply(item=item, of=of) | Decline(item=item, of=of):
            key = (item, of)
            if (key not in state.facts and (item, "") not in state.facts) or key in state.reopened:
                return False
            before = state.copy()
            before.reopened.add(key)
            before.submitted_at = ""
            before.finished = True
            events = decide(dialog, before, command, today)
            return not isinstance(events, Problem) and _says_nothing_new(state, events)
        case AddItem(repeat=repeat, more=False):
            return repeat in state.closed
        case Open(section=section, open=is_open):
            return state.sections.get(section) is is_open
        case Change(item=item, of=of):
            return (item, of) in state.reopened
        case RemoveItem(repeat=repeat, of=of):
            return of not in state.lists.get(repeat, ()) and 0 < number_of(of) <= state.last_ids.get(repeat, 0)
        case Speak(locale=locale):
            return state.locale == locale
        case Finish(done=done):
            return state.finished is done
        case Submit():
            return bool(state.submitted_at)
    return False


def _says_nothing_new(state: State, events: Events) -> bool:
    for event in events:
        match event:
            case Answered(item=item, of=of, value=value):
                fact = state.facts.get((item, of))
                if fact is None or fact.declined or fact.value != value:
                    return False
            case Filled(item=item, of=of, values=values, declined=declined):
                for name, value in values.items():
                    fact = state.facts.get((name, of))
                    if fact is None or fact.declined or fact.value != value:
                        return False
                if any(
                    getattr(state.facts.get((name, of)), "declined", None) != kind for name, kind in declined.items()
                ):
                    return False
            case Declined(item=item, of=of, kind=kind):
                if getattr(state.facts.get((item, of)), "declined", None) != kind:
                    return False
    return bool(events)


def _reply(
    dialog: Dialog, state: State, reply: Reply, step: Step, path: Path, today: datetime.date
) -> Events | Problem:
    if not isinstance(step, Ask) or (step.item.name, step.of) != (reply.item, reply.of):
        return _NOT_ASKED
    item = step.item
    scope = scope_before(path, item)
    if not isinstance(item, Group | Repeat):
        if reply.fields is not None:
            return Problem(code="wrong_type")
        value = replies.parse(dialog, item, reply.value, scope, today)
        return value if isinstance(value, Problem) else (Answered(item=item.name, of=step.of, value=value),)
    if reply.fields is None:
        return Problem(code="wrong_type")
    parsed = replies.parse_fields(dialog, item, reply.fields, reply.declines or {}, scope, today)
    if isinstance(parsed, Problem):
        return parsed
    filled = Filled(item=item.name, of=step.of, values=parsed[0], declined=parsed[1])
    return (*_first_of_list(state, item, step.of), filled, *_message_of(state, item, filled))


def _first_of_list(state: State, item: Screen, of: str) -> Events:
    """An open repeat's first item is asked before it is in the list: its first reply puts it there."""
    if isinstance(item, Repeat) and item.more and of not in state.lists.get(item.name, ()):
        return (Added(repeat=item.name, of=of),)
    return ()


def _message_of(state: State, item: Screen, filled: Filled) -> Events:
    if not isinstance(item, Group) or item.message != "call_me":
        return ()
    words = [str(value) for value in filled.values.values() if isinstance(value, str)]
    name = state.facts.get(("called_name", ""))
    needs = state.facts.get(("urgent_needs", ""))
    return (
        Messaged(
            kind="call_me",
            name=name.value if name and isinstance(name.value, str) else "",
            phone=words[0] if words else "",
            when="; ".join(words[1:]),
            needs=needs.value if needs and isinstance(needs.value, tuple) else (),
        ),
    )


def _decline(state: State, decline: Decline, step: Step) -> Events | Problem:
    if not isinstance(step, Ask) or (step.item.name, step.of) != (decline.item, decline.of):
        return _NOT_ASKED
    kinds: list[DeclineKind] = [kind for kind in declines_of(step.item) if kind == decline.kind]
    if not kinds:
        return Problem(code="not_declinable")
    declined = Declined(item=decline.item, of=decline.of, kind=kinds[0])
    if isinstance(step.item, Repeat) and step.item.more:
        # Who would not tell of one is not asked whether there are more.
        closed = () if decline.item in state.closed else (Closed(repeat=decline.item),)
        return (*_first_of_list(state, step.item, decline.of), declined, *closed)
    return (declined,)


def _change(change: Change, path: Path) -> Events | Problem:
    for slot in path.slots:
        if slot.item is not None and (slot.item.name, slot.of) == (change.item, change.of):
            if slot.status in ("settled", "inherited"):
                return (Reopened(item=change.item, of=change.of),)
            if slot.status == "reopened":
                return ()
    return _NOT_ASKED


def _back(state: State, step: Step, path: Path) -> Events | Problem:
    before: Slot | None = None
    for slot in path.slots:
        if is_at(slot, step):
            break
        if slot.status in ("settled", "inherited", "reopened") and not never_asked(state, slot):
            before = slot
    if before is None or before.item is None:
        return Problem(code="nothing_before", status=409)
    if before.status == "reopened":
        return ()
    return (Reopened(item=before.item.name, of=before.of),)


def _add_item(state: State, command: AddItem, step: Step, path: Path) -> Events | Problem:
    asked = isinstance(step, AskMore) and step.repeat.name == command.repeat
    if not command.more:
        return (Closed(repeat=command.repeat),) if asked else _NOT_ASKED
    listed = [slot for slot in path.slots if isinstance(slot.item, Repeat) and slot.item.name == command.repeat]
    repeat = listed[0].item if listed else None
    if not isinstance(repeat, Repeat) or not repeat.more:
        return _NOT_ASKED
    if any(slot.status in ("open", "maybe") for slot in listed):
        return _NOT_ASKED
    if len(state.lists.get(repeat.name, ())) >= repeat.max:
        return Problem(code="too_many", params={"max": repeat.max})
    return (Added(repeat=repeat.name, of=next_id(state, repeat.name)),)


def _remove_item(state: State, command: RemoveItem, path: Path) -> Events | Problem:
    on_path = any(
        isinstance(slot.item, Repeat) and slot.item.more and slot.item.name == command.repeat for slot in path.slots
    )
    if not on_path or command.of not in state.lists.get(command.repeat, ()):
        return _NOT_ASKED
    return (Removed(repeat=command.repeat, of=command.of),)


def _open(dialog: Dialog, state: State, command: Open, today: datetime.date) -> Events | Problem:
    """A section that was passed over can still be opened later, from the review."""
    if state.sections.get(command.section) is command.open:
        return ()
    undecided = state.copy()
    undecided.sections.pop(command.section, None)
    undecided.finished = False
    for slot in walk(dialog, undecided, today).slots:
        if slot.status == "section" and slot.section.name == command.section:
            return (Opened(section=command.section, open=command.open),)
    return _NOT_ASKED


def _confirm(command: Confirm, step: Step) -> Events | Problem:
    if not isinstance(step, StillTrue):
        return _NOT_ASKED
    shown = {slot.item.name: slot for slot in step.slots if slot.item is not None}
    if not set(command.still_true) <= set(shown):
        return Problem(code="no_such_choice")
    names: list[str] = []
    again: list[AnyEvent] = []
    for name, slot in shown.items():
        if name not in command.still_true:
            again.append(Reopened(item=name, of=slot.of))
            continue
        names.append(name)
        if isinstance(slot.item, Group | Repeat):
            names.extend(one.name for one in slot.item.items)
    return (Confirmed(items=tuple(names)), *again)


def may_finish(state: State, path: Path) -> bool:
    """Whether "finish now, tell the rest at the visit" is offered: after three answers, while something is open."""
    settled = sum(1 for slot in path.slots if slot.status == "settled")
    return bool(state.started_at) and not state.finished and path.pending and settled >= _FINISH_AFTER


def _finish(state: State, command: Finish, path: Path) -> Events | Problem:
    if state.finished is command.done:
        return ()
    if command.done and not may_finish(state, path):
        return _NOT_ASKED
    return (Finished(done=command.done),)


def message_to_office(command: Message) -> Events | Problem:
    """A message to the office: it needs a phone number, and it needs no conversation."""
    limits = {"name": 60, "phone": 40, "when": 120}
    words = {name: str(getattr(command, name)).strip() for name in limits}
    problems = {
        name: Problem(code="too_long", params={"max": most, "length": len(words[name])})
        for name, most in limits.items()
        if len(words[name]) > most
    }
    if not words["phone"]:
        problems["phone"] = Problem(code="required")
    if problems:
        return Problem(code="fields", fields=problems)
    return (Messaged(kind=command.kind, name=words["name"], phone=words["phone"], when=words["when"]),)


def record(state: State, events: Events, at: str) -> tuple[Recorded, ...]:
    """The events at their places behind what the state has seen; ``at`` is an ISO date and time."""
    return tuple(Recorded(seq=state.seq + n, at=at, event=event) for n, event in enumerate(events, 1))


def after(state: State, records: tuple[Recorded, ...]) -> State:
    """The state when these records have happened."""
    now = state.copy()
    for recorded in records:
        apply(now, recorded)
    return now
