"""Reading a dialog: its header, the parts that the header names, and every problem of all of them at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
import yaml

from assistant.authoring.converting import BROKEN, Converter
from assistant.authoring.problems import Marks, ModelPath, Problem, in_order, shown
from assistant.authoring.yaml_nodes import MAX_BYTES, Source, read
from assistant.core.dialog import (
    Attention,
    Choice,
    Dialog,
    Model,
    Section,
    SelectMultiple,
    SelectOne,
    Topic,
    places,
)
from assistant.core.expressions import Expression


class Part(Model, frozen=True, kw_only=True):
    """What a part of a dialog may hold; it is appended to what stands before it."""

    choice_lists: dict[str, tuple[Choice, ...]] = msgspec.field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    attention: tuple[Attention, ...] = ()


class Header(Part, frozen=True, kw_only=True):
    """The file that a dialog begins with. ``parts`` are files beside or below it, in the order they are asked."""

    dialog: str
    title: str
    version: int
    locale: str = "en"
    topics: tuple[Topic, ...] = ()
    told_by_other: Expression | None = None
    parts: tuple[str, ...] = ()


HEADER: Final = msgspec.inspect.type_info(Header)
PART: Final = msgspec.inspect.type_info(Part)
_WORD: Final = re.compile(r"\w+", re.ASCII)


class Reading(NamedTuple):
    """A dialog as far as it could be read, where its values stand, and what was wrong on the way.

    ``complete`` is false when a part could not be found: then names may be missing for no fault of their users.
    """

    dialog: Dialog | None
    marks: Marks
    problems: list[Problem]
    complete: bool = True


def load(path: Path, *, named_lists: Mapping[str, tuple[Choice, ...]]) -> tuple[Dialog | None, list[Problem]]:
    """The dialog whose header is at ``path``, or None and all its problems by file, line and column.

    ``named_lists`` are the choice lists that every dialog can use (``countries``, ``languages``); the dialog comes
    back with them among its own. Whether names, conditions and texts fit together is told by ``checking``. Never
    raises for anything that a file can hold.
    """
    reading = read_dialog(path, named_lists=named_lists)
    return None if reading.problems else reading.dialog, in_order(reading.problems)


def read_dialog(path: Path, *, named_lists: Mapping[str, tuple[Choice, ...]]) -> Reading:
    """Read the header at ``path`` and its parts as far as they can be read."""
    marks, problems = Marks(), list[Problem]()
    source, found = open_source(path, name_of(path))
    problems += found
    header = _convert(source, HEADER, marks, problems, {})
    if not isinstance(header, Header):
        return Reading(None, marks, problems)
    sections, attention, lists = list(header.sections), list(header.attention), dict(header.choice_lists)
    beginning = marks[()]
    part_paths, complete = _parts(header, path, marks, problems)
    for part_path in part_paths:
        source, found = open_source(part_path, name_of(part_path))
        problems += found
        if source.root is None:
            # What this part would have named is not known, but its words are: nobody is blamed for using them.
            marks.doubtful |= set(_WORD.findall(source.text))
            complete = complete and bool(source.text)
        starts: dict[ModelPath, int] = {("sections",): len(sections), ("attention",): len(attention)}
        part = _convert(source, PART, marks, problems, starts)
        if isinstance(part, Part):
            sections += part.sections
            attention += part.attention
            lists |= part.choice_lists
    marks[()] = beginning
    for name in lists.keys() & named_lists.keys():
        mark = marks.nearest(("choice_lists", name))
        problems.append(mark.problem(f"there is already a built-in list called {name}", "rename this list"))
    dialog = Dialog(
        dialog=header.dialog,
        title=header.title,
        version=header.version,
        locale=header.locale,
        topics=header.topics,
        told_by_other=header.told_by_other,
        choice_lists=MappingProxyType(lists | dict(named_lists)),
        sections=tuple(sections),
        attention=tuple(attention),
    )
    _doubt_users_of_lists(dialog, marks)
    return Reading(dialog, marks, problems, complete)


def read_file(content: bytes, file: str) -> Reading:
    """One file of a dialog by itself, header or part, as far as it can be read; ``file`` is its name in problems."""
    marks, problems = Marks(), list[Problem]()
    source, found = read(content, file)
    problems += found
    keys = {key.value for key, _ in source.root.value} if isinstance(source.root, yaml.MappingNode) else set()
    read_as = _convert(source, HEADER if "dialog" in keys else PART, marks, problems, {})
    if not isinstance(read_as, Part):
        return Reading(None, marks, problems)
    header = read_as if isinstance(read_as, Header) else Header(dialog="", title="", version=0)
    dialog = Dialog(
        dialog=header.dialog,
        title=header.title,
        version=header.version,
        topics=header.topics,
        choice_lists=read_as.choice_lists,
        sections=read_as.sections,
        attention=read_as.attention,
    )
    return Reading(dialog, marks, problems)


def open_source(path: Path, file: str) -> tuple[Source, list[Problem]]:
    """The nodes of a file, and why there are none. Never raises."""
    nothing = Source(file, "", (), None)
    try:
        if not path.is_file():
            return nothing, [Problem(file, 1, 1, "there is no such file", "correct the path")]
        with path.open("rb") as stream:
            # One byte more than allowed is enough to know that a file is too large.
            return read(stream.read(MAX_BYTES + 1), file)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        return nothing, [Problem(file, 1, 1, f"the file cannot be opened ({why})", "correct the path or its rights")]


def name_of(path: Path) -> str:
    """A file's name in problems: from the working directory if it is below that, else as given."""
    if path.is_absolute():
        try:
            return str(path.relative_to(Path.cwd()))
        except ValueError:
            return str(path)
    return str(path)


def _convert(
    source: Source,
    wanted: msgspec.inspect.Type,
    marks: Marks,
    problems: list[Problem],
    starts: Mapping[ModelPath, int],
) -> Any:
    if source.root is None:
        return BROKEN
    return Converter(source, marks, problems, starts).convert(source.root, wanted, ())


def _parts(header: Header, path: Path, marks: Marks, problems: list[Problem]) -> tuple[list[Path], bool]:
    """The files that the header names, and whether all are there. Others are told and left out."""
    folder = path.parent.resolve()
    found: dict[Path, None] = {}
    complete = ("parts",) not in marks.broken
    for index, name in enumerate(header.parts):
        mark = marks.nearest(("parts", index))
        try:
            target = (folder / name).resolve()
            inside, exists = target.is_relative_to(folder), target.is_file()
        except (OSError, ValueError, RuntimeError):  # no path to the system, or links in a circle
            target, inside, exists = folder, True, False
        if inside and exists:
            if target in found or target == path.resolve():
                problems.append(mark.problem(f"the part {shown(name)} is named twice", "name each part once"))
            found[target] = None
            continue
        complete = False
        if inside:
            problems.append(mark.problem(f"there is no file {shown(name)}", "correct the path: it begins at this file"))
        else:
            remedy = "put the part beside the header or in a folder below it"
            problems.append(mark.problem(f"the part {shown(name)} is outside the folder of the dialog", remedy))
    found.pop(path.resolve(), None)
    return [path.parent / target.relative_to(folder) for target in found], complete


def _doubt_users_of_lists(dialog: Dialog, marks: Marks) -> None:
    """The choices of a question are as doubtful as the list they come from."""
    for name, place in places(dialog).items():
        if isinstance(place.item, SelectOne | SelectMultiple) and place.item.choice_list in marks.doubtful:
            marks.doubtful.add(name)
