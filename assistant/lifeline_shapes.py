"""The shapes of a drawn life line: numbers in the units of its SVG, and the words that stand beside them."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from assistant.core.lifeline_values import Clash, Gap, Overlap

MarkKind = Literal["gap", "overlap", "clash"]
LaneName = Literal["person", "school", "studies", "work", "illness", "children"]


class Format(NamedTuple):
    """How wide a drawing is: ``gutter`` is the room for the names of lanes at its side (none: they stand above), and
    ``title`` how many letters of a title are drawn."""

    name: str
    width: float
    gutter: float
    title: int


WIDE: Final = Format("wide", 700, 84, 34)
NARROW: Final = Format("narrow", 320, 0, 22)


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """Words at a place: ``own`` are somebody's own, in their language (an HTML ``lang``); ``text`` are ours. ``end``:
    they end at ``x``."""

    x: float
    y: float
    text: str
    own: str = ""
    lang: str = ""
    end: bool = False
    width: float = 0


class Name(NamedTuple):
    """What is written beside a span: words of ours or the person's ``own``, in ``lang``, and when it was."""

    when: str
    told: str = ""
    own: str = ""
    lang: str = ""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch. Within ``x`` and ``width`` it can have been, within ``solid_x`` and ``solid_width`` (0: nowhere) it
    was for certain. ``ongoing``: it goes on; ``from_unknown``, ``until_unknown``: its begin or end was not told."""

    x: float
    y: float
    width: float
    solid_x: float
    solid_width: float
    label: Label
    ongoing: bool = False
    reckoned: bool = False
    from_unknown: bool = False
    until_unknown: bool = False


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """An event: the place of its mark, and how far to its side the days go that it can be."""

    x: float
    y: float
    half: float
    label: Label


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """What lies side by side: stretches and events of one kind, under a name."""

    name: LaneName
    label: Label
    y: float
    height: float
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A mark with the number of its line in the list: above the days from ``x`` to ``x + width``, pointing to ``down``.
    ``mid`` is where the number stands."""

    kind: MarkKind
    number: int
    x: float
    width: float
    mid: float
    y: float
    down: float


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """A year on the axis; ``at`` is the middle of its words."""

    x: float
    at: float
    year: int


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole drawing. ``top`` and ``bottom`` are the edges of the lanes, ``now`` is where today is; ``arrival``
    is where the life in Sweden begins (None: not drawn)."""

    name: str
    width: float
    height: float
    left: float
    top: float
    bottom: float
    now: float
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    flags: tuple[Flag, ...]
    arrival: float | None = None


Mark: TypeAlias = Gap | Overlap | Clash
