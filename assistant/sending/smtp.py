"""Letters by e-mail (SMTP, RFC 5321), over TLS but to this machine itself."""

from __future__ import annotations

import datetime
import secrets
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from assistant.sending import WITHIN_S, Letter, NotSent
from assistant.settings import Settings


class Smtp:
    """Hands letters to the office's mail server. ``within``: how many seconds it may take."""

    def __init__(self, settings: Settings, *, within: float = WITHIN_S) -> None:
        self.settings, self.within = settings, within

    async def send(self, letter: Letter) -> None:
        try:
            import aiosmtplib  # noqa: PLC0415 - an optional part
        except ImportError:
            raise NotSent("misconfigured", final=False) from None
        settings = self.settings
        try:
            await aiosmtplib.send(
                message_of(letter, settings.mail_from),
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                tls_context=ssl.create_default_context(cafile=settings.smtp_ca or None),
                timeout=self.within,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise NotSent("refused", final=all(one.code >= 500 for one in error.recipients)) from None
        except aiosmtplib.SMTPTimeoutError:
            raise NotSent("timeout", final=False) from None
        except aiosmtplib.SMTPAuthenticationError:
            raise NotSent("misconfigured", final=False) from None
        except aiosmtplib.SMTPResponseException as error:
            raise NotSent("refused", final=500 <= error.code < 600) from None
        except (aiosmtplib.SMTPException, OSError, ValueError):
            raise NotSent("unreachable", final=False) from None


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message with neutral headers; they cannot be added to, since no header takes a line end."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(datetime.datetime.now(datetime.UTC))
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{sender.rpartition('@')[2].strip('> ') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message["Content-Language"] = letter.lang
    return message
