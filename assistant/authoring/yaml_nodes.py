"""The small, strict part of YAML that dialog files are written in, as nodes with places.

Only ``true``, ``false``, ``null``, whole numbers and decimals are special; everything else is text (``yes`` is a
text). Anchors, aliases, merges, tags, duplicate keys and tabs in the indentation are refused. Nothing in a file can
make the reading slow or deep: size and depth are limited before any node is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias

import yaml

from assistant.authoring.problems import Mark, Problem, shown
from assistant.authoring.yaml_places import runs_of

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 40
_MAX_TABS_TOLD: Final = 20

Kind: TypeAlias = Literal["text", "integer", "decimal", "boolean", "null", "list", "mapping"]

# The C parser where there is one; both give the same events, nodes and places.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
_INVISIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_TAB: Final = re.compile("^ *\t", re.MULTILINE)


class Source(NamedTuple):
    """One file as read: its name in problems, its lines, and its root node (None if it cannot be read or is empty)."""

    file: str
    text: str
    lines: tuple[str, ...]
    root: yaml.Node | None

    def mark(self, node: yaml.Node) -> Mark:
        """Where a node begins; for words, where each of their characters stands."""
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        runs = runs_of(node, self.lines) if isinstance(node, yaml.ScalarNode) else ()
        return Mark(self.file, runs[0].line, runs[0].column, runs) if runs else Mark(self.file, line, column)


def read(content: bytes, file: str) -> tuple[Source, list[Problem]]:
    """The nodes of a file, and everything in it that is not of our part of YAML. Never raises."""
    unread = Source(file, "", (), None)
    if len(content) > MAX_BYTES:
        remedy = "split it into parts of at most 1 MB"
        return unread, [Problem(file, 1, 1, f"the file is too large ({len(content)} bytes)", remedy)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        return unread, [_at(file, before, "this is not UTF-8", "save the file with the encoding UTF-8")]
    unread = Source(file, text, (), None)
    text = text.replace("\r\n", "\n")
    if problems := list(_hidden(text, file)):
        return unread, problems
    problems, fatal = _refused(text, file)
    if fatal:
        return unread, problems
    root = yaml.compose(text, Loader=_LOADER)
    if root is None:
        return unread, [Problem(file, 1, 1, "the file is empty", "write a dialog or a part of one into it")]
    source = Source(file, text, tuple(text.split("\n")), root)
    problems += _doubled_keys(source)
    return source, problems


def kind_of(node: yaml.Node) -> Kind:
    """What a node is to us. Words in quotes are always text."""
    if isinstance(node, yaml.SequenceNode):
        return "list"
    if not isinstance(node, yaml.ScalarNode):
        return "mapping"
    if node.style:
        return "text"
    if node.value in ("true", "false"):
        return "boolean"
    if node.value in ("null", ""):
        return "null"
    if _INTEGER.fullmatch(node.value):
        return "integer"
    return "decimal" if _DECIMAL.fullmatch(node.value) else "text"


def _at(file: str, before: str, message: str, remedy: str) -> Problem:
    """A problem behind the text ``before``."""
    line = before.count("\n") + 1
    return Problem(file, line, len(before) - before.rfind("\n"), message, remedy)


def _hidden(text: str, file: str) -> Iterator[Problem]:
    """What makes a file look different from what it says."""
    if found := _INVISIBLE.search(text):
        message = f"a character that cannot be seen (U+{ord(found[0]):04X})"
        remedy = "delete it and type the place anew"
        if found[0] == "\ufeff":
            message, remedy = "a byte order mark", "save the file as UTF-8 without it"
        yield _at(file, text[: found.start()], message, remedy)
        return
    for tab in islice(_TAB.finditer(text), _MAX_TABS_TOLD):
        yield _at(file, text[: tab.end() - 1], "a tab in the indentation", "indent with spaces")


def _refused(text: str, file: str) -> tuple[list[Problem], bool]:
    """What YAML allows and dialog files do not; and whether the file can be read no further.

    Works on the parser's events, one at a time: nothing is built yet, so depth cannot hurt.
    """
    problems: list[Problem] = []
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if (start := event.start_mark) is None:
                continue
            mark = Mark(file, start.line + 1, start.column + 1)
            if isinstance(event, yaml.AliasEvent):
                remedy = "write the value out, or name a choice list"
                message = f"an alias (*{shown(event.anchor or '')}) is not allowed"
                return [*problems, mark.problem(message, remedy)], True
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    remedy = "keep one document in a file and delete the line with ---"
                    return [*problems, mark.problem("a second document begins here", remedy)], True
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    remedy = "close the brackets before: nothing in a dialog is so deep"
                    return [*problems, mark.problem(f"more than {MAX_DEPTH} levels deep", remedy)], True
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                problems += _decorations(event, mark)
    except yaml.YAMLError as error:
        return [*problems, _of_yaml(error, file)], True
    return problems, False


def _decorations(event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> Iterator[Problem]:
    if event.anchor is not None:
        remedy = "delete it, and write values that come again out"
        yield mark.problem(f"an anchor (&{shown(event.anchor)}) is not allowed", remedy)
    if event.tag is not None:
        remedy = "delete it: a value in double quotes is a text"
        yield mark.problem(f"a tag ({shown(event.tag)}) is not allowed", remedy)


def _doubled_keys(source: Source) -> list[Problem]:
    problems = []
    waiting = [source.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, value in node.value:
                waiting += (key, value)
                if not isinstance(key, yaml.ScalarNode):
                    remedy = "write one word before the colon, or put the text that has { or [ in double quotes"
                    problems.append(source.mark(key).problem("this cannot be a key", remedy))
                elif key.value == "<<" and not key.style:
                    remedy = "write the keys out"
                    problems.append(source.mark(key).problem("merging (<<) is not allowed", remedy))
                elif key.value in first:
                    message = f"the key {shown(key.value)} stands twice, first on line {first[key.value]}"
                    problems.append(source.mark(key).problem(message, "keep one of them"))
                else:
                    first[key.value] = key.start_mark.line + 1
    return problems


_REMEDIES: Final = (
    ("mapping values are not allowed", 'put a text that holds ": " in double quotes'),
    ("could not find expected ':'", 'write "key: value", and begin a text over several lines with >- behind its key'),
    ("cannot start any token", "put a text that begins with this character in double quotes"),
    ("unknown escape character", "write a backslash in double quotes as \\\\"),
    ("unexpected end of stream", "close the quote that is still open"),
    ("block mapping", "indent the keys of one thing alike, and put texts with quotes in them in double quotes"),
    ("block collection", "indent the elements of a list alike, each behind its own -"),
    ("flow", "put a comma between the parts and close every { and ["),
)


def _of_yaml(error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = " ".join(part for part in (getattr(error, "problem", None), getattr(error, "context", None)) if part)
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in said), "look at this line and the one before")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, column, f"this cannot be read as YAML ({shown(said, 120) or 'unknown'})", remedy)
