"""The page ``/preview`` of the demonstration: every screen of a dialog in a chosen language, as the phone draws it,
beside its texts, their source and their place in the catalog; and the same as one file (``klarbild texts preview``).

The page is for translators and authors, so its own words are plain English and go through no catalog. Nothing on it can
be sent, no conversation is begun, and nothing is written.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiohttp import web
from markupsafe import Markup

from assistant import resources
from assistant.preview import Chapter, Entries, Preview, Shown, Told, preview_of
from assistant.server import chat_views
from assistant.server.keys import DEMO, PAGES, SERVICE
from assistant.server.pages import Pages, page_of, respond
from assistant.texts import SOURCE, Catalogs, Words
from assistant.views import StepView

_POLICY: Final = (
    "default-src 'none'; style-src {styles}; img-src data:; form-action 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
_FRAMED: Final = "; frame-ancestors 'none'"
_STYLES: Final = ("chat", "beside")
# Quotation marks within a text are escaped, so that these find nothing but what the templates wrote.
_FORM: Final = re.compile(r'<form\b((?: (?!method|action)[\w-]+="[^"]*")*)[^>]*>')
_OWNED: Final = re.compile(r' form="[^"]*"')
_NAMED: Final = re.compile(r' (id|for|list|aria-describedby|aria-labelledby)="([^"]+)"')


class Drawn(NamedTuple):
    """An item with the HTML of what the phone shows of it."""

    shown: Shown
    html: Markup


class DrawnChapter(NamedTuple):
    """A section with the HTML of what the phone shows of it."""

    chapter: Chapter
    offer: Markup
    shown: tuple[Drawn, ...]


class Heard:
    """The words of a language, which remember what they were asked for."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.asked: dict[str, str] = {}

    def __call__(self, text: str, **params: str | int) -> str:
        """A text of the pages in this language."""
        self.asked[text] = found = self._words.gettext(text, **params)
        return found


class Drawing:
    """Draws what a dialog shows in one language, and remembers which texts of the pages were on it."""

    def __init__(self, pages: Pages, words: Words) -> None:
        self._templates = pages.templates
        self._words = words
        self.say = Heard(words)

    def chapters(self, found: Preview) -> Iterator[DrawnChapter]:
        """Every section with its screens drawn."""
        for chapter in found.chapters:
            offered = (chapter.offer,) if chapter.offer else ()
            offer = self._phone(f"section-{chapter.name}", chapter.kept, offered, progress=chapter.label)
            drawn = (Drawn(one, self._of(one, chapter)) for one in chapter.shown)
            yield DrawnChapter(chapter, offer, tuple(drawn))

    def _of(self, one: Shown, chapter: Chapter) -> Markup:
        return self._phone(one.name, chapter.kept, one.steps, note=one.note, wrong=one.wrong, reply=one.reply)

    def _phone(self, name: str, kept: bool, steps: tuple[StepView, ...], **around: Any) -> Markup:
        """The HTML of these steps. What stands ``around`` belongs to the first; there need not be any."""
        pieces = [self._piece(name, kept, steps[0] if steps else None, around)] if steps or any(around.values()) else []
        pieces += [self._piece(f"{name}-{step.kind}", kept, step, {}) for step in steps[1:]]
        return Markup("").join(pieces)

    def _piece(self, name: str, kept: bool, step: StepView | None, around: Mapping[str, Any]) -> Markup:
        view: dict[str, Any] = {
            "progress": "",
            "note": "",
            "wrong": (),
            "reply": "",
            "step": step,
            "item": step.item if step else None,
            "may": self._may(step, kept) if step else (),
            "talk": {"kept": kept},
            "words": self._words,
            "language": self._words.language,
            "months": chat_views.month_names(self._words),
            "kept": {},
            "problem": None,
            "notice": "",
            "hidden": "",
            "recording": None,
            "_": self.say,
        }
        text = self._templates.get_template("preview/phone.html").render({**view, **around})
        return Markup(_harmless(text, name))  # noqa: S704 - a page of ours

    @staticmethod
    def _may(step: StepView, kept: bool) -> tuple[str, ...]:
        if step.item is None:
            return ()
        return ("reply", *step.item.decline, *(("finish",) if kept else ()))


def _harmless(html: str, name: str) -> str:
    """A piece of a page from which nothing can be sent, with ids that no other piece has."""

    def own(found: re.Match[str]) -> str:
        return f' {found[1]}="{" ".join(f"{name}-{one}" for one in found[2].split())}"'

    html = _OWNED.sub("", _FORM.sub(r'<form\1 method="dialog">', html)).replace("<button", '<button type="button"')
    return _NAMED.sub(own, html).replace('<details class="why">', '<details class="why" open>')


# -- the page ----------------------------------------------------------------------------------------------------------


def policy(pages: Pages) -> str:
    """The Content-Security-Policy of the page: its two styles, and nothing else."""
    hashes = (base64.b64encode(hashlib.sha256(pages.styles[one].encode()).digest()).decode() for one in _STYLES)
    return _POLICY.format(styles=" ".join(f"'sha256-{one}'" for one in hashes))


def page(pages: Pages, catalogs: Catalogs, found: Preview, locales: Path, *, alone: bool = False) -> str:
    """The HTML of a preview. ``alone``: as a file that needs no server. Raises CatalogError."""
    words = catalogs.words(found.language.tag)
    drawing = Drawing(pages, words)
    chapters = tuple(drawing.chapters(found))
    entries = Entries(locales, found.language)
    on_pages = tuple(entries.told("", source, said) for source, said in drawing.say.asked.items())
    every = (*found.texts(), *on_pages)
    view = {
        "alone": alone,
        "policy": policy(pages),
        "beside": pages.styles["beside"],
        "preview": found,
        "chapters": chapters,
        "others": (*found.others, ("pages", on_pages)),
        "open": tuple(one for one in every if one.mark),
        "counted": len(every),
        "source": SOURCE,
        "place": place,
    }
    return page_of(pages, "preview/dialog.html", catalogs.words(SOURCE), 200, view)


def place(told: Told) -> str:
    """The id of a text on the page."""
    return f"text-{told.context}" if told.context else f"page-{hashlib.sha256(told.source.encode()).hexdigest()[:12]}"


# -- routes ------------------------------------------------------------------------------------------------------------


async def choose(request: web.Request) -> web.Response:
    """The dialogs and languages that there are. Raises HTTPNotFound outside the demonstration."""
    pages, service = _demonstration(request), request.app[SERVICE]
    view = {
        "alone": False,
        "beside": pages.styles["beside"],
        "dialogs": tuple(service.dialogs.values()),
        "languages": service.catalogs.languages,
    }
    return _answer(request, page_of(pages, "preview/list.html", service.words(SOURCE), 200, view))


async def show(request: web.Request) -> web.Response:
    """A dialog in a language. Raises HTTPNotFound for what is not there, and outside the demonstration."""
    pages, service = _demonstration(request), request.app[SERVICE]
    dialog = service.dialogs.get(request.match_info["dialog"])
    locale = request.match_info["locale"]
    if dialog is None or locale not in service.catalogs:
        raise web.HTTPNotFound

    def draw() -> str:
        locales = resources.folder("locales")
        found = preview_of(dialog, service.words(locale), service.settings, locales)
        return page(pages, service.catalogs, found, locales)

    return _answer(request, pages.mould(("preview", locale, dialog.dialog), draw).cast())


def _demonstration(request: web.Request) -> Pages:
    if not request.app[DEMO]:
        raise web.HTTPNotFound
    return request.app[PAGES]


def _answer(request: web.Request, text: str) -> web.Response:
    headers = {"Content-Security-Policy": policy(request.app[PAGES]) + _FRAMED}
    return respond(request, text.encode(), "text/html", headers=headers)


def routes() -> list[web.RouteDef]:
    """The routes of the pages."""
    return [web.get("/preview", choose), web.get("/preview/{locale}/{dialog}", show)]
