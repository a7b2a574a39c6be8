"""What a reader of a case has not seen yet: what reached the office since they last read its summary."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final, NamedTuple

from assistant.core.record import Key
from assistant.core.sources import sent_answers
from assistant.desk import CaseDetail
from assistant.store import ReadingRow

SITTING: Final = datetime.timedelta(hours=1)
"""Readings that are closer together than this are one: who comes back from the sources still sees what was new."""

SUMMARY: Final = "summary"
"""How the log of readings calls the page whose readings count."""


class News(NamedTuple):
    """``since`` is the moment (ISO 8601, UTC) of the last reading, empty at the first: then nothing is marked. ``keys``
    are the answers that reached the office after it, in other words than before or for the first time; ``changed`` are
    those of them that were others before."""

    since: str
    keys: frozenset[Key] = frozenset()
    changed: frozenset[Key] = frozenset()

    def are_in(self, sources: Iterable[Key]) -> bool:
        """Whether one of these answers is new."""
        return not self.keys.isdisjoint(sources)


def news(detail: CaseDetail, reader: str) -> News:
    """What is new in a case for this reader, who is reading it now."""
    since = last_reading(detail.readings, reader)
    if not since:
        return News("")
    new = {key: answers for key, answers in sent_answers(detail.record).items() if answers[-1].sent > since}
    return News(since, frozenset(new), frozenset(key for key, answers in new.items() if len(answers) > 1))


def last_reading(readings: Iterable[ReadingRow], reader: str) -> str:
    """When this reader last read the summary before the reading that is written last; empty if they never did.

    That is the last one before the present sitting, or its beginning if there was none before."""
    moments = [row.at for row in readings if row.user == reader and row.what == SUMMARY]
    if not moments:
        return ""
    *earlier, now = moments
    began, following = "", now
    for moment in reversed(earlier):
        if _moment(following) - _moment(moment) >= SITTING:
            return moment
        began = following = moment
    return began


def _moment(iso: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(iso)
