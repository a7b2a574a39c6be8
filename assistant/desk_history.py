"""What the office did with a case, in words: who, when, what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from assistant.bidi import shown
from assistant.core.office import (
    AnyDoing,
    Assigned,
    Booked,
    Closed,
    Crossed,
    Done,
    Handled,
    Held,
    Invited,
    Linked,
    Merged,
    Noted,
    Reopened,
    Sampled,
    Unlinked,
    Withdrawn,
    Woken,
)
from assistant.core.retention import Sample
from assistant.store import ReadingRow
from assistant.texts import N_, Words

_READ: Final = {
    "summary": N_("the summary"),
    "text": N_("the summary as text"),
    "case": N_("the case"),
    "work": N_("the case"),
    "history": N_("what was done and read"),
    "list": N_("a message in the list"),
    "found": N_("the case in a search"),
    "sources": N_("all answers"),
    "twin": N_("the summary in two languages"),
    "life-line": N_("the life line"),
    "pdf": N_("the summary as PDF"),
    "docx": N_("the summary as a document"),
    "fhir": N_("the answers as FHIR"),
    "calendar": N_("the visit as a calendar entry"),
    "letter": N_("the invitation letter"),
    "archive": N_("all of it for the archive"),
}


class Entry(NamedTuple):
    """A line of the history. ``at`` is a moment on Swedish clocks, ``words`` what was done, ``own`` what the colleague
    wrote with it."""

    at: str
    by: str
    words: str
    own: str = ""


def entries(done: Iterable[Done], words: Words) -> tuple[Entry, ...]:
    """Doings in words, the latest first."""
    found = [Entry(words.numeric_datetime(one.at), one.by, *_told(one.doing, words)) for one in done]
    return tuple(reversed(found))


def read_entries(rows: Iterable[ReadingRow], words: Words) -> tuple[Entry, ...]:
    """Readings in words, the latest first."""
    found = [Entry(words.numeric_datetime(row.at), row.user, read_words(row.what, words)) for row in rows]
    return tuple(reversed(found))


def read_words(what: str, words: Words) -> str:
    """What was read, in words; the log's own word if there are none for it."""
    return words.gettext(_READ[what]) if what in _READ else what


def minute(at: str) -> str:
    """A minute as it is shown: ``2026-12-01 10:00``."""
    return at.replace("T", " ")


def _told(doing: AnyDoing, words: Words) -> tuple[str, str]:
    _ = words.gettext
    match doing:
        case Assigned(to="", unit=unit):
            return (_("gave the case to unit {unit}", unit=unit) if unit else _("gave the case back")), ""
        case Assigned(to=to):
            return _("gave the case to {name}", name=to), ""
        case Booked(at=""):
            return _("cancelled the visit"), ""
        case Booked(at=at):
            return _("booked the visit for {moment}", moment=minute(at)), ""
        case Held(on=on):
            return _("wrote that the visit was held {day}", day=on), ""
        case Noted(text=text):
            return _("noted"), shown(text)
        case Handled():
            return _("took care of what was urgent"), ""
        case Closed(reason=reason, sample=sample):
            return (f"{_('closed the case')}; {_born(sample, words)}" if sample else _("closed the case")), shown(
                reason
            )
        case Sampled(sample=sample):
            return _("wrote: {born}", born=_born(sample, words)), ""
        case Reopened():
            return _("opened the case again"), ""
        case Woken():
            return _("let the person come back without a PIN"), ""
        case Linked(reference=reference):
            return _("linked the partner's case {reference}", reference=reference), ""
        case Unlinked(reference=reference):
            return _("took the link to case {reference} away", reference=reference), ""
        case Merged(reference=reference):
            return _("took in case {reference}", reference=reference), ""
        case Crossed(reason=reason):
            return _("opened the case of another, for this reason:"), shown(reason)
        case Invited(channel="paper", until=until):
            return _("made an invitation on paper, valid until {day}", day=until), ""
        case Invited(channel="email", until=until):
            return _("sent an invitation by e-mail, valid until {day}", day=until), _sent_to(doing, words)
        case Invited(until=until):
            return _("sent an invitation by SMS, valid until {day}", day=until), _sent_to(doing, words)
        case Withdrawn():
            return _("withdrew the invitation"), ""


def _sent_to(doing: Invited, words: Words) -> str:
    said = words.gettext("said that it is safe, although others may see messages to this person")
    return f"{shown(doing.address)} · {said}" if doing.safe else shown(doing.address)


def _born(sample: Sample, words: Words) -> str:
    _ = words.gettext
    return _("born on the 5th, 15th or 25th") if sample == "yes" else _("not born on the 5th, 15th or 25th")
