"""The occupations that people have and have had, with their names in every language and their codes in SSYK 2012.

They are data beside the dialogs: ``occupations/codes.toml`` says which there are, and one file for each language how
they are called there, the name that is shown first. In a record stands the identifier, so that everybody reads it in
their own language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from assistant.core.dialog import OCCUPATION
from assistant.resources import folder

CODES: Final = "codes.toml"
SHARED: Final = "_shared"
"""The key under which a language lists the names that several occupations have: they never stand for any of them."""

MAX_BYTES: Final = 200_000
"""A file with more is not read."""


class OccupationError(Exception):
    """A file that cannot be read; the text is ``file:line: what is wrong`` for the operator."""


class Occupations(NamedTuple):
    """The names of the occupations in one language by identifier, the one that is shown first, and those that several
    occupations share."""

    names: Mapping[str, tuple[str, ...]]
    shared: frozenset[str] = frozenset()

    def name(self, value: str) -> str:
        """The name that an occupation is shown by, given as it stands in a record (``occupation:cook``); empty for
        anything else."""
        identifier = value.removeprefix(OCCUPATION)
        names = self.names.get(identifier, ()) if identifier != value else ()
        return names[0] if names else ""


NO_OCCUPATIONS: Final = Occupations(MappingProxyType({}))


def home() -> Path:
    """The folder of the files."""
    return folder("dialogs") / "occupations"


@lru_cache(maxsize=1)
def ssyk() -> Mapping[str, str]:
    """The code of each occupation in SSYK 2012 (Statistics Sweden's standard classification of occupations, four
    digits) by identifier. Several occupations may have the same. Raises OccupationError."""
    path = home() / CODES
    return MappingProxyType({name: str(code) for name, code in table(path).items()})


@lru_cache(maxsize=64)
def occupations(language: str) -> Occupations:
    """The occupations in the language of a catalog folder (``fa_AF``); in the language of the program where that has no
    name. Raises OccupationError for a file that cannot be read."""
    own, shared = _named(home() / f"{language}.toml")
    if language == "en":
        return Occupations(MappingProxyType(own), shared)
    found = {name: own.get(name) or names for name, names in occupations("en").names.items()}
    return Occupations(MappingProxyType(found), shared)


def _named(path: Path) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    if not path.is_file():
        return {}, frozenset()
    read = {name: tuple(names) for name, names in table(path).items() if is_list_of_names(names)}
    shared = read.pop(SHARED, ())
    return {name: names for name, names in read.items() if name in ssyk()}, frozenset(shared)


def is_list_of_names(names: Any) -> bool:
    """Whether a value of such a file is a list of texts."""
    return isinstance(names, list) and bool(names) and all(isinstance(one, str) for one in names)


def table(path: Path) -> dict[str, Any]:
    """What a file says, as TOML. Raises OccupationError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise OccupationError(f"{path}:1: has more than {MAX_BYTES} bytes")
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise OccupationError(f"{path}:1: cannot be opened ({error.strerror})") from None
    except UnicodeDecodeError:
        raise OccupationError(f"{path}:1: is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise OccupationError(_place(path, content, str(error))) from None
    except RecursionError:
        raise OccupationError(f"{path}:1: is nested too deeply") from None


def _place(path: Path, content: bytes, message: str) -> str:
    """tomllib's message ends with the place, in words."""
    what, _, place = message.rpartition(" (at ")
    line = place.removeprefix("line ").partition(",")[0]
    last = content.count(b"\n") + 1
    return f"{path}:{line if line.isdigit() else last}: {what or message}"
