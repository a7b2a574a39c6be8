"""The table of requirements: each id with the tests that prove it, or the reason why it does not apply here.

``requirements.toml`` beside this file holds it. An id is a threat (T), a fault that must be survived (R) or a
requirement of the Application Security Verification Standard 5.0.0 (V), which also has a level from 1 to 3.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

ROOT: Final = Path(__file__).parents[2]
FILE: Final = Path(__file__).with_name("requirements.toml")
PARTS: Final = Path(__file__).with_name("parts")

_HEAD: Final = """\
# Each requirement: the tests that prove it, or the reason why it does not apply to this program. Written by
# `python -m tests.security.merge_parts`, which keeps the order; held by tests/security/test_requirements.py.
"""


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One requirement. ``about`` says it in a few words; ``awaits`` names the part that is to bring its test."""

    about: str
    level: int = 0
    test: tuple[str, ...] = ()
    reason: str = ""
    awaits: str = ""


def read(file: Path = FILE) -> dict[str, Requirement]:
    """The table. Raises msgspec.ValidationError for what is no requirement."""
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), dict[str, Requirement])


def write(table: Mapping[str, Requirement], file: Path = FILE) -> None:
    """Write the table, in its order."""
    file.write_text(_HEAD + "".join(_block(id, one) for id, one in table.items()), "utf-8")


def _block(id: str, one: Requirement) -> str:
    lines = [f'\n["{id}"]', f"about = {_text(one.about)}"]
    if one.level:
        lines.append(f"level = {one.level}")
    if one.test:
        lines += ["test = [", *(f"  {_text(test)}," for test in one.test), "]"]
    lines += [f"{key} = {_text(value)}" for key in ("reason", "awaits") if (value := getattr(one, key))]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return msgspec.json.encode(text).decode()


def missing_tests(tests: Iterable[str]) -> list[str]:
    """Those of ``path::name`` that do not exist as a test function in that file."""
    return [one for one in tests if not _exists(one)]


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return name.startswith("test_") and name in _functions(path)


@cache
def _functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not (path.startswith("tests/") and file.is_file()):
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    # A hypothesis machine is a test by a name of the module: ``test_machine = Machine.TestCase``, or a class Test….
    found |= {
        one.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for one in node.targets
        if isinstance(one, ast.Name)
    }
    return frozenset(found)


def part(file: Path) -> dict[str, Requirement]:
    """What a part brings: for each id a test, several tests, or a table of ``test`` and ``reason``; dots in an id may
    stand without quotes."""
    found: dict[str, Requirement] = {}
    for id, value in _flat(tomllib.loads(file.read_text("utf-8")), ""):
        told = value if isinstance(value, dict) else {"test": value}
        tests = told.get("test", ())
        listed = (tests,) if isinstance(tests, str) else tuple(tests)
        found[id] = Requirement(about=told.get("about", ""), test=listed, reason=told.get("reason", ""))
    return found


def _flat(table: Mapping[str, Any], above: str) -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        id = f"{above}.{key}" if above else key
        if isinstance(value, dict) and not value.keys() & {"test", "reason"}:
            yield from _flat(value, id)
        else:
            yield id, value
