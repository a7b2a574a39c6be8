"""Golden files of everything that is given out, of one invented person who answered in Arabic, as an integrator gets it
over the API. `make golden` writes them anew."""

from __future__ import annotations

import asyncio
import io
import json
import re
import tempfile
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp.test_utils import TestClient, TestServer
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from assistant import resources
from assistant.exports import docx, fhir
from assistant.exports.calendar import visit_calendar
from assistant.server.app import make_app
from assistant.service import Service
from assistant.starting import load_dialogs
from assistant.texts import Catalogs
from tests.conftest import Client, Clock, service_on
from tests.exports.cases import sent
from tests.web.desk_visits import give_token

GOLDEN: Final = Path(__file__).parent / "golden"
NAME: Final = "layla"
REFERENCE: Final = "ABC-123"
_WIDTH: Final = 150
_MANY: Final = 6
_RESPONSE: Final = "urn:uuid:00000000-0000-0000-0000-000000000000"


def summary_text(body: bytes) -> str:
    return body.decode()


def summary_json(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=1) + "\n"


def summary_fhir(body: bytes) -> str:
    """Each item in a line, below the one around it; of long lists of choices the first ones."""
    found = json.loads(body)
    found["entry"][1]["fullUrl"] = _RESPONSE
    lines = [_line({name: value for name, value in found.items() if name != "entry"})]
    for entry in found["entry"]:
        resource = entry["resource"]
        for one in resource.get("contained", ()):
            for included in one["compose"]["include"]:
                more = len(included["concept"]) - _MANY
                included["concept"] = included["concept"][:_MANY] + ([f"{more} more"] if more > 0 else [])
        lines.append(_line({"fullUrl": entry["fullUrl"]}))
        lines.append(_line({name: value for name, value in resource.items() if name not in ("item", "contained")}))
        lines += map(_line, resource.get("contained", ()))
        lines += _items(resource, 1)
    return "\n".join(lines) + "\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _items(around: Any, depth: int) -> Iterator[str]:
    for one in around.get("item", ()):
        yield "  " * depth + _line({name: value for name, value in one.items() if name != "item"})
        yield from _items(one, depth + 1)


def summary_docx(body: bytes) -> str:
    """Each paragraph in a line: its style, and its words with the runs that say a language or a direction."""
    document = Document(io.BytesIO(body))
    lines = []
    for paragraph in document.paragraphs:
        told = []
        for run in paragraph.runs:
            properties: Any = run._r.rPr
            language = properties.find(qn("w:lang")) if properties is not None else None
            marks = (
                [] if language is None else [one.partition("}")[2] + "=" + language.get(one) for one in language.attrib]
            )
            marks += ["rtl"] if properties is not None and properties.find(qn("w:rtl")) is not None else []
            text = run.text.replace("\u200e", "<LRM>")
            told.append(f"[{' '.join(marks)}: {text}]" if marks else text)
        style = paragraph.style.name if paragraph.style is not None else ""
        lines.append(f"{style} | {''.join(told)}")
    return "\n".join(lines) + "\n"


def summary_pdf(body: bytes) -> str:
    """The words of the sheet, in lines of our own: where it breaks them depends on the fonts of the machine."""
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return textwrap.fill(" ".join(told.split()), _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


FORMS: Final = {
    "txt": ("text/plain", summary_text),
    "json": ("application/json", summary_json),
    "fhir.txt": (fhir.MEDIA, summary_fhir),
    "docx.txt": (docx.MEDIA, summary_docx),
    "pdf.txt": ("application/pdf", summary_pdf),
}
"""The golden files by their endings: what is asked for, and how it is written so that it can be reviewed."""


async def given(service: Service, client: Client, ending: str) -> str:
    """What a program gets, as it stands in the golden file."""
    case, headers = await sent(service, NAME), await give_token(service)
    row = await service.store.case(case)
    assert row is not None
    media, written = FORMS[ending]
    answer = await client.get(f"/api/v1/cases/{case}/summary", headers=headers | {"Accept": media})
    assert answer.status == 200, await answer.text()
    return written(await answer.read()).replace(row.reference, REFERENCE)


def visit(service: Service) -> str:
    """The visit for a calendar."""
    words = service.words("sv")
    return visit_calendar(REFERENCE, "2026-03-17T10:00", 60, service.settings, words, now=service.clock()).decode()


def path_of(ending: str) -> Path:
    return GOLDEN / f"{NAME}.{ending}"


def same(one: str, other: str) -> bool:
    """Whether two texts have the same words: a space more or less is the reader's of the PDF."""
    return re.sub(r"\s", "", one) == re.sub(r"\s", "", other)


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[tuple[Service, Client]]:
    catalogs = Catalogs.load(resources.folder("locales"))
    async with (
        service_on(data, load_dialogs(), catalogs, Clock()) as service,
        TestClient(TestServer(make_app(service, secure=False))) as client,
    ):
        yield service, client


async def write() -> None:
    """Write all golden files."""
    GOLDEN.mkdir(exist_ok=True)
    for ending in FORMS:
        with tempfile.TemporaryDirectory() as folder:
            async with served(Path(folder) / "data") as (service, client):
                path_of(ending).write_text(await given(service, client, ending), "utf-8")
                path_of("ics").write_bytes(visit(service).encode())


if __name__ == "__main__":
    asyncio.run(write())
