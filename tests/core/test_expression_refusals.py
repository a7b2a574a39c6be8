"""What is no expression is refused: with its place, in words that help."""

import datetime

import pytest

from assistant.core.expressions import RESERVED, Expression, ExpressionError

TODAY = datetime.date(2026, 3, 5)


def problem_with(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        Expression(source)
    return caught.value


# source, column, part of the message, part of the remedy
REFUSED = [
    ("", 0, "empty", "write a condition"),
    (" \n ", 0, "empty", "write a condition"),
    ("a and", 5, "stops in the middle", "at its end"),
    (" a <\n", 4, "stops in the middle", "at its end"),
    ("a if b else", 11, "stops in the middle", "at its end"),
    ("a b", 2, "do not fit together", "missing and, or"),
    ("min(a b)", 4, "do not fit together", "comma"),
    ("a and b if c", 0, "do not fit together", "else"),
    ('"é" and or b', 8, "do not fit together", "value"),
    ("  == 3", 2, "do not fit together", "missing and, or"),
    ("True", 0, "True is written in lower case", "write true"),
    ("a == False", 5, "False is written in lower case", "write false"),
    ("a == None", 5, "no empty value", "known(fact)"),
    ("a is b", 2, "'is'", "write =="),
    ("lambda: 1", 0, "'lambda' is a reserved word", "another name"),
    ("[x for x in y]", 3, "'for' is a reserved word", "another name"),
    ("from == 1", 0, "'from' is a reserved word", "another name"),
    ("await a", 0, "'await' is a reserved word", "another name"),
    ("a = 1", 2, "single =", "write =="),
    ("f(a=1)", 3, "single =", "write =="),
    ("(a := 1)", 3, "':'", "a if condition else b"),
    ("a[1:2]", 3, "':'", "a if condition else b"),
    ("!a", 0, "'!' alone", "write not"),
    ("a && b", 2, "'&'", "write and"),
    ("a || b", 2, "'|'", "write or"),
    ("a / 2", 2, "no division", "multiply"),
    ("a // 2", 2, "no division", "multiply"),
    ("a ** 2", 2, "'**'", "a * a"),
    ("f(**a)", 2, "'**'", "a * a"),
    ("a.b", 1, "a dot", "name of a fact alone"),
    ("x.__class__", 1, "a dot", "name of a fact alone"),
    (".5", 0, "a dot", "0.5"),
    ("a # really", 2, "a comment", "line of its own"),
    ("a \\\n and b", 2, "a backslash", "leave it out"),
    ("a % 2", 2, "'%'", "leave it out"),
    ("{a}", 0, "'{'", "leave it out"),
    ("a; b", 1, "';'", "leave it out"),
    ("~a", 0, "'~'", "leave it out"),
    ("a @ b", 2, "'@'", "leave it out"),
    ("a << 1", 0, "not part of the language", "leave it out"),
    ("a >> 1", 0, "not part of the language", "leave it out"),
    ("a == “x”", 5, "“ is not a quotation mark", 'straight quotes: "part"'),
    ("a == `x`", 5, "` is not a quotation mark", 'straight quotes: "part"'),
    ('a == "x', 5, "not closed", "same quote"),
    ('a == "x\ny"', 5, "not closed", "same quote"),
    (r'a == "\d"', 5, "backslash", "same quote"),
    ('a == """x"""', 7, "side by side", "a comma"),
    ('a in ["x" "y"]', 10, "side by side", "a comma"),
    ('a in ["x"\n  "y"]', 12, "side by side", "a comma"),
    ('a == f"{x}"', 5, "letters stand directly before", "only the quotes"),
    ('a == b"x"', 5, "letters stand directly before", "only the quotes"),
    ("ålder > 1", 0, "letters other than a to z", "a to z"),
    ("a and höjd", 6, "letters other than a to z", "a to z"),
    ("ﬁeld", 0, "letters other than a to z", "a to z"),
    ("a\u00a0== 1", 1, "U+00A0", "leave it out"),
    ("a == 1\0", 6, "cannot be seen", "delete"),
    ('a == "\ud800"', 6, "cannot be seen", "delete"),
    ("a\x0c", 1, "cannot be seen", "delete"),
    ("a == 007", 5, "does not begin with 0", "choice in quotes"),
    ("a == 1_000", 5, "not a number", "digits only"),
    ("a == 0x10", 5, "not a number", "digits only"),
    ("a == 1e5", 5, "not a number", "digits only"),
    ("a == 1.", 5, "not a number", "digits only"),
    ("1if a else 2", 0, "not a number", "digits only"),
    ("a == 1j", 5, "not a number", "digits only"),
    ("a < 1000000000001", 4, "larger than 1000000000000", "smaller"),
    ("a < " + "9" * 490, 4, "larger than", "smaller"),
    ("'a'*10**9", 6, "'**'", "a * a"),
    ("(a", 0, "'(' is never closed", "closing"),
    ("a and (b or (c)", 6, "'(' is never closed", "closing"),
    ("a)", 1, "')' closes nothing", "leave it out"),
    ("a) or (b", 1, "')' closes nothing", "leave it out"),
    ("a in [1)", 7, "')' closes nothing", "opening bracket"),
    ("1 < a < 5", 4, "comparisons are chained", "a < b and b < c"),
    ("a == b in [1]", 5, "comparisons are chained", "a < b and b < c"),
    ('["a"]', 0, "a list stands only", "in [...]"),
    ("a == [1]", 5, "a list stands only", "in [...]"),
    ("min([1, 2])", 4, "a list stands only", "in [...]"),
    ("a, b", 0, "a comma stands only", "and or or"),
    ("()", 0, "a comma stands only", "and or or"),
    ("a[0]", 0, "nothing can be picked", "count, min"),
    ("+a", 0, "a plus before", "leave it out"),
    ("min(*a)", 4, "a star stands only", "leave it out"),
    ("a in b", 5, "needs a list", "has(fact"),
    ('"a" not in b', 11, "needs a list", "has(fact"),
    ("a in (1, 2)", 5, "needs a list", "has(fact"),
    ('a in "abc"', 5, "needs a list", "has(fact"),
    ("a in []", 5, "the list is empty", "at least one"),
    ("a in [b]", 6, "only texts and numbers", "in quotes"),
    ('a in ["b", [1]]', 11, "a list stands only", "in [...]"),
    ("a in [1 + 1]", 6, "only texts and numbers", "in quotes"),
    ("length(a)", 0, "no function called length", "there are age, count"),
    ("a or knwon(b)", 5, "no function called knwon", "did you mean known?"),
    ("eval(a)", 0, "no function called eval", "there are age"),
    ("min(a)(b)", 0, "only a function", "function name"),
    ('"a"(b)', 0, "only a function", "function name"),
    ("a" * 501, 500, "longer than 500", "calculated fact"),
    ("'" + "a" * 10**6, 500, "longer than 500", "calculated fact"),
    ("(" * 41 + "a" + ")" * 41, 40, "more than 40 levels", "calculated fact"),
    ("-" * 499 + "a", 40, "more than 40 levels", "calculated fact"),
    ("not " * 124 + "a", 160, "more than 40 levels", "calculated fact"),
    ("1" + "+1" * 60, 0, "more than 40 levels", "calculated fact"),
    ('"é" == (a + = b)', 12, "single =", "write =="),
    ('"éé" == min(*a)', 12, "a star stands only", "leave it out"),
    ("\n\n  a and\n  +b", 12, "a plus before", "leave it out"),
]


@pytest.mark.parametrize(("source", "column", "message", "remedy"), REFUSED)
def test_what_is_no_expression_is_refused_with_its_place_and_a_remedy(
    source: str, column: int, message: str, remedy: str
) -> None:
    problem = problem_with(source)
    assert message in problem.message
    assert remedy in problem.remedy
    assert problem.column == column
    assert str(problem) == f"{problem.message}; {problem.remedy}"


def test_a_text_may_hold_what_is_forbidden_outside_of_it() -> None:
    text = "for x.y in {é}; “a” # ** 'b' 1_0 \u2028"
    assert Expression(f'x == "{text}"').is_true({"x": text}, {}, TODAY)


def test_what_is_just_within_the_limits_is_an_expression() -> None:
    sources = (
        "(" * 40 + "a" + ")" * 40,
        "not " * 39 + "a",
        "a == '" + "b" * 493 + "'",
        "a or " * 99 + "b",
        "a < 1000000000000",
    )
    assert [Expression(source).source for source in sources] == list(sources)


def test_a_reserved_word_can_be_read_by_no_expression() -> None:
    assert {"true", "false", "in", "from", "class", "None"} <= RESERVED
    for word in RESERVED - {"true", "false"}:
        problem_with(word)
