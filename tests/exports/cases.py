"""What everything given out is tried on: the seven invented applicants, and the fullest case in three scripts."""

from __future__ import annotations

from typing import Final

from assistant.authoring.journeys import Journey
from assistant.core.dialog import Dialog
from assistant.desk import CaseDetail, Desk
from assistant.player import play
from assistant.service import Service
from assistant.settings import Settings
from assistant.summary_page import SummaryPage, summary_page
from tests.journeys.playing import SEVEN
from tests.journeys.playing import journey as journey_of
from tests.web.desk_cases import fullest

ARABIC: Final = "أريد أن أعمل مرة أخرى في مطبخ كبير مع زملاء طيبين."
ETHIOPIC: Final = "ኣብ ሆስፒታል ከም ነርስ ሓጋዚት ሰሪሐ፡ ደቀይ ክሕግዝ እደሊ።"
FULLEST: Final = {
    "fullest in Latin": ("en", "I want to work with food again and help my children. "),
    "fullest in Arabic": ("ar", f"{ARABIC} "),
    "fullest in Ethiopic": ("ti", f"{ETHIOPIC} "),
}
ALL: Final = (*SEVEN, *FULLEST)


def told(name: str, dialog: Dialog) -> Journey:
    """The journey of this case."""
    return fullest(dialog, *FULLEST[name]) if name in FULLEST else journey_of(name)


async def sent(service: Service, name: str) -> str:
    """The id of a case that was played to its end, in its own language if there is a catalog for it."""
    journey = told(name, service.dialogs["first_visit"])
    locale = journey.locale if journey.locale in service.catalogs else "en"
    return (await play(service, journey, locale)).talk.case


async def detail_of(service: Service, case: str) -> CaseDetail:
    found = await Desk(service).case(case, reader="test")
    assert found is not None
    return found


def page_of(service: Service, detail: CaseDetail, locale: str = "sv") -> SummaryPage:
    """The one value that everything is made of."""
    return summary_page(detail, service.words(locale), Settings(), tuple(service.dialogs.values()))
