"""Conditions of a dialog as FHIR has them: ``enableWhen`` where that means the same, our own words where it does not.

A condition of ours that meets an unanswered fact is neither true nor false, and what depends on it is not asked; R4's
``!=`` holds for an unanswered one, and for several answers as soon as one differs. So only what means the same is
translated: equality, order, one of several values, a choice that is picked, and whether there is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from assistant.core.dialog import Date, Field, Integer, SelectMultiple, SelectOne
from assistant.core.expression_syntax import Call, Comparison, Constant, Logic, Membership, Name, Node, Not, parse

Json: TypeAlias = dict[str, Any]
Coding: TypeAlias = Callable[[SelectOne | SelectMultiple, str], Json]

LANGUAGE: Final = "text/vnd.klarbild.condition"
"""What the ``language`` of an expression in our own condition language is."""

EXPRESSION: Final = "urn:klarbild:relevant"
"""The extension with a condition in our own language: it holds an Expression, for what ``enableWhen`` cannot say."""

_ORDERS: Final = frozenset(("<", "<=", ">", ">="))


class _NotSimple(Exception):
    """A condition that has no translation."""


def enabling(source: str, fields: Mapping[str, Field], coding: Coding) -> Json:
    """The members of a FHIR item that say when it is asked, for the condition ``source``. ``fields`` are the questions
    by name outside repeats; ``coding`` makes the coding of a choice."""
    try:
        tests, joined = _tests(parse(source)[0], fields, coding)
    except _NotSimple:
        expression = {"language": LANGUAGE, "expression": source}
        return {"extension": [{"url": EXPRESSION, "valueExpression": expression}]}
    return {"enableWhen": tests} | ({"enableBehavior": joined} if len(tests) > 1 else {})


def _tests(node: Node, fields: Mapping[str, Field], coding: Coding) -> tuple[list[Json], str]:
    match node:
        case Logic(word=word, operands=operands):
            wanted = "all" if word == "and" else "any"
            tests: list[Json] = []
            for one in operands:
                found, joined = _tests(one, fields, coding)
                if len(found) > 1 and joined != wanted:
                    raise _NotSimple
                tests += found
            return tests, wanted
        case Membership(operand=Name(name=name), options=options, negated=False):
            return [_equals(name, one.value, fields, coding) for one in options], "any"
        case Comparison(sign="==", left=Name(name=name), right=Constant(value=value)):
            return [_equals(name, value, fields, coding)], "all"
        case Comparison(sign="!=", left=Name(name=name), right=Constant(value=value)):
            if isinstance(_question(name, fields), SelectMultiple):
                raise _NotSimple
            test = _equals(name, value, fields, coding) | {"operator": "!="}
            return [_exists(name, fields, there=True), test], "all"
        case Comparison(sign=sign, left=Name(name=name), right=Constant(value=value)) if sign in _ORDERS:
            return [_equals(name, value, fields, coding) | {"operator": sign}], "all"
        case Call(function="has", arguments=(Name(name=name), Constant(value=value))):
            return [_equals(name, value, fields, coding)], "all"
        case Call(function="known", arguments=(Name(name=name),)):
            return [_exists(name, fields, there=True)], "all"
        case Not(operand=Call(function="known", arguments=(Name(name=name),))):
            return [_exists(name, fields, there=False)], "all"
    raise _NotSimple


def _exists(name: str, fields: Mapping[str, Field], *, there: bool) -> Json:
    _question(name, fields)
    return {"question": name, "operator": "exists", "answerBoolean": there}


def _equals(name: str, value: Any, fields: Mapping[str, Field], coding: Coding) -> Json:
    question = _question(name, fields)
    match question, value:
        case ((SelectOne() | SelectMultiple()), str()):
            answer: Json = {"answerCoding": coding(question, value)}
        case Integer(), int() if not isinstance(value, bool):
            answer = {"answerInteger": value}
        case Date(), str():
            answer = {"answerDate": value}
        case _:
            raise _NotSimple
    return {"question": name, "operator": "="} | answer


def _question(name: str, fields: Mapping[str, Field]) -> Field:
    if name not in fields:
        raise _NotSimple
    return fields[name]
