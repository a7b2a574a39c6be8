"""Text messages through a gateway that takes JSON over HTTP."""

from __future__ import annotations

import aiohttp

from assistant.bidi import shown
from assistant.recipients import normal, problem_of
from assistant.sending.letter import WITHIN_S, Letter, NotSent
from assistant.settings import Settings

_TURNED_AWAY = frozenset({401, 403, 404, 405, 407})
"""Statuses that speak of the token or the address of the gateway, so of every letter and of no person."""


class GatewayTransport:
    """Asks the gateway with ``{"to": …, "from": …, "text": …}``. ``within``: seconds for all of it."""

    def __init__(self, settings: Settings, *, within: float = WITHIN_S) -> None:
        self._settings, self._within = settings, within

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the gateway. Raises NotSent: final if the gateway refuses this person or this letter."""
        if problem_of("sms", letter.to):
            raise NotSent("refused", final=True)
        body = {"to": normal("sms", letter.to), "from": self._settings.sms_from, "text": shown(letter.text)}
        failure = await self._try(body)
        if failure is not None:
            # Raised out here: the error of the library must not come along.
            raise failure

    async def _try(self, body: dict[str, str]) -> NotSent | None:
        token = self._settings.sms_token
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self._within),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"Authorization": f"Bearer {token}"} if token else {},
                    skip_auto_headers=["User-Agent"],
                ) as session,
                # What the gateway says besides the status is not read, however much it is.
                session.post(self._settings.sms_url, json=body, allow_redirects=False) as answer,
            ):
                return _meaning(answer.status)
        except TimeoutError:
            return NotSent("timeout")
        except aiohttp.ClientConnectorCertificateError:
            return NotSent("misconfigured")
        except (aiohttp.ClientError, OSError):
            return NotSent("unreachable")


def _meaning(status: int) -> NotSent | None:
    """None for a letter that was taken."""
    if 200 <= status < 300:
        return None
    if status == 408:
        return NotSent("timeout")
    if 300 <= status < 400 or status in _TURNED_AWAY:
        return NotSent("misconfigured")
    return NotSent("refused", final=400 <= status < 500 and status != 429)
