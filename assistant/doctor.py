"""What `klarbild doctor` looks at: versions, settings, the database and its keys, and the parts that are optional."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from assistant.audio import FOLDER, Recordings
from assistant.exports import pdf
from assistant.settings import FILE, Settings, SettingsError, load
from assistant.starting import StartError, load_dialogs
from assistant.store import StoreError, files
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import inspect

_LITTLE_ROOM = 200 * 1024 * 1024


class Health(NamedTuple):
    """What was found, a line each. ``problems`` would lose data, or keep the program from starting; ``warnings`` are
    for the people who come."""

    lines: list[str]
    problems: list[str]
    warnings: list[str]


def examine(data: Path) -> Health:
    """Look at a data directory and the program; changes nothing, and works while the directory is served."""
    lines = [
        f"klarbild {metadata.version('klarbild')}, Python {platform.python_version()}, {platform.platform()}",
        *_optional_parts(),
    ]
    problems: list[str] = []
    warnings: list[str] = _no_pdf()
    try:
        settings = load(data)
        lines.append(f"settings of {data}: understood")
        warnings += _no_numbers(settings) + _never_checked(settings)
    except SettingsError as error:
        problems.append(str(error))
    try:
        lines.append(f"dialogs: {', '.join(load_dialogs())}")
    except StartError as error:
        problems += error.lines
    try:
        files.refuse_file(data)
        _keys(data, _database(data, lines, problems), problems)
        warnings += [f"{problem}; it is not played" for problem in Recordings(data / FOLDER).problems]
        _room(data, lines, problems)
    except StoreError as error:
        problems.append(str(error))
    except OSError as error:
        problems.append(f"{data}: cannot be read: {error.strerror}")
    return Health(lines, problems, warnings)


def _no_numbers(settings: Settings) -> list[str]:
    return [
        f"{name}: people are told to call it, and {getattr(settings, name)!r} is no number; "
        f"set {name} in {FILE}, or KLARBILD_{name.upper()}"
        for name in settings.without_number()
    ]


def _no_pdf() -> list[str]:
    """What keeps PDFs from being made, where their package is installed; without it they are an optional part."""
    return pdf.problems() if _installed("weasyprint") else []


def _never_checked(settings: Settings) -> list[str]:
    if settings.accessibility_checked:
        return []
    return [
        "accessibility_checked: nobody has tried the service with a screen reader and other aids yet, and the page on "
        f"accessibility says so; when people have, set accessibility_checked in {FILE} to the day, or "
        "KLARBILD_ACCESSIBILITY_CHECKED"
    ]


def _database(data: Path, lines: list[str], problems: list[str]) -> Sequence[tuple[str, bytes]]:
    """Some of the wrapped keys that the database holds, to try the key file on."""
    found = inspect(data)
    lines.append(f"SQLite {found['sqlite']}")
    lines.extend(f"note: {note}" for note in found["notes"])
    problems.extend(found["problems"])
    if found["database"] is None:
        lines.append(f"database: none yet in {data}; it is made at the first start")
    elif "counts" in found:
        counts = ", ".join(f"{count} {table}" for table, count in found["counts"].items())
        lines.append(f"database: {found['database']}, schema {found['schema']}, {found['quick_check']}; {counts}")
    oldest: Sequence[tuple[str, bytes]] = found.get("oldest_keys", ())
    return oldest


def _keys(data: Path, stored: Sequence[tuple[str, bytes]], problems: list[str]) -> None:
    """A database without its key file is lost; a key file that cannot be used keeps the program from starting."""
    path = data / files.KEY
    if path.exists():
        try:
            KeyFile.open(data).check(stored)
        except StoreError as error:
            problems.append(str(error))
    elif (data / files.DATABASE).exists():
        problems.append(f"{path} is missing, and nothing in the database can be read without it; bring the file back")


def _room(data: Path, lines: list[str], problems: list[str]) -> None:
    place = next((one for one in (data.absolute(), *data.absolute().parents) if one.is_dir()), None)
    if place is None:
        return
    free = shutil.disk_usage(place).free
    told = f"{free // (1024 * 1024)} MB free on the disk of {data}"
    if free < _LITTLE_ROOM:
        problems.append(f"{told}; make room, or replies can soon not be saved")
    else:
        lines.append(told)


def _optional_parts() -> list[str]:
    """Which optional parts are missing, and how to get them."""
    wanted: dict[str, list[str]] = {}
    for line in metadata.requires("klarbild") or ():
        name, _, condition = line.partition(";")
        if "extra ==" in condition:
            extra = condition.split("extra ==")[1].strip().strip("'\"")
            wanted.setdefault(extra, []).append(_package(name))
    found = []
    for extra, packages in sorted(wanted.items()):
        missing = [package for package in packages if not _installed(package)]
        told = f"not there ({', '.join(missing)}); get it: {sys.executable} -m pip install 'klarbild[{extra}]'"
        found.append(f"optional part {extra}: {told if missing else 'there'}")
    return found


def _package(requirement: str) -> str:
    name = requirement.strip()
    for sign in "[<>=!~ (":
        name = name.partition(sign)[0]
    return name


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
