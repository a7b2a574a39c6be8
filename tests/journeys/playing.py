"""Journeys played turn by turn as on the pages, with everything the person met, and the page that the office gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant import resources
from assistant.authoring import journeys
from assistant.authoring.journeys import Journey
from assistant.core.dialog import Dialog, Screen
from assistant.core.steps import Ask, AskMore, OpenSection, Review, Step
from assistant.desk import CaseDetail, Desk
from assistant.player import next_command
from assistant.service import Service
from assistant.settings import Settings
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.summary_page import SummaryPage, summary_page
from assistant.summary_text import summary_text
from assistant.texts import Catalogs
from assistant.turns import LineView, Said, Talk, Viewer
from tests.conftest import Clock

HERE = Path(__file__).parent
MOST_TURNS = 200


def journey(name: str) -> Journey:
    """A journey of the demonstration, or one that stands beside the tests."""
    own = HERE / f"{name}.yaml"
    found, problems = journeys.load(own if own.exists() else resources.folder("dialogs") / "demo" / f"{name}.yaml")
    assert [str(problem) for problem in problems] == []
    assert found is not None
    return found


@dataclass
class Played:
    """A talk at its end. ``lines`` is all that was said, ``asked`` every screen with whether it is of an optional
    section, ``said`` the transcript and ``review`` the list before sending, as the person has them on the screen."""

    journey: Journey
    talk: Talk
    lines: list[str] = field(default_factory=list)
    asked: list[tuple[Screen, bool]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    review: list[LineView] = field(default_factory=list)

    @property
    def screens(self) -> list[str]:
        """The names of the screens, in the order asked."""
        return [screen.name for screen, _ in self.asked]

    @property
    def core(self) -> set[str]:
        """The screens that nobody could pass by: the items of a repeat count as one."""
        return {screen.name for screen, optional in self.asked if not optional}


class House:
    """The program on one data directory. ``forgetful``: it is shut and opened again between any two turns, so that
    whatever goes on must have been in the store."""

    def __init__(
        self, data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock, *, forgetful: bool = False
    ) -> None:
        self.data, self.dialogs, self.catalogs, self.clock = data, dialogs, catalogs, clock
        self.forgetful = forgetful
        self.service = self._opened()

    def _opened(self) -> Service:
        keys, store = KeyFile.open(self.data), SqliteStore.open(self.data)
        return Service(self.dialogs, store, keys, self.catalogs, Settings(), self.clock)

    async def close(self) -> None:
        await self.service.store.close()

    async def reopened(self, talk: Talk) -> Talk:
        """The talk as another process finds it. Before it is kept there is nothing to be found."""
        if not self.forgetful or not talk.kept:
            return talk
        await self.close()
        self.service = self._opened()
        return await self.service.talk(talk.id)

    async def play(self, told: Journey, locale: str) -> Played:
        """Play a journey to its end."""
        played = Played(told, await self.service.start(told.dialog, locale))
        for _ in range(MOST_TURNS):
            talk = played.talk
            view = Viewer(talk, self.service.words(locale), Settings())
            if isinstance(talk.step, Ask):
                played.asked.append((talk.step.item, talk.step.section.optional))
            command = next_command(told, talk, played.screens)
            if isinstance(talk.step, Review):
                played.said, played.review = list(view.said(None)), list(view.lines())
            played.lines += _before(view)
            if command is None:
                return played
            step = talk.step
            outcome = await self.service.act(talk.id, command, talk.state.seq)
            assert outcome.problem is None, (command, outcome.problem)
            played.lines += _after(step, Viewer(outcome.talk, self.service.words(locale), Settings()), outcome.since)
            played.talk = await self.reopened(outcome.talk)
        raise AssertionError(f"there is no end after {MOST_TURNS} turns")

    async def page(self, played: Played) -> tuple[CaseDetail, SummaryPage, str]:
        """What the office gets, in Swedish: the case, its page, and the page as text with a reference that is the same
        every time."""
        detail = await Desk(self.service).case(played.talk.case, reader="test")
        assert detail is not None
        words = self.service.words("sv")
        page = summary_page(detail, words, Settings(), tuple(self.dialogs.values()))
        return detail, page, summary_text(page, words).replace(detail.view.reference, "ABC-123")


def _before(view: Viewer) -> Iterator[str]:
    """What the person meets before the next answer."""
    step = view.step()
    for note in view.notes():
        yield f"assistant: {note}"
    match view.talk.step:
        case Ask(item=item, of=of):
            yield f"assistant: {view.text(item, of=of)}"
        case AskMore():
            yield f"assistant: {step.label}"
        case OpenSection():
            yield f"assistant: {step.label}. {step.hint}".removesuffix(" ")
        case Review():
            yield "– everything is read and sent –"


def _after(step: Step, view: Viewer, since: int) -> Iterator[str]:
    """What the answer to a step was, as it stands in the transcript, and what is said to it."""
    match step:
        case AskMore(repeat=repeat):
            more = repeat.name not in view.talk.state.closed
            yield f"applicant: {'+' if more else '–'}"
        case OpenSection(section=section):
            yield f"applicant: {'+' if view.talk.state.sections.get(section.name) else '–'}"
    told = list(view.said(since))
    # The question was said before; the answer and what is answered back come now.
    for one in _without_questions(told):
        yield f"{one.who}: " + one.text.replace("\n", "\n  ")
    if isinstance(step, Ask) and step.section.gate and not told:
        yield "– answered, and not kept –"


def _without_questions(told: list[Said]) -> Iterator[Said]:
    for place, one in enumerate(told):
        is_question = one.who == "assistant" and [said.who for said in told[place + 1 : place + 2]] == ["applicant"]
        if not is_question:
            yield one


Compare = Callable[[str, str], None]


def heading(told: Journey, locale: str) -> str:
    """The first line of a transcript."""
    return f"{re.sub(r'[.:]$', '', told.about)} [{locale}]"
