"""The questions of a dialog on paper, for those who cannot or do not want to use a screen.

Nobody has answered anything yet, so everything is there that may be asked, in order; what is asked of some people only
is marked. Under questions and choices in the reader's language stand the Swedish ones, so that the office can read what
was ticked.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from assistant import wording
from assistant.core.dialog import (
    AnyScreen,
    Date,
    Dialog,
    Field,
    Group,
    Integer,
    Item,
    Note,
    Repeat,
    Screen,
    Section,
    SelectMultiple,
    SelectOne,
    Stop,
    Text,
    choices_of,
)
from assistant.core.dialog_texts import EACH
from assistant.core.expressions import Expression
from assistant.core.summary import Filler
from assistant.settings import Settings
from assistant.texts import N_, Words

COPIES: Final = 3
"""For how many things of a kind (jobs, children) there is room at most."""

LONGEST_LIST: Final = 20
"""Of how many choices of a named list each gets a box; of a longer one the person writes the name."""

GAP: Final = "__________"
"""A place within a text where the person writes something."""

# So begins, by the guide for authors, a field that may not apply.
_SAYS_SO: Final = "If "
_SIGNS_A_LINE: Final = 100
# Of a sheet of A4, at 11 points; a column of choices loses some to its boxes.
_SIGNS_ACROSS: Final = 84
_SIGNS_OF_A_BOX: Final = 5
_MOST_COLUMNS: Final = 4
_SMALLER: Final = 0.75
_PARTS: Final = (("year", 4, N_("Year")), ("month", 2, N_("Month")), ("day", 2, N_("Day")))

Way = Literal["tick_one", "tick_some", "date", "number", "lines"]


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """Words in the reader's language, and in Swedish where that is not the same."""

    text: str
    swedish: str = ""


class DatePart(msgspec.Struct, frozen=True, kw_only=True):
    """The year, month or day of a date: so many boxes for figures."""

    label: Phrase
    boxes: int


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer is written. ``lines``: how many there are to write on, also beside boxes to tick. ``columns``: in
    how many the choices take least room. ``beside``: it is so short that it can stand in the line of the question."""

    way: Way
    choices: tuple[Phrase, ...] = ()
    columns: int = 1
    beside: bool = True
    lines: int = 0
    unit: Phrase | None = None
    parts: tuple[DatePart, ...] = ()


class PaperField(msgspec.Struct, frozen=True, kw_only=True):
    """One question of several on a screen. ``conditional``: it is not for everybody. ``private``: others must not read
    the answer."""

    name: str
    label: Phrase
    hint: str
    answer: Answer
    conditional: bool
    private: bool


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered question with its ``answer``, or with ``fields``, each with its own; with room for ``copies`` of them.
    A note to the reader has neither, and the number 0."""

    name: str
    number: int
    label: Phrase
    hint: str = ""
    conditional: bool = False
    private: bool = False
    answer: Answer | None = None
    fields: tuple[PaperField, ...] = ()
    copies: int = 1


class PaperSection(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the dialog."""

    label: Phrase
    hint: str
    conditional: bool
    entries: tuple[Entry, ...]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the paper: what to know first, and the questions. ``signs`` stand for answers that are none. Behind
    ``protected``, and below ``urgent``, stands the number to call."""

    title: Phrase
    protected: Phrase
    advice: tuple[str, ...]
    urgent: str
    one: Phrase
    some: Phrase
    signs_for: str
    signs: tuple[tuple[str, Phrase], ...]
    more_room: str
    applies: str
    private: str
    sections: tuple[PaperSection, ...]


def paper_of(dialog: Dialog, words: Words, swedish: Words, settings: Settings) -> Paper:
    """The paper of a dialog for a reader of ``words``. What a gate asks is not on it: that is told at the top."""
    return _Writer(dialog, words, swedish, settings).paper()


class _Writer:
    def __init__(self, dialog: Dialog, words: Words, swedish: Words, settings: Settings) -> None:
        self.dialog, self.words, self.swedish = dialog, words, swedish
        self.settings = settings
        self.bilingual = words.language.html != swedish.language.html
        self.number = 0

    def paper(self) -> Paper:
        say, words, office = self.say, self.words, self.settings.office_name
        protected = N_(
            "Do you, or somebody you live with, have a secret address (skyddade personuppgifter)? "
            "Then do not write where you live. Call us first."
        )
        return Paper(
            title=say(N_("Questions before your first visit")),
            protected=say(protected),
            advice=(
                words.gettext("You can answer on this paper before you meet us at {office}.", office=office),
                words.gettext("It is voluntary. You can pass over questions and tell us at the visit instead."),
                words.gettext("Nothing is decided here. You get the same help if you do not answer."),
                words.gettext("Others may see this paper. What nobody else may know, you can tell us at the visit."),
                words.gettext(
                    "Leave the paper at {office}, or bring it to the visit. Never send it by e-mail.", office=office
                ),
            ),
            urgent=words.gettext("If something is urgent, do not wait. Call us. If you are in danger, call 112."),
            one=say(N_("Choose one answer.")),
            some=say(N_("Choose all that are right for you.")),
            signs_for=words.gettext("You can leave a question empty, or write a sign beside it:"),
            signs=(
                ("?", say(N_("I don't know"))),
                ("–", say(N_("I don't want to say"))),
                ("+", say(N_("I'd rather tell you at the visit"))),
            ),
            more_room=words.gettext("If you need more room, write on another paper."),
            applies=words.gettext("If it applies to you:"),
            private=words.gettext("Leave this empty if others can read your paper."),
            sections=tuple(self.section(one) for one in self.dialog.sections if not one.gate),
        )

    def say(self, msgid: str) -> Phrase:
        return self.phrase(self.words.gettext(msgid), self.swedish.gettext(msgid))

    def phrase(self, text: str, swedish: str) -> Phrase:
        return Phrase(text=text, swedish=swedish if self.bilingual and swedish != text else "")

    def text(self, item: Item | Section, kind: str = "label") -> Phrase:
        return self.phrase(self.told(self.words, item, kind), self.told(self.swedish, item, kind))

    def hint(self, item: Screen | Section) -> str:
        return self.told(self.words, item, "hint")

    def told(self, words: Words, item: Item | Section, kind: str) -> str:
        return wording.label(words, self.dialog, item, kind, {EACH: Filler(GAP, None, "")}, self.settings.shown())

    # -- questions -------------------------------------------------------------------------------------------------

    def section(self, section: Section) -> PaperSection:
        return PaperSection(
            label=self.text(section),
            hint=self.hint(section),
            conditional=section.relevant is not None,
            entries=tuple(self.entries(section)),
        )

    def entries(self, section: Section) -> Iterator[Entry]:
        for item in section.items:
            if isinstance(item, Screen):
                yield self.entry(item, section.relevant)
            elif (isinstance(item, Note) and item.label and item.relevant is None) or isinstance(item, Stop):
                # Other notes answer to what a person has said.
                yield Entry(name=item.name, number=0, label=self.text(item))

    def entry(self, item: AnyScreen, around: Expression | None) -> Entry:
        self.number += 1
        entry = Entry(
            name=item.name,
            number=self.number,
            label=self.text(item),
            hint=self.hint(item),
            conditional=_is_conditional(item, around),
        )
        if not isinstance(item, Group | Repeat):
            return msgspec.structs.replace(entry, answer=self.answer(item), private=item.private)
        copies = min(COPIES, item.max) if isinstance(item, Repeat) else 1
        fields = tuple(self.field(one, item.relevant, copies) for one in item.items)
        return msgspec.structs.replace(entry, fields=fields, copies=copies)

    def field(self, one: Field, around: Expression | None, copies: int) -> PaperField:
        return PaperField(
            name=one.name,
            label=self.text(one),
            hint=self.hint(one),
            answer=self.answer(one, copies),
            conditional=_is_conditional(one, around),
            private=one.private,
        )

    def answer(self, one: Field, copies: int = 1) -> Answer:
        match one:
            case SelectOne() | SelectMultiple():
                return self.ticks(one, copies)
            case Date():
                wanted = [name for name, _, _ in _PARTS].index(one.precision) + 1
                parts = (DatePart(label=self.say(label), boxes=boxes) for _, boxes, label in _PARTS[:wanted])
                return Answer(way="date", parts=tuple(parts))
            case Integer():
                return Answer(way="number", unit=self.text(one, "unit"))
            case Text():
                lines = max(2, one.max_length // _SIGNS_A_LINE) if one.multiline else 1
                return Answer(way="lines", lines=lines, beside=lines == 1)

    def ticks(self, one: SelectOne | SelectMultiple, copies: int) -> Answer:
        offered = tuple(choices_of(self.dialog, one).values())
        is_long = bool(one.choice_list) and len(offered) > LONGEST_LIST
        mine, theirs = (
            {choice.name: choice.label for choice in wording.choices(words, self.dialog, one, offered)}
            for words in (self.words, self.swedish)
        )
        names = [choice.name for choice in one.choices] if is_long else list(mine)
        choices = tuple(self.phrase(mine[name], theirs[name]) for name in names)
        return Answer(
            way="tick_one" if isinstance(one, SelectOne) else "tick_some",
            choices=choices,
            columns=_columns(choices, copies),
            beside=not (is_long and choices) and sum(map(_width, choices)) <= _SIGNS_ACROSS // copies // 2,
            lines=1 if is_long else 0,
        )


def _width(choice: Phrase) -> float:
    """About how many signs wide a choice is in one line, with its box."""
    return max(len(choice.text), _SMALLER * len(choice.swedish)) + _SIGNS_OF_A_BOX


def _columns(choices: Sequence[Phrase], copies: int) -> int:
    """In how many columns choices take least room, with so many ``copies`` of the question beside each other. Narrow
    columns only if each choice is one line then: else they are hard to read."""
    widest = max(map(_width, choices), default=0)
    least = (1, math.inf)
    for columns in range(1, _MOST_COLUMNS + 1):
        signs = _SIGNS_ACROSS // copies // columns
        heights = [_lines(one.text, signs) + _SMALLER * _lines(one.swedish, int(signs / _SMALLER)) for one in choices]
        height = sum(max(heights[row : row + columns]) for row in range(0, len(heights), columns))
        if height < least[1] and (columns * copies <= 2 or widest <= signs):
            least = (columns, height)
    return least[0]


def _lines(text: str, signs: int) -> int:
    return len(textwrap.wrap(text, max(1, signs - _SIGNS_OF_A_BOX)))


def _is_conditional(item: Screen, around: Expression | None) -> bool:
    """Whether an item is not for everybody who is asked what stands around it, and does not say so itself."""
    if item.relevant is None or item.label.startswith(_SAYS_SO):
        return False
    return around is None or item.relevant.source != around.source
