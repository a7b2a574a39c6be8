"""The steps of a conversation: what the person is met with next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from assistant.core.dialog import AnyScreen, Repeat, Section, Stop
from assistant.core.path import Slot


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this screen; ``of`` is the repeat's item it belongs to. ``again``: it has an answer that may be kept."""

    item: AnyScreen
    section: Section
    of: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class AskMore:
    """Ask whether there is another item for this repeat."""

    repeat: Repeat
    section: Section


@dataclass(frozen=True, slots=True)
class OpenSection:
    """Ask whether the person wants this optional section."""

    section: Section


@dataclass(frozen=True, slots=True)
class StillTrue:
    """Ask whether what an earlier dialog established in this section still holds."""

    section: Section
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """The gate is passed: a case may be made now."""


@dataclass(frozen=True, slots=True)
class Review:
    """Everything is asked: show the person the whole, to be changed or sent."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is sent."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The talk ends here; ``item`` says where to turn."""

    item: Stop


Step: TypeAlias = Ask | AskMore | OpenSection | StillTrue | Begin | Review | Done | Stopped


def is_at(slot: Slot, step: Step) -> bool:
    """Whether the conversation waits at this place of the path."""
    match step:
        case Ask(item=item, of=of):
            return slot.item is item and slot.of == of
        case AskMore(repeat=repeat):
            return slot.item is repeat and slot.status == "more"
        case OpenSection(section=section):
            return slot.status == "section" and slot.section is section
        case StillTrue(slots=slots):
            return slot == slots[0]
    return False
