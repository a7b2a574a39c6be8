"""The summary in every form: at the desk and by the API, named by the reference alone, each reading in the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from jsonschema import Draft202012Validator

from assistant.core.commands import Message
from assistant.exports import docx, pdf
from assistant.player import play
from assistant.server.desk_exports import FORMS
from assistant.server.openapi import OPERATIONS, SUMMARY_SCHEMA, document
from assistant.service import Service
from tests.conftest import Client
from tests.exports.cases import ALL, sent
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import give_token, log_in, page, readings, seen

CASES = "/api/v1/cases"
FHIR = "application/fhir+json"
BEGINS = {"application/pdf": b"%PDF-1.7", docx.MEDIA: b"PK", FHIR: b'{"resourceType":"Bundle"', "text/plain": b"Inf"}
AT_DESK = {"summary.pdf": "application/pdf", "summary.docx": docx.MEDIA, "fhir": FHIR, "text": "text/plain"}
NEEDS_PDF = pytest.mark.skipif(not pdf.is_there(), reason=f"Pango is not installed: apt-get install {pdf.PACKAGES}")


@pytest.fixture
async def case(service: Service) -> str:
    return (await play(service, SELAM, "en")).talk.case


@pytest.fixture
async def token(service: Service) -> dict[str, str]:
    return await give_token(service)


@NEEDS_PDF
@pytest.mark.parametrize("address", AT_DESK)
async def test_a_file_is_named_by_the_reference_and_its_reading_is_written_down(
    client: Client, service: Service, case: str, address: str
) -> None:
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{case}/{address}")
    assert (answer.status, answer.content_type) == (200, AT_DESK[address])
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await answer.read()).startswith(BEGINS[answer.content_type])
    row = await service.store.case(case)
    assert row is not None
    endings = {"summary.pdf": "pdf", "summary.docx": "docx", "fhir": "fhir.json"}
    named = f'attachment; filename="{row.reference}.{endings[address]}"' if address in endings else None
    assert answer.headers.get("Content-Disposition") == named
    assert await readings(service, case) == [("anna", address.removeprefix("summary."))]


@pytest.mark.parametrize("address", AT_DESK)
async def test_nobody_gets_a_file_without_logging_in(client: Client, service: Service, case: str, address: str) -> None:
    answer = await client.get(f"/desk/cases/{case}/{address}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/desk/login")
    assert await readings(service, case) == []


@pytest.mark.parametrize("address", AT_DESK)
async def test_an_unknown_case_has_no_files(client: Client, service: Service, address: str) -> None:
    await log_in(client, service)
    assert "Ärendet finns inte" in await page(client, f"/desk/cases/{'0' * 32}/{address}", status=404)


@NEEDS_PDF
async def test_the_summary_leads_to_every_form_in_the_language_of_the_page(
    client: Client, service: Service, case: str
) -> None:
    await log_in(client, service)
    for query in ("", "?locale=en"):
        shown = await page(client, f"/desk/cases/{case}/summary{query}")
        for address in AT_DESK:
            assert f'href="/desk/cases/{case}/{address}{query}"' in shown
    assert b"Before the first visit" in await (await client.get(f"/desk/cases/{case}/text?locale=en")).read()


@NEEDS_PDF
@pytest.mark.parametrize("media", BEGINS)
async def test_a_program_gets_the_form_that_it_accepts(
    client: Client, service: Service, case: str, token: dict[str, str], media: str
) -> None:
    answer = await client.get(f"{CASES}/{case}/summary", headers=token | {"Accept": f"{media}, application/json;q=0.1"})
    assert (answer.status, answer.content_type) == (200, media), await answer.text()
    assert (await answer.read()).startswith(BEGINS[media])
    (form,) = (one for one in FORMS if one.media == media)
    assert await readings(service, case) == [("case system", form.name)]


@NEEDS_PDF
async def test_a_program_gets_the_same_files_as_the_desk(
    client: Client, service: Service, case: str, token: dict[str, str]
) -> None:
    await log_in(client, service)
    for address in ("fhir", "text"):
        desk = await client.get(f"/desk/cases/{case}/{address}")
        api = await client.get(f"{CASES}/{case}/summary", headers=token | {"Accept": AT_DESK[address]})
        assert await desk.read() == await api.read()
        assert address != "fhir" or Bundle.model_validate_json(await api.read())


async def test_every_form_is_described(client: Client) -> None:
    told = await (await client.get("/api/openapi.json")).json()
    content = told["paths"][f"{CASES}/{{id}}/summary"]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", *BEGINS}
    assert "application/schema+json" in told["paths"][SUMMARY_SCHEMA]["get"]["responses"]["200"]["content"]
    assert told == json.loads(json.dumps(document(OPERATIONS)))


# -- JSON and its schema -----------------------------------------------------------------------------------------------


def strict(schema: Any) -> Any:
    """A schema that allows nothing that it does not name."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema else {}
        return {name: strict(one) for name, one in schema.items()} | closed
    return [strict(one) for one in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("name", ALL)
async def test_every_summary_as_json_fits_the_published_schema(
    client: Client, service: Service, token: dict[str, str], name: str
) -> None:
    answer = await client.get(SUMMARY_SCHEMA)
    assert answer.content_type == "application/schema+json"
    schema = await answer.json(content_type=None)
    Draft202012Validator.check_schema(schema)
    case = await sent(service, name)
    for locale in ("sv", "en"):
        found = await (await client.get(f"{CASES}/{case}/summary?locale={locale}", headers=token)).json()
        assert [one.message for one in Draft202012Validator(strict(schema)).iter_errors(found)] == []
    assert list(Draft202012Validator(schema).iter_errors(found | {"reference": 1}))
    assert not list(Draft202012Validator(schema).iter_errors(found | {"more": 1}))


# -- where a form cannot be made ---------------------------------------------------------------------------------------


async def test_without_its_libraries_the_pdf_is_not_offered_and_a_kind_page_says_so(
    client: Client, service: Service, case: str, token: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_LIBRARIES", (("libthere-is-no-such-thing.so",),))
    pdf.is_there.cache_clear()
    try:
        await log_in(client, service)
        shown = await page(client, f"/desk/cases/{case}/summary")
        assert "summary.pdf" not in shown
        assert "summary.docx" in shown
        answer = await client.get(f"/desk/cases/{case}/summary.pdf")
        assert answer.status == 503
        assert "Det går inte att göra en PDF här" in await answer.text()
        accepted = token | {"Accept": "application/pdf"}
        refused = await client.get(f"{CASES}/{case}/summary", headers=accepted)
        assert (refused.status, (await refused.json(content_type=None))["code"]) == (406, "not_acceptable")
    finally:
        monkeypatch.undo()
        pdf.is_there.cache_clear()


async def test_a_message_alone_has_everything_but_answers(
    client: Client, service: Service, token: dict[str, str]
) -> None:
    await service.message(Message("apply_now", name="Yusuf", phone="070 1"), "en")
    (row,) = await service.store.cases()
    await log_in(client, service)
    told = await seen(client, f"/desk/cases/{row.id}/text")
    assert "Yusuf" in told
    for address in ("summary.pdf", "summary.docx"):
        answer = await client.get(f"/desk/cases/{row.id}/{address}")
        assert answer.status == 200 or (address == "summary.pdf" and not pdf.is_there())
    answer = await client.get(f"/desk/cases/{row.id}/fhir")
    assert answer.status == 404
    assert "Det finns inga svar att lämna ut än" in await answer.text()
    refused = await client.get(f"{CASES}/{row.id}/summary", headers=token | {"Accept": FHIR})
    assert (refused.status, (await refused.json(content_type=None))["code"]) == (404, "nothing_sent")
