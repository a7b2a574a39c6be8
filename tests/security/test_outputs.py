"""Care with messages, a talk alone and the safe exit, honoured in everything that leaves the program."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from assistant.casework import Casework
from assistant.core.commands import Message, Reply
from assistant.core.office import Booked
from assistant.desk import Desk
from assistant.invitation_texts import message_of
from assistant.invitations import Invitations
from assistant.outbox import Outbox
from assistant.sending.files import FOLDER, FileTransport
from assistant.server.app import make_app
from assistant.service import Service
from assistant.store.invitations import token_hash
from assistant.talks import Talk
from tests.conftest import Client
from tests.security.outputs import DESK, NOT_ON_A_PHONE, Rules, rules_of
from tests.security.reaching import for_applicants
from tests.web.browser_without_script import Browser
from tests.web.desk_visits import give_token, on_paper, seen, words_of
from tests.web.office_visits import ANNA, browsers, do, give, hidden, hire_all, row_of, sent
from tests.web.visits import PERSON, until

MakeClient = Callable[[Any], Awaitable[Client]]

OFFERED = "Enskilt samtal: erbjuds."
WISHES = ("Önskar enskilt samtal", "Vill prata om alkohol", "alkohol, droger")
CARE = "Kontakta varsamt"
NUMBER, NAME = "070 999 88 77", "Kanariefågel"


@pytest.fixture
async def talk(service: Service) -> Talk:
    """Somebody who wants care with messages, to be met alone, and help that nobody else may know of."""
    await hire_all(service)
    made = await sent(service, NAME, contact_safe="care", talk_alone="yes", contact_phone=NUMBER)
    await give(service, made.case, "anna")
    assert await do(service, ANNA, made.case, Booked(at="2026-03-09T10:00")) is None
    return made


@pytest.fixture
async def anna(aiohttp_client: MakeClient, service: Service, talk: Talk) -> Client:
    return await browsers(aiohttp_client, service)(ANNA)


def office_routes(service: Service) -> list[str]:
    """Every route of a case at the desk and in the office's API that can be opened. What a lead takes to the archive of
    a closed one is its whole record, and no output to prepare a visit with."""
    return [
        resource.canonical
        for resource in make_app(service, secure=False).router.resources()
        if resource.canonical.startswith(("/desk/cases/{id}", "/api/v1/cases/{id}"))
        and "GET" in {route.method for route in resource}
        and not resource.canonical.endswith("/archive.zip")
    ]


def read(body: bytes, media: str) -> str:
    """The words of an output, whatever its form; of a page, those that are printed."""
    if media == "application/pdf":
        return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())
    if "wordprocessingml" in media:
        document = Document(io.BytesIO(body))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return " ".join(" ".join([*(one.text for one in document.paragraphs), *cells]).split())
    return body.decode()


def all_of(body: bytes, media: str) -> str:
    """Everything in a file, what nobody sees included: the properties of a document, too."""
    if media == "application/pdf":
        return f"{PdfReader(io.BytesIO(body)).metadata} {read(body, media)}"
    if "wordprocessingml" in media:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return body.decode()


async def outputs(service: Service, anna: Client, talk: Talk) -> dict[str, tuple[bytes, str, str]]:
    """Every output of a case by its route: body, media type, and the name that it is saved under."""
    program, found = await give_token(service), {}
    for route in office_routes(service):
        headers = program if route.startswith("/api") else None
        answer = await anna.get(route.replace("{id}", talk.case), headers=headers)
        assert answer.status == 200, route
        disposition = answer.headers.get("Content-Disposition", "")
        found[route] = await answer.read(), answer.content_type, disposition
    return found


async def test_wishes_that_nobody_else_may_know_of_stand_on_the_screens_of_the_office_alone(
    service: Service, anna: Client, talk: Talk
) -> None:
    found = await outputs(service, anna, talk)
    assert {*DESK} <= {*found}
    telling = {route for route, (body, media, _) in found.items() if any(one in all_of(body, media) for one in WISHES)}
    assert "/desk/cases/{id}/summary" in telling
    assert [route for route in telling if not rules_of(route).wish] == []
    printed = [
        route
        for route, (body, media, _) in found.items()
        if media == "text/html" and any(one in on_paper(body.decode()) for one in WISHES)
    ]
    assert [one for one in printed if one != "/desk/cases/{id}/sources"] == []


async def test_a_program_is_told_which_lines_it_must_not_pass_on(service: Service, anna: Client, talk: Talk) -> None:
    found = json.loads((await outputs(service, anna, talk))["/api/v1/cases/{id}/summary"][0])
    telling = [one for one in _lines(found) if any(wish in json.dumps(one, ensure_ascii=False) for wish in WISHES)]
    assert telling
    assert all(one["private"] is True for one in telling)


def _lines(value: Any) -> list[dict[str, Any]]:
    """The innermost parts of a JSON document that are marked private or not."""
    if isinstance(value, list):
        return [one for each in value for one in _lines(each)]
    if not isinstance(value, dict):
        return []
    inner = [one for each in value.values() for one in _lines(each)]
    return inner or ([value] if "private" in value else [])


@pytest.mark.parametrize("wants", ["yes", "no"])
async def test_a_talk_alone_is_offered_above_all_that_is_told_in_the_same_words_for_everyone(
    service: Service, aiohttp_client: MakeClient, wants: str
) -> None:
    await hire_all(service)
    talk = await sent(service, NAME, contact_safe="care", talk_alone=wants, contact_phone=NUMBER)
    await give(service, talk.case, "anna")
    assert await do(service, ANNA, talk.case, Booked(at="2026-03-09T10:00")) is None
    anna = await browsers(aiohttp_client, service)(ANNA)
    found = await outputs(service, anna, talk)
    for route, rules in DESK.items():
        body, media, _ = found[route]
        text = on_paper(body.decode()) if media == "text/html" else read(body, media)
        if rules.offered:
            assert OFFERED in text, route
            assert text.index(OFFERED) < text.index("Skolgång"), route
        if rules.care:
            assert CARE in text, route
            assert text.index(CARE) < text.index("Skolgång"), route


async def test_what_is_printed_is_the_same_whether_a_talk_alone_is_wanted_or_not(
    service: Service, aiohttp_client: MakeClient
) -> None:
    await hire_all(service)
    texts = []
    for wants in ("yes", "no"):
        talk = await sent(service, NAME, contact_safe="care", talk_alone=wants)
        await give(service, talk.case, "anna")
        anna = await browsers(aiohttp_client, service)(ANNA)
        for route in ("/desk/cases/{id}/text", "/desk/cases/{id}/twin", "/desk/cases/{id}/life-line"):
            text = await (await anna.get(route.replace("{id}", talk.case))).text()
            texts.append(text.replace(talk.reference, "…").replace(talk.case, "…"))
    strip = re.compile(r'name="token" value="[^"]*"')
    assert [strip.sub("", one) for one in texts[:3]] == [strip.sub("", one) for one in texts[3:]]


async def test_names_of_files_titles_and_calendars_of_the_office_tell_nothing(
    service: Service, anna: Client, talk: Talk
) -> None:
    for route, (body, media, disposition) in (await outputs(service, anna, talk)).items():
        named = [disposition]
        if media == "text/html":
            named += re.findall(r"<title>(.*?)</title>", body.decode(), re.DOTALL)
        if media == "text/calendar":
            named.append(body.decode())
        if media == "application/pdf":
            named.append(str(PdfReader(io.BytesIO(body)).metadata))
        for one in named:
            assert NAME not in one and NUMBER not in one, route
            if rules_of(route).neutral or one == disposition:
                assert telling(one) == [], route


def telling(text: str) -> list[str]:
    """The words in a text that tell a bystander what it is about."""
    low = text.casefold()
    return [word for words in NOT_ON_A_PHONE.values() for word in words if word in low]


# -- on the telephone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
async def test_no_title_address_or_file_name_on_the_telephone_tells_what_it_is_about(
    aiohttp_client: MakeClient, service: Service, locale: str
) -> None:
    app = make_app(service, secure=False)
    client = await aiohttp_client(app)
    browser = Browser(client)
    await browser.begin(locale)
    await browser.walk({**PERSON, "contact_safe": "care", "talk_alone": "yes"})
    values = {"locale": [locale], "ticket": ["x"], "token": ["x"], "name": ["chat.css"], "dialog": ["first_visit"]}
    found, titles = [], [*browser.visited]
    for address in for_applicants(app, values):
        if address.startswith(("/api", "/design", "/metrics", "/preview")):
            continue
        answer = await client.get(address, allow_redirects=False)
        found.append((address, answer.headers.get("Content-Disposition", "")))
        text = (await answer.read()).decode("utf-8", "replace")
        titles += re.findall(r"<title>(.*?)</title>", text, re.DOTALL)
        if answer.content_type == "text/calendar":
            titles.append(text)
    assert len(titles) > 30
    assert [one for one in titles if telling(one)] == []
    assert [one for one in found if telling(" ".join(one))] == []


@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_letter_to_a_telephone_tells_nothing(service: Service, locale: str, channel: Any) -> None:
    letter = message_of(
        service.words(locale), service.words("sv"), channel=channel, to="x", link="https://h/i/x", until="2026-03-19"
    )
    assert telling(letter.subject) == []
    assert telling(letter.text) == []


def test_the_list_of_words_finds_what_it_is_for() -> None:
    assert telling("Ekonomiskt bistånd · Fråga 3") == ["bistånd", "ekonomi"]
    assert telling("Question 3 · Klarbild") == []


# -- letters -----------------------------------------------------------------------------------------------------------


class Office:
    """Anna, who invites somebody by SMS."""

    def __init__(self, service: Service) -> None:
        self.service, self.invitations = service, Invitations(Casework(Desk(service)))

    async def invite(self, case: str, channel: Any = "sms", *, safe: bool = False) -> str | None:
        row = await row_of(self.service, case)
        outcome = await self.invitations.invite(
            ANNA, case, row.doings, channel=channel, address=NUMBER, locale="sv", origin="https://h", safe=safe
        )
        return outcome.wrong

    async def letters(self, case: str) -> list[tuple[str, str]]:
        return [(one.state, one.problem) for one in await self.service.store.invitations.letters_of([case])]


async def begun_with_care(service: Service) -> str:
    """A case of somebody who wants to be called, told no safe time, and has begun nothing else; it is Anna's."""
    await hire_all(service)
    message = Message("call_me", name=NAME, phone=NUMBER)
    assert await service.message(message, "sv") is None
    (row,) = await service.store.cases()
    await give(service, row.id, "anna")
    return row.id


@pytest.mark.parametrize("channel", ["sms", "email"])
async def test_nothing_is_sent_where_others_may_see_it_unless_somebody_says_that_it_is_safe(
    service: Service, channel: str
) -> None:
    office, case = Office(service), await begun_with_care(service)
    assert await office.invite(case, channel) == "care"
    assert await office.letters(case) == []
    assert await office.invite(case, channel, safe=True) is None
    assert await office.letters(case) == [("queued", "")]


async def test_what_somebody_said_is_safe_stands_in_the_history_under_their_name(
    service: Service, aiohttp_client: MakeClient
) -> None:
    office, case = Office(service), await begun_with_care(service)
    assert await office.invite(case, safe=True) is None
    anna = await browsers(aiohttp_client, service)(ANNA)
    text = await seen(anna, f"/desk/cases/{case}/history")
    assert "sa att det är säkert, fast andra kan se meddelanden till personen" in text


async def test_a_letter_on_paper_comes_with_the_advice_not_to_post_it(
    service: Service, aiohttp_client: MakeClient
) -> None:
    case = await begun_with_care(service)
    anna = await browsers(aiohttp_client, service)(ANNA)
    data = await hidden(anna, f"/desk/cases/{case}/invitation", "invite")
    answer = await anna.post(f"/desk/cases/{case}/invitation", data=data | {"channel": "paper", "language": "sv"})
    assert answer.status == 200
    assert "Lämna över brevet, posta det inte." in words_of(await answer.text())


async def test_somebody_who_told_a_safe_time_gets_the_invitation(service: Service) -> None:
    await hire_all(service)
    assert await service.message(Message("call_me", name=NAME, phone=NUMBER, when="efter tio"), "sv") is None
    (row,) = await service.store.cases()
    await give(service, row.id, "anna")
    assert await Office(service).invite(row.id) is None


async def test_a_letter_that_waits_is_never_sent_once_the_person_has_begun(service: Service, tmp_path: Path) -> None:
    """By then they may have said that others see their messages; and the link in it works no more."""
    await hire_all(service)
    office = Office(service)
    row = await office.invitations.casework.make(ANNA, (), locale="sv")
    assert await office.invite(row.id) is None
    made = office.invitations.shown(row.id)
    assert made is not None
    invitation = await service.store.invitations.by_token(token_hash(made.token))
    talk = await service.start("first_visit", "sv", invitation)
    at_the_gate: dict[str, Any] = {
        "protected_identity": {"value": "no"},
        "you": {"fields": {"answering_for": "self", "called_name": NAME}},
    }
    for item, given in at_the_gate.items():
        command = Reply(item=item, **given)
        outcome = await service.act(talk.id, command, talk.state.seq)
        assert outcome.problem is None
        talk = outcome.talk
    assert talk.kept
    assert await office.letters(row.id) == [("failed", "used")]
    assert await Outbox(service, {"sms": FileTransport(tmp_path)}).send_due() == 0
    assert not (tmp_path / FOLDER).exists()


async def test_letters_that_are_files_are_named_without_the_person(service: Service, tmp_path: Path) -> None:
    office, case = Office(service), await begun_with_care(service)
    assert await office.invite(case, safe=True) is None
    assert await Outbox(service, {"sms": FileTransport(tmp_path)}).send_due() == 1
    (file,) = (tmp_path / FOLDER).iterdir()
    assert re.fullmatch(r"[0-9TZ]+-[0-9a-f]{16}\.txt", file.name)
    assert telling(file.read_text()) == []
    assert NAME not in file.read_text()


async def test_the_list_says_who_is_to_be_called_with_care(service: Service, aiohttp_client: MakeClient) -> None:
    await begun_with_care(service)
    anna = await browsers(aiohttp_client, service)(ANNA)
    text = await seen(anna, "/desk")
    assert NUMBER in text
    assert "fråga först om det går att prata" in text.partition(NUMBER)[2]


def test_what_has_no_rules_of_its_own_gets_the_strictest() -> None:
    assert rules_of("/desk/cases/{id}/something-new") == Rules(wish=False)


@pytest.mark.parametrize("locale", ["sv", "en", "ar"])
async def test_the_way_out_stands_before_anything_of_the_talk_on_every_page(
    aiohttp_client: MakeClient, service: Service, locale: str
) -> None:
    """All pages of a conversation, and those around it, but for what is printed and the page that one lands on."""
    app = make_app(service, secure=False)
    client = await aiohttp_client(app)
    browser = Browser(client)
    await browser.begin(locale)
    await until(browser, "urgent_needs")
    values = {"locale": [locale], "ticket": ["x"], "token": ["x"], "name": ["chat.css"], "dialog": ["first_visit"]}
    without, seen_pages = [], 0
    for address in for_applicants(app, values):
        if address.startswith(("/api", "/design", "/preview")) or address in ("/left", f"/{locale}/questions"):
            continue
        answer = await client.get(address, allow_redirects=False)
        text = (await answer.read()).decode("utf-8", "replace")
        if answer.content_type != "text/html" or answer.status in (301, 302, 303):
            continue
        seen_pages += 1
        before_main = text.partition("<main")[0]
        if 'action="/chat/leave"' not in before_main:
            without.append(address)
    assert without == []
    assert seen_pages >= 9
