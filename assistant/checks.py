"""What `klarbild check` looks at: dialogs, their parts, entitlements, occupations, catalogs, word lists and journeys;
own, or those named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from assistant import occupations, resources
from assistant.authoring import catalogs, journeys, rules
from assistant.authoring.checking import load_and_check
from assistant.authoring.loading import name_of, read_file
from assistant.authoring.problems import Problem, in_order
from assistant.authoring.yaml_nodes import MAX_BYTES
from assistant.core.dialog import Dialog
from assistant.languages import LANGUAGES, Language, named_lists
from assistant.occupation_checks import check_file, check_occupations
from assistant.starting import StartError, dialog_files, load_dialogs
from assistant.texts import CatalogError, read_catalog
from assistant.understanding import lexicon

_LOOKED_AT: Final = (".yaml", ".yml", ".po")


class Checked(NamedTuple):
    """How many files were looked at, and a line for each problem."""

    looked_at: int
    lines: list[str]


def check(paths: Sequence[Path] = ()) -> Checked:
    """Every problem of these files (of folders: of all files in them), or of all that the program has."""
    problems: list[Problem] = []
    looked_at = 0
    for path in _files(paths) if paths else _own():
        looked_at += 1
        problems += _check_file(path)
    if not paths:
        problems += check_occupations(occupations.home())
        looked_at += len(LANGUAGES) + 1
    locales = resources.folder("locales")
    if not paths and not problems and (locales.parent / "assistant").is_dir():
        # Catalogs are held against the texts as they are written now, which takes the sources and sound dialogs.
        problems += catalogs.check_catalogs(locales, catalogs.extract_all(locales.parent))
        looked_at += len(list(locales.rglob("*.po")))
    if not paths:
        for path in sorted(locales.glob(f"*/{lexicon.FILE}")):
            looked_at += 1
            problems += _check_lexicon(path)
    return Checked(looked_at, [str(problem) for problem in in_order(problems)])


def _own() -> list[Path]:
    folder = resources.folder("dialogs")
    own_rules = [one for one in (folder / rules.FILE,) if one.is_file()]
    return dialog_files(folder) + own_rules + sorted((folder / "demo").glob("*.yaml"))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if _is_looked_at(one))
        else:
            yield path


def _is_looked_at(path: Path) -> bool:
    return path.suffix in _LOOKED_AT or path.name == lexicon.FILE or _is_of_occupations(path)


def _is_of_occupations(path: Path) -> bool:
    return path.suffix == ".toml" and path.parent.name == occupations.home().name


def _check_file(path: Path) -> list[Problem]:
    if path.suffix == ".po":
        return _check_catalog(path)
    if path.name == lexicon.FILE:
        return _check_lexicon(path)
    if _is_of_occupations(path):
        return check_file(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        why = f"the file cannot be opened ({error.strerror})"
        return [Problem(name_of(path), 1, 1, why, "correct the path or its rights")]
    if path.name == rules.FILE or rules.is_rulebook(content):
        return rules.load_rules(path, _dialogs_beside(path))[1]
    keys = {line.partition(b":")[0] for line in content.splitlines()}
    if b"answers" in keys:
        return journeys.load(path)[1]
    if b"dialog" in keys or not keys & {b"sections", b"attention", b"choice_lists"}:
        return load_and_check(path, named_lists())[1]
    return read_file(content, name_of(path)).problems


def _dialogs_beside(path: Path) -> dict[str, Dialog] | None:
    """The dialogs whose facts an entitlement file may read: those in its folder, else the program's own; None if one of
    them is broken, which is told where it is checked itself."""
    headers = [one for one in dialog_files(path.parent) if _is_header(one)]
    found: dict[str, Dialog] = {}
    for one in headers:
        dialog, _ = load_and_check(one, named_lists())
        if dialog is None:
            return None
        found[dialog.dialog] = dialog
    try:
        return found if headers else load_dialogs()
    except StartError:
        return None


def _is_header(path: Path) -> bool:
    """Whether a file begins a dialog; a journey names one too."""
    try:
        with path.open("rb") as stream:
            keys = {line.partition(b":")[0] for line in stream.read(MAX_BYTES).splitlines()}
    except OSError:
        return False
    return b"dialog" in keys and b"answers" not in keys


def _check_lexicon(path: Path) -> list[Problem]:
    """What is wrong with the list of words that are understood in a language; a folder of no language is told too."""
    language = _language_of(path.parent.name)
    if language is None:
        return [Problem(name_of(path), 1, 1, "the folder is no language of the program", "name it as the catalogs'")]
    _, wrong = lexicon.read_lexicon(path, language)
    return [Problem(name_of(path), one.line, 1, one.message, one.remedy) for one in wrong]


def _language_of(folder: str) -> Language | None:
    return next((one for one in LANGUAGES.values() if one.folder == folder), None)


def _check_catalog(path: Path) -> list[Problem]:
    """Whether a catalog can be read; it is held against the texts only as part of the whole."""
    language = _language_of(path.parent.parent.name) or LANGUAGES["en"]
    try:
        read_catalog(path, language)
    except CatalogError as error:
        line, _, message = str(error).removeprefix(f"{path}:").partition(": ")
        return [Problem(name_of(path), int(line) if line.isdigit() else 1, 1, message, "correct this place")]
    return []
