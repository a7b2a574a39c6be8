"""Letters of invitations: sent, tried again with growing pauses, given up, withdrawn; neutral, and nowhere in plain."""

from __future__ import annotations

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from aiosmtpd.smtp import SMTP, Envelope, Session

from assistant.outbox import PAUSES, Outbox
from assistant.sending import Letter, NotSent, Transport, transports
from assistant.sending.smtp import SmtpTransport
from assistant.service import Service
from assistant.settings import Settings
from assistant.store.invitations import LetterRow
from tests.conftest import Client, Clock
from tests.web.desk_visits import page, seen
from tests.web.office_visits import ANNA, Browser, browsers, hire_all, post, send

ADDRESS = "selam@example.org"
LETTER = Letter(channel="email", to=ADDRESS, subject="Om din bokade tid", text="Öppna: x", lang="sv")
TELLING = ("bistånd", "våld", "soc", "ekonomi", "selam")


class Mailbox:
    """A real mail server that takes everything, or answers with a line of its own."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer, self.letters = answer, list[bytes]()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        self.letters.append(content if isinstance(content, bytes) else content.encode())
        return "250 OK"


@contextlib.asynccontextmanager
async def mail_server(box: Mailbox) -> AsyncIterator[int]:
    """The mail server on this loop; its port."""
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def mail_settings(port: int) -> Settings:
    return Settings(
        mail_transport="smtp", smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", mail_from="tid@example.org"
    )


@pytest.fixture
async def browser(aiohttp_client: Callable[[Any], Awaitable[Client]], service: Service) -> Browser:
    await hire_all(service)
    return browsers(aiohttp_client, service)


async def invite(client: Client, channel: str = "email", address: str = ADDRESS) -> str:
    """Invite somebody by a letter; the id of the case."""
    fields = {"name": "Selam", "first_contact": "2026-03-05", "language": "sv", "channel": channel, "address": address}
    answer = await send(client, "/desk/invitations", "/desk/invitations", **fields)
    return answer.headers["Location"].split("/")[3]


async def letter_of(service: Service, case: str) -> LetterRow:
    return (await service.store.invitations.letters_of([case]))[0]


class Never(Transport):
    """A way on which nothing goes out."""

    def __init__(self, code: str = "unreachable", *, final: bool = False) -> None:
        self.error, self.tries = NotSent(code, final=final), 0  # type: ignore[arg-type]

    async def send(self, letter: Letter) -> None:
        self.tries += 1
        raise self.error


# -- on its way --------------------------------------------------------------------------------------------------------


async def test_a_letter_is_sealed_until_it_is_sent_and_blank_afterwards(service: Service, browser: Browser) -> None:
    client = await browser(ANNA)
    case = await invite(client)
    waiting = await letter_of(service, case)
    assert waiting.state == "queued" and ADDRESS.encode() not in waiting.body and b"/i/" not in waiting.body
    box = Mailbox()
    async with mail_server(box) as port:
        outbox = Outbox(service, {"email": SmtpTransport(mail_settings(port))})
        assert await outbox.send_due() == 1
        assert await outbox.send_due() == 0
    gone = await letter_of(service, case)
    assert (gone.state, gone.tries) == ("sent", 1) and not any(gone.body)
    (message,) = box.letters
    assert b"/i/" in message and b"To: selam@example.org" in message
    assert "E-post: skickat 2026-03-05 10:00" in await seen(client, f"/desk/cases/{case}/invitation")


async def test_a_server_that_is_down_is_tried_again_with_growing_pauses_and_the_desk_shows_it(
    service: Service, browser: Browser, clock: Clock
) -> None:
    case = await invite(await browser(ANNA))
    outbox = Outbox(service, {"email": SmtpTransport(mail_settings(unused_port()))})
    assert await outbox.send_due() == 0
    first = await letter_of(service, case)
    assert (first.state, first.tries, first.problem) == ("queued", 1, "unreachable")
    text = await seen(await browser(ANNA), f"/desk/cases/{case}/invitation?locale=en")
    assert "1 try: the server cannot be reached; next try 2026-03-05 10:01" in text
    await outbox.send_due()
    assert (await letter_of(service, case)).tries == 1
    for pause in PAUSES:
        clock.forward(seconds=pause.total_seconds())
        await outbox.send_due()
    given_up = await letter_of(service, case)
    assert (given_up.state, given_up.tries) == ("failed", len(PAUSES) + 1) and not any(given_up.body)
    clock.forward(days=1)
    never = Never()
    await Outbox(service, {"email": never}).send_due()
    assert never.tries == 0


async def test_an_address_that_is_refused_for_good_is_not_tried_again(service: Service, browser: Browser) -> None:
    case = await invite(await browser(ANNA))
    await Outbox(service, {"email": Never("refused", final=True)}).send_due()
    letter = await letter_of(service, case)
    assert (letter.state, letter.problem) == ("failed", "refused")


async def test_who_presses_try_now_does_not_wait(service: Service, browser: Browser) -> None:
    client = await browser(ANNA)
    case = await invite(client)
    never = Never()
    outbox = Outbox(service, {"email": never})
    await outbox.send_due()
    letter = await letter_of(service, case)
    answer = await send(
        client, f"/desk/cases/{case}/invitation", f"/desk/cases/{case}/invitation", do="retry", letter=letter.id
    )
    assert answer.status == 303
    await outbox.send_due()
    assert never.tries == 2


async def test_a_withdrawn_invitation_is_not_sent(service: Service, browser: Browser) -> None:
    client = await browser(ANNA)
    case = await invite(client)
    await post(client, f"/desk/cases/{case}/invitation", "withdraw")
    never = Never()
    await Outbox(service, {"email": never}).send_due()
    letter = await letter_of(service, case)
    assert never.tries == 0 and (letter.state, letter.problem) == ("failed", "withdrawn") and not any(letter.body)


async def test_a_restart_loses_no_letter_and_sends_none_twice(service: Service, browser: Browser) -> None:
    case = await invite(await browser(ANNA))
    box = Mailbox()
    async with mail_server(box) as port:
        outboxes = [Outbox(service, {"email": SmtpTransport(mail_settings(port))}) for _ in range(2)]
        for one in outboxes:
            await one.send_due()
    assert len(box.letters) == 1
    assert (await letter_of(service, case)).state == "sent"


async def test_without_a_server_letters_lie_as_files_for_their_owner_only(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    client = await browser(ANNA)
    await invite(client)
    await invite(client, "sms", "070-174 06 05")
    assert await Outbox(service, transports(Settings(), tmp_path)).send_due() == 2
    files = sorted((tmp_path / "outbox").iterdir(), key=lambda one: one.suffix)
    assert [one.suffix for one in files] == [".eml", ".txt"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "outbox").stat().st_mode) == 0o700
    assert files[1].read_text().startswith("0701740605\n\n")


async def test_what_is_sent_names_nobody_and_not_what_it_is_about(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    client = await browser(ANNA)
    for language in ("sv", "en", "ar"):
        fields = {"name": "Zebedeus", "first_contact": "2026-03-05", "language": language}
        await send(client, "/desk/invitations", "/desk/invitations", **fields, channel="sms", address="070-174 06 05")
    await Outbox(service, transports(Settings(), tmp_path)).send_due()
    texts = [one.read_text().lower() + one.name for one in (tmp_path / "outbox").iterdir()]
    assert len(texts) == 3
    for text in texts:
        assert not [word for word in (*TELLING, "zebedeus", "klarbild", "kommun") if word in text]
        assert "/i/" in text


async def test_the_page_of_open_invitations_tells_how_far_each_letter_is(service: Service, browser: Browser) -> None:
    client = await browser(ANNA)
    await invite(client)
    assert "on its way" in await seen(client, "/desk/invitations?locale=en")
    await Outbox(service, {"email": Never("timeout")}).send_due()
    assert "the server does not answer" in await page(client, "/desk/invitations?locale=en")
