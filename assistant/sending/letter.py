"""A letter to one person, and what comes of a try to send it."""

from __future__ import annotations

from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from assistant.recipients import Channel

Reason: TypeAlias = Literal["refused", "unreachable", "timeout", "misconfigured"]

WITHIN_S: Final = 20.0
"""Seconds that one try may take, from the connection to the last answer."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent to one person. ``subject`` is blank for a text message; ``lang`` is a BCP 47 tag."""

    channel: Channel
    to: str
    subject: str
    text: str
    lang: str

    def __repr__(self) -> str:
        # Neither the address nor the words may reach a log.
        return f"Letter({self.channel})"


class NotSent(Exception):
    """A letter that did not leave. ``final``: this person is not reached this way, however often it is tried.

    Holds no address and no words, so it can be logged and shown.
    """

    def __init__(self, code: Reason, *, final: bool = False) -> None:
        super().__init__(code)
        self.code: Reason = code
        self.final = final


class Transport(Protocol):
    """One way to send letters."""

    async def send(self, letter: Letter) -> None:
        """Try once to send the letter. Raises NotSent."""
        ...
