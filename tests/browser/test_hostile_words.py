"""Hostile words in a real browser: nothing runs, nothing is loaded, and no element is born of them."""

from __future__ import annotations

import pytest

from assistant.server.keys import SESSIONS
from assistant.service import Service
from tests.browser.phone import IN_CHROMIUM, Phones
from tests.conftest import Client
from tests.security.hostile import ROUNDS, a_case, harmless, said_in
from tests.security.payloads import NAMES_THAT_RUN, PAYLOADS
from tests.web.office_visits import hire_all

pytestmark = IN_CHROMIUM

PAGES = ("summary", "sources", "twin", "work", "history", "life-line")
ELEMENTS = "[...document.querySelectorAll('*')].map(one => one.tagName).filter(tag => tag != 'BR').join(' ')"
ATTRIBUTES = """[...document.querySelectorAll('*')].flatMap(one => [...one.attributes].map(at => at.name))
    .filter(name => name.startsWith('on') || name == 'srcdoc' || name == 'autofocus' || name == 'style').join(' ')"""


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
async def test_no_words_do_anything_in_a_browser(
    phones: Phones, client: Client, service: Service, script: bool
) -> None:
    await hire_all(service)
    assert client.app is not None
    phone = await phones.new(width=1280, height=900, mouse=True, script=script)
    happened: list[str] = []
    phone.page.on("dialog", lambda dialog: happened.append(f"a dialog: {dialog.message}"))
    phone.page.on("request", lambda asked: happened.append(asked.url) if client.host not in asked.url else None)
    phone.page.on("pageerror", lambda error: happened.append(f"an error: {error}"))
    desk = await client.app[SESSIONS].begin("desk", "anna")
    for round in range(min(ROUNDS, 4)):
        said = said_in(service, round) | {"anything_else": PAYLOADS[NAMES_THAT_RUN[round]]}
        shapes = []
        for words in (said, {field: harmless(one) for field, one in said.items()}):
            talk = await a_case(service, words, words["anything_else"])
            own = await client.app[SESSIONS].begin("applicant", talk.id)
            base = str(client.make_url("/"))
            await phone.page.context.add_cookies(
                [{"name": "klarbild-desk", "value": desk, "url": base}, {"name": "klarbild", "value": own, "url": base}]
            )
            shapes.append(
                [
                    (await phone.page.goto(base.rstrip("/") + path), await phone.page.evaluate(ELEMENTS))[1]
                    for path in (*(f"/desk/cases/{talk.case}/{page}" for page in PAGES), "/chat", "/chat/answers")
                ]
            )
            assert await phone.page.evaluate(ATTRIBUTES) == ""
        assert shapes[0] == shapes[1], round
    assert happened == []
    assert phone.complaints == []
