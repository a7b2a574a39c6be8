"""All words that are understood in one language, ready to be looked for: its word list, CLDR's, and English for the
names of months and for today, yesterday, this year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from assistant.languages import LANGUAGES, Language
from assistant.understanding import cldr
from assistant.understanding.folding import fold
from assistant.understanding.lexicon import HOLES, UNITS, Lexicon, Unit, lexicon_of
from assistant.understanding.phrases import Pattern, Phrases
from assistant.understanding.tokens import Token, cut

_LONGEST_SPLIT: Final = 60
_CURRENCY: Final = ("kr", "sek", "kronor", "krona")


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The phrases of one language, folded. A month is ``(calendar, number)``, once for each calendar that the name
    belongs to."""

    language: Language
    day_first: bool
    decimal: str
    group: str
    calendars: tuple[str, ...]
    joined_before: tuple[str, ...]
    joined_after: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    both: Phrases[None] = field(repr=False)
    either: Phrases[None] = field(repr=False)
    currency: Phrases[None] = field(repr=False)
    around_dates: Phrases[None] = field(repr=False)
    around_numbers: Phrases[None] = field(repr=False)
    around_jobs: Phrases[None] = field(repr=False)
    """What stands around an occupation in a sentence and says nothing of it: "I worked as a", "and", "still"."""
    doubts: Phrases[None] = field(repr=False)
    """What changes the meaning of a sentence: "not", "before", "wanted to be"."""
    origins: Phrases[None] = field(repr=False)
    """What stands before a place that somebody comes from: "I am from"."""
    numbers: Phrases[Decimal] = field(repr=False)
    days: Phrases[int] = field(repr=False)
    months: Phrases[tuple[tuple[str, int], ...]] = field(repr=False)
    month_like: frozenset[str] = field(repr=False)
    """Names of months that are common words as well: behind a year they stand for the word."""
    weekdays: Phrases[int] = field(repr=False)
    calendar_words: Phrases[str] = field(repr=False)
    units: Phrases[Unit] = field(repr=False)
    units_one: Phrases[Unit] = field(repr=False)
    units_two: Phrases[Unit] = field(repr=False)
    units_half: Phrases[Unit] = field(repr=False)
    when: Phrases[str] = field(repr=False)
    now: Phrases[None] = field(repr=False)
    patterns: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    misspelt: Mapping[str, tuple[str, ...]] = field(repr=False)
    synonyms: Mapping[str, tuple[str, ...]] = field(repr=False)
    places: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Towns and regions, and countries as they stand in a sentence ("в Сирии"), by the code of the country."""
    not_places: frozenset[str] = field(repr=False)
    """Names of countries that are ordinary words as well, and longer names that hold one."""
    joined_teens: bool
    """Whether eleven is said as ten and one, so that such words next to each other are one number."""
    number_parts: frozenset[str] = field(repr=False)
    """The single number words that long ones are put together from; empty where the language does not do that."""
    known: frozenset[str] = field(repr=False, default=frozenset())

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text: misspellings put right, words that are written as one taken apart where each part is
        known. Each keeps its place in the text."""
        found: list[Token] = []
        for token in cut(text, self.language.cldr):
            if token.kind == "word" and (token.text in self.misspelt or token.text not in self.known):
                for number, word in enumerate(self._apart(token.text)):
                    found.append(token._replace(text=word, spaced=token.spaced if number == 0 else True))
            else:
                found.append(token)
        return found

    def _apart(self, word: str) -> tuple[str, ...]:
        if word in self.misspelt:
            return self.misspelt[word]
        for prefix in self.joined_before:
            rest = word[len(prefix) :]
            if word.startswith(prefix) and (rest in self.known or rest in self.misspelt):
                return prefix, *self.misspelt.get(rest, (rest,))
        for suffix in self.joined_after:
            rest = word[: len(word) - len(suffix)]
            if word.endswith(suffix) and (rest in self.known or rest in self.misspelt):
                return *self.misspelt.get(rest, (rest,)), suffix
        return self._number_parts(word) or (word,)

    def _number_parts(self, word: str) -> tuple[str, ...]:
        """The number words that the word is put together from, the fewest there are; nothing if it is not."""
        if not self.number_parts or len(word) > _LONGEST_SPLIT:
            return ()
        ways: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
        for end in range(1, len(word) + 1):
            for first in range(end):
                way, piece = ways[first], word[first:end]
                best = ways[end]
                if way is not None and piece in self.number_parts and (best is None or len(way) + 1 < len(best)):
                    ways[end] = (*way, piece)
        return ways[-1] or ()


@lru_cache(maxsize=64)
def vocabulary_of(language: Language) -> Vocabulary:
    """The vocabulary of a language. Raises LexiconError for a word list that is wrong."""
    return build(language, lexicon_of(language))


def build(language: Language, lexicon: Lexicon) -> Vocabulary:
    """The vocabulary of a language with this word list."""
    tag = language.cldr
    own = _Folded(lexicon, tag)
    english = _Folded(lexicon_of(LANGUAGES["en"]), tag)
    units = cldr.units(tag)
    decimal, group = cldr.separators(tag)
    around_dates = (
        *own.words(lexicon.around_dates),
        *cldr.around_dates(tag),
        *english.words(english.lexicon.around_dates),
    )
    now = [word for key, word in own.section("when") if key == "now"]
    patterns = _patterns(own)
    since = [" ".join(part) for pattern in patterns["since"] for part in pattern]
    loose = (*around_dates, *now, *since, *own.words(lexicon.and_))
    vocabulary = Vocabulary(
        language=language,
        day_first=lexicon.day_first if lexicon.day_first is not None else cldr.writes_day_first(tag),
        decimal=decimal,
        group=group,
        calendars=tuple(one for one in lexicon.calendars if one != "gregorian"),
        joined_before=_longest_first(own.words(lexicon.joined_before)),
        joined_after=_longest_first(own.words(lexicon.joined_after)),
        yes=frozenset(own.words(lexicon.yes)),
        no=frozenset(own.words(lexicon.no)),
        both=_bare(own.words(lexicon.and_)),
        either=_bare((*own.words(lexicon.or_), *english.words(english.lexicon.or_))),
        currency=_bare((*own.words(lexicon.currency), *_CURRENCY)),
        around_dates=_bare(around_dates),
        around_numbers=_bare(own.words(lexicon.around_numbers)),
        around_jobs=_bare((*own.words(lexicon.around_jobs), *loose)),
        doubts=_bare(own.words(lexicon.doubts)),
        origins=_bare(own.words(lexicon.origins)),
        numbers=Phrases((word, Decimal(key)) for key, word in own.section("numbers")),
        days=Phrases((word, int(key)) for key, word in own.section("days")),
        months=Phrases(_months(own)),
        month_like=frozenset(own.words(lexicon.month_like)),
        weekdays=Phrases(cldr.weekdays(tag)),
        calendar_words=Phrases((word, key) for key, word in own.section("calendar_words")),
        units=Phrases((*own.units("units"), *units.counted)),
        units_one=Phrases((*own.units("units_one"), *units.one)),
        units_two=Phrases((*own.units("units_two"), *units.two)),
        units_half=Phrases(own.units("units_half")),
        when=Phrases((word, key) for key, word in (*own.section("when"), *english.section("when")) if key != "now"),
        now=_bare(now),
        patterns=MappingProxyType(patterns),
        misspelt=MappingProxyType({wrong: tuple(right.split()) for wrong, right in own.section("misspellings")}),
        synonyms=MappingProxyType(
            {label: tuple(own.words(words)) for label, words in lexicon.section("synonyms").items()}
        ),
        places=MappingProxyType(_places(own, english)),
        not_places=frozenset(own.words(lexicon.not_places)),
        joined_teens=not any(" " not in word and 11 <= Decimal(key) <= 19 for key, word in own.section("numbers")),
        number_parts=frozenset(
            word for _, word in own.section("numbers") if lexicon.joined_numbers and " " not in word
        ),
    )
    return replace(vocabulary, known=frozenset(_known(vocabulary)))


class _Folded:
    """A word list, folded for a language (not always its own)."""

    def __init__(self, lexicon: Lexicon, tag: str) -> None:
        self.lexicon = lexicon
        self.tag = tag

    def words(self, words: Iterable[str]) -> Iterator[str]:
        return (fold(word, self.tag) for word in words)

    def section(self, name: str) -> Iterator[tuple[str, str]]:
        """Each key of a section with each of its words. A misspelling is the key, and folded as well."""
        for key, words in self.lexicon.section(name).items():
            for word in self.words(words):
                yield fold(key, self.tag) if name == "misspellings" else key, word

    def units(self, name: str) -> Iterator[tuple[str, Unit]]:
        for unit in UNITS:
            yield from ((word, unit) for word in self.words(self.lexicon.section(name).get(unit, ())))


def _bare(words: Iterable[str]) -> Phrases[None]:
    return Phrases((word, None) for word in words)


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}, key=lambda word: (-len(word), word)))


def _months(own: _Folded) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    """Every name of a month. One that means two months of one calendar is left out."""
    found: dict[str, dict[str, set[int]]] = {}
    named = [("gregorian", word, int(key)) for key, word in own.section("months")]
    listed = {word for _, word, _ in named}
    tags = (own.tag, "en") if own.lexicon.cldr_months else ("en",)
    # What the word list says of a name stands above what CLDR says.
    named += [
        ("gregorian", word, number)
        for tag in tags
        for name, number in cldr.months(tag)
        for word in [fold(name, own.tag)]
        if word not in listed
    ]
    for calendar in ("persian", "islamic", "ethiopic"):
        if calendar in own.lexicon.calendars:
            named += [(calendar, word, int(key)) for key, word in own.section(f"{calendar}_months")]
    for calendar, word, number in named:
        found.setdefault(word, {}).setdefault(calendar, set()).add(number)
    for word, meanings in found.items():
        single = tuple((calendar, min(those)) for calendar, those in meanings.items() if len(those) == 1)
        if single and len(single) == len(meanings):
            yield word, single


def _patterns(own: _Folded) -> dict[str, tuple[Pattern, ...]]:
    """The patterns of each kind, those with the most words first."""
    found: dict[str, dict[Pattern, None]] = {kind: {} for kind in HOLES}
    for kind, texts in own.lexicon.section("patterns").items():
        for text in texts:
            pattern = Pattern.of(*(fold(part, own.tag) for part in text.split("{}")))
            if pattern.middle or HOLES[kind] == 1:
                found[kind][pattern] = None
    for before, behind in cldr.ago(own.tag):
        found["ago"][Pattern.of(before, behind)] = None
    return {kind: tuple(sorted(those, key=lambda one: -sum(map(len, one)))) for kind, those in found.items()}


def _places(own: _Folded, english: _Folded) -> dict[str, tuple[str, ...]]:
    """The names of places by country. What the language itself says of a name stands above what English says."""
    found: dict[str, dict[str, None]] = {}
    taken = {word for _, word in own.section("places")}
    others = ((key, word) for key, word in english.section("places") if word not in taken)
    for key, word in (*own.section("places"), *others):
        found.setdefault(key, {})[word] = None
    return {key: tuple(words) for key, words in found.items()}


def _known(vocabulary: Vocabulary) -> Iterator[str]:
    for names in vocabulary.places.values():
        yield from (word for name in names for word in name.split())
    for one in (getattr(vocabulary, each.name) for each in fields(vocabulary)):
        if isinstance(one, Phrases):
            yield from one.words()
    for patterns in vocabulary.patterns.values():
        yield from (word for pattern in patterns for part in pattern for word in part)
