"""Forms that are wrong in every way: a right status, words in the person's language, nothing changed, nothing lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.service import Service
from tests.conftest import Client
from tests.web.browser_without_script import Browser, Page
from tests.web.visits import the_talk, until


@pytest.fixture
async def browser(client: Client) -> Browser:
    """A browser in which the first question about the person is asked, in Swedish."""
    browser = Browser(client)
    await browser.begin("sv")
    await browser.reply({"protected_identity": "no"})
    await browser.open("/chat")
    return browser


async def posted(browser: Browser, *, body: bytes | None = None, **changed: Any) -> Page:
    """The reply form posted with its hidden fields as drawn, but for those that are changed (None: left out)."""
    form = browser.page.forms["reply"]
    pairs = {name: value for name, value in form.as_drawn() if name in ("seen", "token", "item", "of")} | changed
    data = urlencode(
        [(name.replace("__", "."), value) for name, value in pairs.items() if value is not None], doseq=True
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post("/chat", data=body or data, headers=headers)
    return await browser._read(answer)


WRONG = [
    ("no answer at all", {}, 422),
    ("a choice that there is not", {"value": "constructor"}, 422),
    ("an injection", {"value": "' or 1=1 --"}, 422),
    ("a date where choices are", {"value__year": "2019"}, 422),
    ("a choice with one that excludes it", {"value": ["food", "nothing_urgent"]}, 422),
    ("a decline of a new kind", {"decline": "never"}, 422),
    ("a question that there is not", {"item": "secret", "value": "x"}, 409),
    ("another question", {"item": "goal", "value": "x"}, 409),
    ("an item of a repeat that there is not", {"of": "99", "value": "food"}, 409),
    ("the whole record", {"item": "__class__", "value": "x"}, 409),
    ("a command that there is not", {"do": "explode"}, 400),
    ("a command twice", {"do": ["reply", "submit"]}, 400),
    ("a language that there is not", {"do": "language", "locale": "xx"}, 400),
    ("sending before the end", {"do": "submit"}, 409),
    ("another job before its time", {"do": "more", "item": "jobs"}, 409),
    ("no more jobs before their time", {"do": "enough", "item": "jobs"}, 409),
    ("taking away what is not there", {"do": "remove", "item": "jobs.1"}, 409),
    ("changing what is not answered", {"do": "change", "item": "goal"}, 409),
    ("opening what is not offered", {"do": "open", "section": "start"}, 409),
    ("finishing too early", {"do": "finish"}, 409),
    ("confirming what is not asked", {"do": "confirm", "still_true": ["you"]}, 409),
    ("a wrong token", {"token": "0" * 43, "value": "food"}, 403),
    ("no token", {"token": None, "value": "food"}, 403),
    ("a token of other signs", {"token": "å\N{SKULL}" * 9, "value": "food"}, 403),
]


@pytest.mark.parametrize(("fields", "status"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
async def test_a_wrong_form_changes_nothing(
    browser: Browser, service: Service, fields: dict[str, Any], status: int
) -> None:
    await until(browser, "urgent_needs")
    before = the_talk(service).state.copy()
    page = await posted(browser, **fields)
    assert (page.status, page.lang) == (status, "sv"), page.text
    assert the_talk(service).state == before
    if status in (409, 422):
        assert page.forms["reply"].data["data-item"] == "urgent_needs"
        assert 'role="alert"' in page.html
    page = await browser.open("/chat")
    assert page.forms["reply"].data["data-item"] == "urgent_needs"


async def test_a_page_without_its_number_is_no_reason_to_lose_an_answer(browser: Browser, service: Service) -> None:
    await until(browser, "urgent_needs")
    for seen in ("", "0", "-1", "999999999999", "1e3", "٣", None):
        page = await posted(browser, seen=seen, value="food")
        assert page.status == 200
        assert the_talk(service).known("urgent_needs") == ("food",)
        browser.page = await browser.press("back")


async def test_an_answer_sent_twice_is_recorded_once(browser: Browser, service: Service) -> None:
    page = await until(browser, "urgent_needs")
    await posted(browser, value="food")
    seq = the_talk(service).state.seq
    browser.page = page
    again = await posted(browser, value="food")
    assert again.status == 200 and again.url == "/chat"
    assert the_talk(service).state.seq == seq


async def test_another_answer_from_an_old_page_is_shown_how_it_is_now(browser: Browser, service: Service) -> None:
    page = await until(browser, "urgent_needs")
    await posted(browser, value="food")
    browser.page = page
    late = await posted(browser, value="power")
    assert late.status == 409
    assert the_talk(service).known("urgent_needs") == ("food",)
    assert late.forms["reply"].data["data-item"] == "urgent_contact"


async def test_words_that_are_too_long_are_kept_to_be_shortened(browser: Browser) -> None:
    long = "مرحبا " * 20
    page = await posted(browser, field__answering_for="self", field__called_name=long)
    assert page.status == 422
    form = page.forms["reply"]
    assert form.of("field.called_name")[0].value == long
    assert [one.value for one in form.of("field.answering_for") if one.checked] == ["self"]
    assert "#f-called_name" in page.links and "e-f-called_name" in page.ids
    assert "60" in page.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% include 'x' %} ${x} {name}",
    "\u202eevil\u202c \u2066 open",
    "a\x00b\x07c\x1b[2J",
    "'; drop table records; --",
    "\N{FAMILY}" * 60,
    "=1+1",
    "a\r\nSet-Cookie: x=y",
    "\ufffe\uffff\ud800",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_name_is_a_name(browser: Browser, service: Service, name: str) -> None:
    given = name.encode("utf-8", "replace").decode()
    page = await posted(browser, field__answering_for="self", field__called_name=given)
    assert page.status == 200, page.text
    assert the_talk(service).known("called_name") == given.replace("\r\n", "\n").strip()
    for seen in (page, await browser.open("/chat/answers")):
        for sign in ("<script>alert", "<img", "\x00", "\x1b", "49 "):
            assert sign not in seen.html
        assert "Set-Cookie" not in str(browser.client.session.cookie_jar)
        assert seen.html.count("\u2066") <= seen.html.count("\u2069")


async def test_a_name_with_signs_that_are_none_is_asked_again_without_them(browser: Browser) -> None:
    name = "A\x00m\x1bal"
    page = await posted(browser, field__called_name=name)
    assert page.status == 422 and page.forms["reply"].of("field.called_name")[0].value == "A\ufffdm\ufffdal"
    await posted(browser, field__answering_for="self", field__called_name=name)
    page = await browser.press("back")
    assert page.forms["reply"].of("field.called_name")[0].value == "A\ufffdm\ufffdal"


async def test_ten_thousand_signs_as_a_name_are_refused_and_the_talk_stands(browser: Browser) -> None:
    page = await posted(browser, field__answering_for="self", field__called_name="\N{GRINNING FACE}" * 10_000)
    assert (page.status, page.lang) == (413, "sv")
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "you"
    page = await posted(browser, field__answering_for="self", field__called_name="x" * 10_000)
    assert page.status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=" + b"x" * 70_000, 413),
        (b"&".join(b"f%d=1" % n for n in range(600)), 400),
        (b"token=\xff\xfe", 400),
        (b"=&=&&&", 403),
        (b"%", 403),
    ],
)
async def test_a_body_that_is_no_form_of_ours_is_refused(browser: Browser, body: bytes, status: int) -> None:
    page = await posted(browser, body=body)
    assert (page.status, page.lang) == (status, "sv")
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "you"


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
async def test_only_plain_forms_are_read(client: Client, kind: str) -> None:
    answer = await client.post("/chat", data=b"do=back", headers={"Content-Type": kind})
    assert answer.status == 415


async def test_without_a_session_a_form_leads_to_the_code(client: Client) -> None:
    answer = await client.post("/chat", data={"do": "back"})
    assert answer.status == 401
    assert "/continue" in await answer.text()
    answer = await client.post("/chat", data={"do": "back"}, headers={"Accept": "application/json"})
    assert (answer.status, answer.content_type) == (401, "application/problem+json")


async def test_a_field_that_no_page_shows_is_refused(browser: Browser) -> None:
    page = await posted(browser, field__answering_for="self", field__case="other")
    assert page.status == 422


async def test_numbers_are_understood_as_people_write_them(browser: Browser, service: Service) -> None:
    for typed, meant in (("2", 2), ("٢", 2), (" 3 ", 3), ("۰", 0)):
        await until(browser, "household")
        page = await posted(browser, field__household_type="alone", field__children_count=typed)
        assert page.status == 200, (typed, page.text)
        assert the_talk(service).known("children_count") == meant
        await browser.press("back")


async def test_a_number_that_is_none_is_kept_as_it_was_typed(browser: Browser) -> None:
    await until(browser, "household")
    for typed in ("många", "1.5.2", "-4", "999", "1e2"):
        page = await posted(browser, field__household_type="alone", field__children_count=typed)
        assert page.status == 422
        assert page.forms["reply"].of("field.children_count")[0].value == typed
        assert "e-f-children_count" in page.ids


async def test_years_are_understood_in_other_digits_and_words(browser: Browser, service: Service) -> None:
    for typed in ("1985", "١٩٨٥", "17 maj 1985"):
        await until(browser, "background")
        fields: dict[str, Any] = {
            "field__residence_basis": "citizen",
            "field__born_in_sweden": "yes",
            "field__birth_year__year": typed,
        }
        page = await posted(browser, **fields)
        assert page.status == 200, (typed, page.text)
        assert the_talk(service).known("birth_year") == "1985"
        await browser.press("back")


async def test_typed_words_can_stand_for_a_choice(browser: Browser, service: Service) -> None:
    await until(browser, "urgent_needs")
    page = await posted(browser, text="något helt annat som ingen förstår")
    assert page.status == 422
    page = await posted(browser, text="Inget är akut")
    assert page.status == 200
    assert the_talk(service).known("urgent_needs") == ("nothing_urgent",)


async def test_a_field_that_is_declined_counts_as_declined(browser: Browser, service: Service) -> None:
    await until(browser, "background")
    fields: dict[str, Any] = {"field__birth_year__year": "1985", "field__born_in_sweden": "yes"}
    page = await posted(browser, **fields, decline__residence_basis="unknown")
    assert page.status == 200
    assert the_talk(service).path.declined["residence_basis"] == "unknown"


async def test_an_answer_that_could_not_be_saved_is_kept_on_the_page(browser: Browser, service: Service) -> None:
    await service.store.close()
    page = await posted(browser, field__answering_for="self", field__called_name="Amal")
    assert (page.status, page.lang) == (503, "sv")
    assert page.forms["reply"].of("field.called_name")[0].value == "Amal"
    assert the_talk(service).state.seq == 1
