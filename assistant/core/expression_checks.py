"""Whether an expression fits the dialog it stands in: every problem at once, each with column and remedy.

A text in quotes has the type of a choice out of a set of one. So ``"a" if x else "b"`` can be "a" or "b", and
a comparison with "c" is a mistake that is found here.
"""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from assistant.core.dates import parse_date
from assistant.core.expression_syntax import (
    FUNCTIONS,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Constant,
    Logic,
    Membership,
    Minus,
    Name,
    Node,
    Not,
    did_you_mean,
)
from assistant.core.value_types import Kind, Type


class Finding(msgspec.Struct, frozen=True):
    """A problem in an expression: what is wrong, what to do, and the 0-based column within its source."""

    message: str
    remedy: str
    column: int


_BOOLEAN: Final = Type(kind="boolean")
_INTEGER: Final = Type(kind="integer")
_DECIMAL: Final = Type(kind="decimal")
_DATE: Final = Type(kind="date")
_TEXT: Final = Type(kind="text")

_CALLED: Final[Mapping[Kind, str]] = {
    "boolean": "true or false",
    "integer": "a number",
    "decimal": "a number",
    "text": "a text",
    "date": "a date",
    "choice": "a choice",
    "choices": "several choices",
    "list": "a list",
}
_WRITE_A_DATE: Final = 'write a date as "2024", "2024-05" or "2024-05-31"'
_AS_CONDITION: Final[Mapping[Kind, str]] = {
    "integer": "compare it, such as x > 0",
    "decimal": "compare it, such as x > 0",
    "text": "ask known(x)",
    "date": "ask known(x), or compare it with < or >",
    "choice": 'compare it, such as x == "yes"',
    "choices": 'ask has(x, "choice")',
    "list": "ask count(x) > 0",
}
_HOW_TO_CALL: Final[Mapping[str, str]] = {
    "age": "write age(date) or age(year)",
    "count": "write count(list) or count(choices)",
    "declined": 'write declined(fact), or declined(fact, "skip") with unknown, skip or in_person',
    "has": 'write has(choices, "choice")',
    "known": "write known(fact)",
    "max": "write max(list), or max(a, b) with numbers or dates",
    "min": "write min(list), or min(a, b) with numbers or dates",
    "today": "write today()",
    "year": "write year(date)",
}
_ARGUMENTS: Final[Mapping[str, tuple[int, int]]] = {
    "age": (1, 1),
    "count": (1, 1),
    "declined": (1, 2),
    "has": (2, 2),
    "known": (1, 1),
    "max": (1, 500),
    "min": (1, 500),
    "today": (0, 0),
    "year": (1, 1),
}
_DATED: Final = frozenset({"date", "words"})  # beside a date, a text in quotes is meant as a date
_DECLINES: Final = frozenset({"unknown", "skip", "in_person"})


def check(tree: Node, scope: Mapping[str, Type], later: Collection[str]) -> tuple[list[Finding], Type | None]:
    """All findings in the order of their columns, and the type of the value; None when it cannot be told."""
    checker = _Checker(scope, later)
    found = checker.type_of(tree)
    return sorted(checker.findings, key=lambda finding: finding.column), found


class _Checker:
    def __init__(self, scope: Mapping[str, Type], later: Collection[str]) -> None:
        self.scope = scope
        self.later = later
        self.findings: list[Finding] = []

    def tell(self, node: Node, message: str, remedy: str) -> None:
        self.findings.append(Finding(message, remedy, node.column))

    def type_of(self, node: Node, choices: frozenset[str] | None = None) -> Type | None:
        """``choices`` are those of the other side: a name among them was probably meant as a text."""
        match node:
            case Constant(value=value):
                return _type_of_constant(value)
            case Name():
                return self.name(node, choices or frozenset())
            case Not(operand=operand):
                self.condition(operand)
                return _BOOLEAN
            case Logic(operands=operands):
                for operand in operands:
                    self.condition(operand)
                return _BOOLEAN
            case Comparison(sign="==" | "!=", left=left, right=right):
                left_type = self.type_of(left, self.choices_of(right))
                self.equality(left, left_type, right, self.type_of(right, self.choices_of(left)))
                return _BOOLEAN
            case Comparison():
                self.order(node)
                return _BOOLEAN
            case Membership(operand=operand, options=options):
                found = self.type_of(operand)
                for option in options:
                    if not self.equality(operand, found, option, _type_of_constant(option.value)):
                        break
                return _BOOLEAN
            case Arithmetic(left=left, right=right):
                return self.number(left, right)
            case Minus(operand=operand):
                return self.number(operand)
            case Conditional():
                return self.conditional(node)
            case Call():
                return self.call(node)

    def name(self, node: Name, choices: frozenset[str]) -> Type | None:
        found = self.scope.get(node.name)
        if found is not None:
            return found
        if node.name in self.later:
            message = f"{node.name} is asked later; conditions look backwards only"
            self.tell(node, message, "ask it before this place")
            return None
        if node.name in choices:
            remedy = f'write the choice in quotes: "{node.name}"'
        elif node.name in FUNCTIONS:
            remedy = _HOW_TO_CALL[node.name]
        else:
            remedy = did_you_mean(node.name, frozenset(self.scope)) or "ask it earlier, or correct the name"
        self.tell(node, f"there is no fact called {node.name}", remedy)
        return None

    def choices_of(self, node: Node) -> frozenset[str] | None:
        found = self.scope.get(node.name) if isinstance(node, Name) else None
        return found.choices if found else None

    def condition(self, node: Node) -> None:
        found = self.type_of(node)
        if found is not None and found.kind != "boolean":
            what = _CALLED[found.kind]
            self.tell(node, f"this is {what}, not something true or false", _AS_CONDITION[found.kind])

    def equality(self, left: Node, left_type: Type | None, right: Node, right_type: Type | None) -> bool:
        """Tells what is wrong with comparing by == ; False when one side can be compared with nothing."""
        for node, found in ((left, left_type), (right, right_type)):
            if found is not None and found.kind in ("choices", "list"):
                wanted = 'ask has(x, "choice")' if found.kind == "choices" else "use count, min, max or has"
                self.tell(node, f"{_CALLED[found.kind]} cannot be compared with one value", wanted)
                return False
        if left_type is None or right_type is None:
            return True
        if "date" in (left_type.kind, right_type.kind) and {_family(left_type), _family(right_type)} <= _DATED:
            self.tell(
                left if left_type.kind == "date" else right,
                "dates may be known to the year, month or day, so they cannot be compared with == or !=",
                "use year(...) or <, >",
            )
            return False
        if _family(left_type) != _family(right_type):
            self.mismatch(right, left_type, right_type)
        elif left_type.choices is not None and right_type.choices is not None:
            self.choice_exists(left, left_type.choices, right, right_type.choices)
        return True

    def choice_exists(
        self, left: Node, left_choices: frozenset[str], right: Node, right_choices: frozenset[str]
    ) -> None:
        if left_choices & right_choices:
            return
        if isinstance(left, Constant):
            left, left_choices, right, right_choices = right, right_choices, left, left_choices
        if isinstance(right, Constant):
            self.no_choice(left, left_choices, right, str(right.value))
        else:
            self.tell(right, "the two sides have no choice in common", "compare with one of its choices")

    def no_choice(self, subject: Node, choices: frozenset[str], node: Node, choice: str) -> None:
        name = subject.name if isinstance(subject, Name) else "this"
        offered = ", ".join(sorted(choices)[:12])
        remedy = did_you_mean(choice, choices) or f"its choices are {offered}"
        self.tell(node, f'{name} has no choice "{choice}"', remedy)

    def mismatch(self, node: Node, one: Type, other: Type) -> None:
        kinds = {one.kind, other.kind}
        if "date" in kinds and kinds & {"integer", "decimal"}:
            remedy = "use year(...) or age(...) of the date"
        elif "boolean" in kinds:
            remedy = "write true and false without quotes, or compare with a value of the same kind"
        else:
            remedy = "write a number without quotes, and a choice or text in quotes"
        self.tell(node, f"{_CALLED[one.kind]} and {_CALLED[other.kind]} cannot be compared", remedy)

    def order(self, node: Comparison) -> None:
        sides = [(node.left, self.type_of(node.left)), (node.right, self.type_of(node.right))]
        known = [found for _, found in sides if found is not None]
        if _DATE in known and all(_family(found) in _DATED for found in known):
            for side, found in sides:
                if found is not None and not _is_dates(found):
                    self.tell(side, "this is not a date", _WRITE_A_DATE)
            return
        unordered = [(side, found) for side, found in sides if found is not None and not _has_order(found)]
        # A text in quotes beside a fact without order is not a mistake of its own.
        facts = [one for one in unordered if not isinstance(one[0], Constant)]
        for side, found in facts or unordered[:1]:
            self.tell(side, f"{_CALLED[found.kind]} cannot be put in order", _without_order(found))
        if not unordered and len(known) == 2 and _is_dates(known[0]) != _is_dates(known[1]):
            self.mismatch(node.right, known[0], known[1])

    def number(self, *operands: Node) -> Type:
        kind: Kind = "integer"
        for operand in operands:
            found = self.type_of(operand)
            if found is None or found.kind == "integer":
                continue
            kind = "decimal"
            if found.kind != "decimal":
                what = _CALLED[found.kind]
                remedy = "use year(...) or age(...)" if _is_dates(found) else "use facts that are numbers"
                self.tell(operand, f"this is {what}; only numbers can be calculated with", remedy)
        return Type(kind=kind)

    def conditional(self, node: Conditional) -> Type | None:
        self.condition(node.test)
        chosen, otherwise = self.type_of(node.chosen), self.type_of(node.otherwise)
        if chosen is None or otherwise is None:
            return None
        joined = _join(chosen, otherwise)
        if joined is None:
            self.tell(
                node.otherwise,
                f"the value is {_CALLED[chosen.kind]} before if and {_CALLED[otherwise.kind]} after else",
                "give both the same kind",
            )
        return joined

    def call(self, node: Call) -> Type | None:
        least, most = _ARGUMENTS[node.function]
        given = [self.type_of(argument) for argument in node.arguments]
        if not least <= len(given) <= most:
            message = f"{node.function} has the wrong number of values"
            self.tell(node, message, _HOW_TO_CALL[node.function])
            return None if node.function in ("min", "max") else _RESULTS[node.function]
        match node.function:
            case "min" | "max":
                return self.extreme(node, given)
            case "known" | "declined":
                self.about_a_fact(node)
            case "has":
                self.has(node, given[0])
            case "age":
                self.argument(node, given[0], _is_dates(given[0]) or _is_kind(given[0], "integer"))
            case "year":
                self.argument(node, given[0], _is_dates(given[0]))
            case "count":
                self.argument(node, given[0], _is_kind(given[0], "list", "choices"))
        return _RESULTS[node.function]

    def argument(self, node: Call, found: Type | None, fits: bool) -> None:
        if found is not None and not fits:
            remedy = _HOW_TO_CALL[node.function]
            self.tell(node.arguments[0], f"{node.function} does not take {_CALLED[found.kind]}", remedy)

    def about_a_fact(self, node: Call) -> None:
        remedy = _HOW_TO_CALL[node.function]
        if not isinstance(node.arguments[0], Name):
            self.tell(node.arguments[0], f"{node.function} needs the name of a fact", remedy)
        for kind in node.arguments[1:]:
            if not isinstance(kind, Constant) or kind.value not in _DECLINES:
                meant = did_you_mean(str(kind.value), _DECLINES) if isinstance(kind, Constant) else None
                self.tell(kind, "there is no such way to decline", meant or remedy)

    def has(self, node: Call, found: Type | None) -> None:
        many, choice = node.arguments
        self.argument(node, found, _is_kind(found, "choices") or (found is not None and found.of == "choice"))
        if not isinstance(choice, Constant) or not isinstance(choice.value, str):
            self.tell(choice, "has needs one choice in quotes", _HOW_TO_CALL["has"])
        elif found is not None and found.choices is not None and choice.value not in found.choices:
            self.no_choice(many, found.choices, choice, choice.value)

    def extreme(self, node: Call, given: list[Type | None]) -> Type | None:
        if len(given) == 1:
            found = given[0]
            if found is not None and found.kind == "list" and found.of in ("integer", "decimal", "date"):
                return Type(kind=found.of)
            self.argument(node, found, fits=False)
            return None
        result: Type | None = None
        for argument, found in zip(node.arguments, given, strict=True):
            if found is None:
                return None
            joined = found if result is None else _join(result, found)
            if not _has_order(found) or joined is None:
                message = f"{node.function} cannot order this: it is {_CALLED[found.kind]}"
                self.tell(argument, message, _HOW_TO_CALL[node.function])
                return None
            result = joined
        return _DATE if result is not None and _is_dates(result) else result


_RESULTS: Final[Mapping[str, Type]] = {
    "age": _INTEGER,
    "count": _INTEGER,
    "declined": _BOOLEAN,
    "has": _BOOLEAN,
    "known": _BOOLEAN,
    "today": _DATE,
    "year": _INTEGER,
}


def _type_of_constant(value: str | int | float | bool) -> Type:
    if isinstance(value, str):
        return Type(kind="choice", choices=frozenset({value}))
    if isinstance(value, bool):
        return _BOOLEAN
    return _INTEGER if isinstance(value, int) else _DECIMAL


def _is_kind(found: Type | None, *kinds: Kind) -> bool:
    return found is not None and found.kind in kinds


def _is_dates(found: Type | None) -> bool:
    """A date, or a choice out of a closed set in which all are dates."""
    if found is None or found.kind == "date":
        return found is not None
    return found.kind == "choice" and bool(found.choices) and all(map(parse_date, found.choices or ()))


def _has_order(found: Type) -> bool:
    return found.kind in ("integer", "decimal") or _is_dates(found)


def _without_order(found: Type) -> str:
    if found.kind == "choice":
        return 'list the choices: x in ["one", "two"]'
    if found.kind in ("choices", "list"):
        return "use count(x), min(x) or max(x)" if found.kind == "list" else "use count(x)"
    return "compare it with == or !="


def _family(found: Type) -> str:
    if found.kind in ("integer", "decimal"):
        return "number"
    return "words" if found.kind in ("text", "choice") else found.kind


def _join(one: Type, other: Type) -> Type | None:
    """The type of a value that is of one or the other type; None when they have nothing in common."""
    if one == other:
        return one
    if one.kind == other.kind and one.kind in ("choice", "choices"):
        closed = one.choices is not None and other.choices is not None
        both = (one.choices or frozenset()) | (other.choices or frozenset())
        return Type(kind=one.kind, choices=both if closed else None)
    if _family(one) == _family(other) == "number":
        return _DECIMAL
    if "date" in (one.kind, other.kind) and _is_dates(one) and _is_dates(other):
        return _DATE
    return _TEXT if _family(one) == _family(other) == "words" else None
