"""What an expression means: truth with the unknown in it, comparisons, dates, lists."""

import datetime
import itertools
from typing import Any

import pytest

from assistant.core.expressions import Expression

TODAY = datetime.date(2026, 3, 5)
TRUTHS = {"t": True, "f": False}


def value_of(source: str, declined: dict[str, str] | None = None, /, **values: Any) -> Any:
    return Expression(source)(values, declined or {}, TODAY)


# Truth


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_follow_the_three_valued_tables(
    left: bool | None, right: bool | None, both: bool | None, either: bool | None
) -> None:
    known = {name: value for name, value in (("a", left), ("b", right)) if value is not None}
    assert value_of("a and b", **known) is both
    assert value_of("a or b", **known) is either


@pytest.mark.parametrize(("value", "turned"), [(True, False), (False, True), (None, None)])
def test_not_of_the_unknown_is_unknown(value: bool | None, turned: bool | None) -> None:
    assert value_of("not a", **({} if value is None else {"a": value})) is turned


def test_longer_chains_of_and_and_or_mean_the_same_as_pairs() -> None:
    for first, second, third in itertools.product((True, False, None), repeat=3):
        known = {n: v for n, v in zip("abc", (first, second, third), strict=True) if v is not None}
        assert value_of("a and b and c", **known) is value_of("(a and b) and c", **known)
        assert value_of("a or b or c", **known) is value_of("a or (b or c)", **known)


@pytest.mark.parametrize(
    "source",
    [
        "x == 1",
        "x != 1",
        "x < 1",
        "1 >= x",
        "x in [1, 2]",
        "x not in [1, 2]",
        "x + 1",
        "-x",
        "x",
        "not x",
        "count(x)",
        'has(x, "a")',
        "min(x)",
        "max(1, x)",
        "age(x)",
        "year(x)",
        "1 if x else 1",
        "x if true else 1",
    ],
)
def test_what_reads_an_unknown_fact_is_unknown(source: str) -> None:
    assert value_of(source) is None
    assert Expression(source).is_true({}, {}, TODAY) is False


def test_a_fact_known_to_be_nothing_is_as_unknown_as_a_missing_one() -> None:
    assert value_of("known(x)", x=None) is False
    assert value_of("x == 1", x=None) is None


@pytest.mark.parametrize("value", ["yes", 1, 1.0, (), ("a",)])
def test_only_true_and_false_are_truths(value: Any) -> None:
    assert value_of("x and true", x=value) is None
    assert value_of("x or false", x=value) is None
    assert value_of("not x", x=value) is None
    assert value_of("1 if x else 2", x=value) is None
    assert Expression("x").is_true({"x": value}, {}, TODAY) is False


def test_is_true_only_for_exactly_true() -> None:
    assert Expression("x").is_true({"x": True}, {}, TODAY) is True
    assert Expression("x").is_true({"x": False}, {}, TODAY) is False


def test_a_conditional_gives_one_of_its_sides() -> None:
    assert value_of('"a" if x else "b"', x=True) == "a"
    assert value_of('"a" if x else "b"', x=False) == "b"
    assert value_of("1 if a else 2 if b else 3", a=False, b=True) == 2


def test_not_binds_looser_than_a_comparison_and_tighter_than_and() -> None:
    assert value_of("not x == 1", x=2) is True
    assert value_of("not a and b", a=True, b=False) is False
    assert value_of("a or b and c", a=True, b=True, c=False) is True


# Declining


def test_known_and_declined_are_never_unknown() -> None:
    assert value_of("known(x)") is False
    assert value_of("known(x)", x=0) is True
    assert value_of("known(x)", x=()) is True
    assert value_of("declined(x)") is False
    assert value_of("declined(x)", {"x": "skip"}) is True
    assert value_of('declined(x, "skip")', {"x": "skip"}) is True
    assert value_of('declined(x, "unknown")', {"x": "skip"}) is False
    assert value_of('declined(x, "in_person")') is False


def test_a_declined_fact_enters_a_condition_only_by_name() -> None:
    condition = 'work_ability in ["adapted", "not_now"] or declined(work_ability, "unknown")'
    assert value_of(condition) is None
    assert value_of(condition, {"work_ability": "unknown"}) is True
    assert value_of(condition, {"work_ability": "skip"}) is None
    assert value_of(condition, work_ability="not_now") is True
    assert value_of(condition, work_ability="full") is False


# Comparing


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ('x == "a"', "a", True),
        ('x == "a"', "b", False),
        ("x == 'a'", "a", True),
        ('x != "a"', "b", True),
        ('"städare" == x', "städare", True),
        ("x == 2", 2, True),
        ("x == 2", 2.0, True),
        ("x <= 2.5", 2, True),
        ("x < 2", 2, False),
        ("x >= 2", 2, True),
        ("x > -2", 2, True),
        ("x == true", True, True),
        ("x == false", True, False),
        ('x == "2019"', "2019-03", False),
        # Different kinds are never equal and have no order; true is not 1.
        ('x == "1"', 1, False),
        ('x != "1"', 1, True),
        ("x == 1", True, False),
        ("x == true", 1, False),
        ("x != true", 1, True),
        ('x < "2019"', 5, None),
        ("x < 5", "2019", None),
        ("x < 5", True, None),
        ("x < true", True, None),
        ("x < 5", (), None),
        ('x == "a"', ("a",), False),
    ],
)
def test_comparing_one_fact(source: str, value: Any, expected: bool | None) -> None:
    assert value_of(source, x=value) is expected


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ('x in ["a", "b"]', "a", True),
        ('x in ["a", "b"]', "c", False),
        ('x not in ["a", "b"]', "c", True),
        ('x not in ["a", "b"]', "a", False),
        ('x in ["1"]', 1, False),
        ("x in [1, 2.5, -3]", 1.0, True),
        ("x in [1, 2.5, -3]", -3, True),
        ("x in [1]", True, False),
        ("x in [true]", 1, False),
        ("x in [true]", True, True),
        ('x in ["a", 1]', 1, True),
        ('x in ["a"]', ("a",), False),
        ('x in ["a"]', ["a"], False),
        ('x not in ["a"]', ("a",), True),
    ],
)
def test_being_in_a_list(source: str, value: Any, expected: bool) -> None:
    assert value_of(source, x=value) is expected


# Numbers


def test_arithmetic() -> None:
    assert value_of("1 + 2 * 3 - 4") == 3
    assert value_of("(1 + 2) * 3") == 9
    assert value_of("-x", x=5) == -5
    assert value_of("--x", x=5) == 5
    assert value_of("x - 0.5", x=2) == 1.5
    assert isinstance(value_of("x * 2", x=2), int)


@pytest.mark.parametrize("value", ["a", True, (), ("a",)])
@pytest.mark.parametrize("source", ["x * 3", "3 * x", "x + x", "x - 1", "-x"])
def test_only_numbers_are_calculated_with(source: str, value: Any) -> None:
    assert value_of(source, x=value) is None


def test_a_number_past_the_largest_is_unknown() -> None:
    assert value_of("x * x", x=10**6) == 10**12
    assert value_of("x * x + 1", x=10**6) is None
    assert value_of("x + 1", x=10**12) is None
    assert value_of("0 - x", x=10**400) is None
    assert value_of("x * 1.5", x=10**400) is None
    assert value_of("x - x", x=float("inf")) is None


# Dates


@pytest.mark.parametrize(
    ("one", "other", "earlier", "not_later"),
    [
        ("2019", "2020", True, True),
        ("2020", "2019", False, False),
        ("2019", "2019", False, True),
        ("2019-03", "2019-04", True, True),
        ("2019-03-05", "2019-03-05", False, True),
        ("2019-03-05", "2019-03-06", True, True),
        ("2018", "2019-03-05", True, True),
        ("2019-04", "2019-03-05", False, False),
        ("2019-03-05", "2020", True, True),
        ("2019", "2019-03", None, None),
        ("2019-03-05", "2019", None, None),
        ("2019-03", "2019-03-05", None, None),
        ("soon", "2019", None, None),
        ("2019", "", None, None),
        ("2019-13", "2019", None, None),
        ("٢٠١٩", "2020", None, None),
    ],
)
def test_dates_are_compared_as_far_as_both_are_known(
    one: str, other: str, earlier: bool | None, not_later: bool | None
) -> None:
    assert value_of("a < b", a=one, b=other) is earlier
    assert value_of("b > a", a=one, b=other) is earlier
    assert value_of("a <= b", a=one, b=other) is not_later
    assert value_of("b >= a", a=one, b=other) is not_later


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (1990, 36),
        ("1990", 36),
        ("1990-03", 36),
        ("1990-04", 35),
        ("1990-03-05", 36),
        ("1990-03-06", 35),
        ("1990-12-31", 35),
        ("2026-03-05", 0),
        ("2026-12-01", -1),
        ("2030", -4),
        ("yesterday", None),
        (1990.5, None),
        (True, None),
        ((), None),
    ],
)
def test_age_counts_completed_years(born: Any, age: int | None) -> None:
    assert value_of("age(x)", x=born) == age


def test_who_was_born_on_29_february_is_a_year_older_on_1_march() -> None:
    age = Expression("age(x)")
    born = {"x": "2004-02-29"}
    assert age(born, {}, datetime.date(2026, 2, 28)) == 21
    assert age(born, {}, datetime.date(2026, 3, 1)) == 22
    assert age(born, {}, datetime.date(2028, 2, 29)) == 24


@pytest.mark.parametrize(
    ("date", "year"), [("2019", 2019), ("2019-03", 2019), ("2019-03-05", 2019), ("x", None), (2019, None)]
)
def test_year_of_a_date(date: Any, year: int | None) -> None:
    assert value_of("year(x)", x=date) == year


def test_today_is_a_date_like_any_other() -> None:
    assert value_of("today()") == "2026-03-05"
    assert value_of("year(today()) - year(x) < 2", x="2025-01") is True
    assert value_of("x < today()", x="2026") is None
    assert value_of("x < today()", x="2026-02") is True


# Lists


def test_count_of_lists_and_of_choices() -> None:
    assert value_of("count(x)", x=()) == 0
    assert value_of("count(x)", x=("a", "b")) == 2
    assert value_of("count(x) > 1", x=(2019, 2020)) is True
    assert value_of("count(x)", x="ab") is None
    assert value_of("count(x)", x=2) is None


def test_has_looks_into_several_choices() -> None:
    assert value_of('has(x, "a")', x=("a", "b")) is True
    assert value_of('has(x, "c")', x=("a", "b")) is False
    assert value_of('has(x, "a")', x=()) is False
    assert value_of('has(x, "a")', x="abc") is None


@pytest.mark.parametrize(
    ("items", "least", "most"),
    [
        ((3, 1, 2.5), 1, 3),
        ((7,), 7, 7),
        (("2019-03", "2018", "2020-01-01"), "2018", "2020-01-01"),
        (("2019", "2019"), "2019", "2019"),
        # "2019" may be before or after March.
        (("2019", "2019-03"), None, None),
        (("2018", "2019", "2019-03"), "2018", None),
        (("2019", "2019-03", "2020"), None, "2020"),
        ((), None, None),
        ((1, "2019"), None, None),
        ((True, False), None, None),
        ((1, None), None, None),
        (("a", "b"), None, None),
        ((("a",), ("b",)), None, None),
    ],
)
def test_the_least_and_the_most_of_a_list(items: tuple[Any, ...], least: Any, most: Any) -> None:
    assert value_of("min(x)", x=items) == least
    assert value_of("max(x)", x=items) == most


def test_the_least_and_the_most_of_single_values() -> None:
    assert value_of("min(x, 3)", x=5) == 3
    assert value_of("max(x, 3, 4)", x=5) == 5
    assert value_of('max(x, "2019")', x="2020-01") == "2020-01"
    assert value_of("max(x, 3)") is None
    assert value_of("max(x, 3)", x=(1, 2)) is None
    assert value_of("min(x)", x=5) is None


# The object


def test_an_expression_tells_every_fact_it_reads() -> None:
    source = 'known(a) and declined(b, "skip") and c in ["d"] or has(e, "f") and (g if h else true) and age(age) > 3'
    assert Expression(source).names == {"a", "b", "c", "e", "g", "h", "age"}
    assert Expression("today() > '2019'").names == frozenset()


def test_two_expressions_are_equal_when_their_sources_are() -> None:
    assert Expression("a < 1") == Expression("a < 1")
    assert Expression("a < 1") != Expression("a<1")
    assert Expression("a < 1") != "a < 1"
    assert len({Expression("a"), Expression("a"), Expression("b")}) == 2
    assert repr(Expression('a == "b"')) == "Expression('a == \"b\"')"


def test_an_expression_may_stand_on_several_lines() -> None:
    source = '\n  a == "x"\n\tand (\r\n    b > 1\n  )\n'
    assert value_of(source, a="x", b=2) is True
    assert value_of("a\nor\nb", a=False, b=True) is True


def test_spaces_within_a_text_are_kept() -> None:
    assert value_of('x == "a  b"', x="a  b") is True
    assert value_of('x == "a\tb"', x="a\tb") is True


def test_evaluating_changes_nothing_it_was_given() -> None:
    values, declined = {"x": ("a",)}, {"y": "skip"}
    Expression('has(x, "a") or declined(y) or known(z) or z == 1')(values, declined, TODAY)
    assert (values, declined) == ({"x": ("a",)}, {"y": "skip"})
