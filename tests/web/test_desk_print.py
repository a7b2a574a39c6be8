"""The summary on paper: one sheet, in letters that can be read, whatever was told and in whatever script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from assistant.authoring.journeys import Journey
from assistant.core.commands import Message
from assistant.core.dialog import Dialog
from assistant.player import play
from assistant.service import Service
from tests.chromium import NEEDS_CHROMIUM
from tests.conftest import Client
from tests.journeys.playing import journey as journey_of
from tests.web.desk_cases import SELAM, fullest
from tests.web.desk_visits import log_in
from tests.web.printing import printed

A4 = (595, 842)
LEAST_POINTS = 9.5

pytestmark = NEEDS_CHROMIUM


def sizes(paper: PdfReader) -> set[float]:
    """The sizes in points of all letters on the paper."""
    found: set[float] = set()

    def visit(text: str, place: list[float], matrix: list[float], font: Any, size: float) -> None:
        if text.strip():
            found.add(round(size * abs(matrix[3]) * abs(place[3]), 1))

    for one in paper.pages:
        one.extract_text(visitor_text=visit)
    return found


def filled(paper: PdfReader) -> float:
    """How far down the sheet the last line stands, from 0 to 1."""
    lowest: list[float] = []

    def visit(text: str, place: list[float], matrix: list[float], font: Any, size: float) -> None:
        if text.strip():
            lowest.append(place[5] + place[3] * matrix[5])

    paper.pages[0].extract_text(visitor_text=visit)
    return 1 - min(lowest) / A4[1]


def fullest_cases(dialog: Dialog) -> dict[str, Journey]:
    return {
        "Latin": fullest(dialog, "en", "I want to work with food again and help my children. "),
        "Arabic": fullest(dialog, "ar", "أريد أن أعمل مرة أخرى في مطبخ كبير مع زملاء طيبين. "),
        "Ethiopic": fullest(dialog, "ti", "ኣብ ሆስፒታል ከም ነርስ ሓጋዚት ሰሪሐ፡ ደቀይ ክሕግዝ እደሊ። "),
        "one word": fullest(dialog, "en", "W"),
    }


@pytest.mark.parametrize("script", ["Latin", "Arabic", "Ethiopic", "one word"])
async def test_the_fullest_case_is_one_sheet_of_a4_in_readable_letters(
    client: Client, service: Service, tmp_path: Path, script: str
) -> None:
    journey = fullest_cases(service.dialogs["first_visit"])[script]
    talk = (await play(service, journey, "en")).talk
    await log_in(client, service)
    for locale in ("sv", "en"):
        paper = await printed(client, f"/desk/cases/{talk.case}/summary?locale={locale}", tmp_path)
        assert len(paper.pages) == 1
        assert tuple(round(side) for side in paper.pages[0].mediabox[2:]) == A4
        assert min(sizes(paper)) >= LEAST_POINTS
        assert talk.reference in paper.pages[0].extract_text()


@pytest.mark.parametrize("name", ["ali", "anna", "birgit", "erik", "kent", "layla", "marina"])
async def test_each_of_the_seven_invented_applicants_is_one_sheet_of_a4(
    client: Client, service: Service, tmp_path: Path, name: str
) -> None:
    told = journey_of(name)
    talk = (await play(service, told, told.locale)).talk
    await log_in(client, service)
    paper = await printed(client, f"/desk/cases/{talk.case}/summary", tmp_path)
    assert len(paper.pages) == 1
    assert tuple(round(side) for side in paper.pages[0].mediabox[2:]) == A4
    assert talk.reference in paper.pages[0].extract_text()


async def test_an_ordinary_case_leaves_room_for_notes(client: Client, service: Service, tmp_path: Path) -> None:
    talk = (await play(service, SELAM, "en")).talk
    await log_in(client, service)
    paper = await printed(client, f"/desk/cases/{talk.case}/summary", tmp_path)
    assert len(paper.pages) == 1
    assert filled(paper) < 0.8
    assert min(sizes(paper)) >= LEAST_POINTS


async def test_of_a_banner_with_nothing_to_print_not_even_the_heading_is_printed(
    client: Client, service: Service, tmp_path: Path
) -> None:
    quiet = {"contact_safe": "ok", "interpreter_language": "none", "talk_alone": "yes"}
    await log_in(client, service)
    told = []
    for answers in (quiet, {"contact_safe": "care"}):
        journey = msgspec.structs.replace(SELAM, answers={**SELAM.answers, **answers})
        talk = (await play(service, journey, "en")).talk
        paper = await printed(client, f"/desk/cases/{talk.case}/summary?locale=en", tmp_path)
        told.append("Before you call or book" in paper.pages[0].extract_text())
    assert told == [False, True]


async def test_a_message_alone_is_printed_too(client: Client, service: Service, tmp_path: Path) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 999 88 77", when="after ten"), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    paper = await printed(client, f"/desk/cases/{row.id}/summary?locale=en", tmp_path)
    assert len(paper.pages) == 1
    assert "070 999 88 77" in paper.pages[0].extract_text()


@pytest.mark.parametrize("name", ["ali", "anna", "birgit", "erik", "kent", "layla", "marina"])
async def test_an_ordinary_twin_record_takes_two_sheets_at_most(
    client: Client, service: Service, tmp_path: Path, name: str
) -> None:
    talk = (await play(service, journey_of(name), "ar")).talk
    await log_in(client, service)
    paper = await printed(client, f"/desk/cases/{talk.case}/twin", tmp_path)
    assert len(paper.pages) <= 2
    text = paper.pages[0].extract_text()
    assert talk.reference in text
    assert f"1 ({len(paper.pages)})" in text
    assert "Ctrl+P" not in text


async def test_the_fullest_twin_record_is_printed_whole_and_its_head_stands_on_every_sheet(
    client: Client, service: Service, tmp_path: Path
) -> None:
    told = fullest(service.dialogs["first_visit"], "ar", "أريد أن أعمل مرة أخرى في مطبخ كبير مع زملاء طيبين. ")
    talk = (await play(service, told, "ar")).talk
    await log_in(client, service)
    paper = await printed(client, f"/desk/cases/{talk.case}/twin", tmp_path)
    assert len(paper.pages) <= 4
    assert all("svenska" in one.extract_text().casefold() for one in paper.pages)
