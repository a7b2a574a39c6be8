"""An applicant's mistake is a value: a code for the catalog, never words and never an exception."""

from __future__ import annotations

from typing import Any

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a command. ``params`` fill the placeholders of the text; ``fields`` hold a problem per field
    of a group; ``status`` is the HTTP status it deserves (422: mend and send again, 409: see the page as it is)."""

    code: str
    params: dict[str, Any] = {}
    fields: dict[str, Problem] = {}
    status: int = 422
