"""The languages that the program can speak, and the names of languages and countries.

Tags are BCP 47 as in addresses and JSON (``fa-AF``, ``sv-simple``); catalog folders have gettext's form (``fa_AF``).
Names come from CLDR (Unicode Common Locale Data Repository, through Babel), except where people say it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.messages.plurals import get_plural

from assistant.bidi import Direction
from assistant.core.dialog import Choice


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    ``autonym`` is its name in itself, ``swedish`` the name that the office knows it by and books an interpreter with.
    ``cldr`` is the Babel locale for its dates, numbers and names: another one's where Babel does not know the language.
    ``html`` is the value of the ``lang`` attribute, ``plural_forms`` that of gettext's header ``Plural-Forms``.
    """

    tag: str
    folder: str
    autonym: str
    swedish: str
    direction: Direction
    cldr: str
    html: str
    plural_forms: str

    @property
    def spoken_by_phones(self) -> bool:
        """Whether telephones have a voice for it as they are sold. Others list voices that they do not have, and then
        read the words in another language."""
        return self.cldr in _SPOKEN


_SPOKEN: Final = frozenset({"sv", "en", "ar", "uk", "ru"})


def language(
    tag: str, autonym: str, swedish: str, direction: Direction = "ltr", *, cldr: str = "", html: str = ""
) -> Language:
    """The record of a language. ``cldr`` is named where Babel does not know it: the dates, names and plural rule of
    that locale stand in."""
    folder = tag.replace("-", "_")
    forms = get_plural(cldr or folder).plural_forms
    return Language(tag, folder, autonym, swedish, direction, cldr or folder, html or tag, forms)


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        one.tag: one
        for one in (
            language("sv", "Svenska", "svenska"),
            language("sv-simple", "Lätt svenska", "lätt svenska", cldr="sv", html="sv"),
            language("en", "English", "engelska"),
            language("ar", "العربية", "arabiska", "rtl"),
            language("so", "Soomaali", "somaliska"),
            language("ti", "ትግርኛ", "tigrinja"),
            language("fa-AF", "دری", "dari", "rtl"),
            language("fa", "فارسی", "persiska", "rtl"),
            language("uk", "Українська", "ukrainska"),
            language("ru", "Русский", "ryska"),
            language("ku", "Kurdî (Kurmancî)", "kurmanji (nordkurdiska)"),
            language("ckb", "کوردی (سۆرانی)", "sorani (centralkurdiska)", "rtl"),
            language("tr", "Türkçe", "turkiska"),
            language("es", "Español", "spanska"),
            language("pl", "Polski", "polska"),
            language("bs", "Bosanski / Hrvatski / Srpski", "bosniska/kroatiska/serbiska"),
            language("ps", "پښتو", "pashto", "rtl"),
            language("fi", "Suomi", "finska"),
        )
    }
)
"""Every language there is a record for, by tag, in the order in which they are offered. Which of them are offered is
decided by the catalogs that are there."""

FALLBACK: Final[Mapping[str, str]] = MappingProxyType({"sv-simple": "sv"})
"""The language whose words stand in where a text is missing; for the others it is the language of the source."""

_INTERPRETED: Final = (
    "sq",
    "am",
    "hy",
    "az",
    "bal",
    "bn",
    "bg",
    "my",
    "zh",
    "yue",
    "cs",
    "et",
    "fil",
    "fr",
    "ka",
    "de",
    "el",
    "hi",
    "hu",
    "it",
    "km",
    "lv",
    "ln",
    "lt",
    "mk",
    "mnk",
    "mn",
    "ne",
    "om",
    "pa",
    "pt",
    "ro",
    "rom",
    "rw",
    "rhg",
    "sk",
    "sl",
    "sw",
    "ta",
    "th",
    "tig",
    "byn",
    "ug",
    "ur",
    "uz",
    "vi",
    "wo",
    "yo",
    "syr",
    "sdh",
    "fit",
    "se",
    "swl",
)
"""Further languages that interpreters are booked for in Sweden, as BCP 47 tags. ``bs`` above stands for Bosnian,
Croatian and Serbian together, as interpreters are listed; ``swl`` is Swedish Sign Language."""

_OWN_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        **{tag: one.swedish for tag, one in LANGUAGES.items()},
        "sdh": "feyli (sydkurdiska)",
        "zh": "kinesiska (mandarin)",
        "yue": "kinesiska (kantonesiska)",
        "fil": "filippinska (tagalog)",
        "km": "khmer (kambodjanska)",
        "rw": "kinyarwanda",
        "rhg": "rohingya",
        "mnk": "mandinka",
        "byn": "bilen",
        "tig": "tigre",
        "syr": "assyriska/syriska",
        "swl": "svenskt teckenspråk",
    },
    "en": {
        "sv-simple": "easy Swedish",
        "ku": "Kurdish (Kurmanji)",
        "ckb": "Kurdish (Sorani)",
        "sdh": "Kurdish (Feyli)",
        "bs": "Bosnian/Croatian/Serbian",
        "zh": "Chinese (Mandarin)",
        "yue": "Chinese (Cantonese)",
        "bn": "Bengali",
        "fil": "Filipino (Tagalog)",
        "fit": "Meänkieli",
        "rom": "Romani",
        "mnk": "Mandinka",
        "byn": "Bilen",
        "syr": "Assyrian/Syriac",
        "swl": "Swedish Sign Language",
    },
    "ar": {"ku": "الكردية (الكرمانجية)", "ckb": "الكردية (السورانية)"},
    "fa": {"ku": "کردی (کرمانجی)", "ckb": "کردی (سورانی)"},
    "ku": {"ku": "kurdî (kurmancî)", "ckb": "kurdî (soranî)"},
    "ckb": {"ku": "کوردی (کرمانجی)", "ckb": "کوردی (سۆرانی)"},
    "tr": {"ku": "Kürtçe (Kurmançi)", "ckb": "Kürtçe (Sorani)"},
    "bs": {"bs": "bosanski/hrvatski/srpski"},
}
"""Names that differ from CLDR's, by CLDR locale: those that interpreters and their users go by."""

_NO_COUNTRY: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes in CLDR that are no country or area of ISO 3166-1: reserved, groups of countries, tests."""


def find(tag: str) -> Language | None:
    """The record of a language, None if there is none."""
    return LANGUAGES.get(tag)


@lru_cache(maxsize=64)
def locale_of(cldr: str) -> Locale:
    """Babel's data of a locale."""
    return Locale.parse(cldr)


def country_name(cldr: str, code: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2) in a language; in English where CLDR has none; else the code."""
    return str(locale_of(cldr).territories.get(code) or locale_of("en").territories.get(code) or code)


def language_name(cldr: str, tag: str) -> str:
    """The name of a language (BCP 47 tag) as it stands in a sentence; in English where there is none; else the tag."""
    for reader in (cldr, "en"):
        own = _OWN_NAMES.get(reader) or _OWN_NAMES.get(reader.partition("_")[0]) or {}
        found = own.get(tag) or locale_of(reader).languages.get(tag.replace("-", "_"))
        if found:
            return str(found)
    return tag


@lru_cache(maxsize=1)
def named_lists() -> Mapping[str, tuple[Choice, ...]]:
    """The lists that every dialog can use, with English labels: ``countries`` (ISO 3166-1 codes of today, and Kosovo as
    ``XK``) and ``languages`` (BCP 47 tags)."""
    codes = sorted(code for code in map(str, locale_of("en").territories) if len(code) == 2 and code.isalpha())
    tags = (*(tag for tag in LANGUAGES if tag not in FALLBACK), *_INTERPRETED)
    return MappingProxyType(
        {
            "countries": tuple(
                Choice(name=code, label=country_name("en", code)) for code in codes if code not in _NO_COUNTRY
            ),
            "languages": tuple(Choice(name=tag, label=language_name("en", tag)) for tag in tags),
        }
    )
