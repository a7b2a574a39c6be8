"""A page of the desk as a PDF: tagged (PDF/UA-1, ISO 14289-1), with its fonts in it, whatever script was written in.

WeasyPrint and the libraries below it are optional: they are loaded when the first PDF is made. It never fetches
anything, and what it says to its log may hold letters of a person's words, so nobody hears it.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from assistant.bidi import direction_of

PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
"""What Debian calls the libraries and fonts that are needed beside the Python package."""

_VARIANT: Final = "pdf/ua-1"
_SMALLER: Final = (1.0, 1.06, 1.12, 1.18)
"""What is tried so that a page fits one sheet: it is laid out on a sheet so much larger, and made A4 again."""

# Marked so, because the style of the page itself names a sheet, too.
_SHEET: Final = "@page {{ size: {width}mm {height}mm !important; margin: {margin}mm !important; }}"
_ON_SCREEN: Final = frozenset(("on-screen", "tools", "skip"))
_LIBRARIES: Final = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
)
_LETTERS: Final = {"Latin": "a", "Cyrillic": "я", "Arabic": "س", "Ethiopic": "ሀ"}
_MUTED: Final = ("weasyprint", "weasyprint.progress", "fontTools")

_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")


class PdfUnavailable(Exception):
    """No PDF can be made here; the text is one line for the operator: what is missing, and how to get it."""


async def pdf(html: str, *, style: str = "", one_sheet: bool = True) -> bytes:
    """A page as a PDF; title and language are the page's own. Of the page only ``main`` is taken, and of that nothing
    that stands on the screen only. ``style`` is added to its own; ``one_sheet`` makes everything a little smaller if
    it does not fit otherwise.

    Raises PdfUnavailable if a library is missing."""
    return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, _made, html, style, one_sheet)


@lru_cache(maxsize=1)
def is_there() -> bool:
    """Whether everything that a PDF needs can be found; loads only what is small."""
    return importlib.util.find_spec("weasyprint") is not None and all(map(_loads, _LIBRARIES))


def problems() -> list[str]:
    """What is missing for PDFs, a line each, and how to get it. Makes a small one to see what the fonts can write."""
    try:
        unknown = _unknown_letters()
    except PdfUnavailable as error:
        return [str(error)]
    if not unknown:
        return []
    return [f"PDF: no font here has {', '.join(unknown)} letters; get them (Debian): apt-get install fonts-noto-core"]


def _loads(names: Iterable[str]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def _library() -> Any:
    if not is_there():
        raise PdfUnavailable(_missing())
    for logger in map(logging.getLogger, _MUTED):
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    try:
        import weasyprint  # noqa: PLC0415 - takes a second and 30 MB, and only those who want a PDF need it
    except (ImportError, OSError) as error:
        raise PdfUnavailable(_missing()) from error
    return weasyprint


def _missing() -> str:
    if importlib.util.find_spec("weasyprint") is None:
        return "PDF: WeasyPrint is not installed; get it: python -m pip install 'klarbild[pdf]'"
    return f"PDF: Pango cannot be loaded; get it (Debian): apt-get install {PACKAGES}"


def _made(html: str, style: str, one_sheet: bool) -> bytes:
    weasyprint = _library()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    _for_paper(page.etree_element)
    first: Any = None
    for size in _SMALLER if one_sheet else _SMALLER[:1]:
        sheet = _SHEET.format(width=210 * size, height=297 * size, margin=12 * size)
        css = [weasyprint.CSS(string=text, url_fetcher=fetcher) for text in (style, sheet)]
        laid_out = page.render(stylesheets=css)
        first = first or laid_out
        if len(laid_out.pages) == 1:
            return bytes(laid_out.write_pdf(zoom=1 / size, pdf_variant=_VARIANT))
    return bytes(first.write_pdf(pdf_variant=_VARIANT))


def _for_paper(tree: Any) -> None:
    """Take out of a page what is no part of its content, and the addresses: paper leads nowhere. Directions that follow
    from the words (``dir="auto"``, and every ``bdi``) are told, because WeasyPrint does not look for them."""
    body, main = tree.find("body"), tree.find(".//main")
    if body is not None and main is not None:
        body[:] = [main]
    for parent in tree.iter():
        parent.attrib.pop("href", None)
        if parent.get("dir", "auto" if parent.tag == "bdi" else "") == "auto":
            parent.set("dir", direction_of("".join(parent.itertext())) or "ltr")
        for child in [one for one in parent if _ON_SCREEN & set((one.get("class") or "").split())]:
            _drop(parent, child)


def _drop(parent: Any, child: Any) -> None:
    """Take an element out of its parent; the words behind it stay."""
    place = list(parent).index(child)
    if child.tail and place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + child.tail
    elif child.tail:
        parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _unknown_letters() -> list[str]:
    """The scripts whose letters no font has."""
    weasyprint = _library()
    with _heard("weasyprint") as told:
        for script, letter in _LETTERS.items():
            told.now = script
            weasyprint.HTML(string=f"<html lang='en'><title>-</title><p>{letter}").write_pdf()
    return told.scripts


class _Listener(logging.Handler):
    """Notes at which script a letter had no font."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.now, self.scripts = "", list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        if "notdef" in str(record.msg) and self.now not in self.scripts:
            self.scripts.append(self.now)


@contextmanager
def _heard(name: str) -> Iterator[_Listener]:
    listener, logger = _Listener(), logging.getLogger(name)
    logger.addHandler(listener)
    try:
        yield listener
    finally:
        logger.removeHandler(listener)
