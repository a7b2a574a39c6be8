"""Known faults of what is locked: ``python -m tests.supply.audit`` asks the OSV database by pip-audit (make audit).

It ends with 0 where nothing is known, 1 where something is, and 3 where the database could not be asked: not to know is
not to be clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.supply.runtime import LOCK

CLEAN: Final = 0
FAULTS: Final = 1
NOT_ASKED: Final = 3


def audit(lock: Path = LOCK, *, url: str = "") -> tuple[int, list[str]]:
    """The exit code, and lines that say what was found. ``url``: another database that speaks as OSV does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.json"
        tool = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--no-deps", "--disable-pip"]
        options = ["--vulnerability-service", "osv", "--progress-spinner", "off", "--cache-dir", folder]
        output = ["--format", "json", "--output", str(file)]
        if url:
            options += ["--osv-url", url]
        done = subprocess.run([*tool, *options, *output], capture_output=True, text=True, check=False)
        if not file.exists():
            return NOT_ASKED, list(_not_asked(done.stderr))
        found = json.loads(file.read_bytes())["dependencies"]
    faults = list(_faults(found))
    if faults:
        return FAULTS, faults
    return CLEAN, [f"{len(found)} packages, no known fault"]


def _faults(found: list[dict[str, Any]]) -> Iterator[str]:
    for package in found:
        for one in package.get("vulns", ()):
            better = ", ".join(one["fix_versions"]) or "no version without it yet"
            yield f"{package['name']} {package['version']}: {one['id']}; {better}"


def _not_asked(told: str) -> Iterator[str]:
    lines = [line for line in told.splitlines() if line.strip()]
    yield "the database of known faults could not be asked: nothing was checked"
    if lines:
        yield lines[-1]


def main() -> int:
    """Tell what is known."""
    code, lines = audit()
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
