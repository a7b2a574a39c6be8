"""A letter as an e-mail message (RFC 5322) whose headers tell nothing to a bystander."""

from __future__ import annotations

import datetime
import email.policy
import re
import secrets
from email.message import EmailMessage
from typing import Final

from assistant.bidi import shown
from assistant.recipients import normal
from assistant.sending.letter import Letter

NOBODY: Final = "noreply@localhost"
"""Stands for the sender in files, as long as the settings name none."""

_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def message_of(letter: Letter, sender: str, now: datetime.datetime) -> EmailMessage:
    """The message. No header can hold a line of its own: ends of line in the subject are spaces, and addresses are
    taken only if they are plausible."""
    message = EmailMessage(email.policy.SMTP)
    message["From"] = sender
    message["To"] = normal("email", letter.to)
    message["Subject"] = " ".join(shown(letter.subject).split())
    message["Date"] = now.astimezone(datetime.UTC)
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{domain_of(sender)}>"
    # RFC 3834: nobody's holiday answer comes back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(shown(letter.text))
    if _TAG.fullmatch(letter.lang):
        message["Content-Language"] = letter.lang
    return message


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
