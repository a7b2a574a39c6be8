"""Bodies as small as the browser can read them: people on prepaid telephones pay for every byte."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Final, NamedTuple

import brotli
from aiohttp import web

SMALL: Final = 300
"""Bodies of fewer bytes are sent as they are."""

_QUALITY, _BEST = 5, 11
"""Of Brotli: a tenth less than gzip; the steps above it take ten times as long for the next tenth. That pays for what
is packed once and fetched by everybody."""
LEVEL, GZIP, MEMORY = 6, 16 + 13, 6
"""Of zlib: as much work as pays for pages of 10 kB, and so little memory that a packing is copied at once."""


class Packed(NamedTuple):
    """A body and its Content-Encoding, which is empty for a body as it is."""

    body: bytes
    encoding: str


def packed(request: web.Request, body: bytes, *, lasting: bool = False) -> Packed:
    """The body in the best encoding that the browser says it reads (RFC 9110 section 12.5.3): ``br`` or ``gzip``.
    ``lasting``: it is a file of ours that stays as it is."""
    if len(body) <= SMALL:
        return Packed(body, "")
    if reads(request, "br"):
        if lasting:
            return Packed(_packed_once(body), "br")
        return Packed(squeezed(body), "br")
    if reads(request, "gzip"):
        packing = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, MEMORY)
        return Packed(packing.compress(body) + packing.flush(), "gzip")
    return Packed(body, "")


def squeezed(body: bytes) -> bytes:
    """The body in Brotli, as far as that pays for a page that is made for one reader."""
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_QUALITY))


@lru_cache(maxsize=32)
def _packed_once(body: bytes) -> bytes:
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BEST))


def reads(request: web.Request, encoding: str) -> bool:
    """Whether the browser says that it reads an encoding. One with the weight 0 is one that it does not read."""
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
