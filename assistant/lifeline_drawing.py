"""A life line as a drawing: where its shapes lie and how far their words go.

Everything is told twice, by shape and by words; colour says nothing. What is not certain is drawn lightly: of a year
alone the days in which something may have begun, of school the years that are only reckoned.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from assistant.bidi import isolate
from assistant.core.lifeline_values import Clash, Gap, Kind, LifeLine, Overlap, Span, years_later
from assistant.lifeline_shapes import (
    Bar,
    Drawing,
    Flag,
    Format,
    Label,
    Lane,
    LaneName,
    Mark,
    MarkKind,
    Name,
    Point,
    Tick,
)

LANES: Final[dict[LaneName, tuple[Kind, ...]]] = {
    "person": ("birth", "arrival"),
    "children": ("child", "parental"),
    "school": ("school",),
    "studies": ("sfi", "study"),
    "work": ("job", "work", "practice", "programme"),
    "illness": ("illness",),
}
"""The lanes of the drawing from top to bottom, and what lies in each."""

LEAST_YEARS, MOST_YEARS = 3, 115
"""How many years the drawing shows at least and at most; what is told of earlier ones lies at its edge."""

_STEPS: Final = (1, 2, 5, 10, 20)
_LETTER: Final = 6.9
_MARGIN: Final = 6.0
_END: Final = 14.0
_ROW, _BAR, _TEXT = 27.0, 10.0, 14.0
_LANE_GAP: Final = 6.0
_FLAG: Final = 20.0
_STUB: Final = 26.0
_BETWEEN: Final = 9.0


def drawing(
    line: LifeLine,
    marks: Sequence[Mark],
    format: Format,
    name_of: Callable[[Span], Name],
    lane_of: Callable[[LaneName], str],
) -> Drawing | None:
    """The life line as it is drawn; None if nothing on it has a date. ``marks`` are numbered from 1 in their order."""
    dated = [one for one in line.spans if one.is_dated]
    return _Pen(line, format, name_of, lane_of).draw(marks) if dated else None


class _Pen:
    def __init__(
        self, line: LifeLine, format: Format, name_of: Callable[[Span], Name], lane_of: Callable[[LaneName], str]
    ) -> None:
        self.line, self.format, self.name_of, self.lane_of = line, format, name_of, lane_of
        told = [day.first for one in line.spans for day in (one.start, one.end) if day is not None]
        least, most = years_later(line.today, -LEAST_YEARS), years_later(line.today, -MOST_YEARS)
        self.begin = max(most, min([least, *told])).replace(month=1, day=1)
        self.left, self.right = format.gutter + _MARGIN, format.width - _END

    def x(self, day: datetime.date) -> float:
        """Where a day lies; days that are not shown lie at the edge."""
        share = (min(max(day, self.begin), self.line.today) - self.begin).days / (self.line.today - self.begin).days
        return round(self.left + share * (self.right - self.left), 1)

    def draw(self, marks: Sequence[Mark]) -> Drawing:
        flags, rows = self.flags(marks)
        top = 4 + _FLAG * rows
        lanes: list[Lane] = []
        y = top
        for name, kinds in LANES.items():
            lane = self.lane(name, [one for one in self.line.spans if one.kind in kinds], y)
            if lane is not None:
                lanes.append(lane)
                y += lane.height
        arrival = next((one.start for one in self.line.spans if one.kind == "arrival"), None)
        return Drawing(
            name=self.format.name,
            width=self.format.width,
            height=y + 24,
            left=self.left,
            top=top,
            bottom=y,
            now=self.x(self.line.today),
            ticks=self.ticks(),
            lanes=tuple(lanes),
            flags=tuple(
                msgspec.structs.replace(one, down=self.down(one, marks[one.number - 1], lanes, y)) for one in flags
            ),
            arrival=self.x(arrival.first) if arrival else None,
        )

    # -- lanes -----------------------------------------------------------------------------------------------------

    def lane(self, name: LaneName, spans: Sequence[Span], y: float) -> Lane | None:
        """A lane with its bars in as few rows as their words allow; None if there is nothing to draw in it."""
        shown = _each_once(one for one in spans if one.is_dated or one.ongoing)
        if not shown:
            return None
        header = 0 if self.format.gutter else _TEXT + 2
        rows: list[float] = []
        bars, points = list[Bar](), list[Point]()
        for one in shown:
            shape = self.point(one) if one.is_event else self.bar(one)
            from_x, to_x = _reach(shape)
            row = next((number for number, end in enumerate(rows) if end + _BETWEEN <= from_x), len(rows))
            rows[row : row + 1] = [to_x]
            down = y + header + row * _ROW + 4
            label = msgspec.structs.replace(shape.label, y=down + 11)
            if isinstance(shape, Bar):
                bars.append(msgspec.structs.replace(shape, y=down + _TEXT, label=label))
            else:
                points.append(msgspec.structs.replace(shape, y=down + _TEXT + _BAR / 2, label=label))
        at = y + (15 if header else 4 + _TEXT + _BAR - 1)
        return Lane(
            name=name,
            label=Label(x=_MARGIN if self.format.gutter else self.left, y=at, text=self.lane_of(name)),
            y=y,
            height=header + len(rows) * _ROW + _LANE_GAP,
            bars=tuple(bars),
            points=tuple(points),
        )

    def bar(self, span: Span) -> Bar:
        """A stretch in its row, whose place is not known yet."""
        start, end = self.reach(span)
        solid = self.solid(span)
        x, to_x = self.x(start), self.x(end)
        if span.start is None:
            x = max(self.left, to_x - _STUB)
        elif span.end is None and not span.ongoing:
            to_x = min(self.right, x + _STUB)
        width = max(2.0, to_x - x)
        x = min(x, self.right - width)
        solid_x, solid_end = (self.x(solid[0]), self.x(solid[1])) if solid else (x, x)
        return Bar(
            x=round(x, 1),
            y=0,
            width=round(width, 1),
            solid_x=solid_x,
            solid_width=round(max(0.0, solid_end - solid_x), 1),
            label=self.label(span, x, x + width),
            ongoing=span.ongoing,
            reckoned=span.reckoned,
            from_unknown=span.start is None,
            until_unknown=span.end is None and not span.ongoing,
        )

    def reach(self, span: Span) -> tuple[datetime.date, datetime.date]:
        """The days that a bar spans: what it can have been, school as it usually begins."""
        if span.reckoned and span.start and span.end:
            return usual_start(span), years_later(span.end.last, -1)
        start = span.start.first if span.start else span.first
        end = self.line.today if span.ongoing or span.end is None else span.end.last
        return min(start, end), max(start, end)

    def solid(self, span: Span) -> tuple[datetime.date, datetime.date] | None:
        """The days that it was for certain; of what is reckoned, the least that it took."""
        if span.start is None or (span.end is None and not span.ongoing):
            return None
        if span.reckoned and span.end is not None:
            return usual_start(span), max(usual_start(span), years_later(span.end.first, 1))
        end = self.line.today if span.end is None else span.end.first
        return (span.start.last, end) if span.start.last < end else None

    def point(self, span: Span) -> Point:
        """An event in its row, whose place is not known yet."""
        when = span.start
        first, last = (self.x(when.first), self.x(when.last)) if when else (self.left, self.left)
        x = round((first + last) / 2, 1)
        return Point(x=x, y=0, half=round((last - first) / 2, 1), label=self.label(span, x - 5, x + 5))

    def label(self, span: Span, from_x: float, to_x: float) -> Label:
        """The words beside a span: from its left edge, or as far to the right as the drawing goes."""
        name, room = self.name_of(span), self.format.title
        own, told = cut(name.own, room), cut(name.told, room)
        text = " ".join(part for part in (told, name.when) if part)
        width = width_of(f"{own} {text}".strip())
        fits = from_x + width <= self.format.width
        return Label(
            x=round(from_x if fits else max(self.left + width, min(self.format.width - 2, to_x)), 1),
            y=0,
            text=text,
            own=isolate(own, "ltr"),
            lang=name.lang,
            end=not fits,
            width=round(width, 1),
        )

    # -- marks -----------------------------------------------------------------------------------------------------

    def flags(self, marks: Sequence[Mark]) -> tuple[list[Flag], int]:
        """The marks above the lanes, and how many rows of them there are."""
        found: list[Flag] = []
        rows: list[float] = []
        placed = sorted(enumerate(marks, 1), key=lambda one: self.days(one[1]))
        for number, mark in placed:
            start, end = (self.x(day) for day in self.days(mark))
            mid = min(max((start + end) / 2, self.left + 9), self.right - 9)
            row = next((at for at, taken in enumerate(rows) if taken + 4 <= min(start, mid - 9)), len(rows))
            rows[row : row + 1] = [max(end, mid + 9)]
            found.append(
                Flag(
                    kind=kind_of(mark),
                    number=number,
                    x=start,
                    width=round(end - start, 1),
                    mid=round(mid, 1),
                    y=4 + _FLAG * row,
                    down=0,
                )
            )
        return found, len(rows)

    def days(self, mark: Mark) -> tuple[datetime.date, datetime.date]:
        """The days above which a mark stands; what cannot be stands where the first of its spans begins."""
        if isinstance(mark, Clash):
            known = [one.start or one.end for one in (*mark.spans, *self.line.spans)]
            day = next((one.first for one in known if one is not None), self.line.today)
            return day, day
        return mark.start, mark.end

    def down(self, flag: Flag, mark: Mark, lanes: Iterable[Lane], bottom: float) -> float:
        """How far down a mark points: a gap through all lanes, anything else to the lowest lane it is about."""
        if isinstance(mark, Gap):
            return bottom
        kinds = {one.kind for one in mark.spans} or {"school"}
        ends = [one.y + one.height - _LANE_GAP for one in lanes if kinds & set(LANES[one.name])]
        return max(ends, default=flag.y + _FLAG)

    def ticks(self) -> tuple[Tick, ...]:
        """The years that are written below, with room between them."""
        years = self.line.today.year - self.begin.year + 1
        room = (self.right - self.left) / years
        step = next((one for one in _STEPS if one * room >= 42), _STEPS[-1])
        first = -(-self.begin.year // step) * step
        shown = ((year, self.x(datetime.date(year, 1, 1))) for year in range(first, self.line.today.year + 1, step))
        return tuple(Tick(x=x, at=max(x, 16.0), year=year) for year, x in shown if x <= self.right - 40)


def kind_of(mark: Mark) -> MarkKind:
    """What kind of mark this is: each has a shape of its own."""
    return "gap" if isinstance(mark, Gap) else "overlap" if isinstance(mark, Overlap) else "clash"


def usual_start(span: Span) -> datetime.date:
    """When school that is only reckoned usually begins: a year after the earliest."""
    return years_later(span.start.first, 1) if span.start else span.first


def _each_once(spans: Iterable[Span]) -> list[Span]:
    """The spans without children who were born at the same time as another: they are one mark."""
    return list({(one.kind, one.start) if one.kind == "child" else one: one for one in spans}.values())


def cut(words: str, room: int) -> str:
    """Words as far as there is room for them, in letters of the usual width."""
    if width_of(words) <= room * _LETTER:
        return words
    end = next(end for end in range(len(words) - 1, -1, -1) if width_of(words[:end]) <= (room - 1) * _LETTER)
    return words[:end].rstrip() + "…"


def _reach(shape: Bar | Point) -> tuple[float, float]:
    """From where to where a shape and its words go."""
    label = shape.label
    from_x, to_x = (shape.x, shape.x + shape.width) if isinstance(shape, Bar) else (shape.x - 5, shape.x + 5)
    words = (label.x - label.width, label.x) if label.end else (label.x, label.x + label.width)
    return min(from_x, words[0]), max(to_x, words[1])


def width_of(text: str) -> float:
    """The room that words take in the drawing, rather too much than too little."""
    return sum(_sign_width(sign) for sign in text) * _LETTER


def _sign_width(sign: str) -> float:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return 2.0
    return 1.3 if sign in "MWmw@%—" or sign.isupper() else 1.25 if sign >= "\u0700" else 1.0
