"""The pages before a conversation."""

from __future__ import annotations

import time

import pytest

from assistant.messages import MESSAGE
from assistant.server.keys import LIMITS
from assistant.server.limits import Guess, Limits
from assistant.service import Service
from assistant.store import codes
from tests.conftest import Client, Clock
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser


@pytest.fixture
async def browser(client: Client) -> Browser:
    return Browser(client)


async def code_of_a_begun_talk(browser: Browser) -> str:
    await browser.begin("sv")
    page = await browser.reply({"protected_identity": "no"})
    code = page.html.partition('<bdi dir="ltr">')[2].partition("</bdi>")[0]
    assert len(code) == 14, page.text
    return code


async def test_the_languages_stand_in_their_own_names_with_the_browsers_first(browser: Browser) -> None:
    page = await browser.open("/", **{"Accept-Language": "en-GB,en;q=0.9,sv;q=0.5"})
    assert [name for href, name in page.links.items() if href in ("/sv", "/en")] == ["English", "Svenska"]
    page = await browser.open("/", **{"Accept-Language": "sv"})
    assert [name for href, name in page.links.items() if href in ("/sv", "/en")] == ["Svenska", "English"]
    assert 'lang="sv" dir="ltr"' in page.html


async def test_a_strange_wish_for_a_language_gives_the_page_all_the_same(browser: Browser) -> None:
    for wish in ("", "*", "xx;q=oops", ";;;", "sv;q=0", "å" * 3000):
        assert (await browser.open("/", **{"Accept-Language": wish})).status == 200


@pytest.mark.parametrize("path", ["/xx", "/sv-fi", "/SV", "/xx/privacy", "/favicon.ico", "/sv/other"])
async def test_only_languages_that_are_offered_have_pages(browser: Browser, path: str) -> None:
    assert (await browser.open(path)).status == 404


async def test_only_the_languages_of_the_settings_are_offered(client: Client, service: Service) -> None:
    browser = Browser(client)
    service.settings = type(service.settings)(languages=("sv",))
    page = await browser.open("/")
    assert "/sv" in page.links and "/en" not in page.links
    assert (await browser.open("/en")).status == 404


@pytest.mark.parametrize("path", ["/sv", "/sv/privacy", "/sv/accessibility", "/sv/continue", "/sv/apply-now", "/en"])
async def test_every_page_of_the_entrance_leads_on_and_to_help(browser: Browser, path: str) -> None:
    page = await browser.open(path)
    assert (page.status, page.lang, page.dir) == (200, path[1:3], "ltr")
    assert {f"{path[:3]}/privacy", f"{path[:3]}/apply-now", f"{path[:3]}/continue"} <= set(page.links)
    assert "Kontaktcenter" in page.text


async def test_beginning_keeps_nothing_on_disk(browser: Browser, service: Service) -> None:
    page = await browser.begin("sv")
    assert page.url == "/chat" and "reply" in page.forms
    assert await service.store.cases() == ()
    assert await service.store.retention.ids() == ((), ())


async def test_a_code_opens_the_talk_where_it_was_on_another_device(client: Client) -> None:
    browser = Browser(client)
    code = await code_of_a_begun_talk(browser)
    await browser.open("/chat")
    await browser.reply({"answering_for": "self", "called_name": "Amal"})
    client.session.cookie_jar.clear()
    await browser.open("/sv/continue")
    page = await browser.send("continue", code=code.lower().replace(" ", "-"))
    assert page.url == "/chat"
    assert page.forms["reply"].data["data-item"] == "urgent_needs"
    assert "Amal" in page.text


async def test_a_wrong_an_old_and_a_mistyped_code_are_answered_alike(browser: Browser, clock: Clock) -> None:
    code = await code_of_a_begun_talk(browser)
    clock.forward(days=60)
    pages = []
    for tried in (code, "0000 0000 0000", "K7M3 9QXT 4RW", "", "<script>" * 20):
        await browser.open("/sv/continue")
        page = await browser.send("continue", code=tried)
        pages.append(page)
        assert page.status == 422
    problems = {page.html.partition('<div id="problem"')[2].partition("</div>")[0] for page in pages}
    assert len(problems) == 1
    assert "<script>" not in pages[-1].html


def code_with(symbol: str) -> str:
    """A well-formed code that begins with this symbol."""
    return next(code for code in iter(codes.new_code, "") if code[0] == symbol)


async def test_ten_wrong_codes_an_hour_are_enough_from_one_neighbourhood_and_then_one_of_each_kind(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, now = Browser(client), [time.monotonic()]
    monkeypatch.setattr(client.app[LIMITS], "_clock", lambda: now[0])

    async def status(code: str) -> int:
        await browser.open("/sv/continue")
        return (await browser.send("continue", code=code)).status

    assert [await status(codes.new_code()) for _ in range(10)] == [422] * 10
    assert [await status(code_with(symbol)) for symbol in "AAB"] == [422, 429, 422]
    assert browser.page.lang == "sv"
    now[0] += 3601
    assert await status(code_with("A")) == 422


async def test_who_mistypes_a_code_has_not_guessed(client: Client) -> None:
    browser, code = Browser(client), codes.new_code()
    wrong = code[:-1] + next(one for one in "AB" if one != code[-1])
    for _ in range(30):
        await browser.open("/sv/continue")
        assert (await browser.send("continue", code=wrong)).status == 422
    assert client.app[LIMITS].take_guess("127.0.0.0/24", code) == Guess("code", "127.0.0.0/24", free=True)


def test_after_its_first_three_a_neighbourhood_shares_sixty_tries_at_once_and_then_one_a_second() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0])

    def tried(address: str) -> bool:
        return limits.take_guess(address, codes.new_code()) is not None

    places = [f"10.0.{n}.0/24" for n in range(21)]
    assert all(tried(place) for place in places for _ in range(3))
    assert [tried(place) for place in places for _ in range(3)] == [True] * 60 + [False] * 3
    assert tried("10.9.9.0/24")
    now[0] += 2
    assert [tried(place) for place in places[-3:]] == [True, True, False]


def test_right_codes_and_an_address_that_may_not_try_take_nothing_from_the_others() -> None:
    limits = Limits(lambda: 0.0)
    for n in range(200):
        guess = limits.take_guess(f"10.0.{n % 3}.0/24", codes.new_code())
        assert guess is not None
        limits.give_guess_back(guess)
    code = code_with("A")
    assert [limits.take_guess("10.9.9.0/24", code) is not None for _ in range(200)] == [True] * 11 + [False] * 189
    assert [limits.take_guess("10.1.1.0/24", code) is not None for _ in range(12)] == [True] * 11 + [False]


async def test_messages_without_a_number_keep_nobody_from_applying_or_going_on(
    client: Client, service: Service
) -> None:
    service.settings = type(service.settings)(behind_tls_proxy=True)
    browser, stranger = Browser(client), {"X-Forwarded-For": "10.9.9.1"}
    code = await code_of_a_begun_talk(browser)
    await browser.open("/chat")
    inside = {name: value for name, value in browser.page.forms["reply"].as_drawn() if name in ("seen", "token")}
    token = {"Authorization": f"Bearer {(await Caller(client).begin()).token}"}
    for _ in range(70):
        answer = await client.post("/sv/apply-now", data={"phone": ""}, headers=stranger)
        assert answer.status == 422
        answer = await client.post("/chat", data=inside | {"do": "urgent", "phone": ""}, headers=stranger)
        assert answer.status == 422
        empty = {"seen": 0, "kind": "apply_now"}
        answer = await client.post("/api/v1/conversation/urgent", json=empty, headers=stranger | token)
        assert answer.status == 422
    for address in ("10.1.1.1", "10.9.9.1"):
        here = {"X-Forwarded-For": address}
        answer = await client.post("/sv/continue", data={"code": code}, headers=here, allow_redirects=False)
        assert answer.status == 303
        assert (await client.post("/sv/apply-now", data={"phone": "070"}, headers=here)).status == 200


async def test_an_address_that_a_stranger_claims_is_not_believed(client: Client) -> None:
    code = code_with("A")
    for n in range(12):
        claim = {"X-Forwarded-For": f"10.9.{n}.1"}
        answer = await client.post("/sv/continue", data={"code": code}, headers=claim)
    assert answer.status == 429


async def test_behind_a_proxy_of_ours_neighbourhoods_are_told_apart(client: Client, service: Service) -> None:
    service.settings, code = type(service.settings)(behind_tls_proxy=True), code_with("A")
    for n in range(12):
        claim = {"X-Forwarded-For": f"1.2.3.4, 10.9.{n}.1"}
        answer = await client.post("/sv/continue", data={"code": code}, headers=claim)
    assert answer.status == 422
    for n in range(12):
        claim = {"X-Forwarded-For": f"1.2.{n}.4, 10.9.0.{n}"}
        answer = await client.post("/sv/continue", data={"code": code}, headers=claim)
    assert answer.status == 429


async def test_applying_now_sends_a_message_with_its_moment(browser: Browser, service: Service) -> None:
    await browser.open("/sv/apply-now")
    page = await browser.send("urgent", name="Amal", phone="070-123 45 67", when="efter tio")
    assert page.status == 200
    assert "2026-03-05 10:00" in page.text and "Kontaktcenter" in page.text
    (case,) = await service.store.cases()
    assert case.urgent
    (conversation,) = await service.store.conversations_of(case.id)
    assert conversation.dialog == MESSAGE


async def test_applying_now_twice_with_one_form_sends_one_message(browser: Browser, service: Service) -> None:
    form = await browser.open("/sv/apply-now")
    await browser.send("urgent", phone="070-123 45 67")
    browser.page = form
    page = await browser.send("urgent", phone="070-123 45 67")
    assert page.status == 200
    assert len(await service.store.cases()) == 1


async def test_applying_now_without_a_number_keeps_what_was_typed(browser: Browser, service: Service) -> None:
    await browser.open("/sv/apply-now")
    page = await browser.send("urgent", name="Amal <b>", phone=" ", when="x" * 121)
    assert page.status == 422
    form = page.forms["urgent"]
    assert form.of("name")[0].value == "Amal <b>"
    assert form.of("when")[0].value == "x" * 121
    assert {"#phone", "#when"} <= set(page.links)
    assert {"e-phone", "e-when"} <= set(page.ids)
    assert await service.store.cases() == ()


async def test_within_a_talk_the_message_belongs_to_its_case(browser: Browser, service: Service) -> None:
    await code_of_a_begun_talk(browser)
    await browser.open("/sv/apply-now")
    page = await browser.send("urgent", phone="070-123 45 67")
    assert page.url == "/chat/sent" and "2026-03-05 10:00" in page.text
    (case,) = await service.store.cases()
    assert {one.dialog for one in await service.store.conversations_of(case.id)} == {"first_visit", MESSAGE}
    assert (await browser.open("/chat")).forms["reply"].data["data-item"] == "you"


async def test_within_a_talk_a_message_without_a_number_is_asked_again(browser: Browser) -> None:
    await code_of_a_begun_talk(browser)
    await browser.open("/sv/apply-now")
    page = await browser.send("urgent", name="Amal", phone="")
    assert page.status == 422 and page.forms["urgent"].of("name")[0].value == "Amal"
    page = await browser.send("urgent", phone="070-123 45 67")
    assert page.url == "/chat/sent"
