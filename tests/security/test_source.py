"""What the program's own source never does, whatever is added to it: run text, trust markup, or draw lots by itself."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant import resources

# How Python itself reads a pattern; type checkers differ in what they know of these.
sre: Any = importlib.import_module("re._constants")
_parser: Any = importlib.import_module("re._parser")

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "assistant").rglob("*.py"))
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "web" / "static").rglob("*.js"))

CIPHERS = {
    "AESGCM",
    "SHA256",
    "HKDF",
    "Argon2id",
    "InvalidTag",
    "InvalidKey",
    "hashes",
    "X25519PrivateKey",
    "X25519PublicKey",
}
"""All that may be taken from the library for cryptography: AEAD, derivation, the password hash, one key agreement."""

OUTWARD = {"assistant/server/provider.py", "assistant/server/control.py", "assistant/translator.py"}
"""Besides assistant/sending: the modules that open connections, to the provider of logins, to the own socket, and
to the municipality's own translation server."""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, Any]]:
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, kind):
                yield named(path), node


def imported() -> Iterator[tuple[str, str, str]]:
    """Where something is imported, from which module, and what; blank for the module itself."""
    for path, node in nodes(ast.Import):
        yield from ((path, alias.name, "") for alias in node.names)
    for path, node in nodes(ast.ImportFrom):
        yield from ((path, node.module or "", alias.name) for alias in node.names)


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def test_there_is_source_to_look_at() -> None:
    assert len(SOURCES) > 150 and len(TEMPLATES) > 30 and len(SCRIPTS) >= 1


def test_no_text_is_run_as_code() -> None:
    forbidden = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy.run_path", "pty.spawn"}
    assert [(path, called(node)) for path, node in nodes(ast.Call) if called(node) in forbidden] == []
    modules = {"pickle", "marshal", "shelve", "dill", "runpy", "code", "codeop"}
    assert [(path, module) for path, module, _ in imported() if module.partition(".")[0] in modules] == []


def test_another_program_is_started_in_one_place_and_never_by_a_shell() -> None:
    places = {path for path, module, _ in imported() if module == "subprocess"}
    assert places <= {"assistant/store/keyfile.py"}
    shells = [path for path, node in nodes(ast.Call) if any(one.arg == "shell" for one in node.keywords)]
    assert shells == []


def test_yaml_makes_nothing_but_text_numbers_and_lists() -> None:
    taken = {called(node) for _, node in nodes(ast.Call) if called(node).startswith("yaml.")}
    assert taken <= {"yaml.compose", "yaml.parse", "yaml.scan", "yaml.safe_dump", "yaml.safe_load"}


def test_what_must_not_be_guessed_comes_from_the_systems_chance() -> None:
    assert [path for path, module, _ in imported() if module in ("random", "numpy.random")] == []
    secrets = [
        (path, called(node))
        for path, node in nodes(ast.Call)
        if re.search(r"uuid\.uuid[134]$", called(node))
        and re.search(r"tokens?|codes|session|ticket|invited|keys", path)
    ]
    assert secrets == []


def test_only_authenticated_ciphers_and_slow_hashes_of_the_library_are_used() -> None:
    taken = {name for _, module, name in imported() if module.partition(".")[0] == "cryptography"}
    assert taken <= CIPHERS and "AESGCM" in taken and "Argon2id" in taken
    assert {node.attr for _, node in nodes(ast.Attribute) if ast.unparse(node.value) == "hashes"} <= {"SHA256"}
    hashes = {node.attr for _, node in nodes(ast.Attribute) if ast.unparse(node.value) == "hashlib"}
    assert hashes <= {"sha256", "file_digest"}


def test_connections_outward_are_opened_where_they_are_expected() -> None:
    libraries = {"aiosmtplib", "smtplib", "urllib.request", "http.client", "requests", "httpx", "ftplib", "socket"}
    opened = {path for path, module, _ in imported() if module in libraries}
    opened |= {
        path for path, node in nodes(ast.Call) if called(node) in ("aiohttp.ClientSession", "asyncio.open_connection")
    }
    opened -= {"assistant/server/running.py"}
    assert {path for path in opened if not path.startswith("assistant/sending/")} <= OUTWARD


def test_every_template_escapes_what_it_is_given() -> None:
    environments = [node for _, node in nodes(ast.Call) if called(node).endswith("Environment")]
    assert environments
    for node in environments:
        kept = {one.arg: ast.unparse(one.value) for one in node.keywords}
        assert kept["autoescape"] == "True"
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        trusted = re.sub(r'"[^"{}]*"\s*\|\s*safe', "", text)
        assert not re.search(r"\|\s*safe\b|\{%-?\s*(autoescape|trans)\b|Markup", trusted), named(path)


def test_markup_of_our_own_is_made_in_few_places_and_each_says_why_it_may() -> None:
    for path, node in nodes(ast.Call):
        if called(node) in ("Markup", "markupsafe.Markup") and not isinstance(node.args[0], ast.Constant):
            line = (ROOT / path).read_text("utf-8").splitlines()[node.lineno - 1]
            assert re.search(r"noqa: S704 - \S+", line), f"{path}:{node.lineno}"


def test_no_translated_text_is_formatted_by_python() -> None:
    """``str.format`` on a translated text would let a translator read the attributes of what is put in."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Call)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "format_map")
        and re.search(r"gettext\(|\bN_\(|\.dialog\(", ast.unparse(node.func.value))
    ]
    assert wrong == []


_PATTERN = re.compile(r"re\.(compile|fullmatch|match|search|sub|subn|split|findall|finditer)")


def patterns() -> list[tuple[str, str]]:
    """Every regular expression that stands in the source as it is, with its place."""
    found = []
    for path, node in nodes(ast.Call):
        if _PATTERN.fullmatch(called(node)):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((f"{path}:{node.lineno}", first.value))
    return found


def test_no_pattern_is_made_of_what_somebody_wrote() -> None:
    made = {
        path
        for path, node in nodes(ast.Call)
        if _PATTERN.fullmatch(called(node)) and not isinstance(node.args[0], ast.Constant)
    }
    assert made <= {
        "assistant/authoring/condition_checks.py",  # the name of a fact, small letters and digits
        "assistant/authoring/rules.py",  # the same
        "assistant/occupation_checks.py",  # how long an identifier may be
        "assistant/understanding/choices.py",  # the words for "or" of a language
        "assistant/understanding/dates.py",  # names of months, escaped
        "assistant/wording/sentences.py",  # marks of our own
    }


def can_run_away(parsed: Any, *, inside: bool = False) -> bool:
    """Whether an unbounded repetition holds another one with nothing fixed beside it, so that a text can be divided
    between the two in more than a handful of ways."""
    for operation, argument in parsed:
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            _, most, body = argument
            unbounded = most is sre.MAXREPEAT
            if unbounded and inside and len(parsed) == 1:
                return True
            if can_run_away(body, inside=unbounded):
                return True
        elif operation is sre.SUBPATTERN:
            if can_run_away(argument[-1], inside=inside and len(parsed) == 1):
                return True
        elif operation is sre.BRANCH:
            if any(can_run_away(one, inside=inside) for one in argument[1]):
                return True
        elif operation in (sre.ASSERT, sre.ASSERT_NOT) and can_run_away(argument[1]):
            return True
    return False


def test_no_regular_expression_can_run_away() -> None:
    found = patterns()
    assert len(found) > 20
    assert [(place, text) for place, text in found if can_run_away(_parser.parse(text))] == []


@pytest.mark.parametrize(
    ("text", "runs"),
    [("(a+)+", True), ("(?:[a-z]*)*x", True), ("(a|b+)+", True), (r"(\.[a-z]+)*", False), ("[a-z]{0,63}", False)],
)
def test_a_regular_expression_that_runs_away_is_noticed(text: str, runs: bool) -> None:
    assert can_run_away(_parser.parse(text)) is runs


def test_no_page_loads_anything_from_another_host() -> None:
    for path in (*TEMPLATES, *(ROOT / "web" / "static").rglob("*.css")):
        text = path.read_text("utf-8")
        assert not re.search(r"""(?:src|href|action|url\()\s*=?\s*["'(]?\s*(?:https?:)?//""", text), named(path)


def test_no_secret_stands_in_the_tree() -> None:
    looks = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:ghp|glpat|xox[abp])[-_][A-Za-z0-9-]{16,}|\bAKIA[0-9A-Z]{16}\b"
    )
    folders = [
        resources.folder("dialogs"),
        resources.folder("locales"),
        ROOT / "assistant",
        ROOT / "docs",
        ROOT / "web",
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".png"]
    assert len(files) > 200
    assert [named(path) for path in files if looks.search(path.read_text("utf-8", "replace"))] == []
