"""The catalogs (``locales/<folder>/LC_MESSAGES/{chat,dialogs,desk}.po``) and the words of one language made of them.

The text itself is the key: a text that no catalog translates is shown as it was written. There are three domains:
``chat`` for the applicant's pages, ``dialogs`` for what is asked, ``desk`` for the caseworker's pages. The header
``X-Review`` of a catalog says whether a native speaker has checked it.
"""

from __future__ import annotations

import datetime
import gettext
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_datetime_format
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from assistant.bidi import isolate, shown
from assistant.core.dates import parse_date
from assistant.core.dialog_texts import is_for_desk
from assistant.languages import FALLBACK, LANGUAGES, Language, country_name, language_name, locale_of
from assistant.occupations import NO_OCCUPATIONS, OccupationError, Occupations, occupations
from assistant.placeholders import fill

DOMAINS: Final = ("chat", "dialogs", "desk")
SOURCE: Final = "en"
"""The language that the program's own texts are written in: always there, with or without a catalog."""

DRAFTED: Final = "drafted, not yet checked by a native speaker"
CHECKED: Final = re.compile(r"checked by a native speaker, \d{4}-\d\d-\d\d")
"""What ``X-Review`` can say."""

_MOST_BYTES: Final = 4_000_000
_HEADERS: Final = re.compile(rb'^msgid(?:\s*"")+\s*msgstr((?:\s*"(?:[^"\\\n]|\\.)*")+)', re.MULTILINE)
_MOST_PLURALS: Final = 6
_SWEDEN: Final = "Europe/Stockholm"
# CLDR calls the months of the Gregorian year by Ethiopic names here, which other readers take for other months.
_DATE_IN_FIGURES_TOO: Final = frozenset({"ti"})


class CatalogError(Exception):
    """A catalog that cannot be read; the text is ``file:line: what is wrong`` for the operator."""


def N_(text: str) -> str:
    """Mark a text for translation that is looked up elsewhere. Gives it back as it is."""
    return text


class Plural(NamedTuple):
    """The forms of a text with a number, and which of them a number takes (gettext: Plural-Forms)."""

    rule: Callable[[int], int]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One language's words. ``pages`` holds the texts of ``chat`` and ``desk`` by context and text (in both: ``chat``
    wins), ``plurals`` those with a number, ``dialog_texts`` those of the dialogs; ``occupations`` the names of those.
    ``checked``: a native speaker has read what applicants read."""

    language: Language
    pages: Mapping[tuple[str, str], str] = field(repr=False)
    plurals: Mapping[str, Plural] = field(repr=False)
    dialog_texts: Mapping[tuple[str, str], str] = field(repr=False)
    checked: bool = True
    occupations: Occupations = field(repr=False, default=NO_OCCUPATIONS)

    def gettext(self, msgid: str, /, **params: str | int) -> str:
        """A text of the pages. Whole numbers are written as the language does (a year is passed as text)."""
        return self._filled(self.pages.get(("", msgid), msgid), params)

    def pgettext(self, context: str, msgid: str, /, **params: str | int) -> str:
        """A text of the pages that means something else in another context."""
        return self._filled(self.pages.get((context, msgid), msgid), params)

    def ngettext(self, one: str, many: str, n: int, /, **params: str | int) -> str:
        """A text of the pages in the form that goes with ``n``; ``{n}`` is the number."""
        plural = self.plurals.get(one)
        if plural is None:
            return self._filled(one if n == 1 else many, {"n": n} | params)
        return self._filled(plural.forms[plural.rule(abs(n))], {"n": n} | params)

    def dialog(self, context: str, source: str) -> str:
        """The template of a dialog's text, by its context and the words it was written in."""
        return self.dialog_texts.get((context, source), source)

    def _filled(self, template: str, params: Mapping[str, str | int]) -> str:
        if not params:
            return template
        return fill(template, {name: self._written(value) for name, value in params.items()})

    def _written(self, value: str | int) -> str:
        return self.number(value) if isinstance(value, int) else isolate(shown(value), self.language.direction)

    def number(self, value: int | float | Decimal) -> str:
        """A number with the language's own marks, in the digits 0-9."""
        return _number(self.language.cldr, value)

    def date(self, iso: str) -> str:
        """A date in words, as far as it is known: ``2019``, ``mars 2019``, ``5 mars 2019``. What is no date stays."""
        return _date(self.language.cldr, iso)

    def numeric_date(self, iso: str) -> str:
        """A date (or date and time) in figures, ISO 8601, year first in every language."""
        return isolate(iso, self.language.direction)

    def datetime(self, iso: str, zone: str = _SWEDEN) -> str:
        """A moment (ISO 8601, UTC if it does not say) in words, on the clock of ``zone``; hours from 0 to 24."""
        moment = _moment(iso, zone)
        pattern = str(get_datetime_format("medium", locale_of(self.language.cldr))).replace("'", "")
        return pattern.format(f"{moment:%H:%M}", self.date(f"{moment:%Y-%m-%d}"))

    def numeric_datetime(self, iso: str, zone: str = _SWEDEN) -> str:
        """A moment in figures: ``2026-03-05 14:03``."""
        return self.numeric_date(f"{_moment(iso, zone):%Y-%m-%d %H:%M}")

    def list(self, items: Iterable[str], *, either: bool = False) -> str:
        """Several things as one phrase: ``a, b och c``; ``either``: ``a, b eller c``."""
        return format_list(tuple(items), style="or" if either else "standard", locale=locale_of(self.language.cldr))

    def country(self, code: str) -> str:
        """The name of a country (ISO 3166-1 alpha-2)."""
        return country_name(self.language.cldr, code)

    def language_name(self, tag: str) -> str:
        """The name of a language (BCP 47), as it stands in a sentence."""
        return language_name(self.language.cldr, tag)

    def capitalised(self, text: str) -> str:
        """The text with a capital first letter. Turkish has two letters i."""
        first = "İ" if text.startswith("i") and self.language.cldr == "tr" else text[:1].upper()
        return first + text[1:]

    def sort_key(self, text: str) -> str:
        """Puts words in the order that the reader expects: case and accents do not count, å ä ö are last in Swedish."""
        return _sort_key(text, self.language.cldr)

    def sort_choices(self, choices: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Choices as ``(name, label)`` in the order of their labels."""
        return tuple(sorted(choices, key=lambda choice: (self.sort_key(choice[1]), choice[0])))


class Catalogs:
    """The words of every language that is offered. ``languages`` are those, in order."""

    def __init__(self, words: Mapping[str, Words]) -> None:
        self._words = dict(words)
        self.languages = tuple(one.language for one in words.values())

    @classmethod
    def load(cls, folder: Path) -> Catalogs:
        """Read every catalog under ``folder``. A language is offered if it has a folder there; the source always is.

        Raises CatalogError for a file that cannot be read. Folders of unknown languages are left alone."""
        found: dict[str, _Texts] = {}
        for tag, language in LANGUAGES.items():
            messages = folder / language.folder / "LC_MESSAGES"
            if tag == SOURCE or messages.is_dir():
                found[tag] = _read_texts(messages, language)
        return cls({tag: _words(LANGUAGES[tag], found) for tag in found})

    def words(self, tag: str) -> Words:
        """The words of a language that is offered. Raises KeyError for any other."""
        return self._words[tag]

    def offered(self, tags: Collection[str]) -> tuple[Language, ...]:
        """The languages with these tags, in order; all of them if none is named or there."""
        return tuple(one for one in self.languages if not tags or one.tag in tags) or self.languages

    def __contains__(self, tag: object) -> bool:
        return tag in self._words


class _Texts(NamedTuple):
    pages: dict[tuple[str, str], str]
    plurals: dict[str, Plural]
    dialog_texts: dict[tuple[str, str], str]
    reviews: set[str]


def _words(language: Language, found: Mapping[str, _Texts]) -> Words:
    """The words of a language: over those that stand in for it, its own."""
    own, behind = found[language.tag], found.get(FALLBACK.get(language.tag, ""), _Texts({}, {}, {}, set()))
    return Words(
        language,
        MappingProxyType(behind.pages | own.pages),
        MappingProxyType(behind.plurals | own.plurals),
        MappingProxyType(behind.dialog_texts | own.dialog_texts),
        all(map(CHECKED.fullmatch, own.reviews)),
        _occupations(language),
    )


def _occupations(language: Language) -> Occupations:
    try:
        return occupations(language.folder)
    except OccupationError as error:
        raise CatalogError(str(error)) from None


def _read_texts(folder: Path, language: Language) -> _Texts:
    texts = _Texts({}, {}, {}, set())
    # Chat comes last: where both domains have a text, the pages of the applicant decide.
    for domain in ("dialogs", "desk", "chat"):
        path = folder / f"{domain}.po"
        if path.is_file():
            _add(texts, read_catalog(path, language), domain)
            if domain != "desk":
                texts.reviews.add(header_of(path.read_bytes()).get("x-review", ""))
    return texts


def header_of(content: bytes) -> Mapping[str, str]:
    """The header of a catalog file, by its names in lower case. Raises ValueError if there are two."""
    found = _HEADERS.findall(content)
    if len(found) > 1:
        raise ValueError("there are two headers")
    quoted = re.findall(rb'"((?:[^"\\\n]|\\.)*)"', found[0] if found else b"")
    lines = b"".join(quoted).decode("utf-8", "replace").split("\\n")
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def read_catalog(path: Path, language: Language) -> Catalog:
    """A catalog file as Babel reads it. Raises CatalogError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CatalogError(f"{path}:1: is larger than {_MOST_BYTES} bytes")
        content = path.read_bytes()
        _check_header(header_of(content))
        return read_po(BytesIO(content), locale=language.cldr, abort_invalid=True)
    except PoFileError as error:
        # Babel's message ends with the line counted from 0.
        message = str(error).removesuffix(f" on {error.lineno}")
        raise CatalogError(f"{path}:{error.lineno + 1}: {message}") from None
    except UnicodeDecodeError:
        raise CatalogError(f"{path}:1: is not written in UTF-8") from None
    except (OSError, ValueError, IndexError, AttributeError) as error:
        raise CatalogError(f"{path}:1: cannot be read as a gettext catalog: {error}") from None


def _check_header(header: Mapping[str, str]) -> None:
    """Raises ValueError for what would lead Babel astray: bytes read as another charset, or plurals without an end."""
    charset = header.get("content-type", "").lower().rpartition("charset=")[2]
    if charset not in ("", "utf-8", "utf8"):
        raise ValueError("the header names another charset than utf-8")
    for forms in re.findall(r"nplurals\s*=\s*(\d+)", header.get("plural-forms", "")):
        if len(forms) > 1 or int(forms) > _MOST_PLURALS:
            raise ValueError("Plural-Forms says more forms than any language has")


def _add(texts: _Texts, catalog: Catalog, domain: str) -> None:
    try:
        rule = gettext.c2py(catalog.plural_expr)
    except ValueError:
        rule = _one_or_many
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, str):
            key = (message.context or "", message.id)
            of_dialogs = domain == "dialogs" or (domain == "desk" and is_for_desk(key[0]))
            (texts.dialog_texts if of_dialogs else texts.pages)[key] = str(message.string)
        elif all(message.string):
            texts.plurals[message.id[0]] = Plural(_within(rule, len(message.string)), tuple(message.string))


def _one_or_many(n: int) -> int:
    return int(n != 1)


def _within(rule: Callable[[int], int], forms: int) -> Callable[[int], int]:
    """The rule, kept to the forms that are there: a wrong header must not stop a page."""
    return lambda n: min(rule(n), forms - 1)


def _moment(iso: str, zone: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(iso)
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).astimezone(ZoneInfo(zone))


@lru_cache(maxsize=1024)
def _number(cldr: str, value: int | float | Decimal) -> str:
    return format_decimal(value, locale=locale_of(cldr))


@lru_cache(maxsize=1024)
def _date(cldr: str, iso: str) -> str:
    parts = parse_date(iso)
    if parts is None:
        return shown(iso)
    if len(parts) == 1:
        return iso
    locale = locale_of(cldr)
    day = datetime.date(*(*parts, 1)[:3])
    words = format_date(day, "long", locale) if len(parts) == 3 else format_skeleton("yMMMM", day, locale=locale)
    return f"{words} ({iso})" if cldr in _DATE_IN_FIGURES_TOO else str(words)


_LAST_LETTERS: Final = {"sv": "åäö", "fi": "åäö"}


def _sort_key(text: str, cldr: str) -> str:
    last = _LAST_LETTERS.get(cldr, "")
    key: list[str] = []
    for sign in unicodedata.normalize("NFC", text.casefold()):
        if sign in last:
            key.append(f"\U0010ffff{last.index(sign)}")
        else:
            key.extend(one for one in unicodedata.normalize("NFD", sign) if not unicodedata.combining(one))
    return "".join(key)
