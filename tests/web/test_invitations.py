"""From the office's invitation to the first answer in the case that it made; and what stops working when."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.invitations import Made
from assistant.server.keys import INVITATIONS
from assistant.service import Service
from assistant.store import codes
from tests.conftest import Client, Clock
from tests.web.desk_visits import page, seen, words_of
from tests.web.office_visits import ANNA, NILS, Browser, browsers, give, hidden, hire_all, post, row_of, send, sent

NEW = {"name": "Selam", "first_contact": "2026-03-04", "language": "ar", "channel": "paper", "address": ""}


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


@pytest.fixture
async def anna(browser: Browser) -> Client:
    return await browser(ANNA)


async def invited(client: Client, **fields: str) -> Made:
    """Invite somebody new; the link's token and the code as the process remembers them."""
    answer = await send(client, "/desk/invitations", "/desk/invitations", **(NEW | fields))
    assert answer.status == 303, await answer.text()
    made = client.server.app[INVITATIONS].shown(answer.headers["Location"].split("/")[3])  # type: ignore[attr-defined]
    assert isinstance(made, Made)
    return made


async def phone(make: Callable[[Any], Awaitable[Client]], client: Client) -> Client:
    """A phone of its own at the same server."""
    return await make(client.server)


async def answer_gate(client: Client, choice: str = "no") -> None:
    """Answer the question before anything is kept."""
    text = await page(client, "/chat")
    form = re.search(r'<form id="reply".*?</form>', text, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    answer = await client.post("/chat", data=fields | {"value": choice}, allow_redirects=False)
    assert answer.status in (200, 303), answer.status


async def test_an_invitation_makes_a_case_with_its_day_name_and_caseworker(service: Service, anna: Client) -> None:
    made = await invited(anna)
    row = await row_of(service, made.case)
    assert (row.status, row.first_contact, row.assigned, row.unit) == ("invited", "2026-03-04", "anna", "North")
    text = await seen(anna, "/desk?locale=en")
    assert f"{made.reference} Selam Invited" in text and "13 days left" in text


async def test_the_page_shows_link_code_and_the_letter_in_both_languages(service: Service, anna: Client) -> None:
    made = await invited(anna)
    text = html.unescape(await page(anna, f"/desk/cases/{made.case}/invitation"))
    assert f"/i/{made.token}" in text
    assert text.count(codes.format_code(made.code)) == 3
    for locale, direction in (("ar", "rtl"), ("sv", "ltr")):
        assert f'<section lang="{locale}" dir="{direction}">' in text
        assert service.words(locale).gettext("Before your first visit") in text


async def test_link_and_code_are_shown_for_half_an_hour_and_are_nowhere_in_the_store(
    service: Service, browser: Browser, anna: Client, clock: Clock
) -> None:
    made = await invited(anna)
    row = (await service.store.invitations.of_case(made.case))[0]
    assert made.token.encode() not in (row.token, row.code) and len(row.token) == len(row.code) == 32
    clock.forward(minutes=31)
    text = await page(await browser(ANNA), f"/desk/cases/{made.case}/invitation?locale=en")
    assert made.token not in text and codes.format_code(made.code) not in text
    assert "There is an invitation that works until 2026-03-19." in words_of(text)


async def test_who_opens_the_link_answers_in_the_case_that_the_office_made(
    service: Service, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    made, there = await invited(anna), await phone(aiohttp_client, anna)
    for _ in range(2):
        text = await page(there, f"/i/{made.token}")
        assert 'dir="rtl"' in text and "Selam" not in text and made.reference not in text
    answer = await there.post(f"/i/{made.token}", allow_redirects=False)
    assert answer.headers["Location"] == "/chat#q"
    assert (await row_of(service, made.case)).status == "invited"
    await answer_gate(there)
    row = await row_of(service, made.case)
    assert (row.status, row.first_contact) == ("begun", "2026-03-04")
    (talk,) = await service.store.conversations_of(made.case)
    assert (await service.talk(talk.id)).reference == made.reference
    assert (await service.store.invitations.of_case(made.case))[0].used == "2026-03-05"
    assert len(await service.store.cases()) == 1


async def test_the_code_of_an_invitation_opens_the_same(
    service: Service, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    made, there = await invited(anna), await phone(aiohttp_client, anna)
    answer = await there.post("/sv/continue", data={"code": codes.format_code(made.code)}, allow_redirects=False)
    assert answer.status == 303
    await answer_gate(there)
    assert len(await service.store.conversations_of(made.case)) == 1


@pytest.mark.parametrize("by", ["link", "code"])
async def test_the_api_takes_an_invitation_too(service: Service, anna: Client, by: str) -> None:
    made = await invited(anna)
    text = made.token if by == "link" else codes.format_code(made.code).lower()
    body = {"locale": "ar", "dialog": "first_visit", "invitation": text}
    answer = await anna.post("/api/v1/conversations", json=body)
    begun = await answer.json()
    headers = {"Authorization": f"Bearer {begun['token']}"}
    reply = {"seen": begun["turn"]["seq"], "item": "protected_identity", "value": "no"}
    assert (await anna.post("/api/v1/conversation/replies", json=reply, headers=headers)).status == 200
    assert len(await service.store.conversations_of(made.case)) == 1
    assert (await anna.post("/api/v1/conversations", json=body)).status == 422
    assert (await anna.post("/api/v1/conversations", json=body | {"invitation": "x"})).status == 422


async def test_short_codes_are_guessed_at_the_interface_no_faster_than_on_the_page(anna: Client) -> None:
    body, statuses = {"locale": "sv", "dialog": "first_visit"}, []
    for _ in range(50):
        answer = await anna.post("/api/v1/conversations", json=body | {"invitation": codes.new_code()})
        statuses.append(answer.status)
    assert statuses[:10] == [422] * 10 and 10 < statuses.count(422) <= 42 and statuses.count(429) > 1


async def test_of_two_devices_with_one_invitation_one_begins(
    service: Service, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    made = await invited(anna)
    phones = [await phone(aiohttp_client, anna) for _ in range(2)]
    for one in phones:
        await one.post(f"/i/{made.token}", allow_redirects=False)
    forms = []
    for one in phones:
        text = await page(one, "/chat")
        found = re.search(r'<form id="reply".*?</form>', text, re.DOTALL)
        assert found is not None
        forms.append(dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0])))
    answers = await asyncio.gather(
        *(
            one.post("/chat", data=form | {"value": "no"}, allow_redirects=False)
            for one, form in zip(phones, forms, strict=True)
        )
    )
    assert sorted(one.status for one in answers) == [303, 409]
    (slower,) = [one for one in answers if one.status == 409]
    again = answers.index(slower)
    assert (await phones[again].post("/chat", data=forms[again] | {"value": "no"})).status == 409
    assert service.words("ar").gettext("This link does not work any more") in await slower.text()
    assert len(await service.store.conversations_of(made.case)) == 1
    assert len(await service.store.cases()) == 1


async def test_a_secret_address_leaves_the_invitation_unused_and_nothing_behind(
    service: Service, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    made, there = await invited(anna), await phone(aiohttp_client, anna)
    await there.post(f"/i/{made.token}")
    await answer_gate(there, "yes")
    assert await service.store.conversations_of(made.case) == ()
    assert (await service.store.invitations.of_case(made.case))[0].used == ""
    assert (await row_of(service, made.case)).status == "invited"


async def test_an_unknown_used_old_or_withdrawn_link_is_answered_alike(
    service: Service, browser: Browser, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]], clock: Clock
) -> None:
    used, withdrawn, replaced, closed, old = [await invited(anna, name=str(one)) for one in range(5)]
    there = await phone(aiohttp_client, anna)
    await there.post(f"/i/{used.token}")
    await answer_gate(there)
    await post(anna, f"/desk/cases/{withdrawn.case}/invitation", "withdraw")
    await post(anna, f"/desk/cases/{replaced.case}/invitation", "invite", language="sv", channel="paper", address="")
    await post(anna, f"/desk/cases/{closed.case}/work", "close", reason="")
    stranger = await phone(aiohttp_client, anna)
    assert "Start" in await page(stranger, f"/i/{old.token}?l=en")
    pages = {await page(stranger, f"/i/{one.token}", 404) for one in (used, withdrawn, replaced, closed)}
    for one in (used, withdrawn, replaced, closed):
        assert (await stranger.post("/sv/continue", data={"code": one.code})).status == 422
        body = {"locale": "sv", "dialog": "first_visit", "invitation": one.token}
        assert (await stranger.post("/api/v1/conversations", json=body)).status == 422
    clock.forward(days=15)
    pages |= {await page(stranger, f"/i/{one}", 404) for one in (old.token, "x", "x" * 300)}
    assert len(pages) == 1
    assert (await stranger.post(f"/i/{old.token}")).status == 404
    answer = await stranger.post("/sv/continue", data={"code": old.code})
    assert answer.status == 422


async def test_an_invitation_works_through_its_last_day(
    anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]], clock: Clock
) -> None:
    made, there = await invited(anna), await phone(aiohttp_client, anna)
    clock.forward(days=14)
    await page(there, f"/i/{made.token}")
    clock.forward(days=1)
    await page(there, f"/i/{made.token}", 404)


async def test_erasing_what_was_begun_leaves_the_case_invited_and_a_new_invitation_works(
    service: Service, anna: Client, aiohttp_client: Callable[[Any], Awaitable[Client]]
) -> None:
    made, there = await invited(anna), await phone(aiohttp_client, anna)
    await there.post(f"/i/{made.token}")
    await answer_gate(there)
    (row,) = await service.store.conversations_of(made.case)
    assert await service.erase(await service.talk(row.id))
    assert (await row_of(service, made.case)).status == "invited"
    answer = await post(anna, f"/desk/cases/{made.case}/invitation", "invite", language="sv", channel="paper")
    assert answer.status == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"channel": "email", "address": "nobody"}, "This is no e-mail address."),
        ({"channel": "email", "address": "a@b.se\nBcc: c@d.se"}, "This is no e-mail address."),
        ({"channel": "sms", "address": "12"}, "This is no telephone number."),
        ({"first_contact": "2026-03-06"}, "The first contact is a day that has been"),
        ({"first_contact": "2020-01-01"}, "The first contact is a day that has been"),
        ({"first_contact": ""}, "The first contact is a day that has been"),
        ({"name": "x" * 61}, "This name is too long."),
    ],
)
async def test_a_mistake_is_told_keeps_what_was_typed_and_makes_no_case(
    service: Service, anna: Client, fields: dict[str, str], said: str
) -> None:
    answer = await send(anna, "/desk/invitations", "/desk/invitations?locale=en", **(NEW | fields))
    text = await answer.text()
    assert answer.status == 422
    assert said in words_of(text)
    assert 'value="Selam"' in text or "name" in fields
    assert await service.store.cases() == ()


async def test_inviting_on_an_old_page_is_refused_and_nothing_is_sent(
    service: Service, browser: Browser, anna: Client
) -> None:
    made = await invited(anna)
    data = await hidden(anna, f"/desk/cases/{made.case}/invitation", "invite")
    await post(anna, f"/desk/cases/{made.case}/work", "note", note="Ringt.")
    fields = {"language": "sv", "channel": "email", "address": "selam@example.org"}
    answer = await anna.post(f"/desk/cases/{made.case}/invitation", data=data | fields)
    assert answer.status == 409
    assert await service.store.invitations.letters_of([made.case]) == ()
    assert (await service.store.invitations.of_case(made.case))[0].works("2026-03-05")


async def test_nobody_is_invited_to_anothers_case_or_when_the_answers_are_sent(
    service: Service, browser: Browser, anna: Client
) -> None:
    made = await invited(anna)
    nils = await browser(NILS)
    await page(nils, f"/desk/cases/{made.case}/invitation", 404)
    assert made.reference not in await page(nils, "/desk/invitations")
    talk = await sent(service)
    await give(service, talk.case, "anna")
    data = await hidden(anna, f"/desk/cases/{talk.case}/invitation", "invite")
    answer = await anna.post(f"/desk/cases/{talk.case}/invitation?locale=en", data=data | {"channel": "paper"})
    assert answer.status == 422
    assert "The person has sent the answers already" in words_of(await answer.text())


async def test_what_is_sent_to_somebody_who_asked_for_care_must_be_said_to_be_safe(
    service: Service, browser: Browser, anna: Client
) -> None:
    talk = await sent(service, "Selam", contact_safe="care")
    await give(service, talk.case, "anna")
    data = await hidden(anna, f"/desk/cases/{talk.case}/invitation", "invite")
    fields = {"language": "sv", "channel": "sms", "address": "070-174 06 05"}
    answer = await anna.post(f"/desk/cases/{talk.case}/invitation?locale=en", data=data | fields)
    assert "Others may see messages to this person" in words_of(await answer.text())
    assert 'name="safe"' in await answer.text()


async def test_the_form_for_somebody_new_makes_one_case_however_often_it_is_sent(
    service: Service, anna: Client
) -> None:
    data = await hidden(anna, "/desk/invitations", "invite") | NEW
    answers = [await anna.post("/desk/invitations", data=data, allow_redirects=False) for _ in range(3)]
    assert len({one.headers["Location"] for one in answers}) == 1
    assert len(await service.store.cases()) == 1
