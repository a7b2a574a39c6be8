"""What can be proved about a dialog without asking anybody: that its names, conditions and texts fit together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.authoring.condition_checks import ConditionChecks
from assistant.authoring.loading import read_dialog
from assistant.authoring.problems import Marks, Problem, Report, in_order
from assistant.authoring.scopes import Scopes, names_of
from assistant.authoring.structure_checks import check_structure
from assistant.authoring.text_checks import PlaceholderChecks, check_forms
from assistant.core.dialog import Choice, Dialog


def check(dialog: Dialog, marks: Marks) -> list[Problem]:
    """Every problem of a dialog that has been read, by file, line and column. ``marks`` says where its values stand."""
    report = Report(marks)
    names, scopes = names_of(dialog), Scopes(dialog, set(marks.doubtful))
    conditions = ConditionChecks(dialog, names, scopes, report)
    placeholders = PlaceholderChecks(dialog, names, scopes, report)
    for spot in scopes.spots():
        conditions.spot(spot)
        placeholders.spot(spot)
    conditions.end()
    placeholders.end()
    check_structure(dialog, report)
    check_forms(dialog, report)
    return in_order(report.problems)


def load_and_check(path: Path, named_lists: Mapping[str, tuple[Choice, ...]]) -> tuple[Dialog | None, list[Problem]]:
    """The dialog whose header is at ``path``, or None and every problem of its files, by file, line and column.

    What could be read is checked although something else could not; a mistake is told once, where it was made.
    """
    reading = read_dialog(path, named_lists=named_lists)
    problems = reading.problems
    if reading.dialog is not None and reading.complete:
        problems = problems + check(reading.dialog, reading.marks)
    return None if problems else reading.dialog, in_order(problems)
