"""What holds for every expression, whatever is written and whatever is known."""

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.expressions import Expression, ExpressionError, Type

TODAY = datetime.date(2026, 3, 5)

FACTS: dict[str, tuple[Type, st.SearchStrategy[Any]]] = {
    "yes": (Type(kind="boolean"), st.booleans()),
    "sure": (Type(kind="boolean"), st.booleans()),
    "n": (Type(kind="integer"), st.integers(-3, 3)),
    "m": (Type(kind="integer"), st.integers()),
    "d": (Type(kind="decimal"), st.floats(-9, 9)),
    "day": (Type(kind="date"), st.sampled_from(["2019", "2019-03", "2019-03-05", "2020", "2018-12"])),
    "born": (Type(kind="date"), st.dates(datetime.date(1900, 1, 1), TODAY).map(datetime.date.isoformat)),
    "one": (Type(kind="choice", choices=frozenset("abc")), st.sampled_from("abc")),
    "many": (Type(kind="choices", choices=frozenset("abc")), st.lists(st.sampled_from("abc")).map(tuple)),
    "name": (Type(kind="text"), st.text(max_size=3)),
    "numbers": (Type(kind="list", of="integer"), st.lists(st.integers(-3, 3), max_size=3).map(tuple)),
    "days": (Type(kind="list", of="date"), st.lists(st.sampled_from(["2019", "2019-03", "2020"])).map(tuple)),
}
SCOPE = {name: fact for name, (fact, _) in FACTS.items()}
KNOWN = st.fixed_dictionaries({}, optional={name: known for name, (_, known) in FACTS.items()})

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.sampled_from(["2019", "2019-03"])
)
anything = st.one_of(scalars, st.lists(scalars, max_size=3), st.lists(scalars, max_size=3).map(tuple))


def _spread(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of smaller ones, whether or not the kinds fit."""
    signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "and", "or"])
    one_argument = st.sampled_from(["age", "year", "count", "min", "max"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("{}({})".format, one_argument, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds('has({}, "a")'.format, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["in", "not in"]), st.just('["a", 1, "2019"]')),
    )


WORDS = 'a and or not in if else ( ) [ ] , == < - + * 1 "b" min has known declined true is for 0.5 "é"'
LITERALS = ["true", "false", "0", "1", "2.5", '"a"', '"2019"', '"2019-03"', "today()"]
WITHOUT_DECLINES = st.recursive(st.sampled_from([*FACTS, *LITERALS]), _spread, max_leaves=8)


def _fitting() -> st.SearchStrategy[str]:
    """Conditions in which the kinds fit, built so that nearly all pass the check."""
    numbers = st.recursive(
        st.sampled_from(["n", "m", "d", "3", "0.5", "count(many)", "age(born)", "year(day)", "min(numbers)"]),
        lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
        max_leaves=3,
    )
    dates = st.sampled_from(["day", "born", "today()", '"2019-03"', "max(days)", "min(day, born)"])
    order = st.sampled_from(["<", "<=", ">", ">="])
    conditions = st.one_of(
        st.sampled_from(["yes", "sure", "true", 'one == "a"', 'one in ["a", "b"]', 'has(many, "c")', 'name == "x"']),
        st.sampled_from(["known(one)", "declined(n)", 'declined(day, "skip")', "n in [1, 2]", "one not in ['b']"]),
        st.builds("({} {} {})".format, numbers, st.one_of(order, st.sampled_from(["==", "!="])), numbers),
        st.builds("(day {} {})".format, order, dates),
    )
    return st.recursive(
        conditions,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("(not {})".format, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
        ),
        max_leaves=5,
    )


@given(st.one_of(st.text(max_size=60), st.text("ab\"'()[]=<>!+-*,. \n\\#inotrd019_é", max_size=40)))
def test_any_text_is_an_expression_or_refused_with_a_place_within_it(source: str) -> None:
    try:
        Expression(source)({}, {}, TODAY)
    except ExpressionError as problem:
        assert 0 <= problem.column <= len(source)
        assert problem.message
        assert problem.remedy


@given(
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=14,
    )
)
def test_any_row_of_words_is_an_expression_or_refused(words: list[str]) -> None:
    try:
        Expression(" ".join(words)).check({"a": Type(kind="integer")})
    except ExpressionError as problem:
        assert 0 <= problem.column <= len(" ".join(words))


@given(WITHOUT_DECLINES, st.dictionaries(st.sampled_from(list(FACTS)), anything), st.dates())
def test_evaluating_never_raises_whatever_the_values_are(
    source: str, values: dict[str, Any], today: datetime.date
) -> None:
    Expression(source)(values, {"n": "skip"}, today)


@given(WITHOUT_DECLINES)
def test_checking_never_raises_and_points_into_the_source(source: str) -> None:
    told, _ = Expression(source).check(SCOPE)
    assert all(0 <= finding.column < len(source) for finding in told)
    assert [finding.column for finding in told] == sorted(finding.column for finding in told)


@settings(max_examples=300)
@given(WITHOUT_DECLINES, st.data())
def test_learning_more_never_changes_what_was_decided(source: str, data: st.DataObject) -> None:
    expression = Expression(source)
    known = data.draw(KNOWN)
    part = {name: known[name] for name in known if data.draw(st.booleans())}
    decided = expression(part, {}, TODAY)
    if decided is not None:
        assert expression(known, {}, TODAY) == decided


@given(_fitting(), KNOWN)
def test_a_condition_that_passes_the_check_is_true_false_or_unknown(source: str, known: dict[str, Any]) -> None:
    expression = Expression(source)
    told, found = expression.check(SCOPE)
    assert (told, found) == ([], Type(kind="boolean"))
    assert expression(known, {"n": "skip"}, TODAY) in (True, False, None)


@settings(max_examples=300)
@given(WITHOUT_DECLINES, KNOWN)
def test_what_the_check_says_of_a_type_holds_for_the_value(source: str, known: dict[str, Any]) -> None:
    expression = Expression(source)
    told, found = expression.check(SCOPE)
    value = expression(known, {}, TODAY)
    if told or found is None or value is None:
        return
    match found.kind:
        case "boolean":
            assert isinstance(value, bool)
        case "integer":
            assert type(value) is int
        case "decimal":
            assert type(value) in (int, float)
        case "choices" | "list":
            assert isinstance(value, tuple)
        case _:
            assert isinstance(value, str)
            assert found.choices is None or value in found.choices
