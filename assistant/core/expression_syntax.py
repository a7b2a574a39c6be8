"""From the source of an expression to its tree.

The source is first scanned word by word: only the marks and words of the language pass, and most mistakes are
told here with their column. Python's own parser then does the grouping, and what it found is turned into the
few kinds of node below. Nothing is ever compiled or run as Python.
"""

import ast
import difflib
import keyword
import re
from collections.abc import Callable
from typing import Final, Literal, NoReturn, TypeAlias, cast

import msgspec

MAX_LENGTH: Final = 500
"""Characters in one expression."""
MAX_DEPTH: Final = 40
"""Levels of parts within parts, and of brackets within brackets."""
LARGEST: Final = 10**12
"""The largest number, written or calculated."""

FUNCTIONS: Final = frozenset(
    {"age", "count", "declined", "has", "known", "max", "min", "today", "year"},
)
JOINING_WORDS: Final = frozenset({"and", "or", "not", "in", "if", "else"})
RESERVED: Final = frozenset(keyword.kwlist) | {"true", "false"}
"""Words that cannot be the name of a fact, because no expression could read it."""


class ExpressionError(ValueError):
    """A source that is no expression: wrong syntax, a forbidden construct or a limit passed.

    ``message`` says what is wrong, ``remedy`` what to do, ``column`` is the 0-based place within the source.
    """

    def __init__(self, message: str, remedy: str, column: int) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy
        self.column = column


class Constant(msgspec.Struct, frozen=True):
    """A text, number, true or false written in the source."""

    value: str | int | float | bool
    column: int


class Name(msgspec.Struct, frozen=True):
    """A fact that is read."""

    name: str
    column: int


class Not(msgspec.Struct, frozen=True):
    operand: "Node"
    column: int


class Logic(msgspec.Struct, frozen=True):
    """Two or more operands joined by ``and`` or by ``or``."""

    word: Literal["and", "or"]
    operands: tuple["Node", ...]
    column: int


class Comparison(msgspec.Struct, frozen=True):
    sign: Literal["==", "!=", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"
    column: int


class Membership(msgspec.Struct, frozen=True):
    """``operand in [options]``, or ``not in`` when ``negated``."""

    operand: "Node"
    options: tuple[Constant, ...]
    negated: bool
    column: int


class Arithmetic(msgspec.Struct, frozen=True):
    sign: Literal["+", "-", "*"]
    left: "Node"
    right: "Node"
    column: int


class Minus(msgspec.Struct, frozen=True):
    operand: "Node"
    column: int


class Conditional(msgspec.Struct, frozen=True):
    """``chosen if test else otherwise``."""

    test: "Node"
    chosen: "Node"
    otherwise: "Node"
    column: int


class Call(msgspec.Struct, frozen=True):
    function: str
    arguments: tuple["Node", ...]
    column: int


Node: TypeAlias = Constant | Name | Not | Logic | Comparison | Membership | Arithmetic | Minus | Conditional | Call

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>"[^"\\\r\n]*"|'[^'\\\r\n]*')
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*(?!\w))
    |(?P<sign>==|!=|<=|>=|\*(?!\*)|[-+<>(),\[\]])""",
    re.VERBOSE,
)
# Lone surrogates cannot be encoded, and the parser ends lines or refuses the text at control characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ONE_LINE = str.maketrans("\r\n", "  ")

_WORDS = {
    "True": ("True is written in lower case here", "write true"),
    "False": ("False is written in lower case here", "write false"),
    "None": ("there is no empty value to compare with", "use known(fact) or declined(fact)"),
    "is": ("'is' is not part of the language", "write == or !="),
}
_MARKS = {
    "=": ("a single = compares nothing", "write =="),
    "!": ("'!' alone is not part of the language", "write not, or != between two values"),
    "&": ("'&' is not part of the language", "write and"),
    "|": ("'|' is not part of the language", "write or"),
    "/": ("there is no division", "multiply the other side instead"),
    ".": ("a dot belongs only between the digits of a number", "write 0.5, and the name of a fact alone"),
    "#": ("a comment cannot stand inside an expression", "put it on a line of its own in the file"),
    ":": ("':' is not part of the language", "write a if condition else b"),
    "*": ("'**' is not part of the language", "write a * a"),
    "\\": ("a backslash is not part of the language", "leave it out"),
}
_CURLY_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u00b4`"
_NO_CHAIN = "write two comparisons: a < b and b < c"


def parse(source: str) -> tuple[Node, frozenset[str]]:
    """The tree of an expression and the names of all facts it reads.

    Raises ExpressionError for anything that is not an expression of the language.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression is longer than {MAX_LENGTH} characters",
            "put a part of it into a calculated fact of its own",
            MAX_LENGTH,
        )
    _scan(source)
    # One line of the same length: the place in the line is then the place in the source.
    text = source.translate(_ONE_LINE)
    line = text.strip(" \t")
    start = len(text) - len(text.lstrip(" \t"))
    if not line:
        raise ExpressionError("the expression is empty", "write a condition, or leave the key out", 0)
    try:
        tree = ast.parse(line, mode="eval")
    except SyntaxError as error:
        if not error.offset:  # the parser came to the end
            raise ExpressionError(
                "the expression stops in the middle", "add what is missing at its end", start + len(line)
            ) from None
        raise ExpressionError(
            "the parts do not fit together here",
            "look for a missing and, or, comma, else or value",
            start + min(error.offset - 1, len(line)),
        ) from None
    except (RecursionError, MemoryError):  # how deep the parser can go depends on the interpreter
        _refuse_depth(0)
    builder = _Builder(line.encode(), start)
    node = builder.node(tree.body, 1)
    return node, frozenset(builder.names)


def did_you_mean(word: str, known: frozenset[str]) -> str | None:
    """The known word that is most like this one, as a question; None when nothing is alike."""
    alike = difflib.get_close_matches(word, sorted(known), n=1)
    return f"did you mean {alike[0]}?" if alike else None


def _scan(source: str) -> None:
    """Refuses every word and mark that is not part of the language, and brackets that do not match."""
    if unprintable := _UNPRINTABLE.search(source):
        column = unprintable.start()
        raise ExpressionError("a character here cannot be seen", "delete it and type the place anew", column)
    opened: list[tuple[str, int]] = []
    position, last = 0, ""
    while position < len(source):
        token = _TOKEN.match(source, position)
        if token is None:
            _refuse_mark(source, position)
        kind, text = token.lastgroup or "", token.group()
        match kind:
            case "word":
                _check_word(source, text, position)
            case "number":
                _check_number(text, position)
            case "sign":
                _check_bracket(text, position, opened)
            case "text" if last == "text":
                raise ExpressionError("two texts stand side by side", "put a comma between them", position)
        last = last if kind == "space" else kind
        position = token.end()
    if opened:
        bracket, column = opened[-1]
        raise ExpressionError(f"'{bracket}' is never closed", "add the closing bracket", column)


def _check_word(source: str, word: str, column: int) -> None:
    if word in _WORDS:
        raise ExpressionError(*_WORDS[word], column)
    if word in JOINING_WORDS:
        return
    if word in RESERVED - {"true", "false"}:
        raise ExpressionError(
            f"'{word}' is a reserved word and not part of the language", "give the fact another name", column
        )
    if source.startswith(('"', "'"), column + len(word)):
        raise ExpressionError("letters stand directly before a text", "write only the quotes", column)


def _check_number(text: str, column: int) -> None:
    if text[0] == "0" and text[1:2].isdigit():
        raise ExpressionError("a number does not begin with 0", "leave the 0 out, or write a choice in quotes", column)
    if float(text) > LARGEST:
        raise ExpressionError(f"the number is larger than {LARGEST}", "use a smaller number", column)


def _check_bracket(text: str, column: int, opened: list[tuple[str, int]]) -> None:
    if text in ("(", "["):
        if len(opened) == MAX_DEPTH:
            _refuse_depth(column)
        opened.append((text, column))
    elif text in (")", "]") and (not opened or opened.pop()[0] + text not in ("()", "[]")):
        raise ExpressionError(f"'{text}' closes nothing", "leave it out, or add the opening bracket", column)


def _refuse_mark(source: str, position: int) -> NoReturn:
    mark = source[position]
    if mark in _CURLY_QUOTES:
        message, remedy = f"{mark} is not a quotation mark of the language", 'use straight quotes: "part"'
    elif mark in ('"', "'"):
        message, remedy = "the text is not closed, or has a backslash in it", "close it with the same quote"
    elif mark.isascii() and mark.isdigit():
        message, remedy = "this is not a number", "write digits only, such as 67 or 0.5"
    elif mark in _MARKS:
        message, remedy = _MARKS[mark]
    elif mark.isalnum() or mark == "_":
        message, remedy = "a name has letters other than a to z", "use a to z, 0 to 9 and _, or put it in quotes"
    else:
        shown = f"'{mark}'" if mark.isprintable() else f"U+{ord(mark):04X}"
        message, remedy = f"{shown} is not part of the language", "leave it out"
    raise ExpressionError(message, remedy, position)


def _refuse_depth(column: int) -> NoReturn:
    raise ExpressionError(
        f"the expression is nested more than {MAX_DEPTH} levels deep",
        "put a part of it into a calculated fact of its own",
        column,
    )


_COMPARISONS: dict[type[ast.cmpop], Literal["==", "!=", "<", "<=", ">", ">="]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPERATORS: dict[type[ast.operator], Literal["+", "-", "*"]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


class _Builder:
    """Turns Python's tree into ours, and refuses what is not part of the language."""

    def __init__(self, encoded: bytes, start: int) -> None:
        self.encoded = encoded
        self.start = start
        self.names: set[str] = set()

    def column(self, node: ast.expr) -> int:
        """Python counts bytes, people count characters."""
        return self.start + len(self.encoded[: node.col_offset].decode())

    def node(self, node: ast.expr, depth: int) -> Node:
        column = self.column(node)
        if depth > MAX_DEPTH:
            _refuse_depth(column)

        def part(inner: ast.expr) -> Node:
            return self.node(inner, depth + 1)

        match node:
            case ast.Constant(value=str() | int() | float() as value):
                return Constant(value, column)
            case ast.Name(id="true" | "false" as word):
                return Constant(word == "true", column)
            case ast.Name(id=name):
                self.names.add(name)
                return Name(name, column)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(part(operand), column)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negative(part(operand), column)
            case ast.BoolOp(op=word, values=operands):
                joined: Literal["and", "or"] = "and" if isinstance(word, ast.And) else "or"
                return Logic(joined, tuple(part(operand) for operand in operands), column)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as operator, right=right):
                return Arithmetic(_OPERATORS[type(operator)], part(left), part(right), column)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Conditional(part(test), part(body), part(orelse), column)
            case ast.Compare():
                return self.comparison(node, part, column)
            case ast.Call(func=function, args=arguments):
                return self.call(function, arguments, part, column)
        _refuse_construct(node, column)

    def comparison(self, node: ast.Compare, part: Callable[[ast.expr], Node], column: int) -> Node:
        right, operator = node.comparators[0], node.ops[0]
        if len(node.ops) > 1:
            raise ExpressionError("comparisons are chained", _NO_CHAIN, self.column(right))
        left = part(node.left)
        if not isinstance(operator, ast.In | ast.NotIn):
            return Comparison(_COMPARISONS[type(operator)], left, part(right), column)
        if not isinstance(right, ast.List):
            raise ExpressionError(
                "'in' needs a list written in brackets",
                'write in ["one", "two"], or has(fact, "one") for a fact with several choices',
                self.column(right),
            )
        options = tuple(part(option) for option in right.elts)
        for option in options:
            if not isinstance(option, Constant):
                raise ExpressionError(
                    "a list holds only texts and numbers", 'write choices in quotes: ["one"]', option.column
                )
        if not options:
            raise ExpressionError("the list is empty", "write at least one choice in it", self.column(right))
        return Membership(left, cast("tuple[Constant, ...]", options), isinstance(operator, ast.NotIn), column)

    def call(
        self, function: ast.expr, arguments: list[ast.expr], part: Callable[[ast.expr], Node], column: int
    ) -> Node:
        if not isinstance(function, ast.Name):
            raise ExpressionError("only a function can be called", "write a function name before (", column)
        if function.id not in FUNCTIONS:
            raise ExpressionError(
                f"there is no function called {function.id}",
                did_you_mean(function.id, FUNCTIONS) or f"there are {', '.join(sorted(FUNCTIONS))}",
                column,
            )
        return Call(function.id, tuple(part(argument) for argument in arguments), column)


def _negative(operand: Node, column: int) -> Node:
    if isinstance(operand, Constant) and not isinstance(operand.value, bool | str):
        return Constant(-operand.value, column)
    return Minus(operand, column)


def _refuse_construct(node: ast.expr, column: int) -> NoReturn:
    match node:
        case ast.List():
            message, remedy = "a list stands only to the right of in or not in", "write fact in [...]"
        case ast.Tuple():
            message, remedy = "a comma stands only in a list or a call", "join conditions with and or or"
        case ast.Subscript():
            message, remedy = "nothing can be picked with [ ]", "use count, min, max or has"
        case ast.UnaryOp(op=ast.UAdd()):
            message, remedy = "a plus before a value does nothing", "leave it out"
        case ast.Starred():
            message, remedy = "a star stands only between two numbers", "leave it out"
        case _:
            message, remedy = "this is not part of the language", "leave it out"
    raise ExpressionError(message, remedy, column)
