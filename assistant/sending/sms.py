"""Letters by SMS, through a gateway of the office that takes JSON over HTTPS: ``{"to", "from", "text"}``."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp

from assistant.sending import WITHIN_S, Letter, NotSent
from assistant.settings import Settings

_COMES_BACK = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS))


class Gateway:
    """Hands letters to the gateway. ``within``: how many seconds it may take."""

    def __init__(self, settings: Settings, *, within: float = WITHIN_S) -> None:
        self.settings, self.within = settings, within

    async def send(self, letter: Letter) -> None:
        settings = self.settings
        body = {"to": letter.to, "from": settings.sms_from, "text": letter.text}
        headers = {"Authorization": f"Bearer {settings.sms_token}"} if settings.sms_token else {}
        limit = aiohttp.ClientTimeout(total=self.within)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(settings.sms_url, json=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except TimeoutError:
            raise NotSent("timeout", final=False) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise NotSent("unreachable", final=False) from None
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or 300 <= status < 400:
            raise NotSent("misconfigured", final=False)
        if not 200 <= status < 300:
            raise NotSent("refused", final=400 <= status < 500 and status not in _COMES_BACK)
