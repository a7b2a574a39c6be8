"""Lives with something to mark, for the tests of the life line."""

from __future__ import annotations

import msgspec

from assistant.authoring.journeys import Journey
from assistant.player import play
from assistant.service import Service
from assistant.talks import Talk
from tests.web.desk_cases import SELAM

TANGLED = msgspec.structs.replace(
    SELAM,
    answers={**SELAM.answers, "longest_job": "under_6m", "school_level": "upper_part", "children_count": "4"},
    repeats={
        **SELAM.repeats,
        "children": [{"child_birth_year": year, "child_living": "full"} for year in ("2017", "2018", "2018", "2022")],
        "jobs": [
            {
                "job_title": "Nurse <in> a very large & busy hospital in the middle of Khartoum",
                "job_country": "SD",
                "job_from": "1999",
                "job_extent": "full",
                "job_end": "ongoing",
            },
            {
                "job_title": "Köksbiträde",
                "job_country": "SE",
                "job_from": "2015",
                "job_extent": "full",
                "job_end": "ill",
                "job_to": "declined: unknown",
            },
        ],
    },
)
"""Years that cannot be, two full-time jobs of which one has no end, and a title that is too long to be drawn."""


async def sent(service: Service, journey: Journey = SELAM, **answers: object) -> Talk:
    """A journey played to its end, with these answers instead."""
    told = msgspec.structs.replace(journey, answers={**journey.answers, **answers})
    return (await play(service, told, told.locale if told.locale in service.catalogs else "en")).talk


def address(talk: Talk, locale: str = "en") -> str:
    """Where the life line of a talk is."""
    return f"/desk/cases/{talk.case}/life-line?locale={locale}"
