"""Sending short letters by e-mail and SMS: one small protocol, and what the office has chosen of it for each channel.

What goes wrong is told by a code: an address, or a word of a letter, is never in a message of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from assistant.settings import Settings

Channel = Literal["email", "sms"]
Trouble = Literal["refused", "unreachable", "timeout", "misconfigured"]

LONGEST_EMAIL: Final = 254
WITHIN_S: Final = 20.0
"""How long a server may take for a letter."""

_EMAIL: Final = re.compile(r"[^@\s,;:<>()\[\]\\\"]{1,64}@[^@\s,;:<>()\[\]\\\"]+\.[^@\s,;:<>()\[\]\\\".]{2,}")
_BETWEEN: Final = re.compile(r"[\s()\-./]")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to one address; ``subject`` is empty for an SMS, ``lang`` an HTML ``lang``."""

    channel: Channel
    to: str
    subject: str
    text: str
    lang: str


class NotSent(Exception):
    """A letter did not go out. ``final``: it never will, to this address."""

    def __init__(self, code: Trouble, *, final: bool) -> None:
        super().__init__(code)
        self.code, self.final = code, final


class Transport(Protocol):
    """A way to send letters."""

    async def send(self, letter: Letter) -> None:
        """Send a letter. Raises NotSent."""
        ...


def transports(settings: Settings, data: Path | None) -> Mapping[str, Transport]:
    """The way of each channel, by the settings. ``data`` is the data directory; without one nothing is written."""
    from assistant.sending.files import Files  # noqa: PLC0415 - a way is loaded only where it is chosen
    from assistant.sending.sms import Gateway  # noqa: PLC0415
    from assistant.sending.smtp import Smtp  # noqa: PLC0415

    found: dict[str, Transport] = {}
    if data is not None:
        found = {"email": Files(data), "sms": Files(data)}
    if settings.mail_transport == "smtp":
        found["email"] = Smtp(settings)
    if settings.sms_transport == "http":
        found["sms"] = Gateway(settings)
    return found


def problem_of(channel: str, address: str) -> Literal["", "email", "phone"]:
    """Whether an address can be one at all; what it should have been if not."""
    if channel == "email":
        known = len(address) <= LONGEST_EMAIL and _EMAIL.fullmatch(address.strip())
        return "" if known and address.strip().isprintable() else "email"
    return "" if _PHONE.fullmatch(normal(channel, address)) else "phone"


def normal(channel: str, address: str) -> str:
    """An address as it is sent to: without spaces around it; a number with digits of ours and nothing between."""
    if channel == "email":
        return address.strip()
    digits = "".join(_digit(sign) for sign in unicodedata.normalize("NFKC", address))
    return _BETWEEN.sub("", digits)


def _digit(sign: str) -> str:
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)
