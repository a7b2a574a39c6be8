"""SECURITY.md and docs/operations.md say what the program does: limits, keys, access, what is served and logged."""

from __future__ import annotations

import base64
import datetime
import inspect
import logging
import re
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from assistant import attempts, logins, signing_in, tickets
from assistant.server import limits, middlewares, sessions
from assistant.server.running import Place, tls_of
from assistant.server.sessions import Sessions
from assistant.service import Service
from assistant.store import codes, sealing
from tests.conftest import Client
from tests.security.requirements import read
from tests.web.desk_staff import cookie, send, set_up
from tests.web.desk_visits import NAME, PASSWORD, log_in, try_password

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


def rows(text: str, heading: str) -> dict[str, str]:
    """The first two cells of each row of the table under a heading."""
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")
    ]
    return {cells[0]: cells[1] for cells in found[2:]}


def test_every_threat_stands_in_the_document_and_has_its_requirement() -> None:
    told = [id for cell in rows(SECURITY, "Threats, and what is done") for id in re.findall(r"T\d+", cell)]
    assert told == [id for id in read() if id.startswith("T")]


def test_who_opens_what_is_told_alike_in_both_documents() -> None:
    desk = (ROOT / "docs" / "desk.md").read_text("utf-8")
    assert rows(SECURITY, "Who opens what") == rows(desk, "Whose a case is") != {}


def test_the_limits_in_the_documents_are_those_of_the_program() -> None:
    told = rows(SECURITY, "Limits")
    hour = 60 * 60
    applicant, desk = sessions.IDLE["applicant"] // 60, sessions.IDLE["desk"] // 60
    quarter = datetime.timedelta(minutes=15) == attempts.WITHIN
    assert (
        told["session of an applicant"]
        == f"{applicant:.0f} minutes of rest, {sessions.ABSOLUTE['applicant'] // hour:.0f} hours"
    )
    assert told["session at the desk"].startswith(
        f"{desk:.0f} minutes of rest, {sessions.ABSOLUTE['desk'] // hour:.0f} hours"
    )
    assert quarter and told["wrong passwords for a name from one neighbourhood"] == (
        f"{signing_in.MOST_FAILURES}, then a quarter of an hour"
    )
    assert told["wrong codes of the second step"].startswith(
        f"{signing_in.MOST_CODES} end the login, {signing_in.MOST_FAILURES} of one user"
    )
    assert told["a link or QR code to another device"] == f"{tickets.MINUTES} minutes, once"
    assert told["a body"] == f"{middlewares.LARGEST_BODY // 1024} KiB, {middlewares.BODY_WITHIN_S:.0f} seconds"
    assert told["a password"].startswith(f"at least {logins.SHORTEST} characters")
    wrong = told["wrong codes to come back"]
    assert "/24" in wrong and wrong.startswith(f"{limits.OF_ALL} an hour") and f"{limits.FREE} of them" in wrong


def test_every_key_and_cipher_stands_in_the_document() -> None:
    part = SECURITY.partition("<!-- sealing: begin -->")[2].partition("<!-- sealing: end -->")[0]
    source = inspect.getsource(sealing) + inspect.getsource(codes)
    ciphers = {"AESGCM": "AES-256-GCM", "HKDF": "HKDF", "SHA256": "SHA-256", "Argon2id": "Argon2id"}
    imported = set(re.findall(r"^from cryptography\S* import (\w+)$", source, re.MULTILINE))
    for name in imported - {"InvalidTag", "InvalidKey"}:
        assert ciphers[name] in part
    assert "random nonce of 96 bits" in part and sealing._NONCE * 8 == 96
    assert all(str(size) in part for size in sealing._SIZES[:5])
    for name in ("key of keys", "pepper", "data key"):
        assert f"| {name}" in part
    assert f"Argon2id ({19} MiB, 2 passes, 1 lane)" in part


def test_passwords_and_codes_cost_what_the_document_says(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def watched(**cost: object) -> Argon2id:
        asked.append(cost)
        return Argon2id(**cost)  # type: ignore[arg-type]

    monkeypatch.setattr(codes, "Argon2id", watched)
    codes.hash_code("K7M39QXT4RWD", service.keys)
    assert "(30 ms, 19 MiB)" in SECURITY
    assert [(one["memory_cost"], one["iterations"], one["lanes"]) for one in asked] == [(19 * 1024, 2, 1)]
    monkeypatch.undo()
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in codes.hash_password("a long password")


async def test_session_tokens_have_256_bits_of_chance(service: Service) -> None:
    made = Sessions(service.store, service.keys)
    tokens = [await made.begin("desk", "anna", keep=False) for _ in range(200)]
    assert len(set(tokens)) == 200
    assert {len(base64.urlsafe_b64decode(f"{token}=")) for token in tokens} == {32}
    bits = "".join(f"{byte:08b}" for token in tokens for byte in base64.urlsafe_b64decode(f"{token}="))
    assert 0.47 < bits.count("1") / len(bits) < 0.53


async def test_a_session_ends_after_its_hours_although_it_is_used(service: Service) -> None:
    now = [0.0]
    made = Sessions(service.store, service.keys, clock=lambda: now[0])
    for kind in ("applicant", "desk"):
        now[0] = 0.0
        token = await made.begin(kind, "anna")
        while now[0] < sessions.ABSOLUTE[kind]:
            assert await made.subject(kind, token) == "anna"
            now[0] += 600
        now[0] = sessions.ABSOLUTE[kind] + 1
        assert await made.subject(kind, token) is None


async def test_a_new_data_directory_lets_nobody_in(client: Client, service: Service) -> None:
    assert await service.store.users() == () and await service.store.tokens() == ()
    for name in ("admin", "root", "klarbild", "anna", ""):
        for password in ("admin", "password", "klarbild", ""):
            assert (await try_password(client, name, password)).status in (422, 429)
    assert not cookie(client)


async def test_nobody_proves_who_they_are_by_what_they_told(client: Client) -> None:
    """One comes back with a code, and a PIN of one's own choice: nothing else is asked for, and nothing else opens."""
    text = await (await client.get("/sv/continue")).text()
    (form,) = re.findall(r'<form[^>]* action="/\w+/continue".*?</form>', text, re.DOTALL)
    assert set(re.findall(r'<input[^>]* name="([^"]+)"', form)) - {"token", "once"} == {"code", "pin"}
    answer = await client.post(
        "/sv/continue", data={"birth_year": "1990", "called_name": "Selam"}, allow_redirects=False
    )
    assert answer.status == 422


def test_our_own_tls_refuses_what_is_older_than_1_2(tmp_path: Path) -> None:
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-subj",
        "/CN=x",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(chain),
    ]
    subprocess.run(made, check=True, capture_output=True)
    context = tls_of(Place("127.0.0.1", 0, chain, key), behind_proxy=False)
    assert context is not None and context.minimum_version == ssl.TLSVersion.TLSv1_2
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning):
            client.minimum_version = client.maximum_version = version
        assert not shakes_hands(client, context)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    assert shakes_hands(client, context)


def shakes_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> bool:
    """Whether the two agree on how to speak, in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)
    done = set[str]()
    for _ in range(10):
        for name, side in (("client", ours), ("server", theirs)):
            try:
                side.do_handshake()
                done.add(name)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return done == {"client", "server"}


INSIDE = """
    /.git/config /.git/HEAD /.env /.well-known/ /klarbild.toml /klarbild.key
    /klarbild.db /keyring.db /var/ /assistant/ /assistant/__main__.py /static/
    /static/../klarbild.key /static/..%2f..%2fpyproject.toml /web/ /templates/ /dialogs/first_visit.yaml /locales/
    /docs/ /README.md /requirements.lock /server-status /debug /console
    /admin /phpinfo.php /swagger /docs/openapi /graphql /actuator
    /backup /outbox/ /design /preview /preview/sv/first_visit
"""


@pytest.mark.parametrize("path", INSIDE.split())
async def test_nothing_but_pages_is_served(client: Client, path: str) -> None:
    answer = await client.get(path, allow_redirects=False)
    assert answer.status == 404
    text = await answer.text()
    assert "Index of" not in text and "Traceback" not in text
    assert not re.search(r"PRIVATE KEY|\[project\]|SQLite format|^from __future__", text, re.MULTILINE)


async def test_a_request_is_never_sent_back(client: Client) -> None:
    for path in ("/", "/chat", "/desk/login", "/api/v1/cases", "/static/x"):
        for method in ("TRACE", "TRACK", "DEBUG"):
            answer = await client.request(method, path, headers={"X-Marker": "kanarie"})
            assert answer.status in (400, 404, 405) and "kanarie" not in await answer.text() + str(answer.headers)


def test_the_deadlines_for_mending_are_written_down() -> None:
    part = SECURITY.partition("## Versions and mending")[2].partition("## ")[0]
    assert "within 7 days if it is critical" in part and "make audit" in part


LOGGED = {
    "desk": "`desk:`",
    "OpenID Connect": "`OpenID Connect:`",
    "sending letters": "sending letters",
    "klarbild.audit": "`klarbild.audit`",
    "erased what is over": "`erased what is over:`",
    "machine translation": "`machine translation:`",
}


def test_what_is_logged_is_written_down() -> None:
    table = rows(OPERATIONS, "The log")
    assert set(LOGGED.values()) | {"start and end", "a fault"} == set(table)
    for path in sorted((ROOT / "assistant").rglob("*.py")):
        for first in re.findall(r"_log\.(?:info|warning)\(\s*f?[\"']([^\"':%]+)", path.read_text("utf-8")):
            assert first in LOGGED or path.name in ("admission.py", "audit.py", "running.py"), (path.name, first)


async def test_what_happens_at_the_login_is_logged_without_a_password(
    client: Client, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "klarbild"):
        await log_in(client, service)
        await set_up(client, service)
        await send(client, "/desk/logout")
        await try_password(client, NAME, "a wrong password")
        await try_password(client, NAME, PASSWORD)
    told = said(caplog)
    assert [what for what, _ in told][:1] == ["a session began by password"]
    assert [what for what, _ in told][-2:] == ["a session was ended", "a wrong name or password"]
    assert len({marks.partition(", by ")[0] for _, marks in told}) == 1
    assert len({marks.partition(", by ")[2] for _, marks in told} - {""}) == 1
    for word in (NAME, PASSWORD, "a wrong password", "127.0.0"):
        assert word not in caplog.text


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What was logged of the desk, each with its marks."""
    lines = [record.getMessage() for record in caplog.records]
    parts = [line.removeprefix("desk: ").partition(", from ") for line in lines if line.startswith("desk: ")]
    assert all(re.fullmatch(r"[0-9a-f]{8}(, by [0-9a-f]{8})?", marks) for _, _, marks in parts)
    return [(what, marks) for what, _, marks in parts]


async def test_guessing_anothers_case_and_a_form_without_its_token_are_logged(
    client: Client, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    await log_in(client, service)
    with caplog.at_level(logging.INFO, "klarbild"):
        assert (await client.get(f"/desk/cases/{'0' * 32}/summary")).status == 404
        assert (await client.post("/desk/logout", data={"token": "forged"})).status == 403
        for _ in range(signing_in.MOST_FAILURES + 1):
            answer = await try_password(client, "nils", "a wrong password")
    assert answer.status == 429
    told = [what for what, _ in said(caplog)]
    assert told[:2] == [
        "a case that is not there or another's was asked for",
        "a form without the token of its session was sent",
    ]
    assert told[2:] == ["a wrong name or password"] * signing_in.MOST_FAILURES + ["too many wrong passwords"]
    assert "0" * 32 not in caplog.text and "nils" not in caplog.text
