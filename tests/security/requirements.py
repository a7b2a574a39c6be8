"""The table of requirements: each id with the tests that prove it, or the reason why it does not apply here.

``requirements.toml`` beside this file holds it. An id is a threat (T), a fault that must be survived (R) or a
requirement of the Application Security Verification Standard 5.0.0 (V), which also has a level from 1 to 3.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parents[2]
FILE: Final = Path(__file__).with_name("requirements.toml")


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One requirement. ``about`` says it in a few words."""

    about: str
    level: int = 0
    test: tuple[str, ...] = ()
    reason: str = ""


def read(file: Path = FILE) -> dict[str, Requirement]:
    """The table. Raises msgspec.ValidationError for what is no requirement."""
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), dict[str, Requirement])


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
