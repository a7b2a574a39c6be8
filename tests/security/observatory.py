"""What the MDN HTTP Observatory gives a page points for, rule by rule, as its published scorer (version 4) counts.

A page begins with 100 points. ``python -m tests.security.observatory`` prints our list. The rule of the redirection
from plain HTTP is the proxy's: the program itself serves one scheme. ``preload`` gives 5 more once the municipality's
host is in the browsers' list, which no program can do for it.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from aiohttp.test_utils import TestClient, TestServer

from assistant.server.app import make_app
from assistant.starting import open_service
from tests.security.pages import drawn

START = 100
HALF_A_YEAR = 15_768_000
_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
_INLINE = {"'unsafe-inline'", "data:"}
_HASHES = ("'sha256-", "'sha384-", "'sha512-", "'nonce-")
_PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_PASSIVE = ("img-src", "media-src")


class Answer(NamedTuple):
    """A page as the scorer sees it: its headers (names in small letters), cookies and HTML."""

    headers: Mapping[str, str]
    cookies: Sequence[str]
    html: str


class Points(NamedTuple):
    """A rule, what was found, and the points for it."""

    rule: str
    found: str
    points: int


def policy(answer: Answer) -> dict[str, set[str]]:
    """The Content-Security-Policy by its directives; the first of a name counts."""
    found: dict[str, set[str]] = {}
    for part in answer.headers.get("content-security-policy", "").split(";"):
        name, *sources = part.split() or [""]
        found.setdefault(name.lower(), set(sources))
    found.pop("", None)
    return found


def _csp(answer: Answer) -> Points:
    rule = "content-security-policy"
    if "content-security-policy" not in answer.headers:
        return Points(rule, "not implemented", -25)
    found = policy(answer)
    default = found.get("default-src", {"*"})
    script, style = set(found.get("script-src", default)), set(found.get("style-src", default))
    for sources in (script, style):
        if any(one.startswith(_HASHES) for one in sources):
            sources.discard("'unsafe-inline'")
    if script & (_BROAD | _INLINE) or found.get("object-src", default) & _BROAD:
        return Points(rule, "unsafe inline or broad sources", -20)
    active = {one for name, sources in found.items() if name not in _PASSIVE for one in sources}
    if any(one.startswith(("http:", "ftp:")) for one in active):
        return Points(rule, "an insecure scheme", -20)
    if "'unsafe-eval'" in script | style:
        return Points(rule, "unsafe eval", -10)
    passive = {one for name in _PASSIVE for one in found.get(name, default)}
    if any(one.startswith(("http:", "ftp:")) for one in passive):
        return Points(rule, "an insecure scheme for pictures or sounds", -10)
    if style & (_BROAD | _INLINE):
        return Points(rule, "unsafe styles", 0)
    if default == {"'none'"}:
        return Points(rule, "nothing unsafe, default-src 'none'", 10)
    return Points(rule, "nothing unsafe", 5)


def _cookies(answer: Answer) -> Points:
    rule, worst = "cookies", Points("cookies", "none", 0)
    for cookie in answer.cookies:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        same_site = {"samesite=strict", "samesite=lax"} & flags
        if "secure" not in flags:
            return Points(rule, "a cookie without Secure", -40)
        if "httponly" not in flags:
            return Points(rule, "a session without HttpOnly", -30)
        if not same_site:
            worst = Points(rule, "without SameSite", 0)
        elif worst.found == "none":
            worst = Points(rule, "Secure, HttpOnly, SameSite", 5)
    return worst


def _cors(answer: Answer) -> Points:
    rule, origin = "cross-origin-resource-sharing", answer.headers.get("access-control-allow-origin")
    if origin is None:
        return Points(rule, "not shared", 0)
    credentials = answer.headers.get("access-control-allow-credentials", "").lower() == "true"
    return Points(rule, f"shared with {origin}", -50 if credentials else 0)


def _referrer(answer: Answer) -> Points:
    rule = "referrer-policy"
    found = [one.strip().lower() for one in answer.headers.get("referrer-policy", "").split(",") if one.strip()]
    if not found:
        return Points(rule, "not implemented", 0)
    return Points(rule, found[-1], 5 if found[-1] in _PRIVATE else -5)


def _hsts(answer: Answer) -> Points:
    rule, value = "strict-transport-security", answer.headers.get("strict-transport-security", "")
    age = re.search(r"max-age=(\d+)", value)
    if age is None:
        return Points(rule, "not implemented", -20)
    return Points(rule, value, 0 if int(age[1]) >= HALF_A_YEAR else -10)


def _integrity(answer: Answer) -> Points:
    rule = "subresource-integrity"
    scripts = re.findall(r"<script[^>]*\ssrc=\"?([^\" >]+)", answer.html)
    foreign = [one for one in scripts if re.match(r"(https?:)?//", one)]
    if foreign:
        return Points(rule, f"scripts of other hosts: {foreign}", -50 if "http:" in str(foreign) else -5)
    return Points(rule, "all scripts are our own" if scripts else "no scripts", 0)


def _sniffing(answer: Answer) -> Points:
    value = answer.headers.get("x-content-type-options", "not implemented")
    return Points("x-content-type-options", value, 0 if value == "nosniff" else -5)


def _frames(answer: Answer) -> Points:
    rule = "x-frame-options"
    if "frame-ancestors" in policy(answer):
        return Points(rule, "by the policy's frame-ancestors", 5)
    value = answer.headers.get("x-frame-options", "not implemented")
    return Points(rule, value, 0 if value.lower() in ("deny", "sameorigin") else -20)


def _resources(answer: Answer) -> Points:
    value = answer.headers.get("cross-origin-resource-policy", "not implemented")
    points = {"same-origin": 10, "same-site": 10, "cross-origin": 0, "not implemented": 0}
    return Points("cross-origin-resource-policy", value, points.get(value, -5))


def _redirection(_: Answer) -> Points:
    return Points("redirection", "no plain HTTP is served", 0)


_RULES: tuple[Callable[[Answer], Points], ...] = (
    _csp,
    _cookies,
    _cors,
    _redirection,
    _referrer,
    _hsts,
    _integrity,
    _sniffing,
    _frames,
    _resources,
)


def judged(answer: Answer) -> tuple[Points, ...]:
    """A page by every rule."""
    return tuple(rule(answer) for rule in _RULES)


def score(points: Sequence[Points]) -> int:
    """The sum. What is more than was asked for counts only if nothing much is missing, as the scorer has it."""
    lost = START + sum(one.points for one in points if one.points < 0)
    return lost if lost < 90 else START + sum(one.points for one in points)


async def our_pages() -> dict[str, Answer]:
    """Pages as people get them who come by https, and what a cookie comes with."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        service = open_service(Path(folder) / "data")
        async with TestClient(TestServer(make_app(service, secure=True))) as client:
            for method, path in (("GET", "/"), ("GET", "/sv"), ("POST", "/sv/begin"), ("GET", "/desk/login")):
                async with client.request(method, path, allow_redirects=False) as answer:
                    headers = {name.lower(): value for name, value in answer.headers.items()}
                    found[f"{method} {path}"] = Answer(
                        headers, answer.headers.getall("Set-Cookie", []), await answer.text()
                    )
        await service.store.close()
    return found


def lines(pages: Mapping[str, Answer]) -> Iterator[str]:
    """The list as it is printed: the cookies of the page that gives one, everything else of the first page."""
    first, *others = pages.values()
    shown = first._replace(cookies=[cookie for one in (first, *others) for cookie in one.cookies])
    points = judged(shown)
    for one in points:
        yield f"{one.rule:32} {one.points:+4}  {one.found}"
    yield f"{'score':32} {score(points):4}  of {START} to begin with"


def is_drawn_without_foreign_hosts(answer: Answer) -> bool:
    """Whether a page loads and links nothing from elsewhere."""
    return not [one for one in drawn(answer.html).addresses if re.match(r"(https?:)?//", one)]


if __name__ == "__main__":
    print(*lines(asyncio.run(our_pages())), sep="\n")  # noqa: T201
