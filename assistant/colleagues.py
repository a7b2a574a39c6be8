"""Who works at the office, and whose a case is: access goes by assignment, never by role alone (lag 2001:454 10 §).

One opens one's own cases, and those of one's unit that are nobody's yet. A case that has no unit yet may be taken by
everybody. Any other case takes a reason, for an hour, and the lead is told (see `casework`).
"""

from __future__ import annotations

from typing import NamedTuple

from assistant.store import CaseRow, Role, UserRow


class Colleague(NamedTuple):
    """Somebody of the office. ``unit`` is empty where the office has none; a lead without one leads all."""

    name: str
    role: Role
    unit: str = ""

    @property
    def units(self) -> tuple[str, ...] | None:
        """The units whose cases this person's lists show: the own one and what is no unit's yet; None: all."""
        if self.role == "lead" and not self.unit:
            return None
        return ("", self.unit) if self.unit else ("",)

    def owns(self, row: CaseRow) -> bool:
        """Whether this person may open a case without telling a reason."""
        if row.assigned:
            return row.assigned == self.name
        return row.unit in ("", self.unit)

    def leads(self, unit: str) -> bool:
        """Whether this person leads those of a unit: sees who opened what, and may give cases to others."""
        return self.role == "lead" and self.unit in ("", unit)


def colleague_of(user: UserRow) -> Colleague:
    """A user of the desk as a colleague."""
    return Colleague(user.name, user.role, user.unit)
