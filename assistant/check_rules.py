"""Which readings of a month call for a question, beside those that are drawn by lot: rules over the log alone.

A rule that calls out too often is not read by anybody, so each names what is rare in honest work.
"""

from __future__ import annotations

import datetime
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from assistant.store import CaseRow
from assistant.store.office import LoggedReading
from assistant.talks import SWEDEN

DAY_BEGINS: Final = 6
DAY_ENDS: Final = 20
"""Readings before or after these hours on Swedish clocks are out of hours."""

OFTEN_AT_LEAST: Final = 15
"""Fewer readings of one case by one person in a month are never called often."""

OFTEN_SIGMAS: Final = 3
"""By how many standard deviations somebody reads a case more often than colleagues read theirs."""

_LETTERS: Final = re.compile(r"[^\W\d_]{3,}")


class Known(NamedTuple):
    """What the rules know beside the log: the cases of today by id, the name on the card of a case, those who have a
    login, and those who have ever done something in a case or been given it."""

    cases: Mapping[str, CaseRow]
    name: Callable[[CaseRow], str]
    users: frozenset[str]
    worked: Callable[[CaseRow], frozenset[str]]


def is_out_of_hours(at: str) -> bool:
    """Whether a moment (ISO, UTC) lies at night or on a weekend in Sweden."""
    moment = datetime.datetime.fromisoformat(at).astimezone(SWEDEN)
    return moment.weekday() >= 5 or not DAY_BEGINS <= moment.hour < DAY_ENDS


def same_name(user: str, name: str) -> bool:
    """Whether a colleague may be of the family of a person: a word of the person's name is a family name in the login
    (`anna.lindqvist`, `Anna Lindqvist`). First names tell nothing, and of a login of one word nothing is known."""
    family = _words(user)[1:]
    return bool({*family} & {*_words(name)})


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _LETTERS.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def often(readings: Iterable[LoggedReading]) -> frozenset[tuple[str, str]]:
    """Who (and which case) reads one case far more often than is usual in this office in this month."""
    counts = Counter((one.user, one.case) for one in readings)
    if len(counts) < 2:
        return frozenset()
    usual = statistics.mean(counts.values()) + OFTEN_SIGMAS * statistics.pstdev(counts.values())
    limit = max(OFTEN_AT_LEAST, usual)
    return frozenset(pair for pair, count in counts.items() if count > limit)


def has_no_business(user: str, case: CaseRow, known: Known) -> bool:
    """Whether somebody has read a case that is another's, and neither had it ever nor did anything in it: it was open
    to the unit while nobody had it."""
    return bool(case.assigned) and case.assigned != user and user not in known.worked(case)
