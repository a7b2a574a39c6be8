"""What an application holds, by typed keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from assistant.audio import Recordings
from assistant.casework import Casework
from assistant.checklist import CheckList
from assistant.desk import Desk
from assistant.erasure import Erasure
from assistant.inbox import Inbox
from assistant.invitations import Invitations
from assistant.pins import Pins
from assistant.server.sessions import Sessions
from assistant.service import Service
from assistant.signing_in import SignIn
from assistant.staff import Staff
from assistant.translations import Translations

if TYPE_CHECKING:
    from assistant.server.admission import Admission
    from assistant.server.limits import Limits
    from assistant.server.metrics import Lag
    from assistant.server.open_pages import OpenPages
    from assistant.server.openid import OpenId
    from assistant.server.pages import Pages

SERVICE = web.AppKey("service", Service)
"""The use cases."""

DESK = web.AppKey("desk", Desk)
"""Who may come in at the office, and reading a case."""

INBOX = web.AppKey("inbox", Inbox)
"""The lists of cases."""

CASEWORK = web.AppKey("casework", Casework)
"""What caseworkers do with cases."""

INVITATIONS = web.AppKey("invitations", Invitations)
"""Inviting people to answer."""

CHECKS = web.AppKey("checks", CheckList)
"""What a lead looks at."""

SESSIONS = web.AppKey("sessions", Sessions)
"""Who is there."""

ERASURE = web.AppKey("erasure", Erasure)
"""Erasing what is over."""

STAFF = web.AppKey("staff", Staff)
"""The logins of those who work at the desk."""

SIGN_IN = web.AppKey("sign_in", SignIn)
"""Who may come in to the desk."""

TRANSLATIONS: web.AppKey[Translations | None] = web.AppKey("translations")
"""What lets words be translated by machine; None where no server is set."""

OPENID: web.AppKey[OpenId] = web.AppKey("openid")
"""Coming in by OpenID Connect; it is not there where no provider is set."""

PAGES: web.AppKey[Pages] = web.AppKey("pages")
"""Templates and styles."""

SECURE = web.AppKey("secure", bool)
"""Whether people reach the server by https: then cookies are Secure and bound to the host."""

DEMO = web.AppKey("demo", bool)
"""Whether everything in it is invented."""

HEADERS: web.AppKey[tuple[tuple[str, str], ...]] = web.AppKey("headers")
"""The headers of every response."""

AUDIO = web.AppKey("audio", Recordings)
"""What has been recorded of the questions."""

LIMITS: web.AppKey[Limits] = web.AppKey("limits")
"""How often codes and messages were tried."""

ADMISSION: web.AppKey[Admission] = web.AppKey("admission")
"""Who is let in now."""

LAG: web.AppKey[Lag] = web.AppKey("lag")
"""How late the event loop is."""
PINS = web.AppKey("pins", Pins)
"""The PINs that people have chosen."""

OPEN_PAGES: web.AppKey[OpenPages] = web.AppKey("open_pages")
"""The pages that stand open on people's devices."""
