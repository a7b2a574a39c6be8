"""The words of one language that CLDR does not have (``locales/<folder>/understanding.toml``): read, and refused with
the line and the reason where they are wrong. A language without the file is understood by CLDR's words alone.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from assistant import resources
from assistant.languages import FALLBACK, LANGUAGES, Language, named_lists
from assistant.understanding.folding import fold

Unit: TypeAlias = Literal["year", "month", "week", "day"]
CalendarName: TypeAlias = Literal["gregorian", "persian", "islamic", "ethiopic"]

FILE: Final = "understanding.toml"
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
CALENDARS: Final[tuple[CalendarName, ...]] = get_args(CalendarName)
WHEN: Final = (
    "today",
    "yesterday",
    "day_before_yesterday",
    "tomorrow",
    "day_after_tomorrow",
    "this_month",
    "last_month",
    "next_month",
    "this_year",
    "last_year",
    "next_year",
    "year_before_last",
    "now",
)
HOLES: Final[Mapping[str, int]] = MappingProxyType(
    {"ago": 1, "ahead": 1, "lasting": 1, "about": 1, "since": 1, "until": 1, "between": 2}
)
"""The kinds of patterns, and how many ``{}`` stand in each."""

MAX_BYTES: Final = 64_000
_LONGEST: Final = 60
_MOST: Final = 80
_MONTHS: Final = tuple(map(str, range(1, 13)))

Lists: TypeAlias = Mapping[str, tuple[str, ...]]
_NOTHING: Final[Lists] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The file as it was written; docs/understanding.md says what each key means. ``day_first`` is None where the
    language leaves it to CLDR."""

    day_first: bool | None = None
    joined_numbers: bool = False
    cldr_months: bool = True
    calendars: tuple[str, ...] = ()
    joined_before: tuple[str, ...] = ()
    joined_after: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    and_: tuple[str, ...] = ()
    or_: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    around_dates: tuple[str, ...] = ()
    around_numbers: tuple[str, ...] = ()
    around_jobs: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    month_like: tuple[str, ...] = ()
    sections: Mapping[str, Lists] = field(default_factory=dict)

    def section(self, name: str) -> Lists:
        """One ``[section]``: its lists of words by key; nothing where it is not there."""
        return self.sections.get(name, _NOTHING)


class Wrong(NamedTuple):
    """One mistake in a file: the line (from 1), what is wrong, what to do."""

    line: int
    message: str
    remedy: str


class LexiconError(Exception):
    """A word list that cannot be used; the text is ``file:line: what is wrong`` for the operator."""


_SWITCHES: Final = ("day_first", "joined_numbers", "cldr_months")
_PLAIN: Final = (
    "calendars",
    "joined_before",
    "joined_after",
    "yes",
    "no",
    "and",
    "or",
    "currency",
    "around_dates",
    "around_numbers",
    "around_jobs",
    "doubts",
    "origins",
    "not_places",
    "month_like",
)


def _is_number(key: str) -> bool:
    whole, _, part = key.partition(".")
    return (
        whole.isascii() and whole.isdigit() and len(whole) <= 7 and (part.isdigit() or "." not in key) and len(key) < 10
    )


def _is_country(key: str) -> bool:
    return any(choice.name == key for choice in named_lists()["countries"])


_SECTIONS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "numbers": (_is_number, 'a number such as 5, 100 or "0.5"'),
    "days": (tuple(map(str, range(1, 32))).__contains__, "a day from 1 to 31"),
    "months": (_MONTHS.__contains__, "a month from 1 to 12"),
    "persian_months": (_MONTHS.__contains__, "a month from 1 to 12"),
    "islamic_months": (_MONTHS.__contains__, "a month from 1 to 12"),
    "ethiopic_months": ((*_MONTHS, "13").__contains__, "a month from 1 to 13"),
    "calendar_words": (CALENDARS.__contains__, "one of " + ", ".join(CALENDARS)),
    **{
        name: (UNITS.__contains__, "one of day, week, month, year")
        for name in ("units", "units_one", "units_two", "units_half")
    },
    "when": (WHEN.__contains__, "one of " + ", ".join(WHEN)),
    "patterns": (HOLES.__contains__, "one of " + ", ".join(HOLES)),
    "misspellings": (lambda key: bool(key.strip()), "the word as it is written wrongly"),
    "synonyms": (lambda key: bool(key.strip()), "the English label of a choice"),
    "places": (_is_country, "the code of a country, such as SY"),
}
_APART: Final = (
    "numbers",
    "days",
    "months",
    "persian_months",
    "islamic_months",
    "ethiopic_months",
    "calendar_words",
    "units",
    "synonyms",
    "places",
)
"""Sections in which one word may not stand under two keys."""


def read_lexicon(path: Path, language: Language) -> tuple[Lexicon, list[Wrong]]:
    """The word list of a file with every mistake in it; an empty one where there is no file."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Lexicon(), []
    except OSError as error:
        return Lexicon(), [Wrong(1, f"the file cannot be opened ({error.strerror})", "correct the path or its rights")]
    if len(content) > MAX_BYTES:
        return Lexicon(), [Wrong(1, f"the file has more than {MAX_BYTES} bytes", "shorten the lists")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Lexicon(), [Wrong(line, "is not written in UTF-8", "save the file as UTF-8")]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Lexicon(), [Wrong(_line_of_error(str(error)), f"cannot be read as TOML: {error}", "correct this place")]
    except RecursionError:
        return Lexicon(), [Wrong(1, "cannot be read as TOML: lists stand in lists too deeply", "write flat lists")]
    reader = _Reader(_lines(text), language)
    return reader.read(data), sorted(set(reader.wrong))


def _line_of_error(message: str) -> int:
    _, _, after = message.partition("line ")
    digits = after.partition(",")[0]
    return int(digits) if digits.isdigit() else 1


def _lines(text: str) -> Mapping[tuple[str, str], int]:
    """The line on which each key of each section begins. Lines within a list that look like a key do no harm: only
    keys that are there are looked up, and the first place counts."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[]").strip().strip("\"'")
            found.setdefault((section, ""), number)
        elif "=" in stripped:
            found.setdefault((section, stripped.partition("=")[0].strip().strip("\"'")), number)
    return found


class _Reader:
    def __init__(self, lines: Mapping[tuple[str, str], int], language: Language) -> None:
        self.wrong: list[Wrong] = []
        self._lines = lines
        self._cldr = language.cldr

    def read(self, data: Mapping[str, Any]) -> Lexicon:
        plain: dict[str, Any] = {}
        sections: dict[str, Lists] = {}
        for key, value in data.items():
            if key in _SWITCHES:
                if not isinstance(value, bool):
                    self._tell("", key, f"“{key}” must be true or false", "write true or false without quotes")
                else:
                    plain[key] = value
            elif key in _PLAIN:
                plain[f"{key}_" if key in ("and", "or") else key] = self._list("", key, value)
            elif key in _SECTIONS:
                sections[key] = self._section(key, value)
            else:
                known = ", ".join((*_SWITCHES, *_PLAIN, *_SECTIONS))
                self._tell("", key, f"“{_shown(key)}” is no key of a word list", f"use one of {known}", section=key)
        for one in plain.get("calendars", ()):
            if one not in CALENDARS:
                self._tell("", "calendars", f"“{_shown(one)}” is no calendar", "use " + ", ".join(CALENDARS))
        lexicon = Lexicon(**plain, sections=MappingProxyType(sections))
        self._check_apart(lexicon)
        return lexicon

    def _section(self, name: str, value: Any) -> Lists:
        if not isinstance(value, dict):
            self._tell("", name, f"“{name}” must be a section", f"write [{name}] on a line of its own")
            return _NOTHING
        fits, wanted = _SECTIONS[name]
        found: dict[str, tuple[str, ...]] = {}
        for key, words in value.items():
            if not fits(key):
                what = "is written as sections with a dot" if isinstance(words, dict) else f"is not {wanted}"
                self._tell(name, key, f"“{_shown(key)}” in [{name}] {what}", f"use {wanted}")
                continue
            if name in ("misspellings", "synonyms"):
                self._word(name, key, key)
            found[key] = self._list(name, key, [words] if name == "misspellings" else words)
        return MappingProxyType(found)

    def _list(self, section: str, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._tell(section, key, f"“{_shown(key)}” must be a list of words", 'write ["one", "other"]')
            return ()
        if not 1 <= len(value) <= _MOST:
            self._tell(
                section, key, f"“{_shown(key)}” has {len(value)} words", f"give 1 to {_MOST}, or leave the key out"
            )
            return ()
        return tuple(one for one in value if self._word(section, key, one))

    def _word(self, section: str, key: str, word: Any) -> bool:
        if not isinstance(word, str):
            self._tell(section, key, f"“{_shown(key)}” holds something that is no text", "write each word in quotes")
            return False
        hostile = next((sign for sign in word if _is_hostile(sign)), "")
        pattern = section == "patterns"
        bare = word.replace("{}", " ") if pattern else word
        if hostile:
            name = unicodedata.name(hostile, f"U+{ord(hostile):04X}")
            self._tell(section, key, f"“{_shown(word)}” holds the invisible sign {name}", "take it out")
        elif len(word) > _LONGEST:
            self._tell(section, key, f"“{_shown(word)}” is longer than {_LONGEST} characters", "shorten it")
        elif pattern and word.count("{}") != HOLES[key]:
            holes = "one {}" if HOLES[key] == 1 else "two {}"
            self._tell(section, key, f"“{_shown(word)}” must have {holes}", "put {} where the date or time stands")
        elif "{" in bare or "}" in bare:
            self._tell(section, key, f"“{_shown(word)}” has braces that mean nothing here", "take them out")
        elif not fold(bare, self._cldr):
            self._tell(section, key, f"“{_shown(word)}” has no letter", "write a word, or take it out")
        else:
            return True
        return False

    def _check_apart(self, lexicon: Lexicon) -> None:
        named = tuple(word for words in lexicon.section("places").values() for word in words)
        for key, words, what, others in (
            ("no", lexicon.no, "means both yes and no", lexicon.yes),
            ("not_places", lexicon.not_places, "stands in [places] and in not_places", named),
            ("doubts", lexicon.doubts, "stands in around_jobs and in doubts", lexicon.around_jobs),
        ):
            both = {fold(one, self._cldr) for one in words} & {fold(one, self._cldr) for one in others}
            for word in sorted(both):
                self._tell("", key, f"“{_shown(word)}” {what}", "leave it in one list at most")
        for section in _APART:
            meant: dict[str, str] = {}
            for key, word in _entries(lexicon.section(section).items()):
                other = meant.setdefault(fold(word, self._cldr), key)
                if other != key:
                    message = f"“{_shown(word)}” stands under {_shown(other)} and under {_shown(key)} in [{section}]"
                    self._tell(section, key, message, "leave it in one of them, or in none")

    def _tell(self, place: str, key: str, message: str, remedy: str, section: str = "") -> None:
        line = self._lines.get((place, key)) or self._lines.get((place or section or key, "")) or 1
        self.wrong.append(Wrong(line, message, remedy))


def _entries(lists: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    return ((key, word) for key, words in lists for word in words)


def _is_hostile(sign: str) -> bool:
    """Controls, line ends, bidirectional controls and other invisible signs, but for the non-joiner that Persian and
    Kurdish spelling needs."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and sign not in "\u200c\u200d"


def _shown(words: str, limit: int = 60) -> str:
    cut = words if len(words) <= limit else words[: limit - 1] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in cut)


@lru_cache(maxsize=64)
def lexicon_of(language: Language) -> Lexicon:
    """The word list that the program brings along for a language; easy Swedish has Swedish's where it has none of its
    own. Raises LexiconError for one that is wrong, which the start of the program looks for."""
    folder = resources.folder("locales")
    path = folder / language.folder / FILE
    behind = LANGUAGES.get(FALLBACK.get(language.tag, ""))
    if behind is not None and not path.is_file():
        path = folder / behind.folder / FILE
    lexicon, wrong = read_lexicon(path, language)
    if wrong:
        raise LexiconError(f"{path}:{wrong[0].line}: {wrong[0].message}")
    return lexicon


def broken() -> list[str]:
    """One line for each word list of the program that cannot be used. The others are ready after this."""
    lines: list[str] = []
    for language in LANGUAGES.values():
        try:
            lexicon_of(language)
        except LexiconError as error:
            lines.append(str(error))
    return lines
