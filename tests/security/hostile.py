"""Cases in which somebody, and the office, typed what means harm; and the same with words in which nothing is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assistant.core.dialog import Text, places
from assistant.core.office import Crossed, Noted
from assistant.player import play
from assistant.scripts import is_written_in
from assistant.service import Service
from assistant.talks import Talk
from tests.security.payloads import PAYLOADS
from tests.torture.rows import scale_here
from tests.web.desk_cases import SELAM
from tests.web.office_visits import ANNA, do, give

ROUNDS = min(scale_here().of(12, 1_000), len(PAYLOADS))
NAMES = tuple(PAYLOADS)
SHOWING = {
    "contact_way": ["sms", "email"],
    "urgent_needs": ["food"],
    "school_level": "upper",
    "interpreter_language": "ti",
}


def fields_of(service: Service) -> dict[str, int]:
    """Every text question of the first visit, with how long its answers may be."""
    found = places(service.dialogs["first_visit"])
    return {name: place.item.max_length for name, place in found.items() if isinstance(place.item, Text)}


def said_in(service: Service, round: int) -> dict[str, str]:
    """Another payload in every field. After as many rounds as there are payloads, each was in each."""
    step = len(NAMES) // ROUNDS
    return {
        field: PAYLOADS[NAMES[(round * step + place) % len(NAMES)]][:length].strip()
        for place, (field, length) in enumerate(fields_of(service).items())
    }


def harmless(words: str) -> str:
    """Words of the same shape in which nothing can be meant: an address stays one, and letters of another script than
    that of the talk stay so, because the desk tells of both in which language they are."""
    letter = "x" if is_written_in(words, "en") else "ب"
    return re.sub(r"[^\n@]", letter, words.replace("\r\n", "\n"))


async def a_case(service: Service, said: Mapping[str, str], at_the_office: str) -> Talk:
    """Somebody says all this, and the office writes something about it."""
    name = said["called_name"]
    job = {"job_country": "SE", "job_from": "2012", "job_extent": "full", "job_end": "moved", "job_to": "2018"}
    answers: dict[str, Any] = {
        field: words for field, words in said.items() if field not in ("called_name", "job_title")
    }
    repeats = {**SELAM.repeats, "jobs": [job | {"job_title": said["job_title"]}]}
    answers = {**SELAM.answers, "called_name": name, **SHOWING, **answers}
    talk = (await play(service, msgspec.structs.replace(SELAM, answers=answers, repeats=repeats), "en")).talk
    await give(service, talk.case, "anna")
    for doing in (
        Noted(text=at_the_office.strip()),
        Crossed(reason=at_the_office.strip(), until="2026-03-05T10:00:00Z"),
    ):
        await do(service, ANNA, talk.case, doing)
    return talk
