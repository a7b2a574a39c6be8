"""The whole first visit through the pages, without any script."""

from __future__ import annotations

import re

import pytest

from assistant.core.record import Submitted, decode
from assistant.languages import LANGUAGES
from assistant.service import Service
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON, until


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


async def events(service: Service) -> list[object]:
    """Everything that is on record of the one talk there is."""
    (case,) = await service.store.cases()
    (row,) = await service.store.conversations_of(case.id)
    key = service.keys.unwrap(row.wrapped_key, subject=row.id)
    return [decode(key.open(row.id, one.seq, one.body)).event for one in await service.store.read(row.id)]


async def test_the_whole_first_visit_can_be_told_without_script(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await browser.walk(PERSON)
    (case,) = await service.store.cases(status=["sent"])
    assert case.reference in page.text
    last = (await events(service))[-1]
    assert isinstance(last, Submitted)
    assert {"called_name", "school_years", "work_now"} <= {line.item for line in last.lines}


async def test_everything_can_be_declined_and_sent(browser: Browser, service: Service) -> None:
    await browser.begin("en")
    while not browser.is_done():
        form = browser.page.forms.get("reply")
        declines = form.buttons("decline") if form else []
        page = await (browser.press("reply", declines[-1].value) if declines else browser.step(PERSON))
        assert page.status == 200, page.text
    assert len(await service.store.cases(status=["sent"])) == 1


async def test_with_every_optional_section_open_the_talk_ends_as_well(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON | {"open": "yes", "urgent_needs": ["food"], "work_ability": "not_now"})
    (case,) = await service.store.cases(status=["sent"])
    assert case.urgent


async def test_the_talk_goes_on_in_another_language_at_the_same_question(browser: Browser) -> None:
    await browser.begin("sv")
    await until(browser, "urgent_needs")
    before = browser.page.heading
    await browser.open("/chat/language")
    page = await browser.press("language", "en")
    assert (page.lang, page.forms["reply"].data["data-item"]) == ("en", "urgent_needs")
    assert page.heading != before and "Amal" in page.text
    page = await browser.open("/chat/language")
    assert (page.lang, "/chat#q" in page.links) == ("en", True)
    assert {one.value for one in page.forms["language"].buttons()} == {*LANGUAGES} - {"en"}
    assert (await browser.press("language", "sv")).heading == before


@pytest.mark.parametrize("tag", LANGUAGES)
async def test_an_answer_follows_the_question_mark_of_its_language_and_nothing_else(browser: Browser, tag: str) -> None:
    await browser.begin(tag)
    await until(browser, "urgent_needs")
    assert "Amal" in browser.page.text
    assert re.findall(r".{20}[?؟፧.۔።፦፡!]:", browser.page.text) == []


async def test_where_no_conversation_is_there_is_no_language_to_go_on_in(client: Client) -> None:
    answer = await client.get("/chat/language", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_finishing_early_goes_to_the_overview_and_back_to_the_questions(browser: Browser) -> None:
    await browser.begin("sv")
    while "finish" not in browser.page.forms:
        await browser.step(PERSON)
    asked = browser.page.forms["reply"].data["data-item"]
    page = await browser.press("finish")
    assert {"submit", "go_on", "change"} <= set(page.forms)
    page = await browser.press("go_on")
    assert page.forms["reply"].data["data-item"] == asked


async def test_an_answer_is_changed_from_the_overview_and_the_overview_comes_back(browser: Browser) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON, until="submit")
    page = await browser.press("change", "you")
    form = page.forms["reply"]
    assert form.of("field.called_name")[0].value == "Amal"
    assert [one.value for one in form.of("field.answering_for") if one.checked] == ["self"]
    page = await browser.reply({"called_name": "Amal B"})
    assert "submit" in page.forms and "Amal B" in page.text


async def test_another_job_is_added_and_taken_away_from_the_overview(browser: Browser) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON, until="submit")
    page = await browser.press("more", "jobs")
    assert page.forms["reply"].data["data-item"] == "jobs"
    page = await browser.reply({"job_role": "Kock"})
    assert {"jobs.1", "jobs.2"} <= {one.value for one in page.forms["remove"].buttons()}
    await browser.press("remove", "jobs.2")
    page = await browser.press("enough")
    assert [one.value for one in page.forms["remove"].buttons()] == ["jobs.1"]
    page = await browser.press("remove", "jobs.1")
    assert page.forms["reply"].data["data-item"] == "jobs"
    page = await browser.press("reply", "skip")
    assert page.status == 200 and "submit" in page.forms


async def test_a_section_that_was_passed_over_is_opened_from_the_overview(browser: Browser) -> None:
    await browser.begin("sv")
    page = await browser.walk(PERSON, until="submit")
    section = page.forms["open"].buttons("section")[0].value
    page = await browser.press("open", section)
    assert "reply" in page.forms


async def test_back_asks_the_question_before_again_with_its_answer(browser: Browser) -> None:
    await browser.begin("sv")
    await until(browser, "urgent_needs")
    page = await browser.press("back")
    assert page.forms["reply"].data["data-item"] == "you"
    assert page.forms["reply"].of("field.called_name")[0].value == "Amal"


async def test_a_secret_address_ends_the_talk_and_leaves_nothing(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await browser.reply({"protected_identity": "yes"})
    assert page.status == 200 and "112" in page.text
    assert "leave" in page.forms and "reply" not in page.forms
    assert await service.store.cases() == ()
    await browser.send("leave")
    assert not list(browser.client.session.cookie_jar)
    assert (await browser.open("/chat")).url == "/"


async def test_who_does_not_want_to_say_is_never_asked_where_to_find_them(browser: Browser) -> None:
    await browser.begin("sv")
    gate = {"protected_identity": "skip", "protected_next": "go_on"}
    asked = set()
    while "submit" not in browser.page.forms:
        if "reply" in browser.page.forms:
            asked.add(browser.page.forms["reply"].data["data-item"])
        page = await browser.step(PERSON | gate | {"urgent_needs": ["food"]})
        assert page.status == 200
    assert not asked & {"urgent_contact", "contact", "contact_safe"}


async def test_who_does_not_want_to_say_meets_the_first_question_like_everybody_else(browser: Browser) -> None:
    await browser.begin("sv")
    await browser.reply({"protected_identity": "skip"})
    await browser.reply({"protected_next": "go_on"})
    page = await browser.open("/chat")
    assert page.forms["reply"].data["data-item"] == "you"
    assert "Fråga 1 " in page.text and "back" not in page.forms and 'class="me"' not in page.html
    page = await until(browser, "background")
    while page.forms["reply"].data["data-item"] != "you":
        page = await browser.press("back")
        assert page.forms["reply"].data["data-item"] in ("you", "urgent_needs")


@pytest.mark.parametrize("locale", ["sv", "en"])
@pytest.mark.parametrize("kind", ["unknown", "skip", "in_person"])
async def test_a_decline_is_said_in_the_words_of_its_button(browser: Browser, locale: str, kind: str) -> None:
    await browser.begin(locale)
    page = await until(browser, "urgent_needs")
    words = re.search(rf'name="decline" value="{kind}"[^>]*>([^<]+)<', page.html)
    assert words
    page = await browser.press("reply", kind)
    mine = re.search(r'<p class="me"[^>]*>(.*?)</p>', page.html)
    assert mine and mine[1].endswith(f"</span>{words[1]}")


async def test_what_is_left_blank_is_not_said_but_stands_in_the_overview(browser: Browser) -> None:
    await browser.begin("sv")
    await until(browser, "you")
    page = await browser.reply(PERSON | {"called_name": ""})
    (said,) = re.findall(r'<p class="me"[^>]*>(.*?)</p>', page.html)
    assert "Jag svarar själv" in said and "namn" not in said and "–" not in said
    page = await browser.open("/chat/answers")
    assert "<dt>Vilket namn vill du att vi använder?</dt><dd>–</dd>" in page.html


async def test_somebody_under_18_is_told_whom_to_call_and_can_mend_the_year(browser: Browser) -> None:
    await browser.begin("sv")
    await until(browser, "background")
    page = await browser.reply(PERSON | {"birth_year": {"year": "2012"}, "born_in_sweden": "yes"})
    assert "18" in page.text and "reply" not in page.forms
    page = await browser.press("back")
    assert page.forms["reply"].of("field.birth_year.year")[0].value == "2012"


async def test_private_answers_are_never_shown_again(browser: Browser) -> None:
    await browser.begin("sv")
    pages = []
    while "submit" not in browser.page.forms:
        pages.append(await browser.step(PERSON | {"contact_safe": "care", "contact_way": ["call"]}))
    pages += [browser.page, await browser.open("/chat/answers")]
    shown = "Nej, var försiktiga"
    offered = [page for page in pages if shown in page.text]
    assert all(page.forms["reply"].data["data-item"] == "contact_safe" for page in offered)
    assert "Besvarat, visas inte här" in pages[-1].text
    page = await browser.press("change", "contact_safe")
    assert not [one for one in page.forms["reply"].of("value") if one.checked]


async def test_the_code_is_shown_once_the_talk_is_kept_and_can_be_made_anew(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await browser.reply({"protected_identity": "no"})
    assert page.url == "/chat/code"
    assert '<bdi dir="ltr">' in page.html
    service._cache.clear()
    page = await browser.open("/chat/code")
    assert '<p class="code">' not in page.html
    page = await browser.press("new_code")
    assert page.url == "/chat/code" and '<p class="code">' in page.html


async def test_everything_unsent_can_be_erased(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    while "finish" not in browser.page.forms:
        await browser.step(PERSON)
    await browser.open("/chat/answers")
    page = await browser.press("erase")
    assert page.status == 200
    assert await service.store.cases() == ()
    assert (await browser.open("/chat")).url == "/"


async def test_what_is_sent_cannot_be_erased_here(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    await browser.walk(PERSON, until="submit")
    await browser.open("/chat/answers")
    answers = browser.page
    await browser.open("/chat")
    await browser.press("submit")
    browser.page = answers
    assert (await browser.press("erase")).status == 409
    assert len(await service.store.cases(status=["sent"])) == 1


async def test_leaving_ends_the_session_here_and_keeps_what_was_said(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    while "finish" not in browser.page.forms:
        await browser.step(PERSON)
    page = await browser.press("leave")
    assert page.url == "/left"
    assert "Klarbild" not in page.html and "Kommunen" not in page.html
    assert (await browser.open("/chat")).url == "/"
    assert len(await service.store.cases()) == 1


async def test_an_hour_of_silence_ends_the_session(browser: Browser, clock: Clock) -> None:
    await browser.begin("sv")
    await browser.reply({"protected_identity": "no"})
    page = await browser.open("/chat")
    clock.forward(minutes=61)
    page = await browser.reply(PERSON)
    assert page.status == 401 and "/sv/continue" in page.links


async def test_titles_and_addresses_never_tell_a_question_or_an_answer(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    addresses = set()
    while not browser.is_done():
        await browser.step(PERSON)
        addresses.add(browser.page.url)
    assert addresses <= {"/chat", "/chat/code"}
    say = service.words("sv").gettext
    neutral = {say(name) for name in ("Start", "Information", "Overview", "Next part")} | {"Klarbild"}
    numbered = {say("Question {number}", number=number) for number in range(1, 60)}
    assert {title.removesuffix(" · Klarbild") for title in browser.visited} <= neutral | numbered
