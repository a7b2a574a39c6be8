"""People whose address is secret: told to call before they write anything, and never asked where they live."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import pytest

from assistant.core.commands import Reply
from assistant.core.dialog import Dialog, Question, Text, places
from assistant.core.identifying import identifies
from assistant.player import play
from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client
from tests.security.test_no_oracle import invitation
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser
from tests.web.desk_cases import SELAM
from tests.web.desk_visits import give_token, page, words_of
from tests.web.office_visits import ANNA, browsers, give, hire_all, sent
from tests.web.visits import PERSON, until

MakeClient = Callable[[Any], Awaitable[Client]]

CALL = {
    "sv": ("Är din adress hemlig? Svara då inte här. Ring oss i stället.", "Skriv då inte var du bor."),
    "en": ("Is your address secret? Then do not answer here. Call us instead.", "Then do not write where you live."),
}
PHONE = "08-123 45 67"
NUMBER, STREET = "20121212-1212", "Storgatan 5"


@pytest.fixture
async def office(aiohttp_client: MakeClient, service: Service) -> Client:
    service.settings = Settings(office_phone=PHONE)
    return await aiohttp_client(make_app(service, secure=False))


@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
async def test_every_way_in_says_to_call_before_anything_is_written(
    office: Client, service: Service, locale: str
) -> None:
    words = service.words(locale)
    short = words.gettext("Is your address secret? Then do not answer here. Call us instead.")
    long = words.gettext(
        "Do you, or somebody you live with, have a secret address (skyddade personuppgifter)? Then do not write where "
        "you live. Call us first."
    )
    made = await invitation(service)
    ways = {
        f"/{locale}": short,
        f"/i/{made.token}?l={locale}": short,
        f"/{locale}/apply-now": long,
        f"/{locale}/questions": long,
    }
    for address, told in ways.items():
        text = words_of(await page(office, address))
        assert told in text, address
        assert PHONE in text.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " "), address
    if locale in CALL:
        assert short == CALL[locale][0]
        assert CALL[locale][1] in long
    else:
        assert not short.isascii() and not long.isascii()


async def test_the_advice_stands_before_the_first_field_of_the_message_to_the_office(office: Client) -> None:
    text = await page(office, "/sv/apply-now")
    assert text.index("Skriv då inte var du bor") < text.index('name="name"')


async def test_whoever_says_yes_leaves_nothing_behind(office: Client, service: Service, tmp_path: Any) -> None:
    browser = Browser(office)
    await browser.begin("sv")
    stopped = await browser.reply({"protected_identity": "yes"})
    assert PHONE in stopped.text.replace("\xa0", " ")
    assert "Säg inte var du bor" in stopped.text
    assert await service.store.cases() == ()
    assert service._cache == {}
    rows = await service.store.sessions_of("applicant", next(iter(service._gate), ""))
    assert rows == ()


async def test_whoever_does_not_know_and_goes_on_is_asked_nothing_about_contact(service: Service) -> None:
    answers = {**SELAM.answers, "protected_identity": "skip", "protected_next": "go_on"}
    journey = msgspec.structs.replace(SELAM, answers=answers)
    played = await play(service, journey, "sv")
    asked = {*played.screens}
    assert "protected_next" in asked
    assert asked & {"contact", "contact_safe", "urgent_contact"} == set()
    said = " ".join(one.text for one in played.said)
    assert SELAM.answers["contact_phone"] not in said
    facts = {name for name, _ in played.talk.state.facts}
    assert facts & {"contact_phone", "contact_email", "urgent_phone", "protected_identity", "protected_next"} == set()


def test_no_question_asks_for_a_personal_number_an_address_or_where_somebody_lives(
    dialogs: Mapping[str, Dialog],
) -> None:
    asked = re.compile(
        r"personal (identity )?number|address|postcode|municipality|which (city|town|street)", re.IGNORECASE
    )
    # The first one asks whether an address is secret, the other one for e-mail, which nobody has to choose.
    allowed = {"protected_identity", "contact_email"}
    found = [
        (dialog.dialog, name)
        for dialog in dialogs.values()
        for name, place in places(dialog).items()
        if isinstance(place.item, Question) and asked.search(place.item.label) and name not in allowed
    ]
    assert found == []
    assert len(places(dialogs["first_visit"])) > 60


# -- words that tell too much ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Jag heter Tolvan, 20121212-1212",
        "121212-1212",
        "mitt nummer är 201212121212.",
        "samordningsnummer 20121272-1219",
        "Storgatan 5",
        "vi bor på Norra Vägen 12 B",
        "Ekstigen 3, lgh 1102",
        "123 45 Storstad",
        "رقمي 20121212-1212",
    ],
)
def test_a_personal_number_or_an_address_is_known_in_any_words(text: str) -> None:
    assert identifies(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jag har arbetat 12 år och vill ha ett jobb.",
        "070-123 45 67",
        "0701234567",
        "121212-1213",
        "20121312-1212",
        "20129912-1212",
        "Jag tjänade 100 00 kronor 2021-2023",
        "hyran är 12 500 kr",
        "vägen till jobbet är lång",
        "anna@example.org",
        "1234567890123456",
    ],
)
def test_other_numbers_and_words_are_left_in_peace(text: str) -> None:
    assert not identifies(text)


@pytest.mark.parametrize("locale", ["sv", "ar"])
async def test_who_writes_one_is_told_kindly_and_the_answer_is_taken(
    office: Client, service: Service, locale: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = service.words(locale).gettext(
        "It looks as if you wrote a personal number or an address. We do not need it here. You can change your answer."
    )
    assert told.isascii() is False
    browser = Browser(office)
    await browser.begin(locale)
    await until(browser, "you")
    with caplog.at_level(logging.DEBUG):
        answered = await browser.reply({"answering_for": "self", "called_name": f"Bo {NUMBER}"})
    assert answered.status == 200
    assert told in answered.text
    assert answered.forms["reply"].data["data-item"] == "urgent_needs"
    assert NUMBER not in caplog.text
    later = await browser.step(PERSON)
    assert told not in later.text


async def test_a_program_is_told_the_same(office: Client) -> None:
    caller = await Caller(office).begin("en")
    await caller.reply("protected_identity", value="no")
    await caller.reply("you", fields={"answering_for": "self", "called_name": f"Bo, {STREET}"})
    assert any("personal number or an address" in one["text"] for one in caller.turn["said"])


async def test_nothing_but_the_answer_is_kept_of_it(service: Service) -> None:
    records = []
    for name in ("Bo", f"Bo {NUMBER}"):
        talk = await service.start("first_visit", "sv")
        for item, given in {"protected_identity": {"value": "no"}, "you": {"fields": _you(name)}}.items():
            talk = (await service.act(talk.id, Reply(item=item, **given), talk.state.seq)).talk  # type: ignore[arg-type]
        records.append((talk.state.seq, {key for key in talk.state.facts}))
    assert records[0] == records[1]


def _you(name: str) -> dict[str, str]:
    return {"answering_for": "self", "called_name": name}


# -- at the desk -------------------------------------------------------------------------------------------------------


async def test_nobody_is_found_by_a_number_an_address_or_a_telephone(
    aiohttp_client: MakeClient, service: Service
) -> None:
    await hire_all(service)
    texts = {name: f"{NUMBER} {STREET} 070 999 88 77" for name in _free_texts(service.dialogs["first_visit"])}
    talk = await sent(
        service,
        f"Bo {NUMBER} {STREET}",
        contact_phone="070 999 88 77",
        contact_way=["call", "sms", "email"],
        contact_email="bo@example.org",
        urgent_needs=["food"],
        urgent_phone="070 999 88 77",
        **texts,
    )
    await give(service, talk.case, "anna")
    anna, program = await browsers(aiohttp_client, service)(ANNA), await give_token(service)
    wanted = (NUMBER, "121212", "1212", STREET, "storgatan 5", "070 999 88 77", "9998877", "bo@example.org", "999 88")
    for words in wanted:
        text = await page(anna, f"/desk?q={words}")
        assert f">{talk.reference}<" not in text, words
        async with anna.get("/api/v1/cases", params={"q": words}, headers=program) as answer:
            assert talk.reference not in [one["reference"] for one in _cases(await answer.json())], words
    # By name and reference, as the case is meant to be found.
    for words in ("Bo", talk.reference):
        assert f">{talk.reference}<" in await page(anna, f"/desk?q={words}")


def _cases(found: Any) -> list[dict[str, Any]]:
    return found if isinstance(found, list) else found["cases"]


def _free_texts(dialog: Dialog) -> list[str]:
    return [
        name
        for name, place in places(dialog).items()
        if isinstance(place.item, Text) and name in ("goal_words", "strengths_words", "work_words")
    ]
