"""The house stays in order: small files, imports that point down, a lock that names no address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split()]


def test_no_python_file_is_longer_than_400_lines() -> None:
    long = {path.name: lines for path in tracked("*.py") if (lines := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_imports_point_only_down_and_the_core_is_pure() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_top_level_holds_only_what_a_repository_needs() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    house = {"assistant", "dialogs", "locales", "web", "tests", "pyproject.toml"}
    papers = {f"{name}.md" for name in ("README", "CHANGELOG", "DECISIONS", "CONTRIBUTING", "SECURITY")} | {
        "LICENSE",
        "Makefile",
    }
    assert top <= house | papers | {"requirements.lock", ".ci", ".gitignore", "docs"}


def test_no_compiled_catalog_stands_in_the_tree() -> None:
    assert tracked("*.mo") == []
