"""What was understood of typed words is shown before it counts: without script, in the fields of the same page."""

from __future__ import annotations

import pytest

from assistant.languages import LANGUAGES
from assistant.server.keys import SERVICE
from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON, the_talk, until

BACKGROUND = {"residence_basis": "permanent", "born_in_sweden": "no"}


async def asked(client: Client, locale: str = "sv") -> Browser:
    """A browser in which the year of birth and the year of moving here are asked."""
    browser = Browser(client)
    await browser.begin(locale)
    await until(browser, "background")
    return browser


async def type_years(browser: Browser, born: str, since: str) -> None:
    """Type both years, and choose the rest."""
    await browser.post(
        "reply",
        {f"field.{name}": value for name, value in BACKGROUND.items()}
        | {"field.birth_year.year": born, "field.sweden_since.year": since},
    )


async def test_a_year_that_was_worked_out_is_asked_back_and_counts_when_the_person_goes_on(
    client: Client, service: Service
) -> None:
    browser = await asked(client)
    await type_years(browser, "1985", "för tre år sedan")
    year = str(service.today().year - 3)
    assert f"Vi förstod: {year}. Stämmer det?" in browser.page.text
    assert browser.page.status == 200
    assert not the_talk(service).known("birth_year")
    form = browser.page.forms["reply"]
    assert [one.value for one in form.of("field.sweden_since.year")] == [year]
    assert [one.value for one in form.of("field.birth_year.year")] == ["1985"]
    await browser.post("reply", {})
    assert the_talk(service).state.facts["sweden_since", ""].value == year


async def test_figures_are_taken_as_they_stand(client: Client, service: Service) -> None:
    browser = await asked(client)
    await type_years(browser, "١٩٨٥", "2021")
    assert the_talk(service).state.facts["birth_year", ""].value == "1985"


async def test_what_can_be_two_years_is_chosen_by_a_button(client: Client, service: Service) -> None:
    browser = await asked(client, "fa")
    await type_years(browser, "1985", "سال ۱۳۹۴")
    buttons = browser.page.forms["reply"].buttons("pick")
    assert [one.value for one in buttons] == ["field.sweden_since=2015", "field.sweden_since=2016"]
    assert not the_talk(service).known("birth_year")
    await browser.post("reply", {}, buttons[1])
    assert the_talk(service).state.facts["sweden_since", ""].value == "2016"


@pytest.mark.parametrize("pick", ["field.sweden_since=2016'--", "field.nothing=2016", "token=2016", "=", "field.x.y=z"])
async def test_a_button_of_ones_own_making_changes_nothing(client: Client, service: Service, pick: str) -> None:
    browser = await asked(client)
    fields = {f"field.{name}": value for name, value in BACKGROUND.items()} | {"pick": pick}
    await browser.post("reply", fields | {"field.birth_year.year": "1985", "field.sweden_since.year": "2021"})
    assert the_talk(service).state.facts["sweden_since", ""].value == "2021"


async def test_what_was_not_understood_is_asked_again_with_an_example(client: Client, service: Service) -> None:
    browser = await asked(client)
    await type_years(browser, "1985", "när fåglarna kom")
    assert browser.page.status == 422
    assert "Skriv året med fyra siffror, till exempel 2019." in browser.page.text
    assert [one.value for one in browser.page.forms["reply"].of("field.sweden_since.year")] == ["när fåglarna kom"]


async def until_jobs(browser: Browser) -> None:
    """Answer until a job is asked about: no work now, but before."""
    while browser.page.forms.get("reply") is None or browser.page.forms["reply"].data["data-item"] != "jobs":
        await browser.step({**PERSON, "work_now": ["no"], "worked_before": "yes"})


async def test_a_sentence_fills_the_fields_that_it_answers(client: Client, service: Service) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until_jobs(browser)
    await browser.post("reply", {"say": "kock i Syrien 2009–2014"})
    assert "Det här hittade vi i det du skrev. Se efter att det stämmer." in browser.page.text
    form = browser.page.forms["reply"]
    filled = {name: [one.value for one in form.of(name) if one.value] for name in ("field.job_title", "say")}
    assert filled == {"field.job_title": ["kock"], "say": []}
    assert [one.value for one in form.of("field.job_from.year")] == ["2009"]
    assert [one.value for one in form.of("field.job_to.year")] == ["2014"]
    assert not the_talk(service).known("job_title")
    await browser.post("reply", {"field.job_extent": "full", "field.job_end": "moved"})
    facts = the_talk(service).state.facts
    of = the_talk(service).state.lists["jobs"][0]
    told = {name: facts[name, of].value for name in ("job_title", "job_country", "job_from", "job_to")}
    assert told == {"job_title": "occupation:cook", "job_country": "SY", "job_from": "2009", "job_to": "2014"}


async def test_a_sentence_that_means_nothing_here_is_shown_again_and_stops_nobody(client: Client) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    await until_jobs(browser)
    await browser.post("reply", {"say": "det var en gång <b>"})
    assert "Vi förstod inte det här." in browser.page.text
    assert "det var en gång <b>" in browser.page.text
    assert [one.value for one in browser.page.forms["reply"].of("say")] == [""]


@pytest.mark.parametrize("tag", list(LANGUAGES))
async def test_the_example_of_a_sentence_is_understood_in_every_language(
    client: Client, service: Service, tag: str
) -> None:
    browser = Browser(client)
    await browser.begin(tag)
    await until_jobs(browser)
    words = client.app[SERVICE].words(tag)
    example = words.dialog("jobs.example", "cook in Aleppo 2009 to 2014")
    assert example in browser.page.text
    await browser.post("reply", {"say": example})
    form = browser.page.forms["reply"]
    assert [one.value for one in form.of("field.job_from.year")] == ["2009"], browser.page.text
    assert [one.value for one in form.of("field.job_to.year")] == ["2014"]


async def test_a_program_that_draws_the_screen_itself_gets_the_example_too(client: Client) -> None:
    browser = Browser(client)
    await browser.begin("en")
    await until_jobs(browser)
    response = await client.get("/chat", headers={"Accept": "application/json"})
    assert (await response.json())["step"]["item"]["example"] == "cook in Aleppo 2009 to 2014"


async def test_what_can_be_two_numbers_is_chosen_by_a_button(client: Client, service: Service) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    while "field.work_hours" not in (
        names := browser.page.forms["reply"].names() if "reply" in browser.page.forms else []
    ):
        await browser.step(PERSON)
    assert names
    await browser.post(
        "reply", {"field.work_now": ["part"], "field.studying_now": "no", "field.work_hours": "20 eller 25"}
    )
    buttons = browser.page.forms["reply"].buttons("pick")
    assert [one.value for one in buttons] == ["field.work_hours=20", "field.work_hours=25"]
    await browser.post("reply", {}, buttons[1])
    assert the_talk(service).state.facts["work_hours", ""].value == 25
