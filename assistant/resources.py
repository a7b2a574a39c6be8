"""Where the program finds what it brings along: dialogs, catalogs, pages. The only place that knows."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder ``dialogs``, ``locales`` or ``web``: bundled in an installed package, else beside it in a checkout."""
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
