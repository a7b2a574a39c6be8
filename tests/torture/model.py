"""What a record must say, told without the engine: one word for each command that was acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from assistant.core.commands import AddItem, Back, Change, Command, Decline, Finish, Message, Open, Reply, Speak, Submit
from assistant.core.record import (
    Added,
    Answered,
    AnyEvent,
    Closed,
    Declined,
    Filled,
    Finished,
    Messaged,
    Opened,
    Recorded,
    Reopened,
    Spoke,
    Submitted,
)

Phone: TypeAlias = str


class Told:
    """One conversation as its person knows it. `events` is what the record said when it was looked at last, and must
    say for ever; `doubt` is a command of which nobody knows whether it was recorded, `erasing` an erasure
    of which nobody knows whether it was made. `last` is the latest command, with
    the place it was sent from."""

    def __init__(self, id: str, code: str) -> None:
        self.id, self.code = id, code
        self.dead: list[str] = []
        self.events: list[AnyEvent] = []
        self.asked: list[str] = []
        self.sent = self.erased = self.erasing = False
        self.doubt: Command | None = None
        self.last: tuple[Command, int] | None = None

    def look(self, records: Sequence[Recorded]) -> list[AnyEvent]:
        """Hold a record against what it said before; the events that are new in it. Raises AssertionError."""
        assert [one.seq for one in records] == list(range(1, len(records) + 1)), "the record has gaps"
        found = [one.event for one in records]
        assert found[: len(self.events)] == self.events, "something that was recorded is gone or changed"
        new = found[len(self.events) :]
        self.events = found
        self.sent = any(isinstance(one, Submitted) for one in found)
        return new

    def settle(self, records: Sequence[Recorded]) -> None:
        """Look at the record after a crash: it says what it said, and of the command in doubt all or nothing."""
        new = self.look(records)
        assert not new or (self.doubt is not None and fits(self.doubt, new)), f"nobody has said {new}"
        self.doubt = None

    @property
    def messages(self) -> list[Phone]:
        """The telephone numbers of the messages in it."""
        return [one.phone for one in self.events if isinstance(one, Messaged)]


def fits(command: Command, events: Sequence[AnyEvent]) -> bool:
    """Whether these events are what a command has to leave in a record."""
    match command:
        case Reply(item=item, of=of, fields=None, value=value):
            answered = [(one.item, one.of, _plain(one.value)) for one in events if isinstance(one, Answered)]
            return len(events) == 1 and answered == [(item, of, _plain(value))]
        case Reply(item=item, of=of, fields=fields, declines=declines):
            filled = [one for one in events if isinstance(one, Filled)]
            alone = all(isinstance(one, Filled | Added | Messaged) for one in events)
            return len(filled) == 1 and alone and _filled(filled[0], item, of, fields or {}, declines or {})
        case Decline(item=item, of=of, kind=kind):
            declined = [(one.item, one.of, one.kind) for one in events if isinstance(one, Declined)]
            alone = all(isinstance(one, Declined | Added | Closed) for one in events)
            return declined == [(item, of, kind)] and alone
        case Change(item=item, of=of):
            return list(events) == [Reopened(item=item, of=of)]
        case Back():
            return len(events) == 1 and isinstance(events[0], Reopened)
        case AddItem(repeat=repeat, more=False):
            return list(events) == [Closed(repeat=repeat)]
        case AddItem(repeat=repeat):
            return len(events) == 1 and isinstance(events[0], Added) and events[0].repeat == repeat
        case Open(section=section, open=is_open):
            return list(events) == [Opened(section=section, open=is_open)]
        case Speak(locale=locale):
            return list(events) == [Spoke(locale=locale)]
        case Finish(done=done):
            return list(events) == [Finished(done=done)]
        case Message(kind=kind, name=name, phone=phone, when=when):
            return list(events) == [Messaged(kind=kind, name=name, phone=phone, when=when)]
        case Submit():
            return len(events) == 1 and isinstance(events[0], Submitted)
    return False


def _filled(event: Filled, item: str, of: str, fields: Any, declines: Any) -> bool:
    # A field that does not apply is not kept, and one that was left out is blank.
    values = all(value is None or _plain(value) == _plain(fields.get(name)) for name, value in event.values.items())
    return (event.item, event.of) == (item, of) and values and event.declined.items() <= dict(declines).items()


def _plain(value: Any) -> Any:
    """A value as text, a list of choices as a set of them: the order in which they were ticked does not count."""
    if isinstance(value, list | tuple):
        return frozenset(str(one) for one in value)
    return str(value).strip()


def sent_part(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """What the office may read: everything up to the last time it was sent."""
    found = list(events)
    last = max((place for place, one in enumerate(found) if isinstance(one, Submitted)), default=-1)
    return found[: last + 1]
