"""A job that is told in Arabic and read in Swedish: on the pages, by the API, at the desk and in every file."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from assistant.core.dialog import Dialog, Section, Text
from assistant.exports import pdf
from assistant.occupations import ssyk
from assistant.service import Service
from assistant.terminal import Terminal
from assistant.turns import Viewer
from tests.conftest import Client
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser
from tests.web.desk_visits import give_token, log_in, page, words_of
from tests.web.visits import PERSON, the_talk

COOK, COOK_SHOWN = "طبّاخ", "طباخ / طباخة"
FLORIST = "بائع زهور في حلب"
WORKED: dict[str, Any] = PERSON | {
    "work_now": ["no"],
    "worked_before": "yes",
    "job_title": COOK,
    "job_country": "SY",
    "job_from": {"year": "2009"},
    "job_extent": "full",
    "job_end": "ended",
    "job_to": {"year": "2014", "month": ""},
}


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


async def told_in_arabic(browser: Browser, **answers: Any) -> None:
    """The whole first visit, told and sent in Arabic without any script."""
    await browser.begin("ar")
    await browser.walk(WORKED | answers)


def titles(service: Service) -> list[Any]:
    return [fact.value for (name, _), fact in the_talk(service).state.facts.items() if name == "job_title"]


# -- the person --------------------------------------------------------------------------------------------------------


async def test_the_field_offers_every_occupation_in_the_language_of_the_talk(browser: Browser) -> None:
    await browser.begin("ar")
    await until_jobs(browser)
    html = browser.page.html
    (field,) = re.findall(r'<input id="f-job_title"[^>]*>', html)
    (offered,) = re.findall(r'<datalist id="l-f-job_title">(.*?)</datalist>', html, re.DOTALL)
    assert 'list="l-f-job_title"' in field
    shown = re.findall(r'<option value="([^"]+)">', offered)
    assert len(shown) == len(ssyk()) and COOK_SHOWN in shown and "ممرض / ممرضة" in shown
    assert html.count("<datalist") == 1


async def until_jobs(browser: Browser) -> None:
    while (form := browser.page.forms.get("reply")) is None or form.data["data-item"] != "jobs":
        await browser.step(WORKED)


async def test_what_is_typed_is_stored_as_a_code_and_shown_by_its_name_when_it_is_changed(
    browser: Browser, service: Service
) -> None:
    await browser.begin("ar")
    await until_jobs(browser)
    await browser.step(WORKED)
    assert titles(service) == ["occupation:cook"]
    await browser.walk(WORKED, until="submit")
    assert COOK_SHOWN in browser.page.text and "occupation:" not in browser.page.html
    await browser.press("change", "jobs.1")
    await browser.open("/chat")
    (held,) = browser.page.forms["reply"].of("field.job_title")
    assert held.value == COOK_SHOWN
    await browser.press("reply")
    assert titles(service) == ["occupation:cook"]


async def test_the_transcript_follows_the_language(browser: Browser, service: Service) -> None:
    await browser.begin("ar")
    await until_jobs(browser)
    await browser.step(WORKED)
    for locale, name in (("ar", COOK_SHOWN), ("sv", "Kock"), ("en", "Cook")):
        said = Viewer(the_talk(service), service.words(locale), service.settings).turn().said
        assert [one.text.splitlines()[0].endswith(f" {name}") for one in said if one.item == "jobs"] == [True]
        assert not any("occupation:" in one.text for one in said)


async def test_words_that_are_not_known_stay_as_they_were_written(browser: Browser, service: Service) -> None:
    await told_in_arabic(browser, job_title=FLORIST)
    assert titles(service) == [FLORIST]


# -- the office --------------------------------------------------------------------------------------------------------


async def test_the_office_reads_swedish_on_every_page(browser: Browser, client: Client, service: Service) -> None:
    await told_in_arabic(browser)
    case = the_talk(service).case
    await log_in(client, service)
    summary = words_of(await page(client, f"/desk/cases/{case}/summary"))
    assert "Jobb: kock, Syrien, från 2009 till 2014" in summary and "occupation" not in summary
    for view in ("/twin", "/life-line", "/sources", "/text"):
        shown = await page(client, f"/desk/cases/{case}{view}")
        assert re.search(r"\b[Kk]ock\b", shown) and "occupation:" not in shown, view
    sources = words_of(await page(client, f"/desk/cases/{case}/sources"))
    assert COOK_SHOWN in sources


async def test_own_words_are_quoted_at_the_desk(browser: Browser, client: Client, service: Service) -> None:
    await told_in_arabic(browser, job_title=FLORIST)
    await log_in(client, service)
    summary = await page(client, f"/desk/cases/{the_talk(service).case}/summary")
    assert FLORIST in summary


async def test_every_file_that_is_given_out_says_it_in_swedish(
    browser: Browser, client: Client, service: Service
) -> None:
    await told_in_arabic(browser)
    case = the_talk(service).case
    await log_in(client, service)

    async def given(address: str) -> bytes:
        answer = await client.get(f"/desk/cases/{case}/{address}")
        assert answer.status == 200
        return await answer.read()

    word = "\n".join(one.text for one in Document(io.BytesIO(await given("summary.docx"))).paragraphs)
    assert "kock, Syrien" in word and COOK_SHOWN not in word
    assert "kock, Syrien" in (await given("text")).decode()
    if pdf.is_there():
        sheet = "".join(one.extract_text() for one in PdfReader(io.BytesIO(await given("summary.pdf"))).pages)
        assert "kock, Syrien" in " ".join(sheet.split())


async def test_fhir_has_the_code_of_ssyk_and_other_words_as_they_are(
    browser: Browser, client: Client, service: Service
) -> None:
    await told_in_arabic(browser)
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{the_talk(service).case}/fhir")
    asked, said = (one["resource"] for one in (await answer.json(content_type=None))["entry"])
    coding = {"system": "urn:klarbild:ssyk-2012", "code": "5120", "display": "Kock"}
    assert list(found(said, "job_title")) == [{"valueCoding": coding}]
    question = next(one for one in every_item(asked) if one["linkId"] == "job_title")
    assert question["type"] == "open-choice" and {"valueCoding": coding} in question["answerOption"]
    assert len(question["answerOption"]) == len(ssyk())


async def test_fhir_has_own_words_as_text(browser: Browser, client: Client, service: Service) -> None:
    await told_in_arabic(browser, job_title=FLORIST)
    await log_in(client, service)
    answer = await client.get(f"/desk/cases/{the_talk(service).case}/fhir")
    said = (await answer.json(content_type=None))["entry"][1]["resource"]
    language = {"url": "http://hl7.org/fhir/StructureDefinition/language", "valueCode": "ar"}
    (title,) = found(said, "job_title")
    assert title == {"valueString": FLORIST, "_valueString": {"extension": [language]}}


def every_item(resource: Any) -> Any:
    for one in resource.get("item", ()):
        yield one
        yield from every_item(one)


def found(resource: Any, name: str) -> Any:
    for one in every_item(resource):
        if one["linkId"] == name:
            yield from one["answer"]


# -- programs ----------------------------------------------------------------------------------------------------------


async def asked_by_api_about_a_job(client: Client, locale: str) -> Caller:
    caller = await (await Caller(client).begin(locale)).past_the_gate()
    while caller.step.get("item", {}).get("name") != "jobs":
        item = caller.step["item"]["name"]
        if item == "occupation":
            await caller.reply(item, fields={"work_now": ["no"], "worked_before": "yes", "studying_now": "no"})
        else:
            await caller.reply(item, decline="skip")
    return caller


@pytest.mark.parametrize("given", ["svetsare", "occupation:welder"])
async def test_the_api_offers_the_names_and_takes_a_name_or_a_code(
    client: Client, service: Service, given: str
) -> None:
    caller = await asked_by_api_about_a_job(client, "sv")
    (field,) = (one for one in caller.step["item"]["fields"] if one["name"] == "job_title")
    assert len(field["suggestions"]) == len(ssyk()) and field["suggestions"][-1] == "Översättare"
    assert "suggestions" not in caller.step["item"]["fields"][1]
    job = {"job_title": given, "job_country": "SE", "job_from": "1996", "job_extent": "full", "job_end": "ongoing"}
    await caller.reply("jobs", "1", fields=job)
    assert titles(service) == ["occupation:welder"]
    assert any("Vilket jobb är det? Svetsare" in one["text"] for one in caller.turn["said"])
    await caller.post("/changes", item="jobs", of="1")
    assert [one.get("value") for one in caller.step["item"]["fields"] if one["name"] == "job_title"] == ["Svetsare"]


async def test_the_desks_api_tells_it_in_swedish(browser: Browser, client: Client, service: Service) -> None:
    await told_in_arabic(browser)
    token = await give_token(service)
    answer = await client.get(f"/api/v1/cases/{the_talk(service).case}/summary", headers=token)
    assert answer.status == 200
    body = await answer.text()
    assert "Jobb: kock" in body and "occupation:" not in body


async def test_the_terminal_understands_it_too(service: Service) -> None:
    job = Text(name="job", label="Which job?", why="So we know.", max_length=80, choice_list="occupations")
    work = Section(name="work", label="Work", items=(job,))
    service.dialogs = {"trial": Dialog(dialog="trial", title="A trial", version=1, sections=(work,))}
    lines, shown = ["  SVETSARE"], list[str]()
    await Terminal(service, lambda _: lines.pop(0) if lines else None, shown.append).talk("trial", "sv")
    assert the_talk(service).state.facts["job", ""].value == "occupation:welder"
    assert any("Svetsare" in line for line in shown) and not any("occupation" in line for line in shown)
