"""YAML nodes into the types of the dialog model, value by value, so that every mistake is told at once.

The types say what is allowed: keys, kinds of values, item types and words to choose from are read from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import yaml
from msgspec import NODEFAULT, inspect

from assistant.authoring.problems import Marks, ModelPath, Problem, shown
from assistant.authoring.yaml_nodes import Kind, Source, kind_of
from assistant.core.dates import is_duration
from assistant.core.expression_syntax import did_you_mean
from assistant.core.expressions import Expression, ExpressionError

BROKEN: Final = object()
"""Stands for a value that could not be read; its problems have been told."""

_CALLED: Final[Mapping[Kind, str]] = {
    "text": "a text",
    "integer": "a whole number",
    "decimal": "a decimal number",
    "boolean": "true or false",
    "null": "nothing",
    "list": "a list",
    "mapping": "a mapping",
}
_TELLING: Final = frozenset({"name", "items", "choices", "choice_list", "value"})
"""The keys that say what a name stands for: without one of them nobody is blamed for how the name is used."""

_NOUNS: Final = {
    "Header": "a dialog",
    "Part": "a part of a dialog",
    "Attention": "an attention line",
    "Rulebook": "an entitlement file",
    "FactLabel": "a label of a fact",
}


class Converter:
    """Reads the nodes of one file. Fills ``marks`` and ``problems``, which the files of a dialog share.

    ``starts`` says at which index the lists of this file go on (parts are appended to each other).
    """

    def __init__(self, source: Source, marks: Marks, problems: list[Problem], starts: Mapping[ModelPath, int]) -> None:
        self.source, self.marks, self.problems, self.starts = source, marks, problems, starts
        self._lost = 0

    def convert(self, node: yaml.Node, wanted: inspect.Type, path: ModelPath) -> Any:
        """The value of a node as the wanted type, or BROKEN."""
        self.marks[path] = self.source.mark(node)
        match wanted:
            case inspect.UnionType():
                return self._union(node, wanted, path)
            case inspect.StructType():
                return self._struct(node, wanted, path)
            case inspect.VarTupleType():
                return self._list(node, wanted, path)
            case inspect.DictType():
                return self._mapping(node, wanted, path)
            case inspect.CustomType():
                return self._expression(node, path)
            case inspect.LiteralType():
                return self._word(node, wanted, path)
            case _:
                return self._scalar(node, wanted, path)

    def tell(self, path: ModelPath, message: str, remedy: str, offset: int = 0) -> None:
        """Report a problem with the value at ``path``."""
        self.problems.append(self.marks.nearest(path).at(offset).problem(message, remedy))

    def _wrong_kind(self, node: yaml.Node, wanted: str, path: ModelPath, remedy: str) -> Any:
        kind = kind_of(node)
        here = next((step for step in reversed(path) if isinstance(step, str)), "the file")
        if path and isinstance(path[-1], int):
            here = f"this element of {here}"
        if kind == "null":
            self.tell(path, f"{here} has no value", f"write {wanted}, or leave the key out")
        else:
            self.tell(path, f"{here} is {_CALLED[kind]} where {wanted} is needed", remedy)
        return BROKEN

    def _union(self, node: yaml.Node, wanted: inspect.UnionType, path: ModelPath) -> Any:
        kinds = [kind for kind in wanted.types if not isinstance(kind, inspect.NoneType)]
        if len(kinds) < len(wanted.types) and kind_of(node) == "null" and node.value == "null":
            return None
        if len(kinds) == 1:
            return self.convert(node, kinds[0], path)
        return self._tagged(node, {str(kind.tag): kind for kind in kinds if isinstance(kind, inspect.StructType)}, path)

    def _tagged(self, node: yaml.Node, types: Mapping[str, inspect.StructType], path: ModelPath) -> Any:
        """A mapping whose key ``type`` says what it is."""
        types_known = ", ".join(types)
        if not isinstance(node, yaml.MappingNode):
            return self._wrong_kind(node, "an item", path, "write {type: …, name: …} with its keys")
        kind = next((value for key, value in node.value if _is_key(key, "type")), None)
        named: str = kind.value if isinstance(kind, yaml.ScalarNode) else ""
        if named in types:
            return self._struct(node, types[named], path)
        self.marks.doubtful |= set(_names_below(node))
        if kind is None:
            self.tell(path, "an item without a type", f"add type: one of {types_known}")
        else:
            remedy = did_you_mean(shown(named), frozenset(types)) or f"use one of {types_known}"
            where = " here" if len(types) < 10 else ""
            mark = self.source.mark(kind)
            self.problems.append(mark.problem(f"there is no item type {shown(named) or '…'}{where}", remedy))
        return BROKEN

    def _struct(self, node: yaml.Node, wanted: inspect.StructType, path: ModelPath) -> Any:
        noun = noun_of(wanted)
        required = [field.encode_name for field in wanted.fields if field.required]
        if not isinstance(node, yaml.MappingNode):
            return self._wrong_kind(node, noun, path, f"write {{{', '.join(f'{key}: …' for key in required)}}}")
        lost = self._lost
        fields = {field.encode_name: field for field in wanted.fields}
        values: dict[str, Any] = {}
        for key, child in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in fields and name not in values:
                values[name] = self._field(child, fields[name], (*path, name))
            elif name not in fields and isinstance(key, yaml.ScalarNode):
                self._unknown_key(key, noun, frozenset(fields), wanted.tag_field)
        for name in required:
            if name not in values:
                self.tell(path, f"{noun} without {name}", f"add {name}")
                values[name] = self._stand_in(fields[name].type, (*path, name))
        if any(value is BROKEN for value in values.values()):
            self.marks.doubtful |= set(_names_below(node))
            return BROKEN
        if self._lost > lost:
            self.marks.doubtful |= {values["name"]} if values.get("name") else set()
        return wanted.cls(**values)

    def _field(self, node: yaml.Node, field: inspect.Field, path: ModelPath) -> Any:
        value = self.convert(node, field.type, path)
        if value is BROKEN:
            return self._stand_in(field.type, path) if field.required else self._default(field, path)
        if field.name == "keep" and value and not is_duration(value):
            remedy = "write years, months or days, such as P1Y, P6M or P14D"
            self.tell(path, f"keep: {shown(value)} is no duration", remedy)
            return self._default(field, path)
        return value

    def _default(self, field: inspect.Field, path: ModelPath) -> Any:
        self._left_out(path)
        return field.default if field.default is not NODEFAULT else {}

    def _stand_in(self, wanted: inspect.Type, path: ModelPath) -> Any:
        """Something in the place of a required value, so that the rest of what is around it is looked at too."""
        self._left_out(path)
        match wanted:
            case inspect.StrType():
                return ""
            case inspect.IntType():
                return 0
            case inspect.VarTupleType():
                return ()
        return BROKEN

    def _left_out(self, path: ModelPath) -> None:
        self.marks.broken[path] = None
        self._count_loss(path)

    def _count_loss(self, path: ModelPath) -> None:
        if path[-1] in _TELLING or path[-2:-1] == ("choice_lists",):
            self._lost += 1

    def _unknown_key(self, key: yaml.ScalarNode, noun: str, known: frozenset[str], tag_field: str | None) -> None:
        if key.value == tag_field or (key.value == "<<" and not key.style):
            return
        self._lost += 1
        remedy = did_you_mean(shown(key.value), known) or f"{noun} has the keys {', '.join(sorted(known))}"
        self.problems.append(self.source.mark(key).problem(f"{noun} has no key {shown(key.value)}", remedy))

    def _list(self, node: yaml.Node, wanted: inspect.VarTupleType, path: ModelPath) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return self._wrong_kind(node, "a list", path, "write each element on its own line behind -, or [a, b]")
        start = self.starts.get(path, 0)
        values: list[Any] = []
        for child in node.value:
            marked, broken = len(self.marks), len(self.marks.broken)
            value = self.convert(child, wanted.item_type, (*path, start + len(values)))
            if value is BROKEN:
                self._count_loss(path)
                # The next element gets this index: nothing of this one may be left there.
                _forget(self.marks, marked)
                _forget(self.marks.broken, broken)
            else:
                values.append(value)
        return tuple(values)

    def _mapping(self, node: yaml.Node, wanted: inspect.DictType, path: ModelPath) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._wrong_kind(node, "a mapping", path, "write each name with a colon, and its list below")
        values: dict[str, Any] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in values:
                continue
            here = (*path, key.value)
            if here in self.marks:
                first = self.marks[here]
                message = f"there are two lists called {shown(key.value)}, first in {first.file}:{first.line}"
                self.problems.append(self.source.mark(key).problem(message, "keep one, or give this one another name"))
                continue
            lost = self._lost
            value = self.convert(child, wanted.value_type, here)
            if self._lost > lost:
                self.marks.doubtful.add(key.value)
            if value is not BROKEN:
                values[key.value] = value
        return MappingProxyType(values)

    def _expression(self, node: yaml.Node, path: ModelPath) -> Any:
        # A condition of one word (true, 5) is no text to YAML, but an expression to us.
        if not isinstance(node, yaml.ScalarNode) or kind_of(node) == "null":
            return self._wrong_kind(node, "an expression", path, "put an expression that begins with [ or { in quotes")
        try:
            return Expression(node.value)
        except ExpressionError as error:
            self.tell(path, error.message, error.remedy, error.column)
            return BROKEN

    def _word(self, node: yaml.Node, wanted: inspect.LiteralType, path: ModelPath) -> Any:
        known = [str(value) for value in wanted.values if value]
        if not isinstance(node, yaml.ScalarNode) or kind_of(node) == "null":
            return self._wrong_kind(node, "one word", path, f"write one of {', '.join(known)}")
        if node.value in wanted.values:
            return node.value
        remedy = did_you_mean(shown(node.value), frozenset(known)) or f"write one of {', '.join(known)}"
        self.tell(path, f"{shown(node.value)} is not possible here", remedy)
        return BROKEN

    def _scalar(self, node: yaml.Node, wanted: inspect.Type, path: ModelPath) -> Any:
        kind = kind_of(node)
        value: str = node.value if isinstance(node, yaml.ScalarNode) else ""
        match wanted:
            case inspect.StrType():
                if kind == "text":
                    return value
                remedy = f'put it in double quotes: "{shown(value)}"' if value else "put it in double quotes"
                return self._wrong_kind(node, "a text", path, remedy)
            case inspect.IntType():
                if kind == "integer":
                    return int(value)
                return self._wrong_kind(node, "a whole number", path, "write it in digits, without quotes")
            case inspect.BoolType():
                if kind == "boolean":
                    return value == "true"
                return self._wrong_kind(node, "true or false", path, "write true or false, without quotes")
        raise TypeError(f"no way to read {wanted} from a dialog file")


def noun_of(wanted: inspect.StructType) -> str:
    """What a type is called in messages: ``a select_one``, ``a choice``."""
    name = wanted.cls.__name__
    if name in _NOUNS:
        return _NOUNS[name]
    called = str(wanted.tag) if wanted.tag else name.lower()
    return f"an {called}" if called[0] in "aeio" else f"a {called}"


def _is_key(key: yaml.Node, name: str) -> bool:
    return isinstance(key, yaml.ScalarNode) and bool(key.value == name)


def _names_below(node: yaml.Node) -> Iterator[str]:
    """Every name that is given in this node or below it."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, yaml.SequenceNode):
            waiting += here.value
        elif isinstance(here, yaml.MappingNode):
            for key, value in here.value:
                waiting.append(value)
                if _is_key(key, "name") and isinstance(value, yaml.ScalarNode):
                    yield value.value


def _forget(entries: dict[ModelPath, Any], keep: int) -> None:
    """Drop the newest entries until ``keep`` are left."""
    while len(entries) > keep:
        entries.popitem()
