"""Run the torture and print its table; the exit status is 0 only if nothing was lost and every mutant was noticed.

    python -m tests.torture [--scale small|full|FACTOR] [--seed N] [PART[=COUNT] ...]

Without a part all of them are run. The scale is that of KLARBILD_TORTURE, and `full` where that is not set.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

import msgspec

from tests.torture.parts import PARTS
from tests.torture.rows import VARIABLE, Part, Row, Scale, scale_of, table


def chosen(names: Sequence[str], scale: Scale) -> list[tuple[Part, Scale]]:
    """The parts that are named, each with its scale. Raises ValueError for a name or count that is none."""
    if not names:
        return [(part, scale) for part in PARTS]
    known = {part.name: part for part in PARTS}
    found = []
    for name, _, count in (one.partition("=") for one in names):
        if name not in known:
            raise ValueError(f"there is no part {name!r}; there are: {', '.join(known)}")
        found.append((known[name], msgspec.structs.replace(scale, count=int(count or 0))))
    return found


def ran(part: Part, scale: Scale) -> Row:
    """What a part came to; one that broke off has come to nothing, and says why."""
    try:
        return part.run(scale)
    # What schemathesis raises for several answers at once is no Exception.
    except (Exception, BaseExceptionGroup) as error:
        traceback.print_exc()
        return Row(part.name, 0, "", wrong=(f"broke off: {type(error).__name__}: {error}",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit status."""
    listed = "\n".join(f"  {part.name:<10} {part.says}" for part in PARTS)
    parser = argparse.ArgumentParser(
        "python -m tests.torture",
        description=(__doc__ or "").partition("\n")[0],
        epilog=f"parts:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART[=COUNT]")
    parser.add_argument("--scale", default=os.environ.get(VARIABLE) or "full", help="small, full or a factor")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        scale = scale_of("" if given.scale == "small" else given.scale)
        scale = msgspec.structs.replace(scale, seed=given.seed)
        parts = chosen(given.parts, scale)
    except ValueError as error:
        parser.error(str(error))
    rows = []
    for part, its_scale in parts:
        sys.stderr.write(f"{part.name}: {part.says} …\n")
        rows.append(ran(part, its_scale))
    sys.stdout.write(f"{table(rows)}\n")
    return 0 if all(row.fine for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
