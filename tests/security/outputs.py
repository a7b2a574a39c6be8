"""Every way in which something about a person leaves the program, and what may stand in it.

What is not named here gets the strictest rules: see `rules_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Rules(NamedTuple):
    """What may stand in an output.

    ``wish``: that the person wants to be met alone, or wants help that nobody else may know of (on a screen of the
    office only, marked as private). ``offered``: it prepares the visit, so that everyone is offered a talk alone stands
    above all that is told, in the same words for all. ``care``: it is used to reach the person, so that messages may be
    seen by others stands above all, too. ``neutral``: somebody else may see it on the person's telephone, so no word
    of it tells what it is about."""

    wish: bool = False
    offered: bool = False
    care: bool = False
    neutral: bool = False


PREPARES: Final = Rules(offered=True, care=True)

DESK: Final[Mapping[str, Rules]] = {
    "/desk/cases/{id}/summary": PREPARES._replace(wish=True),
    "/desk/cases/{id}/summary.pdf": PREPARES,
    "/desk/cases/{id}/summary.docx": PREPARES,
    "/desk/cases/{id}/text": PREPARES,
    # Leads to the summary.
    "/desk/cases/{id}": PREPARES._replace(wish=True),
    # The answers behind the summary, one by one: nothing there is printed.
    "/desk/cases/{id}/sources": Rules(wish=True),
    "/desk/cases/{id}/visit.ics": Rules(neutral=True),
    "/api/v1/cases/{id}": Rules(wish=True),
    "/api/v1/cases/{id}/summary": PREPARES._replace(wish=True),
}
"""Pages and files of the office, by route."""

PHONE: Final = Rules(neutral=True)
"""What lies on the person's telephone, or comes to it."""

NEUTRAL_PARTS: Final = ("title", "address", "file name", "subject", "text message", "calendar")
"""Of what comes to a telephone, what others see without opening it: histories, lists of tabs, notices, downloads."""

NOT_ON_A_PHONE: Final[Mapping[str, tuple[str, ...]]] = {
    "sv": ("bistånd", "våld", "soc", "ekonomi", "försörj", "skuld", "missbruk", "hjälp", "kommun", "handlägg", "ensam"),
    "en": ("assistance", "violence", "social", "econom", "welfare", "benefit", "debt", "abuse", "help", "alone"),
    "ar": ("مساعد", "عنف", "اجتماع", "اقتصاد", "دين", "ديون", "إدمان", "بلدية"),
}
"""Beginnings and parts of words, by language, that tell a bystander what it is about."""


def rules_of(route: str) -> Rules:
    """The rules of a route of the office."""
    return DESK.get(route, Rules())
