"""The condition language of dialog files: when a question is asked, what a fact is calculated from.

``work_now in ["part", "full"] and age < 67`` is parsed once, turned into nested functions once, and then
evaluated over what is known so far. What is not known yet is neither true nor false: the logic has three
values (Kleene's strong logic), so a condition is true only if no later answer could change that. Evaluating
never raises; a value of an unexpected kind makes the part that needs it unknown.

An expression reads facts, today's date and nothing else. Python never runs any of it.
"""

import datetime
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

from assistant.core.expression_checks import Finding, check
from assistant.core.expression_syntax import (
    LARGEST,
    RESERVED,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Constant,
    ExpressionError,
    Logic,
    Membership,
    Minus,
    Name,
    Node,
    Not,
    parse,
)
from assistant.core.value_types import Type, Value, ValueOrList, age_of, compare_dates, year_of

__all__ = ["RESERVED", "Expression", "ExpressionError", "Finding", "Type", "Value", "ValueOrList"]


class Expression:
    """One expression of a dialog file, ready to be evaluated any number of times.

    ``source`` is the text as written and ``names`` are all facts it reads. Two expressions are equal when
    their sources are. Raises ExpressionError when the source is no expression; whether it fits the dialog
    it stands in is told by ``check``.
    """

    __slots__ = ("_tree", "evaluate", "names", "source")

    def __init__(self, source: str) -> None:
        self.source: Final = source
        tree, names = parse(source)
        self.names: Final = names
        self._tree: Final = tree
        self.evaluate: Final = _compile(tree)

    def __call__(self, values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> Value | None:
        """The value of the expression, or None when it is not known yet.

        ``values`` holds what is known; ``declined`` says of facts how they were declined ("unknown", "skip"
        or "in_person").
        """
        return cast("Value | None", self.evaluate(values, declined, today))

    def is_true(self, values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool:
        """Whether the expression is true; neither false nor unknown is."""
        return self.evaluate(values, declined, today) is True

    def check(self, scope: Mapping[str, Type], *, later: Collection[str] = ()) -> tuple[list[Finding], Type | None]:
        """Everything in the expression that does not fit its dialog, and the type of its value.

        ``scope`` holds the facts that can be known where the expression stands, ``later`` the names of those
        that are only asked afterwards. Findings are in the order of their columns; the type is None when it
        cannot be told.
        """
        return check(self._tree, scope, later)

    def __eq__(self, other: object) -> bool:
        return self.source == other.source if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


_Evaluate: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, str], datetime.date], Any]

# A bool is an int to Python, but not a number to an author: types are compared exactly.
_NUMBERS: Final = frozenset({int, float})

_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _compile(node: Node) -> _Evaluate:
    match node:
        case Constant(value=value):
            return lambda values, declined, today: value
        case Name(name=name):
            return lambda values, declined, today: values.get(name)
        case Not(operand=operand):
            return _negation(_compile(operand))
        case Logic(word=word, operands=operands):
            parts = tuple(_compile(part) for part in operands)
            # "and" is decided by one false operand, "or" by one true operand.
            return _logic(parts, decisive=word == "or")
        case Comparison(sign="==" | "!=" as sign, left=left, right=right):
            return _equality(_compile(left), _compile(right), wanted=sign == "==")
        case Comparison(sign=sign, left=left, right=right):
            return _order(_compile(left), _compile(right), _ORDERS[sign])
        case Membership(operand=operand, options=options, negated=negated):
            return _membership(_compile(operand), [option.value for option in options], wanted=not negated)
        case Arithmetic(sign=sign, left=left, right=right):
            return _arithmetic(_compile(left), _compile(right), _SUMS[sign])
        case Minus(operand=operand):
            return _arithmetic(lambda values, declined, today: 0, _compile(operand), operator.sub)
        case Conditional(test=test, chosen=chosen, otherwise=otherwise):
            return _conditional(_compile(test), _compile(chosen), _compile(otherwise))
        case Call(function=function, arguments=arguments):
            return _call(function, arguments)


def _negation(operand: _Evaluate) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        value = operand(values, declined, today)
        return value is False if isinstance(value, bool) else None

    return evaluate


def _logic(parts: tuple[_Evaluate, ...], *, decisive: bool) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        result: bool | None = not decisive
        for part in parts:
            value: object = part(values, declined, today)
            if value is decisive:
                return decisive
            if value is not True and value is not False:
                result = None
        return result

    return evaluate


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _equality(left: _Evaluate, right: _Evaluate, *, wanted: bool) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        one, other = left(values, declined, today), right(values, declined, today)
        return None if one is None or other is None else _same(one, other) is wanted

    return evaluate


def _order(left: _Evaluate, right: _Evaluate, fits: Callable[[Any, Any], bool]) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        one, other = left(values, declined, today), right(values, declined, today)
        if type(one) in _NUMBERS and type(other) in _NUMBERS:
            return fits(one, other)
        if isinstance(one, str) and isinstance(other, str):
            order = compare_dates(one, other)
            return None if order is None else fits(order, 0)
        return None

    return evaluate


def _membership(operand: _Evaluate, options: list[str | int | float | bool], *, wanted: bool) -> _Evaluate:
    # Nothing but a text equals a text, so texts can be looked up; 1, 1.0 and true need the exact comparison.
    texts = frozenset(option for option in options if isinstance(option, str))
    others = [option for option in options if not isinstance(option, str)]

    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        value = operand(values, declined, today)
        if value is None:
            return None
        if isinstance(value, str):
            return (value in texts) is wanted
        return any(_same(value, option) for option in others) is wanted

    return evaluate


def _arithmetic(left: _Evaluate, right: _Evaluate, calculate: Callable[[Any, Any], Any]) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> int | float | None:
        one, other = left(values, declined, today), right(values, declined, today)
        if type(one) not in _NUMBERS or type(other) not in _NUMBERS:
            return None
        try:
            result: int | float = calculate(one, other)
        except OverflowError:
            return None
        return result if -LARGEST <= result <= LARGEST else None

    return evaluate


def _conditional(test: _Evaluate, chosen: _Evaluate, otherwise: _Evaluate) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> Any:
        value = test(values, declined, today)
        if value is True:
            return chosen(values, declined, today)
        return otherwise(values, declined, today) if value is False else None

    return evaluate


def _call(function: str, arguments: tuple[Node, ...]) -> _Evaluate:
    """A call with arguments that do not fit is never known: the check has told its author."""
    match function, arguments:
        case "known", (Name(name=name),):
            return lambda values, declined, today: values.get(name) is not None
        case "declined", (Name(name=name),):
            return lambda values, declined, today: name in declined
        case "declined", (Name(name=name), Constant(value=kind)):
            return lambda values, declined, today: declined.get(name) == kind
        case "today", ():
            return lambda values, declined, today: today.isoformat()
        case "age", (born,):
            return _age(_compile(born))
        case "year", (date,):
            return _year(_compile(date))
        case "count", (many,):
            return _count(_compile(many))
        case "has", (many, Constant(value=str() as choice)):
            return _has(_compile(many), choice)
        case (("min" | "max"), (many,)):
            return _extreme_of_list(_compile(many), _LEAST if function == "min" else _MOST)
        case (("min" | "max"), (_, _, *_)):
            parts = tuple(_compile(part) for part in arguments)
            return _extreme_of_parts(parts, _LEAST if function == "min" else _MOST)
    return lambda values, declined, today: None


def _age(born: _Evaluate) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> int | None:
        value = born(values, declined, today)
        return age_of(value, today) if isinstance(value, str) or type(value) is int else None

    return evaluate


def _year(date: _Evaluate) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> int | None:
        value = date(values, declined, today)
        return year_of(value) if isinstance(value, str) else None

    return evaluate


def _count(many: _Evaluate) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> int | None:
        value = many(values, declined, today)
        return len(value) if isinstance(value, tuple | list) else None

    return evaluate


def _has(many: _Evaluate, choice: str) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> bool | None:
        value = many(values, declined, today)
        return choice in value if isinstance(value, tuple | list) else None

    return evaluate


_Pick: TypeAlias = Callable[[Iterable[Any]], Any]
_LEAST: Final[_Pick] = min
_MOST: Final[_Pick] = max


def _extreme_of_list(many: _Evaluate, pick: _Pick) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> Any:
        value = many(values, declined, today)
        return _extreme(value, pick) if isinstance(value, tuple | list) else None

    return evaluate


def _extreme_of_parts(parts: tuple[_Evaluate, ...], pick: _Pick) -> _Evaluate:
    def evaluate(values: Mapping[str, Any], declined: Mapping[str, str], today: datetime.date) -> Any:
        return _extreme([part(values, declined, today) for part in parts], pick)

    return evaluate


def _extreme(items: Collection[Any], pick: _Pick) -> Any:
    if items and all(type(item) in _NUMBERS for item in items):
        return pick(items)
    if not items or not all(isinstance(item, str) for item in items):
        return None
    found = pick(items)
    # "2019" and "2019-03" have no order: the earliest is known only if it differs from every other date.
    return found if all(compare_dates(found, item) is not None for item in items) else None
