"""Fold the lines of the parts (``parts/*.toml``) into the table, and tell what still awaits its test:
``python -m tests.security.merge_parts``. A part that was folded in can be deleted."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.security.requirements import FILE, PARTS, Requirement, missing_tests, part, read, write


def fold(table: Mapping[str, Requirement], found: Mapping[str, Requirement]) -> dict[str, Requirement]:
    """The table with what a part brings: its tests behind those that are there, its reason if there is none. Whatever
    was awaited is not any more. Raises KeyError for an id that the table does not have."""
    folded = dict(table)
    for id, one in found.items():
        known = folded[id]
        tests = (*known.test, *(test for test in one.test if test not in known.test))
        reason = "" if tests else known.reason or one.reason
        awaits = "" if one.test or one.reason else known.awaits
        folded[id] = msgspec.structs.replace(known, test=tests, reason=reason, awaits=awaits)
    return folded


def main(file: Path = FILE, parts: Path = PARTS) -> int:
    """Fold everything in. 1 if something is wrong or still awaits its test."""
    table, wrong = read(file), list[str]()
    for path in sorted(parts.glob("*.toml")):
        found = part(path)
        wrong += [f"{path.name}: there is no requirement {id}" for id in found.keys() - table.keys()]
        wrong += [f"{path.name}: there is no test {test}" for one in found.values() for test in missing_tests(one.test)]
        table = fold(table, {id: one for id, one in found.items() if id in table})
    write(table, file)
    waits = [f"{id} awaits {one.awaits}: {one.about}" for id, one in table.items() if one.awaits]
    for line in (*wrong, *waits):
        sys.stdout.write(f"{line}\n")
    return 1 if wrong or waits else 0


if __name__ == "__main__":
    sys.exit(main())
