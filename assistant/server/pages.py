"""Pages: templates of ``web/templates`` with words of the catalogs, and the styles that stand inside them.

Each folder of templates has one style sheet of its own name, inlined and named by its hash in the page's
Content-Security-Policy, so that a page is one request. Everything that does not depend on the request is made once.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jinja2
from aiohttp import web
from markupsafe import Markup, escape

from assistant import resources
from assistant.exports import pdf
from assistant.server.keys import PAGES, SERVICE
from assistant.server.packing import GZIP, LEVEL, MEMORY, packed, reads, squeezed
from assistant.server.visitors import offered
from assistant.settings import Settings
from assistant.texts import Words
from assistant.wording import Quote, Segment

FRAGMENT = "text/vnd.klarbild.turn+html"
"""The media type of a turn alone: the new content of a page that is already there."""

_POLICY = (
    "default-src 'none'; style-src {style}; img-src data:; media-src 'self'; "
    "script-src {script}; connect-src {script}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types klarbild"
)
_HOLE = "\x00"
_BETWEEN_TAGS = re.compile(r">\n\s*<")
_MOST_MOULDS = 2000
_WITHOUT_SCRIPT = frozenset(("left", "paper"))
_OWN = Settings()
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)]|[^\s@<>\"(]+@[\w.-]+\.\w+)")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages:
    """The templates and static files of a program. ``settings`` give the names that every page may show."""

    def __init__(self, settings: Settings) -> None:
        web_folder = resources.folder("web")
        self.settings = settings
        self.styles: dict[str, Markup] = {}
        self.policies: dict[str, str] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.addresses: dict[str, str] = {}
        self.frames: dict[object, Frame] = {}
        self.moulds: dict[object, Mould] = {}
        for path in sorted((web_folder / "static").iterdir()):
            self.take(path.name, path.read_bytes())
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(web_folder / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.templates.filters["quoted"] = quoted
        self.templates.filters["paragraphs"] = paragraphs
        self.templates.filters["phone"] = phone
        self.templates.filters["linked"] = linked
        self.templates.globals |= {"settings": settings, "static": self.addresses.get, "pdf_is_there": pdf.is_there}

    def mould(self, key: object, draw: Callable[[], str]) -> Mould:
        """The mould that ``key`` names, drawn if it is met for the first time."""
        known = self.moulds.get(key)
        if known is None:
            if len(self.moulds) >= _MOST_MOULDS:
                self.moulds.clear()
            known = self.moulds[key] = Mould(draw())
        return known

    def take(self, name: str, body: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        if ending == "css":
            style = _smaller(self.coloured(body.decode("utf-8")))
            self.styles[stem] = Markup(style)  # noqa: S704 - our own file
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            script = "'none'" if stem in _WITHOUT_SCRIPT else "'self'"
            self.policies[stem] = _POLICY.format(style=f"'sha256-{digest}'", script=script)
        elif f".{ending}" in _TYPES:
            body = _shorter(body) if ending == "js" else body
            address = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"
            self.files[address] = (body, _TYPES[f".{ending}"])
            self.addresses[name] = f"/static/{address}"

    def coloured(self, css: str) -> str:
        """A style sheet with the accent colours of the settings in place of our own."""
        if "--accent" not in css:
            return css
        return css.replace(_OWN.accent, self.settings.accent).replace(_OWN.accent_dark, self.settings.accent_dark)


def render(
    request: web.Request, template: str, words: Words, *, status: int = 200, fragment: bool = False, **view: Any
) -> web.Response:
    """A page, or (``fragment``) a part of one. ``words`` speak to the reader; ``view`` is what the template names.

    The folder of the template chooses the style: ``desk/…`` has its own if there is one, all others the chat's."""
    pages = request.app[PAGES]
    text = page_of(pages, template, words, status, _around(request) | view)
    headers = {} if fragment else {"Content-Security-Policy": pages.policies[_style_of(pages, template)]}
    return respond(request, text.encode(), FRAGMENT if fragment else "text/html", status=status, headers=headers)


def _around(request: web.Request) -> dict[str, Any]:
    """What the frame of every page for applicants names: the languages, and how the same page is reached in another:
    ``rest`` is what follows the language in its address, None where the address names none."""
    locale = request.match_info.get("locale")
    rest = request.path.removeprefix(f"/{locale}") if locale and request.path.startswith(f"/{locale}") else None
    return {"talk": None, "asking": False, "token": "", "languages": offered(request.app[SERVICE]), "rest": rest}


def page_of(pages: Pages, template: str, words: Words, status: int, view: Mapping[str, Any]) -> str:
    """The HTML of a template."""
    return pages.templates.get_template(template).render(
        view,
        words=words,
        language=words.language,
        status=status,
        style=pages.styles[_style_of(pages, template)],
        _=words.gettext,
        pgettext=words.pgettext,
        ngettext=words.ngettext,
    )


def _style_of(pages: Pages, template: str) -> str:
    folder = template.partition("/")[0]
    return folder if folder in pages.styles else "chat"


class Mould:
    """A part of a page that is drawn once, and cast with what differs: each hole is a name."""

    def __init__(self, page: str) -> None:
        self._pieces = _BETWEEN_TAGS.sub("><", page).split(_HOLE)

    @staticmethod
    def holes(names: Iterable[str]) -> dict[str, Markup]:
        """What stands in the drawing for each filling."""
        return {name: Markup(f"{_HOLE}{name}{_HOLE}") for name in names}  # noqa: S704 - names of our own

    def cast(self, **fillings: str) -> str:
        """The page with its holes filled. Fillings are HTML."""
        return "".join(fillings[piece] if index % 2 else piece for index, piece in enumerate(self._pieces))


class Frame:
    """A page around a title and a content that change, made and compressed as far as it is always the same."""

    def __init__(self, page: str) -> None:
        before, between, after = page.split(_HOLE)
        self._between, self._after = between.encode(), after.encode()
        self._before = before.encode()
        self._packing = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, MEMORY)
        self._packed = self._packing.compress(self._before)

    def around(self, title: str, content: str, encoding: str) -> bytes:
        """The page with this title (text) and content (HTML), in an encoding: ``br``, ``gzip``, or as it is."""
        rest = b"".join((escape(title).encode(), self._between, content.encode(), self._after))
        if encoding == "br":
            return squeezed(self._before + rest)
        if not encoding:
            return self._before + rest
        packing = self._packing.copy()
        return self._packed + packing.compress(rest) + packing.flush()


def framed(
    request: web.Request, frame: str, words: Words, title: str, content: str, *, status: int, key: object, **view: Any
) -> web.Response:
    """A page made of a frame that is kept: ``frame`` is its template, and ``key`` tells what else it depends on. The
    address is nothing of that."""
    pages = request.app[PAGES]
    place = (frame, words.language.tag, key)
    known = pages.frames.get(place)
    if known is None:
        hole = Markup(_HOLE)  # noqa: S704 - one sign
        holes = {"rest": None, "title": hole, "turn": hole}
        known = pages.frames[place] = Frame(page_of(pages, frame, words, status, _around(request) | view | holes))
    encoding = next((one for one in ("br", "gzip") if reads(request, one)), "")
    headers = {"Content-Security-Policy": pages.policies["chat"]}
    if encoding:
        headers["Content-Encoding"] = encoding
    body = known.around(title, content, encoding)
    return web.Response(body=body, status=status, headers=headers, content_type="text/html", charset="utf-8")


def respond(
    request: web.Request,
    body: bytes,
    content_type: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    lasting: bool = False,
) -> web.Response:
    """A text as a response, compressed where the browser can read that. ``lasting``: it never changes."""
    headers = dict(headers or {})
    sent = packed(request, body, lasting=lasting)
    if sent.encoding:
        headers["Content-Encoding"] = sent.encoding
    # A script reads every text as UTF-8, whatever its type says.
    charset = None if content_type == FRAGMENT else "utf-8"
    return web.Response(body=sent.body, status=status, headers=headers, content_type=content_type, charset=charset)


def quoted(segments: Iterable[Segment]) -> Markup:
    """Segments as HTML: the program's own words as they are, a person's own marked with their language."""
    parts = []
    for segment in segments:
        if isinstance(segment, Quote):
            words = _lines(segment.text)
            lang = f' lang="{escape(segment.lang)}"' if segment.lang else ""
            words = f"<q>{words}</q>" if segment.marked else words
            parts.append(f'<bdi{lang} dir="{segment.dir}">{words}</bdi>')
        else:
            parts.append(_lines(segment))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped


def paragraphs(text: str) -> Markup:
    """A text with its line ends kept."""
    return Markup(_lines(text))  # noqa: S704 - escaped there


def phone(text: str) -> Markup:
    """How to call somebody: a number can be tapped and is read from left to right; a name stays a name."""
    digits = re.sub(r"[^\d+]", "", text)
    if not re.fullmatch(r"[+\d][\d\s()/–-]+", text) or len(digits) < 3:
        return escape(text)
    return Markup('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>').format(digits, text)


def linked(text: str) -> Markup:
    """How to reach somebody: a number can be tapped, and so can mail and web addresses within the text."""
    if _ADDRESS.search(text) is None:
        return phone(text)
    link = Markup('<a href="{}{}" rel="noreferrer"><bdi dir="ltr">{}</bdi></a>')
    parts = (
        link.format("" if part.startswith("http") else "mailto:", part, part) if index % 2 else escape(part)
        for index, part in enumerate(_ADDRESS.split(text))
    )
    return Markup("").join(parts)


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")


def _smaller(css: str) -> str:
    """A style sheet without what only people need."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?|: ", lambda found: found[1] or ":", css).replace(";}", "}").strip()


def _shorter(script: bytes) -> bytes:
    """A script without lines that only people need, and without indentation. No text in it goes over several lines."""
    return re.sub(rb"(?m)^(?:\s*(?://.*)?\n)+|^\s+", b"", script)


async def static(request: web.Request) -> web.Response:
    """A file whose name holds its hash: it never changes."""
    found = request.app[PAGES].files.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    # A cache in between must not give a packed one to a browser that cannot read it.
    keep = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    return respond(request, found[0], found[1], headers=keep, lasting=True)


def routes() -> list[web.RouteDef]:
    """The static files."""
    return [web.get("/static/{name}", static)]
