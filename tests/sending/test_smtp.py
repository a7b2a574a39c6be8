"""Letters that go to a real mail server, and every way in which that goes wrong."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import sys
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from assistant.sending import NotSent, problems, smtp, transports
from assistant.sending.smtp import SmtpTransport
from assistant.settings import Settings
from tests.faults.serving import free_port
from tests.sending.post_office import (
    FROM,
    WHOM,
    WORDS,
    Desk,
    certificate,
    failure_of,
    letter,
    mail_server,
    silent_server,
)


def settings_for(port: int, **more: str) -> Settings:
    chosen = {"smtp_host": "127.0.0.1", "smtp_security": "none", "mail_from": FROM, "mail_transport": "smtp"} | more
    return Settings(smtp_port=port, **chosen)  # type: ignore[arg-type]


def content_of(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


async def test_a_letter_arrives_as_it_was_written() -> None:
    desk = Desk()
    async with mail_server(desk) as port:
        await transports(settings_for(port), None)["email"].send(letter(subject="Besök hos kommunen"))
    (envelope,) = desk.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (FROM, [WHOM])
    message = email.message_from_bytes(content_of(envelope), policy=email.policy.default)
    assert (message["From"], message["To"], message["Subject"]) == (FROM, WHOM, "Besök hos kommunen")
    assert message.get_content().strip() == WORDS
    assert message.get_content_type() == "text/plain"
    assert message["Content-Language"] == "sv"
    assert desk.greeted == ["kommun.example.org"]


async def test_the_headers_are_those_that_are_needed_and_no_two_letters_share_an_id() -> None:
    desk = Desk()
    async with mail_server(desk) as port:
        for _ in range(2):
            await SmtpTransport(settings_for(port)).send(letter())
    sent = [email.message_from_bytes(content_of(one), policy=email.policy.default) for one in desk.envelopes]
    assert set(sent[0].keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    assert sent[0]["Auto-Submitted"] == "auto-generated"
    ids = [str(one["Message-ID"]) for one in sent]
    assert all(re.fullmatch(r"<[0-9a-f]{32}@kommun\.example\.org>", one) for one in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("550 5.1.1 nobody here", ("refused", True)),
        ("552 5.2.2 mailbox full", ("refused", True)),
        ("451 4.3.0 later", ("refused", False)),
        ("450 4.2.0 greylisted", ("refused", False)),
    ],
)
async def test_a_recipient_who_is_refused_for_good_is_told_apart_from_one_to_try_again(
    answer: str, told: tuple[str, bool]
) -> None:
    desk = Desk()
    desk.answers[WHOM] = f"{answer} <{WHOM}>"
    async with mail_server(desk) as port:
        assert await failure_of(SmtpTransport(settings_for(port)), letter()) == told
        await SmtpTransport(settings_for(port)).send(letter(to="other@example.org"))
    assert [one.rcpt_tos for one in desk.envelopes] == [["other@example.org"]]


@pytest.mark.parametrize(
    ("answer", "told"), [("554 5.7.1 looks like spam", ("refused", True)), ("452 4.3.1 full", ("refused", False))]
)
async def test_a_server_may_refuse_the_letter_itself(answer: str, told: tuple[str, bool]) -> None:
    desk = Desk()
    desk.data_answer = answer
    async with mail_server(desk) as port:
        assert await failure_of(SmtpTransport(settings_for(port)), letter()) == told


async def test_a_sender_who_is_refused_is_the_offices_fault_and_final_for_nobody() -> None:
    desk = Desk()
    desk.sender_answer = "553 5.7.1 not your address"
    async with mail_server(desk) as port:
        assert await failure_of(SmtpTransport(settings_for(port)), letter()) == ("misconfigured", False)


async def test_a_server_that_is_down_is_tried_again() -> None:
    assert await failure_of(SmtpTransport(settings_for(free_port())), letter()) == ("unreachable", False)


async def test_a_server_that_says_nothing_is_left_in_time() -> None:
    async with silent_server() as port:
        for security in ("none", "starttls", "tls"):
            transport = SmtpTransport(settings_for(port, smtp_security=security), within=0.2)
            assert await failure_of(transport, letter()) == ("timeout", False)


async def test_a_server_that_falls_asleep_over_the_letter_is_left_in_time() -> None:
    desk = Desk()
    desk.slow = asyncio.Event()
    async with mail_server(desk) as port:
        transport = SmtpTransport(settings_for(port), within=0.3)
        assert await failure_of(transport, letter()) == ("timeout", False)


async def test_a_slow_goodbye_does_not_send_a_letter_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_FAREWELL_S", 0.1)
    desk = Desk()
    desk.slow_goodbye = asyncio.Event()
    async with mail_server(desk) as port:
        await SmtpTransport(settings_for(port)).send(letter())
    assert len(desk.envelopes) == 1


async def test_a_letter_that_was_taken_is_sent_even_if_the_server_says_no_goodbye() -> None:
    desk = Desk()
    desk.rude = True
    async with mail_server(desk) as port:
        await SmtpTransport(settings_for(port)).send(letter())
    assert len(desk.envelopes) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_counts_only_if_the_office_trusts_it(tmp_path: Path, security: str) -> None:
    desk = Desk()
    ca, context = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other")
    how = {"tls_context": context, "require_starttls": True} if security == "starttls" else {"context": context}
    async with mail_server(desk, **how) as port:
        for stranger in ("", str(other)):
            transport = SmtpTransport(settings_for(port, smtp_security=security, smtp_ca=stranger))
            assert await failure_of(transport, letter()) == ("misconfigured", False)
        assert desk.envelopes == []
        await SmtpTransport(settings_for(port, smtp_security=security, smtp_ca=str(ca))).send(letter())
        named = settings_for(port, smtp_security=security, smtp_ca=str(ca), smtp_host="localhost")
        await SmtpTransport(named).send(letter())
    assert len(desk.envelopes) == 2
    assert desk.encrypted == [True, True]


async def test_a_server_that_cannot_encrypt_gets_no_letter() -> None:
    desk = Desk()
    async with mail_server(desk) as port:
        transport = SmtpTransport(settings_for(port, smtp_security="starttls"))
        assert await failure_of(transport, letter()) == ("misconfigured", False)
    assert desk.envelopes == []


async def test_a_password_is_given_and_a_wrong_one_is_the_offices_fault(tmp_path: Path) -> None:
    desk = Desk()
    ca, context = certificate(tmp_path)
    options = {"tls_context": context, "authenticator": desk.authenticate, "auth_required": True}
    async with mail_server(desk, **options) as port:
        more = {"smtp_security": "starttls", "smtp_ca": str(ca), "smtp_user": "klarbild"}
        await SmtpTransport(settings_for(port, **more, smtp_password="hush")).send(letter())
        wrong = SmtpTransport(settings_for(port, **more, smtp_password="loud"))
        assert await failure_of(wrong, letter()) == ("misconfigured", False)
    assert desk.logins[0] == (b"klarbild", b"hush")
    assert len(desk.envelopes) == 1


@pytest.mark.parametrize("to", ["anna", "a@b@example.org", "a@example.org\r\nBcc: b@example.org", "a@x.se, b@x.se", ""])
async def test_an_address_that_cannot_be_right_is_never_shown_to_the_server(to: str) -> None:
    desk = Desk()
    async with mail_server(desk) as port:
        with pytest.raises(NotSent, match=r"^refused$") as caught:
            await SmtpTransport(settings_for(port)).send(letter(to=to))
        assert caught.value.final
    assert desk.envelopes == []


async def test_words_can_add_no_header() -> None:
    desk = Desk()
    async with mail_server(desk) as port:
        bad = "Hej\r\nBcc: b@example.org\n\rX-A: b\u2028X-B: c\x85X-C: d\x0bX-D: e"
        await SmtpTransport(settings_for(port)).send(letter(subject=bad, lang="sv\r\nBcc: b@example.org"))
    (envelope,) = desk.envelopes
    message = email.message_from_bytes(content_of(envelope), policy=email.policy.default)
    assert envelope.rcpt_tos == [WHOM]
    assert not {"Bcc", "X-A", "X-B", "X-C", "X-D", "Content-Language"} & set(message.keys())
    assert message["Subject"].startswith("Hej Bcc: b@example.org X-A: b X-B: c")


async def test_without_the_optional_part_nothing_breaks_and_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiosmtplib", None)
    assert await failure_of(SmtpTransport(settings_for(25)), letter()) == ("misconfigured", False)


def test_a_file_of_trust_that_is_none_is_told_with_its_remedy(tmp_path: Path) -> None:
    good, _ = certificate(tmp_path)
    assert problems(settings_for(25, smtp_ca=str(good))) == []
    (tmp_path / "empty.pem").write_text("")
    told = problems(settings_for(25, smtp_ca=str(tmp_path / "empty.pem")))
    assert told == [f"smtp_ca: {tmp_path / 'empty.pem'} holds no certificate in PEM; name a file that does"]
    (told_of_none,) = problems(settings_for(25, smtp_ca=str(tmp_path / "none.pem")))
    assert "none.pem cannot be read: No such file" in told_of_none
    assert problems(Settings(smtp_ca="none.pem")) == []


async def test_a_file_of_trust_that_went_away_keeps_letters_for_later(tmp_path: Path) -> None:
    gone = settings_for(25, smtp_security="tls", smtp_ca=str(tmp_path / "none.pem"))
    assert await failure_of(SmtpTransport(gone), letter()) == ("misconfigured", False)
