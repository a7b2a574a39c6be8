"""A whole first visit and a day at the desk against a running server, with a marker in all that anybody says.

The markers end up in the questions, messages, notes, letters, searches and logins; codes, tokens and cookies that the
server makes are markers, too.
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Mapping
from typing import Any, cast

import aiohttp

from assistant.core.dialog import Dialog, Text, places
from tests.conftest import Client
from tests.faults.answering import START, answer
from tests.security.markers import Markers
from tests.security.process import Process
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON

V1 = "/api/v1"
HIDDEN = re.compile(r'name="(token|seen|once)" value="([^"]*)"')
CODE = re.compile(r">([0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){2})<")
TICKET = re.compile(r"/t/([\w-]{16,})")
CASE_PAGES = ("summary", "sources", "twin", "work", "history", "life-line", "invitation", "text", "fhir")
CASE_FILES = ("summary.pdf", "summary.docx", "twin.pdf")
STOPS = {"urgent_needs": ["food"], "protected_identity": "no", "answering_for": "self", "contact_way": ["sms", "email"]}


NETWORKS = itertools.count(1)
"""Each visitor comes from another one: a network may send only so many messages an hour."""


class Visitor:
    """Somebody with a browser (or a program) of their own."""

    def __init__(self, process: Process) -> None:
        connector = aiohttp.TCPConnector(local_addr=(f"127.0.{next(NETWORKS) % 250 + 1}.1", 0))
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(process.url, connector=connector, cookie_jar=jar)
        self.errors = 0

        async def counted(session: aiohttp.ClientSession, context: Any, heard: aiohttp.TraceRequestEndParams) -> None:
            self.errors += heard.response.status >= 500

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(counted)
        trace.freeze()
        self.session._trace_configs.append(trace)

    async def get(self, path: str, **given: Any) -> tuple[int, bytes]:
        async with self.session.get(path, allow_redirects=False, **given) as found:
            return found.status, await found.read()

    async def post(self, path: str, fields: Mapping[str, str], **given: Any) -> tuple[int, bytes, str]:
        async with self.session.post(path, data=fields, allow_redirects=False, **given) as found:
            return found.status, await found.read(), found.headers.get("Location", "")

    async def send(self, page: str, address: str, /, **fields: str) -> tuple[int, bytes, str]:
        """Send a form with the hidden fields of a page."""
        _, body = await self.get(page)
        return await self.post(address, dict(HIDDEN.findall(body.decode())) | fields)

    def cookies(self) -> list[str]:
        return [one.value for one in self.session.cookie_jar]


def told(dialog: Dialog, markers: Markers, who: str) -> dict[str, str]:
    """Words for every text question of a dialog."""
    return {
        name: markers.new(f"{who}: {name}")[: place.item.max_length]
        for name, place in places(dialog).items()
        if isinstance(place.item, Text)
    }


async def by_pages(process: Process, dialog: Dialog, markers: Markers, who: str) -> int:
    """A visit in a browser without script, to the end; how many answers were errors of the server."""
    person = Visitor(process)
    async with person.session:
        message = {name: markers.new(f"{who}: message {name}") for name in ("name", "phone", "when")}
        assert (await person.send("/sv/apply-now", "/sv/apply-now", **message))[0] == 200
        browser = Browser(cast("Client", person.session))
        await browser.begin("sv")
        answers = PERSON | STOPS | told(dialog, markers, who)
        while "/chat/code" not in browser.page.url:
            await browser.reply(answers)
        for found in (*CODE.findall(browser.page.html), *TICKET.findall(browser.page.html)):
            markers.take(f"{who}: code or ticket", found)
        within = {name: markers.new(f"{who}: urgent {name}") for name in ("name", "phone", "when")}
        status, body, _ = await person.send("/sv/apply-now", "/chat", do="urgent", kind="call_me", **within)
        assert status == 303, body
        await browser.open("/chat")
        await browser.walk(answers, until="submit")
        await browser.open("/chat/answers")
        await browser.open("/chat/code")
        await browser.open("/chat")
        for cookie in person.cookies():
            markers.take(f"{who}: cookie", cookie)
        await browser.walk(answers)
    return person.errors


async def by_program(process: Process, markers: Markers, who: str) -> int:
    """A visit over the API, to the end; each text is another marker."""
    person = Visitor(process)
    async with person.session:

        async def call(path: str, body: Any, token: str = "") -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with person.session.post(V1 + path, json=body, headers=headers) as found:
                assert found.status in (200, 201), await found.text()
                return await found.json()

        begun = await call("/conversations", START)
        token, turn = markers.take(f"{who}: token", begun["token"]), begun["turn"]
        markers.take(f"{who}: code", begun["code"])
        while turn["step"]["kind"] != "done":
            item = turn["step"].get("item", {}).get("name", turn["step"]["kind"])
            path, body = answer(turn, words := f"Zq{secrets.token_hex(6)}")
            if words in str(body):
                markers.take(f"{who}: {item}", words)
            turn = (await call(f"/conversation/{path}", body, token))["turn"]
        await person.get(f"{V1}/conversation/summary", headers={"Authorization": f"Bearer {token}"})
    return person.errors


async def at_the_desk(process: Process, markers: Markers, name: str, password: str, token: str) -> tuple[int, str]:
    """A caseworker reads, searches, writes and invites everywhere; how many errors there were, and all that was read
    of the cases."""
    worker, read = Visitor(process), ""
    async with worker.session:
        for wrong in (markers.new("wrong password"), markers.new("wrong login name")):
            await worker.post("/desk/login", {"name": wrong[:60], "password": wrong, "next": f"/desk?q={wrong}"})
        status, body, _ = await worker.post("/desk/login", {"name": name, "password": password, "next": ""})
        assert status == 303, body
        for cookie in worker.cookies():
            markers.take("desk cookie", cookie)
        said = list(markers.places.items())
        for core, _ in said[:: max(1, len(said) // 10)]:
            await worker.get("/desk", params={"q": core})
        cases = [one["id"] for one in await _cases(worker, token)]
        for case in cases:
            read += await _work_on(worker, markers, case)
            read += await _by_token(worker, case, token)
        await _invite(worker, markers)
        await _account(worker, markers)
    return worker.errors, read


async def _cases(worker: Visitor, token: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with worker.session.get(f"{V1}/cases", headers=headers) as found:
        assert found.status == 200
        return cast("list[dict[str, Any]]", (await found.json())["cases"])


async def _work_on(worker: Visitor, markers: Markers, case: str) -> str:
    place, read = f"/desk/cases/{case}", ""
    for page in CASE_PAGES:
        read += (await worker.get(f"{place}/{page}"))[1].decode()
    for file in CASE_FILES:
        await worker.get(f"{place}/{file}")
    work = f"{place}/work"
    for _ in range(2):
        note = markers.new("note at the desk")
        assert (await worker.send(work, work, do="note", note=note))[0] == 303
    assert (await worker.send(work, work, do="take"))[0] == 303
    assert (await worker.send(work, work, do="close", reason=markers.new("reason to close")))[0] == 303
    await worker.send(work, work, do="reopen")
    for do in ("link", "merge"):
        await worker.send(work, work, do=do, reference=markers.new("reference of a partner"))
    await worker.send("/desk/cross", "/desk/cross", reference="AAA-AAA", reason=markers.new("reason to cross"))
    return read


async def _by_token(worker: Visitor, case: str, token: str) -> str:
    headers, read = {"Authorization": f"Bearer {token}"}, ""
    for path in ("", "/summary", "/record"):
        read += (await worker.get(f"{V1}/cases/{case}{path}", headers=headers))[1].decode()
    return read


async def _invite(worker: Visitor, markers: Markers) -> None:
    local = markers.new("e-mail of an invitation", before="")
    for channel, address in (("email", f"{local}@example.org"), ("paper", ""), ("sms", "+46701740605")):
        name = markers.new("name in an invitation", before="")
        fields = {"name": name, "first_contact": "", "language": "ar", "channel": channel, "address": address}
        _, page = await worker.get("/desk/invitations")
        today = re.search(r'max="(\d{4}-\d\d-\d\d)"', page.decode())
        assert today is not None
        fields["first_contact"] = today[1]
        status, body, there = await worker.send("/desk/invitations", "/desk/invitations", **fields)
        assert status == 303, body
        _, body = await worker.get(there)
        for token in re.findall(r"/i/([\w-]{16,})", body.decode()):
            markers.take("token of an invitation", token)
        for code in CODE.findall(body.decode()):
            markers.take("code of an invitation", code)
    markers.take("telephone of an invitation", "+46701740605")


async def _account(worker: Visitor, markers: Markers) -> None:
    _, body = await worker.get("/desk/account/second-step")
    for secret in re.findall(r"<code>([A-Z2-7 ]{16,})</code>", body.decode()):
        markers.take("secret of a second step", secret)
    password = markers.new("new password")
    fields = {"old": markers.new("old password, wrong"), "new": password, "again": password}
    await worker.send("/desk/account/password", "/desk/account/password", **fields)
