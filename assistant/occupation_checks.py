"""What can be wrong with the files of the occupations (docs/occupations.md), each with its place and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from assistant.authoring.loading import name_of
from assistant.authoring.problems import Problem, in_order, shown
from assistant.core.dialog import OCCUPATION, ROOM_FOR_KNOWN
from assistant.languages import LANGUAGES, Language
from assistant.occupations import CODES, SHARED, OccupationError, is_list_of_names, table
from assistant.understanding.folding import fold

MOST_CHARACTERS: Final = 80
"""A name with more is no name."""

_IDENTIFIER: Final = re.compile(rf"[a-z][a-z0-9_]{{0,{ROOM_FOR_KNOWN - len(OCCUPATION) - 1}}}")
_CODE: Final = re.compile(r"[0-9]{4}")
_KEY: Final = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_COMMANDS: Final = frozenset("<>&{}[]")
_NON_JOINER: Final = "\u200c"
_NEVER: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def check_occupations(folder: Path) -> list[Problem]:
    """Every problem of the codes, and of the names in every language that there is a record for."""
    problems = check_file(folder / CODES)
    known = {f"{language.folder}.toml" for language in LANGUAGES.values()}
    for name in sorted(known):
        problems += check_file(folder / name)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known | {CODES}:
            remedy = f"name it like the folder of a language: {', '.join(sorted(known))}"
            problems.append(Problem(name_of(path), 1, 1, "there is no language with this file", remedy))
    return in_order(problems)


def check_file(path: Path) -> list[Problem]:
    """Every problem of one file, held against the codes beside it."""
    file = name_of(path)
    try:
        read, lines = table(path), _lines(path)
        if path.name == CODES:
            found = _codes(read)
        else:
            language = next((one for one in LANGUAGES.values() if f"{one.folder}.toml" == path.name), LANGUAGES["en"])
            found = _names(read, table(path.with_name(CODES)), language)
        return in_order(Problem(file, lines.get(key, 1), 1, message, remedy) for key, message, remedy in found)
    except OccupationError as error:
        place, _, message = str(error).partition(": ")
        where, _, line = place.rpartition(":")
        return [Problem(name_of(Path(where)), int(line), 1, message, "mend the file by hand")]


def _lines(path: Path) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        key = _KEY.match(line)
        if key:
            found.setdefault(key[1], number)
    return found


def _codes(read: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not read:
        yield "", "there are no occupations", 'write one on each line: cook = "5120"'
    for key, code in read.items():
        if not _IDENTIFIER.fullmatch(key):
            yield key, f"{shown(key)} cannot be an identifier", "use small letters, digits and _, and few of them"
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            yield key, f"{shown(key)} has no code of SSYK 2012", 'write its four digits between quotation marks: "5120"'


def _names(read: Mapping[str, Any], codes: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str, str]]:
    for key in codes.keys() - read.keys():
        yield "", f"{key} has no name", f'write {key} = ["…"], the name that is shown first'
    taken: dict[str, str] = {}
    shared = read.get(SHARED, [])
    apart = {fold(one, language.cldr) for one in shared} if is_list_of_names(shared) else set()
    for key, names in read.items():
        if key != SHARED and key not in codes:
            yield key, f"there is no occupation {shown(key)}", f"delete it, or give it a code in {CODES}"
        elif not is_list_of_names(names):
            yield (
                key,
                f"{shown(key)} is no list of names",
                'write them between [ ] and quotation marks: ["cook", "chef"]',
            )
        else:
            yield from ((key, f"{shown(name)}: {wrong}", remedy) for name in names for wrong, remedy in _signs(name))
            if key != SHARED:
                yield from _taken(key, names, language, taken, apart)


def _taken(
    key: str, names: list[str], language: Language, taken: dict[str, str], apart: set[str]
) -> Iterator[tuple[str, str, str]]:
    """Names that do not tell occupations apart. Whatever is compared alike is the same name."""
    for number, name in enumerate(names):
        folded = fold(name, language.cldr)
        if name in names[:number]:
            yield key, f"{key} is called {shown(name)} twice", "delete one"
        elif folded in apart and number == 0:
            yield key, f"{shown(name)} is shared and cannot be shown", "show a name that is for this occupation alone"
        elif folded not in apart and taken.setdefault(folded, key) != key:
            remedy = f"take it away from one, or write it into {SHARED}: then it stands for neither"
            yield key, f"both {taken[folded]} and {key} are called {shown(name)}", remedy


def _signs(name: str) -> Iterator[tuple[str, str]]:
    if len(name) > MOST_CHARACTERS:
        yield "it is far too long for a name", f"write at most {MOST_CHARACTERS} characters"
        return
    if not any(map(str.isalpha, name)) or name != " ".join(name.split()):
        yield "it is no name", "write words, with single spaces between them and none around them"
    if name.casefold().startswith(OCCUPATION):
        yield "it looks like what is stored", "write a name as people say it"
    for sign in sorted(set(name)):
        if sign in _COMMANDS:
            yield f"there is {sign} in it", "write plain words: a name holds no markup and no placeholder"
        elif sign != _NON_JOINER and unicodedata.category(sign) in _NEVER:
            yield f"there is a sign that nobody sees, U+{ord(sign):04X}", "take it away"
