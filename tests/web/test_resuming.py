"""The page that grew too old: whose words come along with the code, and what becomes of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pytest

from assistant.server.keys import SESSIONS
from assistant.server.pages import FRAGMENT
from assistant.service import Service
from assistant.store import StoreError, codes
from tests.conftest import Client, Clock
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import PERSON, the_talk, until

NAME = "field.called_name"
WHO = "field.answering_for"


@pytest.fixture
async def browser(client: Client) -> Browser:
    """A browser that has been asked who is there; the case is made."""
    browser = Browser(client)
    await browser.begin("sv")
    await until(browser, "you")
    return browser


def code_of(service: Service) -> str:
    return codes.format_code(the_talk(service).code)


async def too_late(
    browser: Browser, clock: Clock, fields: Mapping[str, str], extra: Sequence[tuple[str, str]] = ()
) -> Page:
    """The form of this page, sent when its session is over."""
    clock.forward(minutes=61)
    form = browser.page.forms["reply"]
    pairs = [pair for pair in form.as_drawn() if pair[0] not in fields]
    body = urlencode([*pairs, *fields.items(), *extra]).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post("/chat", data=body, headers=headers)
    assert answer.status == 401
    browser.page = Page(answer.status, "", await answer.text())
    return browser.page


async def test_words_come_along_with_the_code(browser: Browser, service: Service, clock: Clock) -> None:
    await too_late(browser, clock, {NAME: "Amal", WHO: "self"})
    page = await browser.send("continue", code=code_of(service))
    assert (page.status, page.forms["reply"].data["data-item"]) == (200, "urgent_needs")
    assert the_talk(service).known("called_name") == "Amal"


async def test_an_answer_with_a_mistake_stands_on_the_page_of_its_question_and_can_be_mended(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await too_late(browser, clock, {NAME: "Amal"})
    page = await browser.send("continue", code=code_of(service))
    assert page.status == 422 and "problem" in page.ids
    assert (NAME, "Amal") in page.forms["reply"].as_drawn()
    form = page.forms["reply"]
    page = await browser.post("reply", {WHO: "self"}, form.buttons()[0])
    assert page.status == 200 and page.forms["reply"].data["data-item"] == "urgent_needs"
    assert the_talk(service).known("called_name") == "Amal"


async def test_the_page_of_such_an_answer_is_like_every_other_page_of_the_talk(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await too_late(browser, clock, {NAME: "Amal"})
    page = await browser.send("continue", code=code_of(service))
    frame = page.html.partition("<main")[0].partition("</title>")[2]
    assert 'href="/chat/language"' in frame
    page = await browser.open("/chat")
    assert page.html.partition("<main")[0].partition("</title>")[2] == frame


async def test_who_answered_meanwhile_on_another_device_is_told_so(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await too_late(browser, clock, {NAME: "Amal", WHO: "self"})
    late, code = browser.page, code_of(service)
    page = await browser.send("continue", code=code)
    await browser.press("change")
    await browser.reply({"called_name": "Amira", "answering_for": "self"})
    browser.page = late
    page = await browser.send("continue", code=code)
    assert page.status == 409 and "problem" in page.ids
    assert the_talk(service).known("called_name") == "Amira"
    assert (await browser.reply(PERSON)).status == 200


async def test_words_that_cannot_be_saved_now_stay_on_the_page(
    browser: Browser, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await too_late(browser, clock, {NAME: "Amal", WHO: "self"})

    async def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken, caplog.at_level(logging.DEBUG):
        broken.setattr(service.store, "append", fail)
        page = await browser.send("continue", code=code_of(service))
    assert page.status == 503 and (NAME, "Amal") in page.forms["reply"].as_drawn()
    assert "Amal" not in caplog.text
    assert (await browser.reply({"called_name": "Amal", "answering_for": "self"})).status == 200


async def test_a_script_that_asks_first_takes_nothing_away(browser: Browser, clock: Clock) -> None:
    form = browser.page.forms["reply"].as_drawn()
    clock.forward(minutes=61)
    for accept in (FRAGMENT, "text/html", "text/html"):
        answer = await browser.client.post("/chat", data=[*form, (NAME, "Amal")], headers={"Accept": accept})
        assert "Amal" in await answer.text()


async def test_of_the_gate_nothing_comes_along(client: Client, clock: Clock) -> None:
    browser = Browser(client)
    await browser.begin("sv")
    page = await too_late(browser, clock, {"value": "yes"})
    assert "value=yes" not in page.html and 'name="unsent"' not in page.html


async def test_the_page_that_is_too_old_speaks_the_language_of_the_talk(client: Client, clock: Clock) -> None:
    browser = Browser(client)
    await browser.begin("ar")
    await until(browser, "you")
    clock.forward(minutes=61)
    page = await browser.open("/chat", **{"Accept-Language": "sv"})
    assert (page.status, page.lang, page.dir) == (401, "ar", "rtl")
    assert page.forms["continue"].action == "/ar/continue"


INSIDE = [
    [("do", "submit")],
    [("do", "erase")],
    [("do", "nonsense")],
    [("do", "urgent"), ("phone", "070")],
    [("do", "finish")],
    [("seen", "9"), ("seen", "9")],
    [("unsent", "item=you&value=x"), ("seal", "x")],
]


@pytest.mark.parametrize("extra", INSIDE, ids=str)
async def test_nothing_but_an_answer_comes_along(
    browser: Browser, service: Service, clock: Clock, extra: list[tuple[str, str]]
) -> None:
    await too_late(browser, clock, {NAME: "Amal", WHO: "self"}, extra)
    page = await browser.send("continue", code=code_of(service))
    talk = the_talk(service)
    assert page.status in (200, 409) and page.forms["reply"].data["data-item"] in ("you", "urgent_needs")
    assert not talk.state.submitted_at and not talk.state.finished and not talk.state.messages


async def test_what_is_too_long_to_come_along_does_not_keep_anybody_out(
    browser: Browser, service: Service, clock: Clock
) -> None:
    page = await too_late(browser, clock, {NAME: "ا" * 7000, WHO: "self"})
    assert 'name="unsent"' not in page.html
    page = await browser.send("continue", code=code_of(service))
    assert (page.status, page.url) == (200, "/chat")


async def test_words_do_not_come_along_when_everything_was_erased(
    browser: Browser, service: Service, clock: Clock
) -> None:
    await too_late(browser, clock, {NAME: "Amal", WHO: "self"})
    late, code = browser.page, code_of(service)
    await browser.send("continue", code=code)
    await browser.open("/chat/answers")
    await browser.press("erase")
    browser.page = late
    page = await browser.send("continue", code=code)
    assert page.status == 422 and not await service.store.cases()


async def test_not_more_sessions_are_remembered_than_there_is_room_for(
    client: Client, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.server.sessions._RUN_OUT", 3)
    sessions = client.app[SESSIONS]
    tokens = [await sessions.begin("applicant", f"{n:032x}") for n in range(5)]
    clock.forward(minutes=61)
    assert [await sessions.subject("applicant", token) for token in tokens] == [None] * 5
    assert [bool(sessions.run_out(token)) for token in tokens] == [False, False, True, True, True]


async def test_an_older_tab_answers_after_the_code_was_entered_in_another(
    browser: Browser, service: Service, clock: Clock
) -> None:
    tab, code = browser.page, code_of(service)
    clock.forward(minutes=61)
    await browser.open("/sv/continue")
    await browser.send("continue", code=code)
    browser.page = tab
    page = await browser.reply({"called_name": "Amal", "answering_for": "self"})
    assert page.status == 200 and the_talk(service).known("called_name") == "Amal"


async def test_a_page_of_another_conversation_answers_nothing(browser: Browser, service: Service) -> None:
    tab = browser.page
    await browser.begin("sv")
    await until(browser, "you")
    browser.page = tab
    page = await browser.reply({"called_name": "Amal", "answering_for": "self"})
    assert page.status == 403
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "you"
