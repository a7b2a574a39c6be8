"""``python -m tests.understanding.report [folder …]``: precision and coverage of what is understood, by language. For
languages that are named, every row that did not come out as expected is shown."""

from __future__ import annotations

import sys

from tests.understanding.reading import NOT_UNDERSTOOD, Score, rows_of, score_of, tables


def line(score: Score) -> str:
    """One language's line of the report."""
    return (
        f"{score.folder:<10} {score.rows:>4} rows  precision {score.precision:>6.1%}  coverage {score.coverage:>6.1%}"
        f"  {score.wrong} wrong, {score.missed} asked again"
    )


def main(folders: list[str]) -> int:
    """Print the report. 1 if any row was understood wrongly."""
    wrong = 0
    for path in tables():
        if folders and path.stem not in folders:
            continue
        score = score_of(path)
        wrong += score.wrong
        print(line(score))  # noqa: T201
        for row in rows_of(path) if folders else ():
            if row.verdict != "right":
                wanted, got = (" or ".join(one) or NOT_UNDERSTOOD for one in (row.wanted, row.got))
                print(f"  {row.verdict}: {row.kind} “{row.text}” should be {wanted}, came out as {got}")  # noqa: T201
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
