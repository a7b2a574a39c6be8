"""The dialog model: what a dialog file says, as types. The types are the schema.

A *dialog* is one questionnaire (XLSForm: form, FHIR: Questionnaire). It has *sections* of *items*; an item that asks
something is a *screen*; what a screen establishes are *facts*, shared by name between dialogs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from assistant.core.expressions import Expression

DeclineKind = Literal["unknown", "skip", "in_person"]
"""Why a question stays open (FHIR: data-absent-reason): "I don't know", "I don't want to say", "I'd rather tell it at
the visit"."""

DECLINE_KINDS: tuple[DeclineKind, ...] = ("unknown", "skip", "in_person")
Precision = Literal["year", "month", "day"]
Special = Literal["", "origin", "politics", "belief", "union", "genetic", "biometric", "health", "sex_life"]
"""A special category of personal data (GDPR article 9.1); blank: none."""

KnownWords = Literal["", "occupations"]
"""A list of words that the program knows in every language; blank: none."""

OCCUPATION: Final = "occupation:"
"""What stands in the record before the identifier of an occupation that was understood."""

ROOM_FOR_KNOWN: Final = 50
"""A text that may name a known word needs room for this many characters: what is stored is an identifier."""

SPECIAL: tuple[Special, ...] = ("origin", "politics", "belief", "union", "genetic", "biometric", "health", "sex_life")


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """What all parts of a dialog share: they never change, and nothing unknown slips in."""


class Choice(Model, frozen=True, kw_only=True):
    """One answer that can be picked: ``name`` is stored, ``label`` shown, ``summary`` is the phrase for the record."""

    name: str
    label: str
    relevant: Expression | None = None
    exclusive: bool = False
    summary: str = ""
    private: bool = False


class Item(Model, frozen=True, kw_only=True):
    """Anything that stands in a section. It exists only where ``relevant`` is true (or is not given)."""

    name: str
    relevant: Expression | None = None
    topic: str = ""
    summary: str = ""


class Screen(Item, frozen=True, kw_only=True):
    """An item that asks. ``why`` is shown on demand; ``reply`` is what the assistant answers back."""

    label: str
    hint: str = ""
    why: str = ""
    reply: str = ""
    decline: tuple[DeclineKind, ...] | None = None
    keep: str = ""
    sensitive: bool = False
    special: Special = ""
    later: Expression | None = None


class Question(Screen, frozen=True, kw_only=True):
    """A screen, or a field of a group, that establishes one fact of its own name."""

    required: bool = True
    constraint: Expression | None = None
    constraint_message: str = ""
    private: bool = False


class Text(Question, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """Words of the person's own; ``max_length`` in characters. With a ``choice_list``, what names exactly one thing of
    that list in the language of the talk is stored as its identifier (``occupation:cook``) and read in every language;
    everything else stays as it was written (XLSForm: or_other, FHIR: open-choice)."""

    max_length: int = 200
    multiline: bool = False
    choice_list: KnownWords = ""


class Integer(Question, frozen=True, kw_only=True, tag_field="type", tag="integer"):
    """A whole number from ``min`` to ``max``; ``unit`` is shown behind the field."""

    min: int = 0
    max: int = 1_000_000
    unit: str = ""


class Date(Question, frozen=True, kw_only=True, tag_field="type", tag="date"):
    """A date as ISO text: at ``precision``, or coarser down to ``least`` if that is given."""

    precision: Precision = "day"
    least: Precision | None = None


class SelectOne(Question, frozen=True, kw_only=True, tag_field="type", tag="select_one"):
    """One of the choices: those written here, then those of the named list."""

    choices: tuple[Choice, ...] = ()
    choice_list: str = ""
    first: tuple[str, ...] = ()


class SelectMultiple(Question, frozen=True, kw_only=True, tag_field="type", tag="select_multiple"):
    """Any of the choices, at most ``max``. ``missing`` is the sentence for what was offered and not picked."""

    choices: tuple[Choice, ...] = ()
    choice_list: str = ""
    first: tuple[str, ...] = ()
    max: int | None = None
    missing: str = ""


Field: TypeAlias = Text | Integer | Date | SelectOne | SelectMultiple


class Group(Screen, frozen=True, kw_only=True, tag_field="type", tag="group"):
    """Several fields on one screen. ``message`` names the message to the office that its answer sends at once;
    ``example`` is a sentence that answers several of them: where there is one, a sentence can be typed."""

    items: tuple[Field, ...]
    example: str = ""
    message: Literal["", "call_me"] = ""


class Repeat(Screen, frozen=True, kw_only=True, tag_field="type", tag="repeat"):
    """A named list of things asked alike. Open (``more`` asks for another, at most ``max``), counted (``count`` names
    an integer fact) or one for each choice picked in ``for_each`` (a select_multiple fact). ``example`` as in a group.
    """

    items: tuple[Field, ...]
    example: str = ""
    more: str = ""
    max: int = 10
    count: str = ""
    for_each: str = ""


class Calculate(Item, frozen=True, kw_only=True, tag_field="type", tag="calculate"):
    """A fact that follows from others; nobody is asked."""

    value: Expression


class Note(Item, frozen=True, kw_only=True, tag_field="type", tag="note"):
    """Words to the person (``label``), or a fixed line of the summary, or both."""

    label: str = ""


class Stop(Item, frozen=True, kw_only=True, tag_field="type", tag="stop"):
    """The talk ends where ``relevant`` holds: ``label`` says where to turn instead. Nothing reaches the office."""

    label: str


AnyItem: TypeAlias = Text | Integer | Date | SelectOne | SelectMultiple | Group | Repeat | Calculate | Note | Stop
AnyScreen: TypeAlias = Field | Group | Repeat


class Section(Model, frozen=True, kw_only=True):
    """A part of the talk. An ``optional`` one is opened by the person; a ``gate`` is asked before anything is kept."""

    name: str
    label: str
    hint: str = ""
    optional: bool = False
    gate: bool = False
    relevant: Expression | None = None
    items: tuple[AnyItem, ...]


class Topic(Model, frozen=True, kw_only=True):
    """A paragraph of the summary. The sentences of the items in ``first`` begin it, in that order; the rest follow in
    the order in which they are asked."""

    name: str
    label: str
    first: tuple[str, ...] = ()


class Attention(Model, frozen=True, kw_only=True):
    """A line that the caseworker must not miss; ``urgent`` ones stand first and mark the case in the list."""

    name: str
    label: str
    relevant: Expression
    urgent: bool = False
    private: bool = False


class Dialog(Model, frozen=True, kw_only=True):
    """A whole dialog. ``locale`` is the language it is written in; ``told_by_other`` is true when another answered."""

    dialog: str
    title: str
    version: int
    locale: str = "en"
    topics: tuple[Topic, ...] = ()
    choice_lists: Mapping[str, tuple[Choice, ...]] = MappingProxyType({})
    sections: tuple[Section, ...]
    attention: tuple[Attention, ...] = ()
    told_by_other: Expression | None = None


class Place(NamedTuple):
    """Where an item stands: its section and, for a field, the group or repeat around it."""

    item: AnyItem
    section: Section
    parent: Group | Repeat | None


@lru_cache(maxsize=64)
def places(dialog: Dialog) -> Mapping[str, Place]:
    """Every item and field of the dialog by its name, in the order of the file."""
    found: dict[str, Place] = {}
    for section in dialog.sections:
        for item in section.items:
            found[item.name] = Place(item, section, None)
            if isinstance(item, Group | Repeat):
                found.update({field.name: Place(field, section, item) for field in item.items})
    return MappingProxyType(found)


@lru_cache(maxsize=64)
def section_numbers(dialog: Dialog) -> Mapping[str, int]:
    """The place of each section in the dialog, from 0."""
    return MappingProxyType({section.name: number for number, section in enumerate(dialog.sections)})


@lru_cache(maxsize=4096)
def facts_of(section: Section) -> frozenset[str]:
    """The names of everything that a section establishes: facts, groups and repeats."""
    fields = (one for item in section.items if isinstance(item, Group | Repeat) for one in item.items)
    return frozenset(item.name for item in (*section.items, *fields))


@lru_cache(maxsize=4096)
def reads_of(dialog: Dialog, section: Section) -> frozenset[str]:
    """The names of everything on which depends what a section asks."""
    read = {section.relevant}
    names: set[str] = set()
    for item in section.items:
        names |= {item.count, item.for_each} if isinstance(item, Repeat) else set()
        for one in (item, *(item.items if isinstance(item, Group | Repeat) else ())):
            read |= {one.relevant, one.value if isinstance(one, Calculate) else None}
            if isinstance(one, SelectOne | SelectMultiple):
                read |= {choice.relevant for choice in choices_of(dialog, one).values()}
    return frozenset(names.union(*(expression.names for expression in read if expression is not None)))


@lru_cache(maxsize=4096)
def choices_of(dialog: Dialog, question: SelectOne | SelectMultiple) -> Mapping[str, Choice]:
    """The choices of a question by name: its own first, then its list's with ``first`` in front."""
    listed = {choice.name: choice for choice in dialog.choice_lists.get(question.choice_list, ())}
    ahead = {name: listed[name] for name in question.first if name in listed}
    return MappingProxyType({choice.name: choice for choice in question.choices} | ahead | listed)


def screens(dialog: Dialog) -> Iterator[AnyScreen]:
    """Every screen of the dialog, in order."""
    for section in dialog.sections:
        for item in section.items:
            if isinstance(item, Screen):
                yield item


def declines_of(item: Screen, *, field: bool = False) -> tuple[DeclineKind, ...]:
    """How a screen may be declined: all three ways unless it says otherwise; a field only if it says so."""
    if item.decline is not None:
        return item.decline
    return () if field else DECLINE_KINDS
