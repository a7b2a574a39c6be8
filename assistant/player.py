"""Play a dialog through the service as a journey answers it: for tests, the demo, and to try out what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.authoring.journeys import Journey, decline_of
from assistant.core.commands import AddItem, Command, Confirm, Decline, Finish, Open, Reply, Submit
from assistant.core.dialog import AnyScreen, DeclineKind, Dialog, Group, Repeat, declines_of, places
from assistant.core.problem import Problem
from assistant.core.steps import Ask, AskMore, OpenSection, Review, StillTrue
from assistant.service import Service
from assistant.talks import Talk
from assistant.turns import Viewer
from assistant.views import Said

_MOST_TURNS = 500
_USUAL: tuple[DeclineKind, ...] = ("skip", "unknown", "in_person")


class JourneyError(Exception):
    """A journey cannot go on: a question has no answer in it, or its answer was not taken."""


@dataclass(frozen=True, slots=True)
class Played:
    """A journey that was played: the conversation at its end, all that was said, and the screens in the order asked."""

    talk: Talk
    said: tuple[Said, ...]
    screens: tuple[str, ...]

    def transcript(self) -> str:
        """What was said, line by line."""
        return "\n".join(f"{one.who}: {one.text}" for one in self.said)


async def play(service: Service, journey: Journey, locale: str, *, submit: bool = True, leaves_at: str = "") -> Played:
    """Play a journey from the first question to the end; with ``submit=False`` up to the review. ``leaves_at``: only up
    to this screen, which stays without an answer.

    Raises JourneyError, and KeyError for a dialog or language that is not there."""
    _check_names(service.dialogs[journey.dialog], journey)
    talk = await service.start(journey.dialog, locale)
    screens: list[str] = []
    for _ in range(_MOST_TURNS):
        step = talk.step
        if isinstance(step, Ask):
            screens.append(step.item.name)
        leaves = isinstance(step, Ask) and step.item.name == leaves_at
        command = None if leaves else next_command(journey, talk, screens)
        if command is None or (isinstance(command, Submit) and not submit):
            if leaves_at and not leaves:
                raise JourneyError(f"{leaves_at}: this is not asked, so nobody can leave there")
            said = Viewer(talk, service.words(talk.state.locale), service.settings).turn().said
            return Played(talk, said, tuple(screens))
        outcome = await service.act(talk.id, command, talk.state.seq)
        if outcome.problem is not None:
            raise JourneyError(f"{_name(command)}: {_told(outcome.problem)}")
        talk = outcome.talk
    raise JourneyError(f"there is no end after {_MOST_TURNS} turns")


def next_command(journey: Journey, talk: Talk, asked: list[str]) -> Command | None:
    """What the journey answers to the step of a conversation; None where there is nothing to answer any more."""
    match talk.step:
        case Ask(item=item, of=of):
            if journey.stops_after in asked[:-1] and journey.stops_after:
                return Finish()
            return _answer(journey, talk, item, of)
        case AskMore(repeat=repeat):
            given = journey.repeats.get(repeat.name, ())
            return AddItem(repeat=repeat.name, more=len(talk.state.lists.get(repeat.name, ())) < len(given))
        case OpenSection(section=section):
            return Open(section=section.name, open=journey.sections.get(section.name, False))
        case StillTrue(slots=slots):
            return Confirm(still_true=tuple(slot.item.name for slot in slots if slot.item is not None))
        case Review():
            return Submit()
    return None


def _check_names(dialog: Dialog, journey: Journey) -> None:
    """A name with a slip in it would only make a question be skipped, which nobody sees."""
    lists = (given.values() if isinstance(given, dict) else given for given in journey.repeats.values())
    named = {name for items in lists for one in items for name in one}
    strange = {*journey.answers, *journey.repeats, *named} - places(dialog).keys()
    strange |= journey.sections.keys() - {section.name for section in dialog.sections}
    if strange:
        raise JourneyError(f"the dialog has no {', '.join(sorted(strange))}")


def _answer(journey: Journey, talk: Talk, item: AnyScreen, of: str) -> Command:
    given = _given(journey, talk, item, of)
    kind = decline_of(journey.answers.get(item.name))
    if kind:
        return Decline(item=item.name, of=of, kind=kind)
    if isinstance(item, Group | Repeat):
        fields = {one.name: given[one.name] for one in item.items if one.name in given}
        if fields:
            declines = {name: kind for name, answer in fields.items() if (kind := decline_of(answer))}
            values = {name: answer for name, answer in fields.items() if name not in declines}
            return Reply(item=item.name, of=of, fields=values, declines=declines)
    elif item.name in given:
        return Reply(item=item.name, of=of, value=given[item.name])
    usual = next((kind for kind in _USUAL if kind in declines_of(item)), None)
    if usual is None:
        raise JourneyError(f"{item.name}: the journey has no answer to this question, and it cannot be skipped")
    return Decline(item=item.name, of=of, kind=usual)


def _given(journey: Journey, talk: Talk, item: AnyScreen, of: str) -> Mapping[str, Any]:
    """The answers that a screen is answered from: a repeat's item has answers of its own."""
    if not isinstance(item, Repeat):
        return journey.answers
    items = journey.repeats.get(item.name, [])
    if isinstance(items, dict):
        return items.get(of, {})
    ids = talk.state.lists.get(item.name, ()) if item.more else ()
    place = (ids.index(of) if of in ids else len(ids)) if item.more else int(of) - 1 if of.isdigit() else len(items)
    return items[place] if place < len(items) else {}


def _name(command: Command) -> str:
    return str(getattr(command, "item", "") or type(command).__name__)


def _told(problem: Problem) -> str:
    fields = ", ".join(f"{name}: {one.code}" for name, one in problem.fields.items())
    return f"{problem.code} ({fields})" if fields else problem.code
