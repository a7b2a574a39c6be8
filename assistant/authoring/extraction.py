"""The texts of dialog files for Babel (extractor ``klarbild_dialog``): msgid is the text, msgctxt its context.

In Babel's mapping file::

    [klarbild_dialog: dialogs/first_visit/*.yaml]
    # Attention lines are read at the desk only: `domain = desk` takes them, without it everything else is taken.
    domain = desk
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO, TypeAlias

from assistant.authoring.loading import read_file
from assistant.authoring.problems import Marks
from assistant.authoring.rules import is_rulebook, read_rules
from assistant.core.dialog_texts import DialogText, is_for_desk, walk_texts
from assistant.core.hints import texts_of_rules

Extracted: TypeAlias = tuple[int, str, tuple[str, str], list[str]]
"""Line (from 1), gettext function, (context, text), comments for translators."""


def extract(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Sequence[str], options: Mapping[str, str]
) -> Iterator[Extracted]:
    """Every text of one dialog file, header or part, or of an entitlement file, by line.

    Comments directly above a text that begin with one of ``comment_tags`` go to translators. Raises ValueError with all
    problems if the file cannot be read whole, because a text that is missed here is never translated.
    """
    content = fileobj.read()
    name = getattr(fileobj, "name", "dialog")
    texts, marks = _of_rules(content, name) if is_rulebook(content) else _of_dialog(content, name)
    desk = options.get("domain") == "desk"
    lines = content.decode("utf-8").splitlines()
    found = [
        (marks.nearest(path).line, "pgettext", (context, text))
        for path, context, text in texts
        if text and path in marks and is_for_desk(context) is desk
    ]
    for line, function, message in sorted(found):
        yield line, function, message, _comments(lines, line, comment_tags)


def _of_dialog(content: bytes, name: str) -> tuple[Iterator[DialogText], Marks]:
    reading = read_file(content, name)
    if reading.dialog is None or reading.problems:
        raise ValueError("\n".join(str(problem) for problem in reading.problems))
    return walk_texts(reading.dialog), reading.marks


def _of_rules(content: bytes, name: str) -> tuple[Iterator[DialogText], Marks]:
    reading = read_rules(content, name)
    if reading.rulebook is None or reading.problems:
        raise ValueError("\n".join(str(problem) for problem in reading.problems))
    return texts_of_rules(reading.rulebook), reading.marks


def _comments(lines: Sequence[str], line: int, tags: Sequence[str]) -> list[str]:
    """The comment above a line, from its first tag on."""
    above: list[str] = []
    for index in range(line - 2, -1, -1):
        words = lines[index].strip()
        if not words.startswith("#"):
            break
        above.insert(0, words.lstrip("# "))
    starts = [index for index, words in enumerate(above) if words.startswith(tuple(tags))]
    return above[starts[0] :] if tags and starts else []
