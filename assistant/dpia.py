"""Two papers that the law asks of a municipality, drawn from the dialog files and the settings, as Markdown.

The data protection impact assessment (GDPR article 35) and the record of processing (article 30). What the program
knows stands there; what only the municipality can decide is a blank, and all blanks are listed at the end.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import NamedTuple
from urllib.parse import urlsplit

from assistant import wording
from assistant.core.dialog import Dialog, Section, screens
from assistant.dpia_asked import Asked, asked, calculated
from assistant.dpia_words import (
    BESIDE,
    DECISIONS,
    GROUNDS,
    MEASURES,
    RECIPIENTS,
    RECIPIENTS_WITH_A_TRANSLATOR,
    RECORD,
    RISKS,
    SEEING,
    SETTINGS,
    TRANSLATION_DECISIONS,
    TRANSLATION_RISK,
)
from assistant.languages import Language
from assistant.settings import Settings
from assistant.texts import Words


class Source(NamedTuple):
    """What both papers are drawn from. ``languages`` are those that people can choose; ``today`` the day on them."""

    dialogs: Mapping[str, Dialog]
    settings: Settings
    words: Words
    languages: Sequence[Language]
    today: datetime.date


def assessment(source: Source) -> str:
    """The data protection impact assessment of this installation (GDPR article 35.7)."""
    words, paper = source.words, _Paper(source.words)
    paper.title(words.gettext("Data protection impact assessment: {service}", service=source.settings.service_name))
    paper.text(_drawn_from(source))
    paper.heading(words.gettext("Who answers for it"))
    paper.blanks(words.gettext(one) for one in RECORD[:3])
    paper.heading(words.gettext("What is done, and what for"))
    paper.text(
        words.gettext(
            "People who want economic assistance from {office} answer questions about themselves on a telephone or "
            "computer before the first visit, in their own language. A caseworker reads a summary in Swedish. "
            "The purpose is to prepare the first visit so that nobody needs to tell the same thing twice. "
            "Answering is voluntary; the tables say how each question can be passed over. The program decides nothing: "
            "there is no automated decision and no profiling with legal effect (article 22).",
            office=source.settings.office_name,
        )
    )
    paper.list(words.gettext(one) for one in BESIDE)
    paper.heading(words.gettext("On what legal ground"))
    paper.list(words.gettext(one) for one in GROUNDS)
    paper.heading(words.gettext("What is asked, and why"))
    _what_is_asked(paper, source)
    paper.heading(words.gettext("Who sees it"))
    paper.list(words.gettext(one) for one in SEEING)
    if source.settings.translation_url:
        paper.list(_recipients(source))
    _how_long(paper, source)
    _languages(paper, source)
    paper.heading(words.gettext("Risks to people, and what is done"))
    translates = bool(source.settings.translation_url)
    risks = (*RISKS, TRANSLATION_RISK) if translates else RISKS
    paper.text(words.gettext("How likely and how grave each one is here, the municipality judges itself."))
    paper.table(
        (words.gettext("Risk"), words.gettext("What the program does"), words.gettext("Likelihood and gravity here")),
        ((words.gettext(risk), words.gettext(done), paper.blank(words.gettext("judge"))) for risk, done in risks),
    )
    paper.heading(words.gettext("What the municipality decides"))
    paper.blanks(words.gettext(one) for one in (*DECISIONS, *(TRANSLATION_DECISIONS if translates else ())))
    paper.to_do()
    return str(paper)


def record(source: Source) -> str:
    """The record of this processing (GDPR article 30.1), with the categories of data by section of the dialogs."""
    words, paper = source.words, _Paper(source.words)
    paper.title(words.gettext("Record of processing: {service}", service=source.settings.service_name))
    paper.text(_drawn_from(source))
    paper.heading(words.gettext("Who answers for it (article 30.1 a)"))
    paper.blanks(words.gettext(one) for one in RECORD)
    paper.heading(words.gettext("Purposes and legal ground (30.1 b)"))
    paper.text(
        words.gettext(
            "To prepare the first visit of people who ask {office} for economic assistance.",
            office=source.settings.office_name,
        )
    )
    paper.list(words.gettext(one) for one in GROUNDS)
    paper.heading(words.gettext("Whose data, and which (30.1 c)"))
    paper.list(words.gettext(one) for one in BESIDE)
    _what_is_asked(paper, source)
    paper.heading(words.gettext("Recipients (30.1 d and e)"))
    paper.list((*map(words.gettext, SEEING), *_recipients(source)))
    _how_long(paper, source)
    _languages(paper, source)
    paper.heading(words.gettext("Security (30.1 g, article 32)"))
    paper.list(words.gettext(one) for one in MEASURES)
    paper.to_do()
    return str(paper)


def _recipients(source: Source) -> tuple[str, ...]:
    """To whom data go."""
    url, gettext = source.settings.translation_url, source.words.gettext
    if not url:
        return tuple(map(gettext, RECIPIENTS))
    first, server, last = RECIPIENTS_WITH_A_TRANSLATOR
    return gettext(first), gettext(server, host=urlsplit(url).hostname or ""), gettext(last)


def _drawn_from(source: Source) -> str:
    named = ", ".join(f"{name} {dialog.version}" for name, dialog in source.dialogs.items())
    return source.words.gettext(
        "Drawn on {day} from the dialog files ({dialogs}) and the settings by Klarbild {version}. Draw it anew after "
        "each change of them; what was filled in by hand is not kept by the program.",
        day=source.today.isoformat(),
        dialogs=named,
        version=metadata.version("klarbild"),
    )


def _what_is_asked(paper: _Paper, source: Source) -> None:
    words = source.words
    paper.text(
        words.gettext(
            "A line in bold is one screen of several questions: why it is asked and how it can be passed over "
            "holds for "
            "the lines below it, too. The last column is how long an answer counts as fresh (ISO 8601)."
        )
    )
    head = (
        words.gettext("Name"),
        words.gettext("Question"),
        words.gettext("Why"),
        words.gettext("Kind of data"),
        words.gettext("Who sees the answer"),
        words.gettext("Can be passed over by"),
        words.gettext("Asked anew after"),
    )
    for dialog in source.dialogs.values():
        paper.heading(f"{wording.label(words, dialog, dialog, 'title')} (`{dialog.dialog}`)", level=3)
        count = sum(1 for _ in screens(dialog))
        paper.text(words.ngettext("{n} question in this file.", "{n} screens with questions in this file.", count))
        for section in dialog.sections:
            rows = list(asked(dialog, section, words, source.settings.shown()))
            if rows:
                paper.heading(_section(section, dialog, words), level=4)
                paper.table(head, (_row(one) for one in rows))
        follows = [f"`{one.name}` = `{' '.join(one.value.source.split())}`" for one in calculated(dialog)]
        if follows:
            paper.text(words.gettext("Facts that follow from the answers, and that nobody is asked:"))
            paper.list(follows)


def _section(section: Section, dialog: Dialog, words: Words) -> str:
    label = wording.label(words, dialog, section)
    if section.gate:
        return words.gettext("{section} (before anything is kept)", section=label)
    return words.gettext("{section} (only if the person opens it)", section=label) if section.optional else label


def _row(one: Asked) -> tuple[str, ...]:
    label = f"**{one.label}**" if one.is_frame else one.label
    return (f"`{one.name}`", label, one.why, one.kind, one.seen_by, one.passed_over, one.fresh)


def _how_long(paper: _Paper, source: Source) -> None:
    words, settings = source.words, source.settings
    paper.heading(words.gettext("How long it is kept"))
    rows = [
        (f"`{key}`", words.gettext(what), _value(getattr(settings, key)))
        for key, what in SETTINGS.items()
        if key in type(settings).__struct_fields__
    ]
    paper.table((words.gettext("Setting"), words.gettext("What it rules"), words.gettext("Here")), rows)


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _languages(paper: _Paper, source: Source) -> None:
    words = source.words
    paper.heading(words.gettext("Languages"))
    paper.text(words.list(words.language_name(one.tag) for one in source.languages))


class _Paper:
    """Markdown that grows line by line, and the blanks in it."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._blocks: list[str] = []
        self._blanks: list[str] = []

    def __str__(self) -> str:
        return "\n\n".join(self._blocks) + "\n"

    def title(self, text: str) -> None:
        self._blocks.append(f"# {text}")

    def heading(self, text: str, level: int = 2) -> None:
        self._blocks.append(f"{'#' * level} {text}")

    def text(self, text: str) -> None:
        self._blocks.append(text)

    def list(self, items: Iterable[str]) -> None:
        self._blocks.append("\n".join(f"- {one}" for one in items))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        self._blocks.append("\n".join((_line(head), _line(["---"] * len(head)), *map(_line, rows))))

    def blank(self, text: str) -> str:
        """A place for what only the municipality can say, as it stands inside other text."""
        return f"[{text}: ______]"

    def blanks(self, items: Iterable[str]) -> None:
        """Places for what only the municipality can say; they come again in the list at the end."""
        found = list(items)
        self._blanks += found
        empty = self.blank(self._words.gettext("fill in"))
        self.list(f"{one} {empty}" for one in found)

    def to_do(self) -> None:
        """All blanks once more, to be ticked off."""
        words = self._words
        self.heading(words.gettext("To be filled in before this is signed"))
        self._blocks.append("\n".join(f"- [ ] {one}" for one in self._blanks))
        signed = (
            words.gettext("Day"),
            words.gettext("Name and role"),
            words.gettext("The data protection officer's advice"),
        )
        self.table(signed, [[""] * len(signed)])


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_cell(one) for one in cells) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
