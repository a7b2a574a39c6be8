"""Asks the municipality's own translation server, which speaks the API of LibreTranslate: one text at a time, in the
body of a request. Nothing of a text ever stands in an address, a header or an error.

What the server answers is a stranger's text: it is measured, cleaned of what could disturb words around it, and shown
as text beside the original.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import aiohttp
import msgspec

from assistant.bidi import shown
from assistant.languages import find
from assistant.scripts import is_written_in
from assistant.settings import Settings

Reason: TypeAlias = Literal["unreachable", "timeout", "misconfigured", "refused", "garbage"]

TARGET: Final = "sv"
"""The language of the office."""

WITHIN_S: Final = 30.0
"""Seconds that one text may take, from the connection to the last byte."""

LARGEST_ANSWER: Final = 256 * 1024
"""Bytes of an answer that are read at most."""

_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "fa-AF": ("prs", "fa"),
    "ku": ("ku", "kmr"),
    "ckb": ("ckb",),
    "bs": ("bs", "hr", "sh"),
}
"""What a server may call a language that we call otherwise; the first that it has is taken. Serbian in Cyrillic letters
is not what people write here."""

_TURNED_AWAY: Final = frozenset({401, 403, 404, 405, 407})
_AGAIN: Final = frozenset({408, 425, 429})
_CONNECT_S: Final = 5.0
_CHUNK: Final = 16 * 1024
# A translation is about as long as its original; Chinese and abbreviations grow most.
_TIMES, _MORE = 6, 200
# Embeddings, overrides, isolates and marks of direction, and the byte order mark: a page isolates the words itself.
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class NotTranslated(Exception):
    """No translation, and of which kind the trouble is. ``about_text``: it has to do with this text alone, so others
    may go better. Holds no words, so it can be logged."""

    def __init__(self, code: Reason, *, about_text: bool = False) -> None:
        super().__init__(code)
        self.code: Reason = code
        self.about_text = about_text


class _Language(msgspec.Struct, frozen=True):
    code: str
    targets: tuple[str, ...] | None = None


class _Answer(msgspec.Struct, frozen=True):
    translatedText: str


class Translator:
    """The server that ``translation_url`` names. ``within``: seconds for one request. Raises NotTranslated throughout.

    What it can translate is asked once, and anew after it has refused a language."""

    def __init__(self, settings: Settings, *, within: float = WITHIN_S) -> None:
        self._base, self._key_file = settings.translation_url.rstrip("/"), settings.translation_key_file
        self._timeout = aiohttp.ClientTimeout(total=within, connect=min(within, _CONNECT_S))
        self._known: frozenset[str] | None = None
        self._asking = asyncio.Lock()

    def may_know(self, locale: str) -> bool:
        """Whether the server has a language (a tag of ours), as far as it was asked already; asks nobody."""
        return _is_foreign(locale) and (self._known is None or self._code(locale) is not None)

    async def knows(self, locale: str) -> bool:
        """Whether the server translates a language (a tag of ours) into Swedish."""
        async with self._asking:
            if self._known is None:
                self._known = await self._languages()
        return self.may_know(locale)

    def _code(self, locale: str) -> str | None:
        return next((one for one in _CODES.get(locale, (locale,)) if one in (self._known or ())), None)

    async def _languages(self) -> frozenset[str]:
        try:
            found = msgspec.json.decode(await self._ask("GET", "languages", None), type=tuple[_Language, ...])
        except msgspec.MsgspecError:
            raise NotTranslated("garbage") from None
        every = {one.code for one in found}
        if TARGET not in every:
            raise NotTranslated("misconfigured")
        return frozenset(one.code for one in found if one.targets is None or TARGET in one.targets) - {TARGET}

    async def translate(self, text: str, locale: str) -> str:
        """The text in Swedish; blank where there is nothing to tell: a language that the server does not have, a text
        that is not written in its script, or one that stays as it is."""
        if not await self.knows(locale) or not can_be_in(text, locale):
            return ""
        body = {"q": text, "source": self._code(locale), "target": TARGET, "format": "text"}
        key = await asyncio.to_thread(self._key)
        answer = await self._ask("POST", "translate", body | ({"api_key": key} if key else {}))
        try:
            found = msgspec.json.decode(answer, type=_Answer).translatedText
        except msgspec.MsgspecError:
            raise NotTranslated("garbage", about_text=True) from None
        return _usable(found, text)

    def _key(self) -> str:
        if not self._key_file:
            return ""
        try:
            key = Path(self._key_file).read_text("ascii").strip()
        except (OSError, ValueError):
            raise NotTranslated("misconfigured") from None
        if not key or not key.isprintable():
            raise NotTranslated("misconfigured")
        return key

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> bytes:
        failure = NotTranslated("unreachable")
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=self._timeout,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    skip_auto_headers=["User-Agent"],
                ) as session,
                session.request(method, f"{self._base}/{path}", json=body, allow_redirects=False) as answer,
            ):
                if answer.status == 200:
                    return await _read(answer)
                failure = self._refused(answer.status, about_text=body is not None)
        except NotTranslated as error:
            failure = error
        except TimeoutError:
            failure = NotTranslated("timeout")
        except aiohttp.ClientConnectorCertificateError:
            failure = NotTranslated("misconfigured")
        except (aiohttp.ClientError, OSError, ValueError):
            pass
        # Raised out here: the error of the library must not come along.
        raise failure

    def _refused(self, status: int, *, about_text: bool) -> NotTranslated:
        if status < 400 or status in _TURNED_AWAY:
            return NotTranslated("misconfigured")
        if status >= 500 or status in _AGAIN:
            return NotTranslated("timeout" if status == 408 else "refused")
        # Perhaps it has lost a language since it was asked.
        self._known = None if about_text else self._known
        return NotTranslated("refused", about_text=about_text)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for chunk in answer.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise NotTranslated("garbage", about_text=True)
    return body


def can_be_in(text: str, locale: str) -> bool:
    """Whether a text may be in a language by its letters: many write Swedish in a talk that they read in Arabic."""
    language = find(locale)
    return language is not None and is_written_in(text, language.cldr)


def _is_foreign(locale: str) -> bool:
    language = find(locale)
    return language is not None and language.html != TARGET


def _usable(found: str, text: str) -> str:
    """What the server answered as it can be kept. Raises NotTranslated for what is no translation."""
    words = shown(_TURNING.sub("", found)).strip()
    if not any(map(str.isalpha, words)) or len(words) > _TIMES * len(text) + _MORE:
        raise NotTranslated("garbage", about_text=True)
    return "" if " ".join(words.split()).casefold() == " ".join(text.split()).casefold() else words
