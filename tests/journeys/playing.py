"""Journeys played turn by turn as on the pages, with everything the person met, and the page that the office gets."""

from __future__ import annotations

import asyncio
import difflib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant import resources
from assistant.authoring import journeys
from assistant.authoring.journeys import Journey
from assistant.core.dialog import Dialog, Screen
from assistant.core.steps import Ask, Review
from assistant.core.summary import Summary
from assistant.desk import CaseDetail, Desk
from assistant.exports.text import summary_text
from assistant.lifeline_page import LifeLinePage, life_line_page
from assistant.openers import with_key
from assistant.player import next_command
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs, load_rulebook
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.summary_page import SummaryPage, summary_page
from assistant.talks import Talk
from assistant.texts import Catalogs
from assistant.turns import Viewer
from assistant.views import LineView, Said
from assistant.wording import plain
from tests.conftest import Clock

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE / "golden"
SEVEN: Final = ("layla", "erik", "marina", "kent", "ali", "anna", "birgit")
OTHERS: Final = ("careful", "guardian", "silent", "early")
REFERENCE: Final = "ABC-123"
MOST_TURNS: Final = 200


def journey(name: str) -> Journey:
    """A journey of the demonstration, or one that stands beside the tests."""
    own = HERE / f"{name}.yaml"
    found, problems = journeys.load(own if own.exists() else resources.folder("dialogs") / "demo" / f"{name}.yaml")
    assert found is not None, problems
    return found


@dataclass
class Played:
    """A talk at its end. ``asked`` is every screen with whether it is of an optional section, ``notes`` all that was
    said beside questions and answers; ``said`` is the transcript and ``review`` the list before sending."""

    journey: Journey
    talk: Talk
    asked: list[tuple[Screen, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    review: list[LineView] = field(default_factory=list)

    @property
    def screens(self) -> list[str]:
        """The names of the screens, in the order asked."""
        return [screen.name for screen, _ in self.asked]

    @property
    def core(self) -> set[str]:
        """The screens that nobody could pass by; the items of a repeat count as one."""
        return {screen.name for screen, optional in self.asked if not optional}

    @property
    def transcript(self) -> str:
        """What was said, line by line."""
        return "".join(f"{one.who}: {one.text}\n" for one in self.said)


@dataclass(frozen=True)
class Office:
    """What the office has of a talk, in Swedish: the case, what it says, its page, that as text, and its life line."""

    detail: CaseDetail
    summary: Summary
    page: SummaryPage
    text: str
    life: str


class House:
    """The program on one data directory. Between any two turns it is shut and opened again (unless it ``stays_open``):
    whatever goes on must have been in the store."""

    def __init__(
        self, data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, *, stays_open: bool = False
    ) -> None:
        self.data, self.dialogs, self.catalogs, self.clock = data, dialogs, catalogs, Clock()
        self.stays_open = stays_open
        self.service = self._opened()

    def _opened(self) -> Service:
        keys, store = KeyFile.open(self.data), SqliteStore.open(self.data)
        return Service(self.dialogs, store, keys, self.catalogs, Settings(), self.clock, load_rulebook(self.dialogs))

    async def close(self) -> None:
        await self.service.store.close()

    async def reopened(self, talk: Talk) -> Talk:
        """The talk as another process finds it. Before it is kept there is nothing to be found."""
        if not talk.kept or self.stays_open:
            return talk
        await self.close()
        self.service = self._opened()
        found = await self.service.talk(talk.id, with_key(talk.key))
        assert found is not talk
        return found

    async def play(self, told: Journey, locale: str) -> Played:
        """Play a journey to its end."""
        played = Played(told, await self.service.start(told.dialog, locale))
        for _ in range(MOST_TURNS):
            talk = played.talk
            view = Viewer(talk, self.catalogs.words(locale), Settings())
            played.notes += view.notes()
            if isinstance(talk.step, Ask):
                played.asked.append((talk.step.item, talk.step.section.optional))
            if isinstance(talk.step, Review):
                played.said, played.review = list(view.said(None)), list(view.lines())
            command = next_command(told, talk, played.screens)
            if command is None:
                return played
            outcome = await self.service.act(talk.id, command, talk.state.seq)
            assert outcome.problem is None, (command, outcome.problem)
            played.talk = await self.reopened(outcome.talk)
        raise AssertionError(f"there is no end after {MOST_TURNS} turns")

    async def office(self, played: Played) -> Office:
        """What the office gets; the reference in the text is the same every time."""
        detail = await Desk(self.service).case(played.talk.case, reader="test")
        assert detail is not None
        assert detail.summary is not None
        words = self.catalogs.words("sv")
        page = summary_page(detail, words, Settings(), tuple(self.dialogs.values()))
        text = summary_text(page, words).replace(detail.view.reference, REFERENCE)
        life = life_line_page(detail, words, Settings(), self.service.today())
        assert life is not None
        return Office(detail, detail.summary, page, text, life_text(life))


def life_text(page: LifeLinePage) -> str:
    """What a life line says: its list, what is marked, and what is asked first."""
    lines = [f"{one.when}: {plain(one.words)}{one.note and f' ({one.note})'}" for one in (*page.rows, *page.undated)]
    lines += [f"– {one.question} ({one.how})" for one in page.withheld]
    lines += [f"{one.number} {one.title}: {plain(one.words)} [{one.rule}]" for one in page.marks]
    lines += [f"? {plain(one.words)} [{one.rule}] {one.mark or ''}".rstrip() for one in page.questions]
    return "".join(f"{line}\n" for line in lines)


def told(
    data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, name: str, locale: str
) -> tuple[Played, Office]:
    """A journey from its first question to the desk."""

    async def all_of_it() -> tuple[Played, Office]:
        house = House(data, dialogs, catalogs)
        try:
            played = await house.play(journey(name), locale)
            return played, await house.office(played)
        finally:
            await house.close()

    return asyncio.run(all_of_it())


# -- golden files ------------------------------------------------------------------------------------------------------


def golden_files(name: str, locale: str, played: Played, office: Office) -> Iterator[tuple[Path, str]]:
    """The golden files that a talk in this language is held against."""
    yield GOLDEN / f"{name}.{locale}.txt", played.transcript
    if locale == played.journey.locale:
        yield GOLDEN / f"{name}.summary.txt", office.text
        yield GOLDEN / f"{name}.life.txt", office.life


def talks() -> Iterator[tuple[str, str]]:
    """Name and language of every talk that is held against golden files: its own, and Swedish."""
    for name in (*SEVEN, *OTHERS):
        yield from ((name, locale) for locale in sorted({journey(name).locale, "sv"}))


def own_golden() -> set[str]:
    """The names of the golden files of these talks."""
    return {f"{name}.{ending}.txt" for name, locale in talks() for ending in (locale, "summary", "life")}


def write_golden() -> None:
    """Write them all anew."""
    dialogs, catalogs = load_dialogs(), Catalogs.load(resources.folder("locales"))
    for name, locale in talks():
        with tempfile.TemporaryDirectory() as folder:
            done = told(Path(folder) / "data", dialogs, catalogs, name, locale)
        for path, text in golden_files(name, locale, *done):
            path.write_text(text, "utf-8")


def assert_golden(path: Path, text: str) -> None:
    """Hold a text against what was reviewed. ``KLARBILD_GOLDEN=write`` takes it as it is now."""
    if os.environ.get("KLARBILD_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    reviewed = path.read_text("utf-8") if path.exists() else ""
    if text != reviewed:
        lines = difflib.unified_diff(_sentences(reviewed), _sentences(text), "reviewed", "now", lineterm="", n=1)
        shown = "\n".join(lines)
        raise AssertionError(f"{path.name} is not as reviewed; if it is better so: make golden\n{shown}")


def _sentences(text: str) -> list[str]:
    """The sentences of a text, each in a line: what differs is seen at once."""
    return text.replace(". ", ".\n  ").splitlines()
