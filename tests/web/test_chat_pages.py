"""What a page of the conversation holds, for eyes, ears, fingers and programs."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from assistant.core.record import Fact
from assistant.server.pages import FRAGMENT
from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import PERSON, the_talk, until


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


class Outline(HTMLParser):
    """What a screen reader has to go by: names of fields, headings, and what describes what."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.stack: list[str] = []
        self.unnamed: list[str] = []
        self.feed(html)
        targets = {at["for"] for tag, at in self.tags if tag == "label" and "for" in at}
        self.unnamed = [one for one in self.unnamed if one not in targets]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self.tags.append((tag, at))
        if tag in ("input", "select", "textarea") and at.get("type") != "hidden" and "label" not in self.stack:
            self.unnamed.append(at.get("id", "?"))
        if tag not in ("input", "br", "meta", "link", "img"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.stack.pop()


def check(page: Page) -> None:
    outline = Outline(page.html)
    ids = Counter(page.ids)
    assert not [one for one, times in ids.items() if times > 1], page.url
    assert sum(tag == "h1" for tag, _ in outline.tags) == 1, page.text
    assert not outline.unnamed, page.heading
    for _, at in outline.tags:
        for one in at.get("aria-describedby", "").split():
            assert one in ids, (one, page.heading)
        if at.get("href", "").startswith("#"):
            assert at["href"][1:] in ids, at["href"]
        if "form" in at:
            # The buttons of a question are hidden, not gone, where nothing is asked.
            assert at["form"] in {*ids, "reply"}
        assert "style" not in at and not [name for name in at if name.startswith("on")]
    assert page.lang and page.dir and page.title


async def test_every_page_of_a_visit_is_sound_and_named(browser: Browser, service: Service) -> None:
    say = service.words("sv").gettext
    check(await browser.open("/"))
    await browser.begin("sv")
    check(browser.page)
    while not browser.is_done():
        if "reply" in browser.page.forms:
            here = browser.page
            wrong = await browser.post("reply", {name: [] for name in here.forms["reply"].names()})
            check(wrong)
            if wrong.status == 422:
                assert "autofocus" in wrong.html and wrong.title.startswith(say("Error:"))
            browser.page = here if wrong.status == 422 else wrong
        await browser.step(PERSON | {"open": "yes", "urgent_needs": ["food"]})
        check(browser.page)
    for path in ("/chat/answers", "/chat/code", "/sv/apply-now", "/sv", "/nowhere", "/left"):
        check(await browser.open(path))


async def test_the_question_is_the_heading_and_the_place_to_begin(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await until(browser, "urgent_needs")
    assert '<h1 id="q" tabindex="-1">' in page.html
    assert page.heading == "Behöver du hjälp med något redan före besöket?"
    answer = await browser.client.post(
        "/chat", data=[*page.forms["reply"].as_drawn(), ("value", "food")], allow_redirects=False
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/chat#q")


async def test_only_the_last_exchange_stands_on_the_page(browser: Browser) -> None:
    await browser.begin("sv")
    page = await until(browser, "background")
    assert page.html.count('class="me"') == 1
    assert "Amal" not in page.text
    # A sensitive answer is named and not repeated: without a script the page stands behind the Back button.
    assert "Besvarat, visas inte här" in page.text and "Inget är akut" not in page.text
    assert "/chat/answers" in page.links
    assert "Amal" in (await browser.open("/chat/answers")).text


async def test_the_last_choice_of_a_page_is_how_to_pass_it_over(browser: Browser) -> None:
    await browser.begin("sv")
    page = await until(browser, "urgent_needs")
    buttons = page.forms["reply"].buttons()
    assert buttons[0].name == ""
    assert [(one.name, one.value) for one in buttons[1:]] == [
        ("decline", "unknown"),
        ("decline", "skip"),
        ("decline", "in_person"),
    ]


async def test_fields_that_may_not_apply_say_so(browser: Browser) -> None:
    await browser.begin("sv")
    page = await until(browser, "background")
    fields = page.html.split('<div class="field')[1:]
    dependent = [one for one in fields if "sweden_since" in one]
    assert len(dependent) == 1 and "<small>" in dependent[0]
    assert not [one for one in fields if "birth_year" in one and "<small>" in one]


async def test_a_script_gets_the_new_turn_alone(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    page = await until(browser, "urgent_needs")
    form = [*page.forms["reply"].as_drawn(), ("value", "nothing_urgent")]
    answer = await browser.client.post("/chat", data=form, headers={"Accept": FRAGMENT})
    text = await answer.text()
    assert (answer.status, answer.content_type) == (200, FRAGMENT)
    assert text.startswith('<div id="turn" lang="sv" dir="ltr" data-seen="')
    assert 'data-item="background"' in text and "<html" not in text and "<style" not in text
    assert "Inget är akut" in text
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type not in ("text/html", "application/xhtml+xml", "image/svg+xml")  # a browser runs those
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    assert headers + int(answer.headers["Content-Length"]) < 2000
    late = await browser.client.post("/chat", data=[*form[:-1], ("value", "food")], headers={"Accept": FRAGMENT})
    assert (late.status, late.content_type) == (409, FRAGMENT)


async def test_a_script_that_begins_a_case_gets_the_code(browser: Browser) -> None:
    page = await browser.begin("sv")
    form = [*page.forms["reply"].as_drawn(), ("value", "no")]
    answer = await browser.client.post("/chat", data=form, headers={"Accept": FRAGMENT})
    text = await answer.text()
    assert answer.status == 200 and re.search(r'<bdi dir="ltr">[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}</bdi>', text)


async def test_a_program_gets_the_turn_as_json(browser: Browser) -> None:
    await browser.begin("sv")
    page = await until(browser, "urgent_needs")
    drawn = page.forms["reply"].as_drawn()
    headers = {"Accept": "application/json"}
    answer = await browser.client.post("/chat", data=[*drawn, ("value", "no such")], headers=headers)
    turn = await answer.json()
    assert answer.status == 422 and turn["problem"]["code"] == "no_such_choice"
    answer = await browser.client.post("/chat", data=[*drawn, ("value", "nothing_urgent")], headers=headers)
    turn = await answer.json()
    assert answer.status == 200 and turn["step"]["item"]["name"] == "background"
    assert [one["who"] for one in turn["said"]] == ["assistant", "applicant"]
    assert (await (await browser.client.get("/chat", headers=headers)).json())["seq"] == turn["seq"]


async def test_somebody_without_a_talk_is_sent_to_the_beginning(browser: Browser) -> None:
    for path in ("/chat", "/chat/answers", "/chat/code", "/chat/sent"):
        assert (await browser.open(path)).url == "/"


async def test_a_forged_session_is_no_session(client: Client) -> None:
    for token in ("x", "x" * 500, "å", "../../etc/passwd"):
        answer = await client.get("/chat", headers={"Cookie": f"klarbild={token}"}, allow_redirects=False)
        assert answer.status == 401 and 'id="reply"' not in await answer.text()
    answer = await client.get("/chat", headers={"Cookie": "klarbild="}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_what_is_known_from_before_can_be_confirmed_or_asked_again(browser: Browser, service: Service) -> None:
    await browser.begin("sv")
    await until(browser, "urgent_needs")
    talk = the_talk(service)
    said: dict[tuple[str, str], str | bool] = {
        ("you", ""): True,
        ("answering_for", ""): "self",
        ("called_name", ""): "Amal",
    }
    talk.state.facts = {
        key: Fact(
            value=value, at="2026-03-01T10:00:00Z", conversation="before", dialog="first_visit", locale="sv", seq=9
        )
        for key, value in said.items()
    }
    talk.state.latest = None
    talk.refresh(service.today())
    page = await browser.open("/chat")
    check(page)
    assert "confirm" in page.forms and "Amal" in page.text
    assert [(one.value, one.checked) for one in page.forms["confirm"].of("still_true")] == [("you", True)]
    page = await browser.post("confirm", {"still_true": []})
    assert page.forms["reply"].data["data-item"] == "you"
    assert page.forms["reply"].of("field.called_name")[0].value == "Amal"
