"""What the pages of a conversation show beside the turn itself."""

from __future__ import annotations

import calendar
import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.core.dialog import Repeat, Screen, places
from assistant.core.steps import is_at
from assistant.core.walk import never_asked
from assistant.languages import locale_of
from assistant.talks import Talk
from assistant.texts import Words
from assistant.turns import Viewer
from assistant.views import LineView, Turn

MONTHS = range(1, 13)


class Row(NamedTuple):
    """A screen with the answers given on it. ``target`` names it for a button: ``item`` or ``item.of``."""

    target: str
    lines: tuple[LineView, ...]
    removable: bool


class Part(NamedTuple):
    """The rows of a section."""

    label: str
    rows: tuple[Row, ...]


class Offer(NamedTuple):
    """Something that can be added from the review: an optional section, or another item of a repeat."""

    name: str
    label: str


class Overview(NamedTuple):
    """What the review shows."""

    parts: tuple[Part, ...]
    unanswered: tuple[str, ...] = ()
    sections: tuple[Offer, ...] = ()
    repeats: tuple[Offer, ...] = ()


def parts_of(talk: Talk, lines: tuple[LineView, ...]) -> tuple[Part, ...]:
    """Lines by section and screen, in their order."""
    parts: list[tuple[str, list[Row]]] = []
    for line in lines:
        if not parts or parts[-1][0] != line.section:
            parts.append((line.section, []))
        rows = parts[-1][1]
        target = f"{line.screen}.{line.of}" if line.of else line.screen
        if rows and rows[-1].target == target:
            rows[-1] = rows[-1]._replace(lines=(*rows[-1].lines, line))
        else:
            rows.append(Row(target, (line,), bool(line.of) and _is_open_repeat(talk, line.screen)))
    return tuple(Part(label, tuple(rows)) for label, rows in parts)


def _is_open_repeat(talk: Talk, name: str) -> bool:
    place = places(talk.dialog).get(name)
    return place is not None and isinstance(place.item, Repeat) and bool(place.item.more)


def overview(viewer: Viewer, lines: tuple[LineView, ...], today: datetime.date) -> Overview:
    """The whole talk as the person can look it over before sending."""
    talk = viewer.talk
    unanswered = tuple(
        viewer.text(slot.item, of=slot.of)
        for slot in talk.path.slots
        if slot.status == "open" and isinstance(slot.item, Screen)
    )
    sections = tuple(
        Offer(section.name, viewer.section(section))
        for section in talk.dialog.sections
        if section.optional
        and not section.gate
        and not talk.state.sections.get(section.name)
        and talk.path.truth(section.relevant, today)
    )
    return Overview(parts_of(talk, lines), unanswered, sections, tuple(_more_of(viewer)))


def _more_of(viewer: Viewer) -> list[Offer]:
    """The open repeats that have an item already and room for another one."""
    talk, found = viewer.talk, dict[str, Offer]()
    for slot in talk.path.slots:
        if not isinstance(slot.item, Repeat) or not slot.item.more or slot.status != "settled":
            continue
        if 0 < len(talk.state.lists.get(slot.item.name, ())) < slot.item.max:
            found[slot.item.name] = Offer(slot.item.name, viewer.text(slot.item, "more"))
    return list(found.values())


def before_now(talk: Talk) -> int:
    """The record position before the last answer, so that the last exchange can be shown; the present one if that
    answer does not stand before the step now (what is left to the visit from the beginning was never asked)."""
    latest = talk.state.latest
    fact = talk.state.facts.get(latest) if latest is not None else None
    if latest is None or fact is None or fact.conversation != talk.id:
        return talk.state.seq
    for slot in talk.path.slots:
        if slot.item is not None and (slot.item.name, slot.of) == latest:
            return fact.seq - 1
        if slot.status != "note" and is_at(slot, talk.step):
            break
    return talk.state.seq


def answered(talk: Talk) -> int:
    """How many screens have an answer."""
    settled = (slot for slot in talk.path.slots if slot.status == "settled")
    return sum(1 for slot in settled if not never_asked(talk.state, slot))


def title(turn: Turn, words: Words, service_name: str, *, kept: bool, wrong: bool) -> str:
    """The title of a turn's page. It stands in histories and lists of tabs: never a question, never a telling word."""
    kind = turn.step.kind
    if not kept:
        name = words.gettext("Start")
    elif kind in ("ask", "ask_more"):
        name = words.gettext("Question {number}", number=turn.progress.question)
    elif kind == "review":
        name = words.gettext("Overview")
    else:
        name = words.gettext("Information") if kind in ("done", "stopped") else words.gettext("Next part")
    error = f"{words.gettext('Error:')} " if wrong else ""
    return f"{error}{name} · {service_name}"


def may(turn: Turn) -> tuple[str, ...]:
    """What can be done beside the turn: ``reply`` to its question, decline it (by kind), ``finish`` early."""
    replies = ("reply", *turn.step.item.decline) if turn.step.kind == "ask" and turn.step.item else ()
    return (*replies, "finish") if turn.may_finish else replies


def all_answers(words: Words, answered_screens: int) -> str:
    """The words of the link to everything said so far."""
    return words.ngettext("Show {n} answer", "Show all {n} answers", answered_screens)


def how_far(turn: Turn, words: Words, total: int, *, kept: bool) -> str:
    """The section, the number of the question, and about how many questions and minutes there are, as far as they can
    be told."""
    section, number, minutes = turn.progress.section, turn.progress.question, turn.progress.minutes_left
    if not kept or turn.step.kind == "still_true":
        return section
    told = [section] if section else []
    if total:
        told.append(words.gettext("Question {number} of about {total}", number=number, total=total))
        told.append(words.ngettext("about {n} minute left", "about {n} minutes left", minutes))
    else:
        told.append(words.gettext("Question {number}", number=number))
    return " · ".join(told)


def about_how_many(question: int, left: tuple[int, int]) -> int:
    """About how many questions there are in all; 0 where nobody can say it yet.

    What may turn out not to be asked counts half. An estimate that may be wrong by more than a third is none."""
    least, most = left
    total = question - 1 + (least + most + 1) // 2
    return total if (most - least) * 3 <= total * 2 and least else 0


@lru_cache(maxsize=64)
def months(cldr: str) -> tuple[tuple[str, str], ...]:
    """The months by number and name, the number first so that nobody has to know the name."""
    names = locale_of(cldr).months["stand-alone"]["wide"]
    return tuple((str(number), f"{number} – {names[number]}") for number in MONTHS)


def month_names(words: Words) -> tuple[tuple[str, str], ...]:
    """The months in a language."""
    return months(words.language.cldr)


def month(words: Words, today: datetime.date) -> dict[str, Any]:
    """This month as a table of days, for a page that tells nothing."""
    locale = locale_of(words.language.cldr)
    first = locale.first_week_day
    weeks = calendar.Calendar(first).monthdayscalendar(today.year, today.month)
    names = locale.days["stand-alone"]["short"]
    return {
        "title": words.date(f"{today:%Y-%m}"),
        "days": [names[(first + day) % 7] for day in range(7)],
        "weeks": weeks,
        "today": today.day,
    }
