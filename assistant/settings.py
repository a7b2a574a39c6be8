"""What a municipality and its operator decide: from ``klarbild.toml`` and the environment, checked at the start."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


class SettingsError(Exception):
    """A setting that cannot be used; the text is one clear line for the operator."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings with their defaults. Each can be overridden by the environment as ``KLARBILD_<KEY>``."""

    office_name: str = "Kommunen"
    office_phone: str = "Kontaktcenter"
    children_phone: str = "Kontaktcenter"
    service_name: str = "Klarbild"
    languages: tuple[str, ...] = ()
    public_url: str = ""
    behind_tls_proxy: bool = False
    draft_days: int = 30
    first_visit_days: int = 14
    plan_months: int = 3

    def shown(self) -> dict[str, str]:
        """The settings that texts may name as placeholders."""
        return {
            "office_name": self.office_name,
            "office_phone": self.office_phone,
            "children_phone": self.children_phone,
        }


_KEYS = tuple(Settings.__struct_fields__)
_PREFIX = "KLARBILD_"
_OTHER_VARIABLES = {"KLARBILD_CONFIG", "KLARBILD_PASSWORD"}


def load(data: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data directory. Raises SettingsError for a file that cannot be read or a key nobody knows."""
    path = Path(environ["KLARBILD_CONFIG"]) if environ.get("KLARBILD_CONFIG") else data / "klarbild.toml"
    values = _read(path, must_exist="KLARBILD_CONFIG" in environ)
    for key in values:
        _known(key, str(path))
    for variable, text in environ.items():
        if variable.startswith(_PREFIX) and variable not in _OTHER_VARIABLES:
            key = variable.removeprefix(_PREFIX).lower()
            _known(key, variable)
            values[key] = [part.strip() for part in text.split(",")] if key == "languages" else text
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}") from None
    if settings.public_url and not re.fullmatch(r"https?://[^/\s]+", settings.public_url):
        raise SettingsError(
            f"public_url: {settings.public_url!r} is no address; write it like https://host, without a path"
        )
    for name in ("draft_days", "first_visit_days", "plan_months"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"{name}: must be at least 1")
    return settings


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    if not path.exists() and not must_exist:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from None


def _known(key: str, where: str) -> None:
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, 1)
        remedy = f"did you mean {near[0]!r}?" if near else f"known keys are: {', '.join(_KEYS)}"
        raise SettingsError(f"{where}: there is no setting {key!r}; {remedy}")
