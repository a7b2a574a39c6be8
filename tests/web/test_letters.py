"""Letters of invitations: sent, tried again with growing pauses, given up, withdrawn; neutral, and nowhere in plain."""

from __future__ import annotations

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from assistant.outbox import PAUSES, Outbox
from assistant.sending import Letter, NotSent, Transport, normal, problem_of, transports
from assistant.sending.sms import Gateway
from assistant.sending.smtp import Smtp, message_of
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
        outbox = Outbox(service, {"email": Smtp(mail_settings(port))})
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
    outbox = Outbox(service, {"email": Smtp(mail_settings(unused_port()))})
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
        outboxes = [Outbox(service, {"email": Smtp(mail_settings(port))}) for _ in range(2)]
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


# -- by mail -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "final"), [("550 no such box", True), ("451 later", False)])
async def test_a_refusal_is_final_only_if_the_server_says_so(answer: str, final: bool) -> None:
    async with mail_server(Mailbox(answer)) as port:
        with pytest.raises(NotSent) as refused:
            await Smtp(mail_settings(port)).send(LETTER)
    assert (refused.value.code, refused.value.final) == ("refused", final)
    assert ADDRESS not in str(refused.value)


async def test_a_mail_server_that_never_answers_is_left_after_a_while() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NotSent) as late:
            await Smtp(mail_settings(port), within=0.2).send(LETTER)
    assert (late.value.code, late.value.final) == ("timeout", False)


async def test_a_server_without_tls_gets_no_letter_where_tls_is_wanted() -> None:
    async with mail_server(Mailbox()) as port:
        settings = msgspec.structs.replace(mail_settings(port), smtp_security="starttls")
        with pytest.raises(NotSent) as refused:
            await Smtp(settings).send(LETTER)
    assert not refused.value.final


def test_a_message_has_neutral_headers_only() -> None:
    message = message_of(LETTER, "tid@example.org")
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert message["Message-ID"].endswith("@example.org>")


# -- by SMS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (400, "refused", True),
        (429, "refused", False),
        (500, "refused", False),
        (401, "misconfigured", False),
        (302, "misconfigured", False),
    ],
)
async def test_what_a_gateway_answers_decides_whether_it_is_tried_again(status: int, code: str, final: bool) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.add_routes([web.post("/sms", answer)])
    async with TestServer(app) as server:
        with pytest.raises(NotSent) as refused:
            await Gateway(Settings(sms_transport="http", sms_url=str(server.make_url("/sms")))).send(LETTER)
    assert (refused.value.code, refused.value.final) == (code, final)


async def test_a_gateway_gets_number_sender_text_and_its_token() -> None:
    got: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.json(), request.headers.get("Authorization")))
        return web.Response(status=202)

    app = web.Application()
    app.add_routes([web.post("/sms", take)])
    async with TestServer(app) as server:
        url = str(server.make_url("/sms"))
        settings = Settings(sms_transport="http", sms_url=url, sms_from="Tid", sms_token="secret")
        await Gateway(settings).send(msgspec.structs.replace(LETTER, channel="sms", to="0701740605"))
    assert got == [({"to": "0701740605", "from": "Tid", "text": "Öppna: x"}, "Bearer secret")]


async def test_a_gateway_that_is_down_or_hangs_is_tried_again() -> None:
    settings = Settings(sms_transport="http", sms_url=f"http://127.0.0.1:{unused_port()}/sms")
    with pytest.raises(NotSent) as down:
        await Gateway(settings).send(LETTER)
    assert (down.value.code, down.value.final) == ("unreachable", False)

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/sms", hang)])
    async with TestServer(app) as server:
        slow = Settings(sms_transport="http", sms_url=str(server.make_url("/sms")))
        with pytest.raises(NotSent) as late:
            await Gateway(slow, within=0.2).send(LETTER)
    assert (late.value.code, late.value.final) == ("timeout", False)


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["a@b.se", "for.name+x@mail.example.org", " å@exempel.se "])
def test_an_address_that_can_be_one_is_taken(address: str) -> None:
    assert problem_of("email", address) == ""


@pytest.mark.parametrize("address", ["070-174 06 05", "+46 (0)70 174 06 05", "٠٧٠١٧٤٠٦٠٥", "0701740605"])
def test_a_number_is_taken_as_people_write_it(address: str) -> None:
    assert problem_of("sms", address) == ""
    assert normal("sms", address).lstrip("+").isascii()


@given(st.text())
def test_no_address_breaks_anything_and_what_is_taken_fits_one_line(text: str) -> None:
    for channel in ("email", "sms"):
        if not problem_of(channel, text):
            assert "\n" not in normal(channel, text) and "\r" not in normal(channel, text)


async def test_the_page_of_open_invitations_tells_how_far_each_letter_is(service: Service, browser: Browser) -> None:
    client = await browser(ANNA)
    await invite(client)
    assert "on its way" in await seen(client, "/desk/invitations?locale=en")
    await Outbox(service, {"email": Never("timeout")}).send_due()
    assert "the server does not answer" in await page(client, "/desk/invitations?locale=en")
