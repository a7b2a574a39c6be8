"""Two who apply together have two cases, and neither can see or infer what the other has said, or whether they have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from assistant.authoring.journeys import Journey
from assistant.casework import Casework
from assistant.core.commands import Message
from assistant.core.dialog import Dialog
from assistant.core.office import Assigned, Noted
from assistant.core.steps import Ask
from assistant.desk import Desk
from assistant.player import next_command, play
from assistant.server.app import make_app
from assistant.server.keys import SESSIONS
from assistant.service import Service
from assistant.store import codes
from assistant.talks import Talk
from assistant.texts import Catalogs
from tests.conftest import Client, Clock, service_on
from tests.security.reaching import Noting, Reached, crawl, for_applicants, of_a_case, watched
from tests.web.api_client import Caller
from tests.web.desk_cases import SELAM, fullest
from tests.web.desk_visits import give_token
from tests.web.office_visits import ANNA, browsers, do, give, hire_all, row_of
from tests.web.visits import PERSON, the_talk, until

MakeClient = Callable[[Any], Awaitable[Client]]
Doing = Callable[[], Awaitable[object]]

SECRET = "Kanariefågel"
"""A word that only she says, in whatever she may write."""

TOGETHER = {"household_type": ["partner"], "partner_applies": "yes"}
HIM = msgspec.structs.replace(SELAM, locale="sv", answers={**SELAM.answers, **TOGETHER, "called_name": "Bo"})


def her(dialog: Dialog) -> Journey:
    """She asks for care with messages, to be met alone, and for help that nobody else may know of."""
    found = fullest(dialog, "sv", f"{SECRET} ")
    private = {"contact_safe": "care", "talk_alone": "yes", "called_name": f"{SECRET} i kassen"}
    return msgspec.structs.replace(found, answers={**found.answers, **TOGETHER, **private})


class Two:
    """A server, his conversation in a browser and by the API, and hers as far as it has come."""

    def __init__(self, service: Service, app: web.Application, client: Client, calls: list[str]) -> None:
        self.service, self.app, self.client, self.calls = service, app, client, calls
        self.casework = Casework(Desk(service))
        self.his: Talk
        self.token = ""
        self.hers: Talk | None = None

    async def he_begins(self, *, submit: bool) -> None:
        self.his = (await play(self.service, HIM, "sv", submit=submit, leaves_at="" if submit else "talk_alone")).talk
        code = await self.service.new_code(self.his)
        page = Noting(self.client, str)
        await page.open("/sv/continue")
        await page.send("continue", code=codes.format_code(code))
        self.token = await self.app[SESSIONS].begin("applicant", self.his.id, keep=True)

    async def reached(self) -> dict[str, Reached]:
        """All that he can open: in the browser, and as a program with his token. What he names of hers is hers."""
        hers = [self.hers.id, self.hers.case] if self.hers is not None else []
        values = {
            "locale": ["sv", "en"],
            "ticket": ["0" * 22],
            "token": ["0" * 22],
            "name": ["chat.css", "contact_safe"],
            "dialog": ["first_visit"],
        }
        # Whoever opens /left has left: the session is at an end. Measures are for this machine alone.
        addresses = [one for one in for_applicants(self.app, values) if one not in ("/left", "/metrics")]
        assert {"/chat", "/chat/answers", "/chat/code", "/api/v1/conversation/summary"} <= {*addresses}
        self.calls.clear()
        found = await crawl(self.client, addresses)
        by_token = {"Authorization": f"Bearer {self.token}"}
        api = [one for one in addresses if one.startswith("/api/")]
        found |= {f"api {one}": got for one, got in (await crawl(self.client, api, by_token)).items()}
        assert found["/chat"].status == found["api /api/v1/conversation/summary"].status == 200
        # No code of his asks the store for anything of hers, and nothing of hers comes back.
        named = [call for call in self.calls if any(one in call for one in hers) or SECRET in call]
        assert named == []
        assert self.calls or self.hers is None
        return found

    async def she_begins(self) -> None:
        self.hers = (await play(self.service, self.journey(), "sv", leaves_at="contact")).talk

    def journey(self) -> Journey:
        return her(self.service.dialogs["first_visit"])

    async def she_answers_until(self, item: str) -> None:
        """Until a question is asked; to the very end with an empty name."""
        talk = self.her_talk()
        for _ in range(500):
            if isinstance(talk.step, Ask) and talk.step.item.name == item:
                break
            command = next_command(self.journey(), talk, [])
            if command is None:
                break
            outcome = await self.service.act(talk.id, command, talk.state.seq)
            assert outcome.problem is None, outcome.problem
            talk = outcome.talk
        self.hers = talk

    def her_talk(self) -> Talk:
        assert self.hers is not None
        return self.hers

    async def she_calls_the_office(self) -> None:
        message = Message("call_me", name=SECRET, phone="070 999 88 77", when="när han är på jobbet")
        assert (await self.service.act(self.her_talk().id, message, self.her_talk().state.seq)).problem is None

    async def the_office_links(self) -> None:
        mine, other = self.her_talk().case, self.his.case
        await hire_all(self.service)
        for case in (mine, other):
            await give(self.service, case, "anna")
        row = await row_of(self.service, mine)
        outcome = await self.casework.link(ANNA, mine, (await row_of(self.service, other)).reference, row.doings)
        assert outcome.wrong is None

    async def the_office_notes(self) -> None:
        assert await do(self.service, ANNA, self.her_talk().case, Noted(text=f"{SECRET}: ring bara dagtid")) is None
        assert await do(self.service, ANNA, self.her_talk().case, Assigned(to="nils")) is None


@pytest.fixture
async def two(aiohttp_client: MakeClient, service: Service) -> Two:
    return await two_on(service, aiohttp_client)


async def two_on(service: Service, make: MakeClient) -> Two:
    calls: list[str] = []
    service.store = watched(service.store, calls)
    app = make_app(service, secure=False)
    return Two(service, app, await make(app), calls)


@pytest.mark.parametrize("submit", [False, True], ids=["he is answering", "he has sent"])
async def test_whatever_she_does_he_reaches_the_same_bytes(two: Two, submit: bool) -> None:
    await two.he_begins(submit=submit)
    before = await two.reached()
    doings: Mapping[str, Doing] = {
        "begins": two.she_begins,
        "is linked to his case": two.the_office_links,
        "says that messages are not safe": lambda: two.she_answers_until("talk_alone"),
        "asks to be met alone": lambda: two.she_answers_until("anything_else"),
        "calls the office": two.she_calls_the_office,
        "sends": lambda: two.she_answers_until(""),
        "is written about": two.the_office_notes,
    }
    for name, doing in doings.items():
        await doing()
        now = await two.reached()
        differing = [address for address in before if now[address] != before[address]]
        assert differing == [], name
        assert now.keys() == before.keys()
    row = await row_of(two.service, two.her_talk().case)
    assert (row.status, row.assigned) == ("sent", "nils")


async def test_what_he_changes_himself_is_seen_by_this_test(two: Two) -> None:
    await two.he_begins(submit=False)
    before = await two.reached()
    outcome = await two.service.act(two.his.id, Message("call_me", phone="070 111 22 33"), two.his.state.seq)
    assert outcome.problem is None
    now = await two.reached()
    assert [address for address in before if now[address] != before[address]]


@pytest.fixture
async def worlds(
    tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, aiohttp_client: MakeClient
) -> AsyncIterator[tuple[Two, Two]]:
    """Two servers at the same moment that know nothing of each other."""
    async with AsyncExitStack() as stack:
        made = []
        for name in ("alone", "together"):
            opened = service_on(tmp_path / name, dialogs, catalogs, Clock())
            service = await stack.enter_async_context(opened)
            made.append(await two_on(service, aiohttp_client))
        yield made[0], made[1]


async def test_he_is_asked_the_same_in_a_world_where_she_has_told_everything(worlds: tuple[Two, Two]) -> None:
    """The same questions, in the same order, with the same count of what is left, to the last byte."""
    walks = []
    for two in worlds:
        together = two is worlds[1]
        own: list[str] = []

        def normal(body: str, own: list[str] = own) -> str:
            for one in own:
                body = body.replace(one, "…")
            return body

        browser = Noting(two.client, normal)
        await browser.begin("sv")
        await until(browser, "urgent_needs")
        two.his = the_talk(two.service)
        if together:
            await two.she_begins()
            await two.the_office_links()
            await two.she_answers_until("")
        # What is drawn by lot for each conversation: its reference, its code, and the token of its forms.
        drawn = dict(browser.page.forms["reply"].as_drawn())
        own += [two.his.reference, codes.format_code(two.his.code), drawn["token"]]
        browser.noted.clear()
        await browser.open("/chat")
        await browser.walk({**PERSON, **TOGETHER, "called_name": "Bo"})
        await browser.open("/chat/answers")
        walks.append(browser.noted)
    assert len(walks[0]) > 30
    assert len(walks[0]) == len(walks[1])
    differing = [number for number, (one, other) in enumerate(zip(*walks, strict=True)) if one != other]
    assert differing == []


# -- what the office prints for each of them ---------------------------------------------------------------------------


async def test_no_page_or_file_of_one_case_holds_a_word_of_the_other(
    aiohttp_client: MakeClient, service: Service
) -> None:
    two = await two_on(service, aiohttp_client)
    two.his = (await play(service, HIM, "sv")).talk
    await two.she_begins()
    await two.the_office_links()
    await two.she_answers_until("")
    browser, program = browsers(aiohttp_client, service), await give_token(service)
    anna = await browser(ANNA)
    pages: dict[str, dict[str, Reached]] = {}
    for name, talk in (("his", two.his), ("hers", two.her_talk())):
        addresses = of_a_case(two.app, talk.case)
        at_desk = await crawl(anna, [one for one in addresses if one.startswith("/desk")])
        pages[name] = at_desk | await crawl(anna, [one for one in addresses if one.startswith("/api")], program)
    assert len(pages["his"]) >= 15
    assert [one for one, page in pages["his"].items() if SECRET in page.body] == []
    assert [one for one, page in pages["hers"].items() if ">Bo<" in page.body or "ከሻኒት" in page.body] == []
    assert len([one for one, page in pages["hers"].items() if SECRET in page.body]) >= 8
    # Her reference is on the pages where the link is made and told of, and nowhere else.
    told = {one.rpartition("/")[2] for one, page in pages["his"].items() if two.her_talk().reference in page.body}
    assert told <= {"work", "history"}


async def test_what_the_other_sees_at_the_visit_does_not_tell_whether_the_partner_has_answered(
    aiohttp_client: MakeClient, service: Service
) -> None:
    """The record in two languages is laid before the person; so it says nothing of the other case."""
    two = await two_on(service, aiohttp_client)
    two.his = (await play(service, HIM, "sv")).talk
    program = await give_token(service)
    twin = [f"/api/v1/cases/{two.his.case}/twin"]
    before = await crawl(two.client, twin, program)
    await two.she_begins()
    await two.the_office_links()
    await two.she_answers_until("")
    assert await crawl(two.client, twin, program) == before


async def test_the_api_gives_his_token_no_case(two: Two) -> None:
    await two.he_begins(submit=True)
    await two.she_begins()
    caller = Caller(two.client)
    caller.token = two.token
    for case in (two.his.case, two.her_talk().case, "0" * 32):
        for part in ("", "/summary", "/twin"):
            status, _ = await caller.send("GET", f"/cases/{case}{part}")
            assert status == 401
