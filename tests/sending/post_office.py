"""A mail server and a gateway of others on this machine, certificates that nobody else vouches for, and letters."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assistant.sending import Letter, NotSent, Transport

WHOM: Final = "anna@example.org"
NUMBER: Final = "+46701740605"
FROM: Final = "noreply@kommun.example.org"
WORDS: Final = "Hej! Här är länken. مرحبا"


def letter(**changes: Any) -> Letter:
    values = {"channel": "email", "to": WHOM, "subject": "Ett besök hos kommunen", "text": WORDS, "lang": "sv"}
    return Letter(**(values | changes))


def text_message(**changes: Any) -> Letter:
    return letter(**({"channel": "sms", "to": NUMBER, "subject": ""} | changes))


async def failure_of(transport: Transport, one: Letter) -> tuple[str, bool]:
    """How the letter failed, and whether for good; whatever is told of it holds neither the address nor the words."""
    try:
        await transport.send(one)
    except NotSent as error:
        told = f"{error!r} {error.__cause__!r} {error.__context__!r} {one!r}"
        assert one.to not in told
        assert one.text not in told
        return error.code, error.final
    raise AssertionError("the letter was sent")


class Desk:
    """What the mail server does and has seen. ``answers``: its answer to a recipient, by address."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.sender_answer = self.data_answer = ""
        self.rude = False
        self.slow: asyncio.Event | None = None
        self.slow_goodbye: asyncio.Event | None = None
        self.envelopes: list[Envelope] = []
        self.greeted: list[str | None] = []
        self.encrypted: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_MAIL(  # noqa: N802, RUF100 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802, RUF100
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, RUF100
        if self.slow is not None:
            await self.slow.wait()
        if self.data_answer:
            return self.data_answer
        self.envelopes.append(envelope)
        self.greeted.append(session.host_name)
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, RUF100
        if self.rude and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if self.slow_goodbye is not None:
            await self.slow_goodbye.wait()
        return "221 Bye"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hush", handled=False)


@asynccontextmanager
async def served(make: Callable[[], asyncio.BaseProtocol], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port of this machine, served while the block runs."""
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def mail_server(desk: Desk, **options: Any) -> AsyncIterator[int]:
    """The server of aiosmtpd; its port."""
    context = options.pop("context", None)
    async with served(lambda: SMTP(desk, hostname="mail.example.org", **options), context) as port:
        try:
            yield port
        finally:
            for waiting in (desk.slow, desk.slow_goodbye):
                if waiting is not None:
                    waiting.set()
            # The server's own tasks end before its loop does.
            await asyncio.sleep(0)


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A server that takes the connection and never says a word; its port."""
    over = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    async with server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            over.set()
            await asyncio.sleep(0)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for this machine that it has signed itself, as a file to trust, and what a server shows of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
