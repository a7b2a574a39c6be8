"""Lines in the log about who tries to get in to the desk, without a name or an address."""

from __future__ import annotations

import hmac
import logging
import secrets

from aiohttp import web

from assistant.server.limits import coarse_address

_log = logging.getLogger("klarbild")
_KEY = secrets.token_bytes(32)


def tell(request: web.Request, what: str, name: str = "") -> None:
    """Log what happened at the desk. Names are not told (people type passwords where a name belongs), nor addresses;
    a mark ties together the lines of one neighbourhood, and one the lines of somebody who is logged in, until the
    program ends."""
    by = f", by {_mark(name)}" if name else ""
    _log.info("desk: %s, from %s%s", what, _mark(coarse_address(request)), by)


def _mark(text: str) -> str:
    return hmac.digest(_KEY, text.encode(), "sha256").hex()[:8]
