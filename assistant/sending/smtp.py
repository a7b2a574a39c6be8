"""E-mail through the municipality's own server (SMTP, RFC 5321), encrypted on the way."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import importlib.util
import ssl
import sys
from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING, Final

from assistant.recipients import normal, problem_of
from assistant.sending.letter import WITHIN_S, Letter, NotSent
from assistant.sending.message import domain_of, message_of
from assistant.settings import Settings

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponseException

_FAREWELL_S: Final = 1.0


class SmtpTransport:
    """Sends one message over one connection. ``within``: seconds for all of it."""

    def __init__(
        self,
        settings: Settings,
        *,
        within: float = WITHIN_S,
        clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._settings, self._within, self._clock = settings, within, clock
        self._sender = normal("email", settings.mail_from)

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server. Raises NotSent: final if it refuses this person for good."""
        if problem_of("email", letter.to):
            raise NotSent("refused", final=True)
        failure = await self._try(message_of(letter, self._sender, self._clock()))
        if failure is not None:
            # Raised out here: the error of the library holds the address, and would come along.
            raise failure

    async def _try(self, message: EmailMessage) -> NotSent | None:
        try:
            import aiosmtplib  # noqa: PLC0415 - an optional part
        except ModuleNotFoundError:
            return NotSent("misconfigured")
        try:
            async with asyncio.timeout(self._within):
                server = await self._server()
                await self._hand_over(server, message)
        except TimeoutError:
            return NotSent("timeout")
        except aiosmtplib.SMTPRecipientsRefused as error:
            return NotSent("refused", final=all(one.code >= 500 for one in error.recipients))
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused) as error:
            return _about_us(error)
        except (aiosmtplib.SMTPConnectResponseError, aiosmtplib.SMTPHeloError):
            return NotSent("unreachable")
        except aiosmtplib.SMTPResponseException as error:
            return NotSent("refused", final=isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return NotSent("unreachable" if _is_line_trouble(error) else "misconfigured")
        # The letter is the server's now: a farewell that is slow or goes wrong must not send it again.
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await server.quit(timeout=_FAREWELL_S)
        server.close()
        return None

    async def _server(self) -> SMTP:
        from aiosmtplib import SMTP  # noqa: PLC0415 - an optional part

        settings = self._settings
        context = None
        if settings.smtp_security != "none":
            context = await asyncio.to_thread(ssl.create_default_context, cafile=settings.smtp_ca or None)
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password or None,
            # The name of this machine is nobody's business; the server puts it into a header.
            local_hostname=domain_of(self._sender),
            timeout=self._within,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=context,
        )

    async def _hand_over(self, server: SMTP, message: EmailMessage) -> None:
        try:
            await server.connect()
            await server.send_message(message, sender=self._sender, recipients=[str(message["To"])])
        except BaseException:
            server.close()
            raise


def _about_us(error: SMTPResponseException) -> NotSent:
    """The server refuses the office, so this is final for nobody."""
    return NotSent("misconfigured" if error.code >= 500 else "refused")


def _is_line_trouble(error: BaseException) -> bool:
    """Whether the line is to blame: not so for a certificate that nobody vouches for, or what the server cannot do."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return False
        cause = cause.__cause__ or cause.__context__
    return isinstance(error, ConnectionError)


def problems(settings: Settings) -> list[str]:
    """What keeps every e-mail from being sent, a line each."""
    found = []
    if importlib.util.find_spec("aiosmtplib") is None:
        remedy = f"get it: {sys.executable} -m pip install 'klarbild[mail]'"
        found.append(f"mail_transport: the part mail is missing; {remedy}")
    if settings.smtp_ca:
        try:
            ssl.create_default_context(cafile=settings.smtp_ca)
        except ssl.SSLError:
            found.append(f"smtp_ca: {settings.smtp_ca} holds no certificate in PEM; name a file that does")
        except OSError as error:
            found.append(f"smtp_ca: {settings.smtp_ca} cannot be read: {error.strerror}; name a file that can")
    return found
