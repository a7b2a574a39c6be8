"""The example for nginx, in front of the program, as people reach it."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.server.limits import OF_ALL
from assistant.service import Service
from assistant.settings import Settings
from tests.conftest import Client
from tests.faults.serving import free_port
from tests.security.test_deploy import DEPLOY, NGINX
from tests.security.test_proxies import wrong_code

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed"),
]
HOST = "intake.example.org"
KANARIE = "kanarie"


class Front(NamedTuple):
    """nginx: its ports, and the folder of its logs."""

    tls: int
    plain: int
    folder: Path

    async def raw(self, request: bytes, *, context: ssl.SSLContext | None = None) -> bytes:
        """All that comes back for these bytes until the other end closes."""
        context = context or trusting()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.tls, ssl=context, server_hostname=HOST)
        writer.write(request)
        await writer.drain()
        found = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        return found

    async def status(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close", f"Content-Length: {len(body)}"]
        if body:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        answer = await self.raw("\r\n".join([*lines, "", ""]).encode() + body)
        return int(answer.split(b" ", 2)[1])


def trusting() -> ssl.SSLContext:
    """TLS that takes any certificate, for one that was made a moment ago."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def started(folder: Path, tls: int, plain: int, behind: int) -> subprocess.Popen[bytes]:
    """nginx with the example, on these ports, in front of a server on this machine."""
    folder.mkdir()
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "chain.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for old, new in (
        ("/etc/ssl/klarbild", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("127.0.0.1:8080", f"127.0.0.1:{behind}"),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
    ):
        assert old in text
        text = text.replace(old, new)
    places = "".join(f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {folder}/pid; daemon off; error_log stderr; events {{}} http {{ {places}\n{text}\n}}"
    (folder / "nginx.conf").write_text(whole)
    return subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-e", "stderr"], stderr=subprocess.DEVNULL)


@pytest.fixture
async def front(client: Client, service: Service, tmp_path: Path) -> AsyncIterator[Front]:
    service.settings = Settings(behind_tls_proxy=True)
    assert client.port is not None
    found = Front(free_port(), free_port(), tmp_path / "nginx")
    process = started(found.folder, found.tls, found.plain, client.port)
    for _ in range(100):
        try:
            await found.status("GET", "/healthz")
            break
        except OSError:
            assert process.poll() is None
            await asyncio.sleep(0.1)
    yield found
    process.terminate()
    await asyncio.to_thread(process.wait, 30)


async def logged(front: Front, least: int = 0) -> list[str]:
    """The lines of the proxy's log, as soon as there are so many: it writes one after its answer has gone."""
    path = front.folder / "klarbild.log"
    for _ in range(500):
        lines = path.read_text().splitlines()
        if len(lines) >= least:
            break
        await asyncio.sleep(0.01)
    return lines


async def test_nobody_chooses_an_address_by_a_header(front: Front) -> None:
    for number in range(OF_ALL + 2):
        claims = {name: f"203.0.{number}.9" for name in ("X_Forwarded_For", "Forwarded", "X_Real_IP")}
        status = await front.status("POST", "/sv/continue", f"code={wrong_code()}".encode(), **claims)
    assert status == 429


async def test_what_is_for_this_machine_is_not_seen_from_outside(front: Front) -> None:
    assert await front.status("GET", "/healthz") == 200
    for path in ("/metrics", "/readyz", "//metrics", "/./readyz", "/%6detrics"):
        assert await front.status("GET", path) == 404, path


async def test_a_body_that_is_too_large_ends_at_the_door(front: Front) -> None:
    assert await front.status("POST", "/chat", b"x" * 70_000) == 413


async def test_nothing_that_was_asked_stands_in_the_logs_of_the_proxy(front: Front) -> None:
    await front.status("GET", f"/sv?{KANARIE}={KANARIE}", Referer=f"https://{KANARIE}.example", User_Agent=KANARIE)
    await front.status("POST", f"/{KANARIE}", KANARIE.encode(), Cookie=f"klarbild={KANARIE}")
    await front.raw(f"{KANARIE}\r\n\r\n".encode())
    lines = await logged(front, 3)
    assert len(lines) >= 3
    assert all(re.fullmatch(r"\S+T\S+ [A-Z-]* \d{3} \d+ [\d.]+", line) for line in lines), lines
    assert not [
        path for path in front.folder.rglob("*.log") if KANARIE in path.read_text() or "127.0.0.1" in path.read_text()
    ]


async def test_plain_http_leads_to_tls_of_the_name_in_the_settings(front: Front) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", front.plain)
    writer.write(b"GET /sv HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 301 ") and f"Location: https://{HOST}/sv\r\n" in answer


async def test_old_tls_gets_no_answer(front: Front) -> None:
    context = trusting()
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await front.raw(b"GET / HTTP/1.1\r\n\r\n", context=context)


HIDDEN = f"GET /{KANARIE} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
SMUGGLED = {
    "a length and chunks": f"Content-Length: {len(HIDDEN) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "chunks with a space": f"Content-Length: {len(HIDDEN) + 5}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "chunks twice": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{HIDDEN}",
    "chunks in disguise": f"Transfer-Encoding: xchunked\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a length with a sign": f"Content-Length: +{len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a folded line": f"X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
}


@pytest.mark.parametrize("how", SMUGGLED)
async def test_no_request_hides_in_another(front: Front, how: str) -> None:
    """What stands behind the end of a request is a part of it, or a request that the proxy has seen: as many answers
    come back as it has counted."""
    before = len(await logged(front))
    head = f"POST /left HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
    answer = await front.raw((head + SMUGGLED[how]).encode())
    counted = len(await logged(front, before + 1)) - before
    assert len(re.findall(rb"^HTTP/1\.1 \d{3} |(?<=\n)HTTP/1\.1 \d{3} ", answer)) == counted == 1
    assert await front.status("GET", "/healthz") == 200
