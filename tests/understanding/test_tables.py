"""What people type in each language comes out as it is meant, or is asked again; never as anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.understanding.reading import Row, rows_of, score_of, tables
from tests.understanding.report import line

_LEAST = 60

TABLES = pytest.mark.parametrize("table", tables(), ids=lambda path: path.stem)


@TABLES
def test_nothing_is_understood_wrongly(table: Path) -> None:
    wrong = [(row.kind, row.text, row.wanted, row.got) for row in rows_of(table) if row.verdict == "wrong"]
    assert wrong == []
    print(line(score_of(table)))  # noqa: T201


@TABLES
def test_a_table_has_rows_enough_of_every_kind_and_each_once(table: Path) -> None:
    rows = rows_of(table)
    assert len(rows) >= _LEAST
    assert {row.kind for row in rows} >= {"date", "integer", "money", "duration", "range", "yes_no", "choice"}
    assert sum(not row.wanted or len(row.wanted) > 1 for row in rows) >= 10
    asked = [(row.kind, row.text, row.precision, row.choice_list, tuple(row.choices)) for row in rows]
    assert len(asked) == len(set(asked))


@TABLES
def test_most_of_what_means_something_is_understood(table: Path) -> None:
    assert score_of(table).coverage >= 0.7


def test_the_languages_that_were_first_have_tables() -> None:
    assert {"sv", "en", "ar"} <= {path.stem for path in tables()}


def test_a_value_for_words_that_mean_another_is_wrong_and_asking_again_is_not() -> None:
    row = rows_of(next(path for path in tables() if path.stem == "sv"))[0]
    assert row.verdict == "right"

    def verdict(text: str, *wanted: str) -> str:
        return Row(row.language, row.today, "date", text, wanted).verdict

    assert verdict("2019", "2020") == "wrong"
    assert verdict("2019") == "wrong"
    assert verdict("2019", "2019", "2020") == "wrong"
    assert verdict("2019 eller 2020", "2019") == "missed"
    assert verdict("vem vet", "2019") == "missed"
    assert verdict("vem vet") == "right"
