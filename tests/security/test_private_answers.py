"""A private answer is written and never read: what a person can reach after coming back with the code is the same page,
byte for byte, whatever the private answers were."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from assistant.core.dialog import Dialog, Group, Repeat, SelectMultiple, SelectOne, choices_of
from assistant.service import Service
from assistant.turns import Viewer
from assistant.wording import plain
from tests.conftest import Client
from tests.web.api_client import Caller
from tests.web.browser_without_script import Browser
from tests.web.visits import PERSON

SAME: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
    ("contact_safe", {**PERSON, "contact_safe": "ok"}, {**PERSON, "contact_safe": "care"}),
    ("contact_safe", {**PERSON, "contact_safe": "ok"}, {**PERSON, "contact_safe": ("decline", "skip")}),
    ("talk_alone", {**PERSON, "talk_alone": "yes"}, {**PERSON, "talk_alone": "no"}),
    ("talk_alone", {**PERSON, "talk_alone": "yes"}, {**PERSON, "talk_alone": ("decline", "unknown")}),
    ("help_wanted", {**PERSON, "help_wanted": ["job"]}, {**PERSON, "help_wanted": ["job", "addiction"]}),
    ("help_wanted", {**PERSON, "help_wanted": ("decline", "in_person")}, {**PERSON, "help_wanted": ["addiction"]}),
]
"""A question, and two people who differ in nothing but what they answered to it."""

OWN = re.compile(
    r'name="(token|once)" value="[^"]*"|<svg.*?</svg>|https?://[^"<]*/t/[^"<]*|\b[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}\b'
    r"|\b[0-9A-HJ-NP-Z]{3}-[0-9A-HJ-NP-Z]{3}\b|/(audio|static)/[^\"]*",
    re.DOTALL,
)
"""What differs between any two conversations: tokens, codes, links to another device, references."""

PAGES = ("/chat", "/chat/answers", "/chat/code", "/sv", "/sv/privacy", "/sv/apply-now", "/chat/reminder.ics", "/")


class Seen:
    """Everything that a person can reach with the code, by what was asked for."""

    def __init__(self, client: Client, service: Service) -> None:
        self.client, self.service, self.found = client, service, dict[str, str]()

    async def of(self, answers: Mapping[str, Any], item: str) -> dict[str, str]:
        """Answer everything, come back with the code, look at all pages, ask the question anew, send, look again."""
        browser = Browser(self.client)
        self.client.session.cookie_jar.clear()
        await browser.begin("sv")
        await browser.walk(answers, until="submit")
        talk = next(one for one in self.service._cache.values() if one.state.seq and not one.state.submitted_at)
        self.client.session.cookie_jar.clear()
        await browser.open("/sv/continue")
        assert (await browser.send("continue", code=talk.code)).status == 200
        await self.look("before sending", browser)
        await browser.open("/chat")
        await browser.press("change", item)
        self.keep("asked anew", browser.page.html)
        turn = await browser.client.get("/chat", headers={"Accept": "application/json"})
        self.keep("asked anew as JSON", await turn.text())
        await browser.reply(answers)
        for viewer in (Viewer(talk, self.service.words(tag), self.service.settings) for tag in ("sv", "ar")):
            told = [(one.question, plain(one.answer)) for one in viewer.lines()]
            self.keep(f"record {viewer.words.language.tag}", json.dumps(told))
            self.keep(f"transcript {viewer.words.language.tag}", repr(list(viewer.said(None))))
        await browser.walk(answers)
        await self.look("sent", browser)
        return self.found

    async def look(self, when: str, browser: Browser) -> None:
        for path in PAGES:
            self.keep(f"{path} {when}", (await browser.open(path)).html if "ics" not in path else "")
        for accept in ("application/json", "text/vnd.klarbild.turn+html"):
            turn = await self.client.get("/chat", headers={"Accept": accept})
            self.keep(f"{accept} {when}", await turn.text())

    def keep(self, name: str, text: str) -> None:
        self.found[name] = OWN.sub("", text)


@pytest.mark.parametrize(("item", "one", "other"), SAME, ids=lambda value: value if isinstance(value, str) else "")
async def test_two_people_who_differ_in_a_private_answer_are_shown_the_same(
    client: Client, service: Service, item: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    first = await Seen(client, service).of(one, item)
    service._cache.clear()
    second = await Seen(client, service).of(other, item)
    assert first.keys() == second.keys() and len(first) > 20
    assert [name for name in first if first[name] != second[name]] == []
    assert "Besvarat, visas inte här" in first["/chat/answers before sending"]


async def test_the_interface_for_programs_tells_no_private_answer(client: Client, service: Service) -> None:
    told = []
    for safe, wanted in (("ok", ["job"]), ("care", ["job", "addiction"])):
        caller = await (await Caller(client).begin()).past_the_gate()
        answers: list[str] = []
        while caller.step["kind"] == "ask" and "work_now" not in answers:
            item = caller.step["item"]
            answers.append(item["name"])
            fields = {"contact_way": ["sms"], "swedish_level": "good"}
            given: dict[str, Any] = {"decline": "unknown"} if "unknown" in item["decline"] else {}
            if item["name"] in ("contact_safe", "help_wanted"):
                given = {"value": safe if item["name"] == "contact_safe" else wanted}
            elif item["type"] == "group" and any(one["name"] in fields for one in item["fields"]):
                given = {"fields": {one["name"]: _value(one, fields) for one in item["fields"]}}
            elif not given:
                break
            await caller.reply(item["name"], caller.step.get("of", ""), **given)
            told.append(json.dumps(caller.turn))
        assert {"contact_safe", "help_wanted"} <= set(answers)
        for path in ("/conversation", "/conversation/summary?locale=sv", "/conversation/summary?locale=ar"):
            status, body = await caller.send("GET", path)
            assert status == 200
            told.append(json.dumps(body))
    half = len(told) // 2
    assert len(told) == 2 * half and told[:half] == told[half:]


def _value(field: dict[str, Any], fields: Mapping[str, Any]) -> Any:
    known = fields.get(field["name"])
    return known if known is not None else (field["choices"][0]["name"] if field["type"] == "select_one" else None)


def test_every_private_row_of_the_inventory_is_private(dialogs: Mapping[str, Dialog]) -> None:
    dialog, private = dialogs["first_visit"], set[str]()
    for section in dialog.sections:
        for item in section.items:
            for one in (item, *(item.items if isinstance(item, Group | Repeat) else ())):
                if getattr(one, "private", False):
                    private.add(one.name)
                choices = choices_of(dialog, one) if isinstance(one, SelectOne | SelectMultiple) else {}
                private |= {f"{one.name}={name}" for name, choice in choices.items() if choice.private}
    assert private == {"protected_identity", "protected_next", "contact_safe", "talk_alone", "help_wanted=addiction"}
