"""The tables of what people type (``tables/<folder>.toml``): read, tried, and counted.

A row is right if exactly the expected comes out, wrong if anything else is taken for understood, and missed if the
words are asked again although they mean something. Precision counts the right among the rows that were taken for
something, coverage the right among the rows that mean something.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from assistant.core.dialog import Choice, Dialog, Section, SelectOne, choices_of
from assistant.core.problem import Problem
from assistant.languages import LANGUAGES, Language, named_lists
from assistant.texts import Catalogs, Words
from assistant.understanding import interpret
from assistant.understanding.choices import find_yes_no
from assistant.understanding.values import VALUE_KINDS, value_in

TABLES: Final = Path(__file__).parent / "tables"
LOCALES: Final = Path(__file__).parents[2] / "locales"
KINDS: Final = (*VALUE_KINDS, "yes_no", "choice")

Verdict: TypeAlias = Literal["right", "wrong", "missed"]
NOT_UNDERSTOOD: Final = "not understood"


@dataclass(frozen=True)
class Row:
    """One line of a table. ``wanted`` is a value, several that are equally possible, or nothing."""

    language: Language
    today: datetime.date
    kind: str
    text: str
    wanted: tuple[str, ...]
    precision: Literal["year", "month", "day"] = "day"
    choices: Mapping[str, str] = field(default_factory=dict)
    choice_list: str = ""

    @property
    def got(self) -> tuple[str, ...]:
        """What the program takes the words for."""
        if self.kind == "choice":
            return _choice(self)
        if self.kind == "yes_no":
            answer = find_yes_no(_words(self.language, ()), self.text)
            return () if isinstance(answer, Problem) else (answer,)
        found = value_in(self.language, self.kind, self.text, self.today, self.precision)  # type: ignore[arg-type]
        return tuple(plain(value) for value in found.values) if found else ()

    @property
    def verdict(self) -> Verdict:
        got = self.got
        if set(got) == set(self.wanted):
            return "right"
        # To ask again what was said clearly is a pity; to take it for one thing is a mistake.
        return "missed" if len(got) != 1 and (not got or set(self.wanted) < set(got)) else "wrong"


def plain(value: str | Decimal) -> str:
    """A value as the tables write it: numbers without zeros that say nothing."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


@lru_cache(maxsize=64)
def rows_of(path: Path) -> tuple[Row, ...]:
    """The rows of a table. Raises ValueError for one that cannot be tried."""
    language = next(one for one in LANGUAGES.values() if one.folder == path.stem)
    data = tomllib.loads(path.read_text("utf-8"))
    strange = set(data) - {"today", "row"}
    if strange:
        raise ValueError(f"{path.name}: unknown {sorted(strange)}")
    return tuple(_row(path.name, language, data["today"], row) for row in data["row"])


def _row(file: str, language: Language, today: datetime.date, row: Mapping[str, Any]) -> Row:
    known = {"type", "text", "value", "ambiguous", "not_understood", "precision", "choices", "list"}
    expected = [key for key in ("value", "ambiguous", "not_understood") if key in row]
    if set(row) - known or row.get("type") not in KINDS or not row.get("text") or len(expected) != 1:
        raise ValueError(f"{file}: a row needs type, text and one of value, ambiguous, not_understood: {dict(row)}")
    wanted = row.get("ambiguous", [row["value"]] if "value" in row else [])
    number = row["type"] in ("integer", "decimal", "money")
    return Row(
        language,
        today,
        row["type"],
        row["text"],
        tuple(plain(Decimal(str(one))) if number else str(one) for one in wanted),
        row.get("precision", "day"),
        row.get("choices", {}),
        row.get("list", ""),
    )


def _choice(row: Row) -> tuple[str, ...]:
    sources = _sources(row.language)
    question = SelectOne(
        name="question",
        label="Which?",
        choice_list=row.choice_list,
        choices=tuple(Choice(name=name, label=sources.get(label, label)) for name, label in row.choices.items()),
    )
    dialog = Dialog(
        dialog="table",
        title="A table",
        version=1,
        topics=(),
        choice_lists=MappingProxyType(dict(named_lists())),
        sections=(Section(name="all", label="All of it", items=(question,)),),
        attention=(),
    )
    labels = {(f"question.{choice.name}.label", choice.label): row.choices[choice.name] for choice in question.choices}
    words = _words(row.language, tuple(labels.items()))
    offered = tuple(choices_of(dialog, question).values())
    found = interpret(words, dialog, question, row.text, offered, row.today)
    if isinstance(found, Problem):
        return tuple(found.params.get("choices", ()))
    return (str(found),)


@lru_cache(maxsize=64)
def _sources(language: Language) -> Mapping[str, str]:
    """What each translated text was translated from: synonyms go by the English label."""
    if language.tag not in _catalogs():
        return {}
    texts = _catalogs().words(language.tag).dialog_texts
    return {told: source for (context, source), told in texts.items() if context.endswith(".label")}


@lru_cache(maxsize=1)
def _catalogs() -> Catalogs:
    return Catalogs.load(LOCALES)


@lru_cache(maxsize=256)
def _words(language: Language, labels: tuple[tuple[tuple[str, str], str], ...]) -> Words:
    return Words(language, {}, {}, MappingProxyType(dict(labels)))


@dataclass(frozen=True)
class Score:
    """How a table came out."""

    folder: str
    rows: int
    right: int
    wrong: int
    meaning: int
    """Rows that mean something."""
    understood: int
    """Rows that mean something and were understood so."""
    missed: int
    """Rows that mean something and are asked again."""

    @property
    def precision(self) -> float:
        taken = self.understood + self.wrong
        return self.understood / taken if taken else 1.0

    @property
    def coverage(self) -> float:
        return self.understood / self.meaning if self.meaning else 1.0


def score_of(path: Path) -> Score:
    """The score of one table."""
    rows = rows_of(path)
    verdicts = [(row, row.verdict) for row in rows]
    return Score(
        path.stem,
        len(rows),
        sum(verdict == "right" for _, verdict in verdicts),
        sum(verdict == "wrong" for _, verdict in verdicts),
        sum(bool(row.wanted) for row in rows),
        sum(bool(row.wanted) and verdict == "right" for row, verdict in verdicts),
        sum(verdict == "missed" for _, verdict in verdicts),
    )


def tables() -> list[Path]:
    """Every table that is there, in the order of the languages."""
    order = [language.folder for language in LANGUAGES.values()]
    return sorted(TABLES.glob("*.toml"), key=lambda path: order.index(path.stem) if path.stem in order else 99)
