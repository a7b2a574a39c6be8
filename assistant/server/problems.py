"""Errors of the JSON API: problem documents (RFC 9457) with a ``code`` that stays the same.

``type`` is ``about:blank``, so the title is the status in words; what happened is told by ``code`` and ``detail``.
No document repeats what a person wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from assistant.server.schemas import ProblemDocument, ProblemJson, TurnJson

MEDIA = "application/problem+json"
_CODES = {
    400: "bad_request",
    401: "not_logged_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "not_json",
    429: "too_many_requests",
    500: "internal_error",
    503: "not_available",
}


class Refusal(Exception):
    """A request that cannot be answered; it becomes a problem document."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers

    def response(self) -> web.Response:
        """The answer that says so."""
        return problem_response(self.status, self.code, self.detail, headers=self.headers)


def problem_response(
    status: int,
    code: str = "",
    detail: str | UnsetType = UNSET,
    *,
    problem: ProblemJson | UnsetType = UNSET,
    turn: TurnJson | UnsetType = UNSET,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """A problem document. Without a code it gets the one of its status."""
    document = ProblemDocument(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code or _CODES.get(status, "error"),
        detail=detail,
        problem=problem,
        turn=turn,
    )
    return web.Response(status=status, body=msgspec.json.encode(document), content_type=MEDIA, headers=headers)


def problem_of(error: web.HTTPException) -> web.Response:
    """The problem document for what aiohttp itself refuses: no such route, a wrong method, too large a body."""
    kept = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
    return problem_response(error.status, headers=kept)
