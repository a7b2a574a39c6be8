"""How a letter leaves the house: as a file, by SMTP, or through a gateway for text messages.

A transport tries once. Whoever keeps letters tries again, and reads from NotSent whether that makes sense. A letter
whose answer was lost on the way may have arrived all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.recipients import Channel, normal, problem_of
from assistant.sending import smtp
from assistant.sending.files import FileTransport
from assistant.sending.letter import WITHIN_S, Letter, NotSent, Reason, Transport
from assistant.sending.sms import GatewayTransport
from assistant.sending.smtp import SmtpTransport
from assistant.settings import Settings

__all__ = [
    "WITHIN_S",
    "Channel",
    "Letter",
    "NotSent",
    "Reason",
    "Transport",
    "normal",
    "problem_of",
    "problems",
    "transports",
]


def transports(settings: Settings, data: Path | None) -> Mapping[Channel, Transport]:
    """The transport of each channel. Files need the data directory: without one their channel is left out."""
    found: dict[Channel, Transport] = {}
    if data is not None:
        found["email"] = found["sms"] = FileTransport(data, settings.mail_from)
    if settings.mail_transport == "smtp":
        found["email"] = SmtpTransport(settings)
    if settings.sms_transport == "http":
        found["sms"] = GatewayTransport(settings)
    return found


def problems(settings: Settings) -> list[str]:
    """What keeps the chosen transports from working at all, a line each with its remedy; asks nobody."""
    return smtp.problems(settings) if settings.mail_transport == "smtp" else []
