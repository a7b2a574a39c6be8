"""From a data directory and the files of the program to a service that is ready, or every reason why there is none."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from assistant import languages, resources, sending
from assistant.authoring.checking import load_and_check
from assistant.authoring.rules import FILE as RULES
from assistant.authoring.rules import load_rules
from assistant.core.dialog import Dialog
from assistant.core.hints import NO_RULES, Rulebook
from assistant.service import Service
from assistant.settings import Settings, SettingsError, load
from assistant.store import StoreError, keyfile
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import CatalogError, Catalogs
from assistant.understanding import lexicon

_OTHER_FILES = frozenset({RULES, "receivers.yaml"})


class StartError(Exception):
    """The program cannot start. ``lines`` are for the operator, one clear line for each reason."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def open_service(data: Path) -> Service:
    """The service of a data directory, which is made if it is not there. Raises StartError.

    Settings, dialogs and catalogs are looked at first, all of them; the directory is touched only if they are right.
    """
    lines: list[str] = []
    settings, dialogs, rulebook, catalogs = Settings(), dict[str, Dialog](), NO_RULES, None
    try:
        settings = load(data)
    except SettingsError as error:
        lines.append(str(error))
    try:
        dialogs = load_dialogs()
    except StartError as error:
        lines += error.lines
    try:
        rulebook = load_rulebook(dialogs or None)
    except StartError as error:
        lines += error.lines
    try:
        catalogs = Catalogs.load(resources.folder("locales"))
    except CatalogError as error:
        lines.append(str(error))
    lines += lexicon.broken()
    if settings.openid_issuer and importlib.util.find_spec("joserfc") is None:
        lines.append("openid_issuer: the part oidc is missing; run: klarbild doctor")
    lines += sending.problems(settings)
    if catalogs is not None:
        lines += _missing_languages(settings, catalogs)
    if lines or catalogs is None:
        raise StartError(lines)
    try:
        keys = open_keys(data, settings)
        return Service(dialogs, SqliteStore.open(data, keys=keys), keys, catalogs, settings, rulebook=rulebook)
    except StoreError as error:
        raise StartError([str(error)]) from error


def open_keys(data: Path, settings: Settings | None = None) -> KeyFile:
    """The secrets of a data directory, from where its settings say that they are. Raises SettingsError, StoreError."""
    settings = settings or load(data)
    return KeyFile.open(data, keyfile.source(settings.key_file, settings.key_command))


@contextlib.asynccontextmanager
async def opened_store(data: Path) -> AsyncIterator[tuple[SqliteStore, KeyFile]]:
    """The store of a data directory with its keys, for a command that needs nothing else; closed at the end. Raises
    SettingsError, StoreError."""
    keys = open_keys(data)
    store = SqliteStore.open(data, keys=keys)
    try:
        yield store, keys
    finally:
        await store.close()


def _missing_languages(settings: Settings, catalogs: Catalogs) -> list[str]:
    known = ", ".join(one.tag for one in catalogs.languages)
    return [
        f"languages: there are no words of {tag!r}; there are: {known}"
        for tag in settings.languages
        if tag not in catalogs
    ]


def dialog_files(folder: Path) -> list[Path]:
    """The dialog files that stand in a folder; their parts stand in folders below it."""
    return sorted(path for path in folder.glob("*.yaml") if path.name not in _OTHER_FILES)


def load_dialogs(folder: Path | None = None) -> dict[str, Dialog]:
    """The dialogs of a folder (the program's own, if none is given) by name. Raises StartError with every problem."""
    folder = folder or resources.folder("dialogs")
    found: dict[str, Dialog] = {}
    lines: list[str] = []
    for path in dialog_files(folder):
        dialog, problems = load_and_check(path, languages.named_lists())
        lines += [str(problem) for problem in problems]
        if dialog is not None:
            lines += _twice(found, dialog, path)
            found[dialog.dialog] = dialog
    if not found and not lines:
        lines.append(f"{folder}: there is no dialog; put one there, or install the program anew")
    if lines:
        raise StartError(lines)
    return found


def load_rulebook(dialogs: Mapping[str, Dialog] | None, folder: Path | None = None) -> Rulebook:
    """What the entitlement file of a folder (the program's own, if none is given) says of these dialogs (None: they are
    broken); without such a file there are no rules. Raises StartError with every problem."""
    path = (folder or resources.folder("dialogs")) / RULES
    if not path.exists():
        return NO_RULES
    rulebook, problems = load_rules(path, dialogs)
    if rulebook is None:
        raise StartError([str(problem) for problem in problems])
    return rulebook


def _twice(found: Mapping[str, Dialog], dialog: Dialog, path: Path) -> list[str]:
    if dialog.dialog not in found:
        return []
    return [f"{path}:1:1: there are two dialogs with the name {dialog.dialog!r}; give one of them another name"]
