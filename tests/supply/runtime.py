"""Which packages run in production: those that the program needs, with all its optional parts, and what they need."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT: Final = Path(__file__).parents[2]
LOCK: Final = ROOT / "requirements.lock"
PROJECT: Final = canonicalize_name("klarbild")


class Locked(NamedTuple):
    """One line of the lock."""

    name: NormalizedName
    version: str
    marker: str


def locked() -> list[Locked]:
    """Every line of the lock, for all systems."""
    found = []
    for line in LOCK.read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            requirement, _, marker = line.removesuffix("\\").partition(";")
            name, _, version = requirement.strip().partition("==")
            found.append(Locked(canonicalize_name(name), version.strip(), marker.strip()))
    return found


def runtime() -> dict[NormalizedName, frozenset[NormalizedName]]:
    """The packages that run here in production, each with those that it needs itself."""
    extras = frozenset(metadata.metadata(PROJECT).get_all("Provides-Extra") or ())
    found: dict[NormalizedName, frozenset[NormalizedName]] = {}
    asked: dict[NormalizedName, frozenset[str]] = {}
    waiting = [(PROJECT, extras)]
    while waiting:
        name, wanted = waiting.pop()
        together = wanted | asked.get(name, frozenset())
        if name in found and together == asked[name]:
            continue
        asked[name] = together
        needs = list(_needs(name, together))
        found[name] = frozenset(one for one, _ in needs)
        waiting += needs
    del found[PROJECT]
    return dict(sorted(found.items()))


def direct() -> frozenset[NormalizedName]:
    """What the program itself asks for."""
    extras = frozenset(metadata.metadata(PROJECT).get_all("Provides-Extra") or ())
    return frozenset(name for name, _ in _needs(PROJECT, extras))


def _needs(name: str, extras: frozenset[str]) -> Iterator[tuple[NormalizedName, frozenset[str]]]:
    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)
