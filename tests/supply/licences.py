"""The page of licences: ``python -m tests.supply.licences`` writes docs/licences.md anew (make licences)."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.supply.runtime import ROOT, direct, runtime

PAGE: Final = ROOT / "docs" / "licences.md"
_SHORT: Final = {
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Public Domain": "public domain",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
}
FITTING: Final = frozenset(
    (
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "PSF-2.0",
        "MPL-1.1",
        "public domain",
    )
)
"""Licences under which a package may run beside ours (MIT) without changing it. Of a choice one must be among them."""


class Package(NamedTuple):
    """A package of production, and its licence as its own metadata say it (SPDX where it can be)."""

    name: str
    licence: str


def packages() -> list[Package]:
    """Every package that runs in production here."""
    return [Package(name, licence_of(name)) for name in runtime()]


def licence_of(name: str) -> str:
    """The licence of an installed package: its expression, else its field, else its classifiers (a choice of them)."""
    found = metadata.metadata(name)
    expression = _first(found.get_all("License-Expression"))
    field = _first(found.get_all("License"))
    if expression or ("\n" not in field and 0 < len(field) < 40):
        said = expression or field
        return _SHORT.get(said, said)
    classifiers = [one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or () if one.startswith("License")]
    return " OR ".join(_SHORT.get(one, one) for one in classifiers)


def _first(told: list[Any] | None) -> str:
    return str(told[0]).strip() if told else ""


def fits(licence: str) -> bool:
    """Whether a licence goes with ours: every part of it that must hold, and one of those to choose from."""
    parts = re.split(r"\s+AND\s+", licence)
    return all(any(one.strip("() ") in FITTING for one in re.split(r"\s+OR\s+", part)) for part in parts)


def page() -> str:
    """The page as it should be."""
    own = direct()
    rows = [f"| {one.name} | {one.licence} | {'us' if one.name in own else 'another'} |" for one in packages()]
    return "\n".join(
        (
            "# Licences",
            "",
            "What runs in production with all optional parts, as each package says it itself. `make licences` writes",
            "this page, and a test holds it against what is installed. The versions stand in `requirements.lock`.",
            "Klarbild itself is MIT.",
            "",
            "Pyphen (hyphenation in PDFs, under WeasyPrint) leaves a choice; it is used unchanged under MPL 1.1.",
            "Nothing else obliges anybody to more than to keep the notices. Pango and HarfBuzz, which PDFs need,",
            "come from the system.",
            "",
            "| package | licence | asked for by |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def main(target: Path = PAGE) -> None:
    """Write the page."""
    target.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
