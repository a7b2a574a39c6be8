"""What is given out is what was reviewed, in every form."""

from __future__ import annotations

import pytest

from assistant.exports import pdf
from assistant.service import Service
from tests.conftest import Client
from tests.exports.golden import FORMS, GOLDEN, given, path_of, same, visit


@pytest.mark.parametrize("ending", FORMS)
async def test_every_form_of_a_summary_is_as_reviewed(client: Client, service: Service, ending: str) -> None:
    if ending == "pdf.txt" and not pdf.is_there():
        pytest.skip(f"Pango is not installed: apt-get install {pdf.PACKAGES}")
    made, reviewed = await given(service, client, ending), path_of(ending).read_text("utf-8")
    if ending == "pdf.txt":
        assert same(made, reviewed), f"{made}\nlook at it, then: make golden"
    else:
        assert made == reviewed, "look at it, then: make golden"


def test_the_visit_for_a_calendar_is_as_reviewed(service: Service) -> None:
    assert visit(service).encode() == path_of("ics").read_bytes(), "look at it, then: make golden"


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {path_of(ending).name for ending in (*FORMS, "ics")}
