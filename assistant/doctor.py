"""What `klarbild doctor` looks at: versions, settings, the database and its keys, and the parts that are optional."""

from __future__ import annotations

import datetime
import os
import platform
import stat
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from assistant import sending
from assistant.audio import FOLDER, Recordings
from assistant.authoring.rules import FILE as RULES
from assistant.core.hints import Dated, Rulebook, Standing, standing
from assistant.exports import pdf
from assistant.sending.files import FOLDER as OUTBOX
from assistant.settings import FILE, Settings, SettingsError, load
from assistant.starting import StartError, load_dialogs, load_rulebook
from assistant.store import StoreError, files, keyfile
from assistant.store.inspection import inspect, unsound
from assistant.store.sealing import KeyFile
from assistant.talks import SWEDEN

_LITTLE_ROOM = 200 * 1024 * 1024
_SOON = datetime.timedelta(days=61)


class Health(NamedTuple):
    """What was found, a line each. ``problems`` would lose data, or keep the program from starting; ``warnings`` are
    for the people who come."""

    lines: list[str]
    problems: list[str]
    warnings: list[str]


def examine(data: Path, today: datetime.date | None = None) -> Health:
    """Look at a data directory and the program; changes nothing, and works while the directory is served. ``today``
    (not given: the day in Sweden) is the day on which rules of law must hold."""
    lines = [
        f"klarbild {metadata.version('klarbild')}, Python {platform.python_version()}, {platform.platform()}",
        *_optional_parts(),
    ]
    problems: list[str] = []
    warnings: list[str] = _no_pdf()
    reserve = 0
    try:
        settings = load(data)
        reserve = settings.reserve_mb * 1024 * 1024
        lines.append(f"settings of {data}: understood")
        lines += [_sign_in(settings), _letters(settings), *_translation(settings)]
        warnings += _no_numbers(settings) + _never_checked(settings) + _weak_sign_in(settings)
        warnings += _open_secrets(settings, data) + _letters_to_nobody(settings, data) + _no_key(settings)
        problems += _without_library(settings) + sending.problems(settings)
    except SettingsError as error:
        problems.append(str(error))
    try:
        dialogs = load_dialogs()
        lines.append(f"dialogs: {', '.join(dialogs)}")
        warnings += _rules(load_rulebook(dialogs), today or datetime.datetime.now(SWEDEN).date(), lines)
    except StartError as error:
        problems += error.lines
    try:
        files.refuse_file(data)
        _rights(data, problems)
        _keys(data, _database(data, lines, problems), lines, problems)
        warnings += [f"{problem}; it is not played" for problem in Recordings(data / FOLDER).problems]
        _room(data, reserve, lines, problems)
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


def _rules(rulebook: Rulebook, today: datetime.date, lines: list[str]) -> list[str]:
    """Rules of the entitlement file that nobody sees any more, and those that end soon."""
    every: tuple[Dated, ...] = (*rulebook.rules, *rulebook.obstacles)
    found: dict[Standing, list[Dated]] = {}
    for one in every:
        found.setdefault(standing(one, today), []).append(one)
    shown, soon = found.get("shown", []), (today + _SOON).isoformat()
    if every:
        lines.append(f"rules of {RULES}: {len(shown)} of {len(every)} are shown")
    ending = [one for one in shown if one.valid_to and one.valid_to <= soon]
    told = (
        (found.get("over", []), "out of date, not shown", "read the law as it is now and date them anew"),
        (found.get("unchecked", []), "not checked for twelve months, not shown", "hold them against the law"),
        (ending, "end within two months", "read the law that comes after"),
    )
    return [
        f"{RULES}: {what}: {', '.join(one.name for one in many)}; {remedy}, and run klarbild check"
        for many, what, remedy in told
        if many
    ]


def _sign_in(settings: Settings) -> str:
    """How people come in to the desk. The secret of the provider is never told."""
    second = f"second step {settings.second_step}"
    if not settings.openid_issuer:
        return f"sign-in: passwords, {second}; no OpenID Connect"
    secret = "with a secret" if settings.openid_client_secret else "without a secret"
    roles = "roles from the provider" if settings.openid_roles_claim else "roles from the office"
    return f"sign-in: OpenID Connect at {settings.openid_issuer}, {secret}, {roles}; passwords, {second}"


def _weak_sign_in(settings: Settings) -> list[str]:
    if settings.second_step == "required" or settings.openid_issuer:
        return []
    return [
        "second_step: a password alone can open the desk; "
        f'set second_step = "required" in {FILE}, or let people log in by OpenID Connect (openid_issuer)'
    ]


def _open_secrets(settings: Settings, data: Path) -> list[str]:
    """Secrets that stand in a file which others can read."""
    file = Path(os.environ.get("KLARBILD_CONFIG") or data / FILE)
    if not _is_open(file):
        return []
    return [
        f"{key}: other users of this machine can read {file}; run: chmod 600 {file}"
        for key in ("openid_client_secret", "smtp_password", "sms_token")
        if getattr(settings, key) and f"KLARBILD_{key.upper()}" not in os.environ
    ]


def _letters(settings: Settings) -> str:
    """How letters leave the house. No secret is told, and of the gateway only its host: its address may hold one."""
    mail = sms = "to files"
    if settings.mail_transport == "smtp":
        login = "with a password" if settings.smtp_password else "without a password"
        security = "not encrypted" if settings.smtp_security == "none" else settings.smtp_security
        mail = f"from {settings.mail_from} by {settings.smtp_host}, port {settings.smtp_port}, {security}, {login}"
    if settings.sms_transport == "http":
        token = "with a token" if settings.sms_token else "without a token"
        sms = f"by {urlsplit(settings.sms_url).hostname}, {token}"
    return f"letters: e-mail {mail}; text messages {sms}"


def _translation(settings: Settings) -> list[str]:
    """Whether words are translated by machine, and where; the server is not asked."""
    if not settings.translation_url:
        return []
    key = "with a key" if settings.translation_key_file else "without a key"
    return [f"machine translation: by {urlsplit(settings.translation_url).hostname}, {key}"]


def _no_key(settings: Settings) -> list[str]:
    """A key for the translation server that cannot be read, or can be read by others."""
    if not settings.translation_key_file:
        return []
    file = Path(settings.translation_key_file)
    if not os.access(file, os.R_OK):
        return [f"translation_key_file: {file} cannot be read, so nothing is translated; check its owner and rights"]
    if _is_open(file):
        return [f"translation_key_file: other users of this machine can read {file}; run: chmod 600 {file}"]
    return []


def _letters_to_nobody(settings: Settings, data: Path) -> list[str]:
    told = (
        (settings.mail_transport, "mail_transport: e-mail", "smtp", "smtp_host and mail_from"),
        (settings.sms_transport, "sms_transport: a text message", "http", "sms_url"),
    )
    return [
        f"{what} is only written to {data / OUTBOX} and reaches nobody; "
        f'set {what.partition(":")[0]} = "{other}" in {FILE}, with {more}'
        for chosen, what, other, more in told
        if chosen == "file"
    ]


def _is_open(file: Path) -> bool:
    try:
        return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
    except OSError:
        return False


def _without_library(settings: Settings) -> list[str]:
    if not settings.openid_issuer or _installed("joserfc"):
        return []
    return [f"openid_issuer: the part oidc is missing; get it: {sys.executable} -m pip install 'klarbild[oidc]'"]


def _database(data: Path, lines: list[str], problems: list[str]) -> Sequence[tuple[str, bytes]]:
    """Some of the wrapped keys that the database holds, to try the key file on."""
    problem = "" if files.is_served(data) else unsound(data)
    if problem:
        problems.append(problem)
        return ()
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


def _keys(data: Path, stored: Sequence[tuple[str, bytes]], lines: list[str], problems: list[str]) -> None:
    """A database without its key file is lost; a key file that cannot be used keeps the program from starting."""
    if not (data / files.DATABASE).exists() and not (data / files.KEY).exists():
        # Made at the first start; a doctor makes nothing.
        return
    try:
        settings = load(data)
    except SettingsError:
        # Told already; where the secrets are is not known.
        return
    try:
        source = keyfile.source(settings.key_file, settings.key_command).of(data)
        KeyFile(keyfile.load(source, made=True), source).check(stored)
    except StoreError as error:
        problems.append(str(error))
    if os.environ.get(keyfile.VARIABLE):
        lines.append(f"note: the secrets are in {keyfile.VARIABLE}; a file or a credential is seen by fewer programs")


def _rights(data: Path, problems: list[str]) -> None:
    """What the server would have to write to, and cannot."""
    for path in (data, data / files.DATABASE):
        if path.exists() and not os.access(path, os.W_OK):
            remedy = "check its owner and rights (chown, chmod), and that its disk is not read-only"
            problems.append(f"{path} cannot be written; {remedy}")


def _room(data: Path, reserve: int, lines: list[str], problems: list[str]) -> None:
    free = files.room(data)
    if free is None:
        return
    told = f"{free // (1024 * 1024)} MB free on the disk of {data}"
    if free < reserve:
        problems.append(f"{told}; no new conversation begins until there is more room (reserve_mb); make room")
    elif free < _LITTLE_ROOM:
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
