"""Which pages of a session stand open on its device, as far as its script tells: with the last one the session ends.

Who closes the tab, goes to another site or opens the tab again later leaves nothing on the screen, and without this the
browser would load the page anew with its cookie. A page has a random name, told in a ``Server-Timing`` header (the only
one that a page's own script can read); the script sends it back when the page goes. A page that is loaded again, or
left for another one of ours, is served before the old one goes, so that one is not the last; but a browser may have
kept the other one for its Back button and show it without asking, so the script also tells if the person stays with us.
Where no script runs, or its word is lost, no page ever goes and the session ends when it is idle.

In memory only: whose pages are not known (any more) has none but the one that goes.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque

from aiohttp import web

from assistant.server.sessions import token_hash

_SESSIONS = 20_000
_PAGES = 20


class OpenPages:
    """The names of the pages that were served to each session and did not go yet, the newest ``_PAGES`` of them."""

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, deque[str]] = OrderedDict()

    def opened(self, token: str) -> str:
        """A page is served to the session of this token; the name of the page."""
        session, page = token_hash(token), secrets.token_urlsafe(6)
        self._open.setdefault(session, deque(maxlen=_PAGES)).append(page)
        self._open.move_to_end(session)
        while len(self._open) > _SESSIONS:
            self._open.popitem(last=False)
        return page

    def closed(self, token: str, page: str) -> bool:
        """A page of the session went; whether no other one is left."""
        session = token_hash(token)
        pages = self._open.get(session)
        if pages is not None and page in pages:
            pages.remove(page)
        if pages:
            return False
        self._open.pop(session, None)
        return True


def name_page(pages: OpenPages, token: str, response: web.StreamResponse) -> None:
    """Give the page that is about to be sent its name, if it goes to a session."""
    if token and response.content_type == "text/html":
        response.headers["Server-Timing"] = f"p;desc={pages.opened(token)}"
