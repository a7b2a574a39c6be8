"""What a municipality and its operator decide: from ``klarbild.toml`` and the environment, checked at the start."""

from __future__ import annotations

import datetime
import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from assistant import contrast
from assistant.addresses import is_loopback, is_safe, network_of
from assistant.core.retention import RetentionException
from assistant.recipients import problem_of


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
    trusted_proxies: tuple[str, ...] = ("127.0.0.0/8", "::1")
    security_contact: str = ""
    draft_days: int = 30
    drafts_recoverable: bool = False
    key_file: str = ""
    key_command: tuple[str, ...] = ()
    first_visit_days: int = 14
    plan_months: int = 3
    invitation_days: int = 14
    reserve_mb: int = 100
    retention_years: int = 5
    retention_exception: RetentionException = "born_5_15_25"
    log_years: int = 5
    erase_daily: bool = True
    backup_public_key: str = ""
    accessibility_contact: str = ""
    accessibility_checked: str = ""
    accessibility_gaps: tuple[str, ...] = ()
    accessibility_agency: str = "Myndigheten för digital förvaltning (Digg)"
    accent: str = "#0d5747"
    accent_dark: str = "#93dcc3"
    second_step: Literal["optional", "required"] = "optional"
    openid_issuer: str = ""
    openid_client_id: str = ""
    openid_client_secret: str = ""
    openid_name: str = "kommunens inloggning"
    openid_scopes: tuple[str, ...] = ("openid", "profile", "email")
    openid_claim: str = "preferred_username"
    openid_roles_claim: str = ""
    openid_role_map: tuple[tuple[str, str], ...] = ()
    openid_unit_claim: str = ""
    openid_acr: tuple[str, ...] = ()
    openid_amr: tuple[str, ...] = ()
    openid_logout: bool = False
    mail_transport: Literal["file", "smtp"] = "file"
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca: str = ""
    smtp_user: str = ""
    smtp_password: str = ""
    sms_transport: Literal["file", "http"] = "file"
    sms_url: str = ""
    sms_token: str = ""
    sms_from: str = ""
    translation_url: str = ""
    translation_key_file: str = ""

    def without_number(self) -> tuple[str, ...]:
        """The names of the settings that texts tell people to call, and that hold no number."""
        numbers = {"office_phone": self.office_phone, "children_phone": self.children_phone}
        return tuple(name for name, text in numbers.items() if not any(map(str.isdecimal, text)))

    def shown(self) -> dict[str, str]:
        """The settings that texts may name as placeholders."""
        return {
            "office_name": self.office_name,
            "office_phone": self.office_phone,
            "children_phone": self.children_phone,
        }


FILE = "klarbild.toml"
"""The name of the file in the data directory."""

_KEYS = tuple(Settings.__struct_fields__)
_PREFIX = "KLARBILD_"
_MOST = {
    "draft_days": 366,
    "first_visit_days": 366,
    "plan_months": 24,
    "invitation_days": 366,
    "reserve_mb": 1_000_000,
    "retention_years": 100,
    "log_years": 100,
    "smtp_port": 65535,
}
_EXPECTED = {
    str: 'a text in quotes, like "Motala"',
    int: "a whole number",
    bool: "true or false",
    tuple: 'a list of language tags, like ["sv", "en"]',
}
_ONE_OF = {
    "second_step": '"optional" or "required"',
    "retention_exception": '"none", "all" or "born_5_15_25"',
    "mail_transport": '"file" or "smtp"',
    "smtp_security": '"starttls", "tls" or "none"',
    "sms_transport": '"file" or "http"',
}
_TEXTS = 'a list of texts, like ["Kartan kan inte läsas upp."]'
_NETWORKS = 'a list of addresses or networks, like ["10.1.2.3", "10.2.0.0/16"]'
_SEPARATORS = {"accessibility_gaps": ";"}
_WORDS = ("key_command", "openid_scopes", "openid_acr", "openid_amr")
_ROLES = ("caseworker", "lead", "admin")
_COLOURS = {"accent": contrast.LIGHT, "accent_dark": contrast.DARK}
_SWITCHES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_OTHER_VARIABLES = {"KLARBILD_CONFIG", "KLARBILD_PASSWORD", "KLARBILD_KEYS", "KLARBILD_BACKUP_PASSPHRASE"}


def load(data: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data directory. Raises SettingsError for a file that cannot be read, a key nobody knows
    or a value that cannot be used."""
    path = Path(environ["KLARBILD_CONFIG"]) if environ.get("KLARBILD_CONFIG") else data / FILE
    values: dict[str, Any] = {}
    for key, value in _read(path, must_exist="KLARBILD_CONFIG" in environ).items():
        _known(key, str(path))
        values[key] = _checked(key, value, f"{path}: {key}")
    for variable, text in environ.items():
        if variable.startswith(_PREFIX) and variable not in _OTHER_VARIABLES:
            key = variable.removeprefix(_PREFIX).lower()
            _known(key, variable)
            values[key] = _checked(key, _meant(key, text), variable)
    settings = Settings(**values)
    _together(settings)
    return settings


def _together(settings: Settings) -> None:
    """Refuse settings that are right one by one and mean nothing together."""
    if settings.key_file and settings.key_command:
        raise SettingsError("key_file and key_command: give one of them; the secrets are in one place")
    if settings.openid_issuer and not settings.openid_client_id:
        raise SettingsError("openid_client_id: is missing; say what the provider of openid_issuer calls this program")
    if settings.openid_issuer and "openid" not in settings.openid_scopes:
        raise SettingsError('openid_scopes: must hold "openid", or the provider tells nobody who came')
    if bool(settings.openid_roles_claim) != bool(settings.openid_role_map):
        raise SettingsError("openid_roles_claim and openid_role_map go together; give both or none")
    if settings.mail_transport == "smtp":
        _mail_together(settings)
    if settings.translation_key_file and not settings.translation_url:
        raise SettingsError("translation_url: is missing; name the server that the key of translation_key_file is for")
    if settings.sms_transport == "http" and not settings.sms_url:
        raise SettingsError('sms_url: is missing; name the gateway that sms_transport = "http" asks')


def _mail_together(settings: Settings) -> None:
    if not settings.smtp_host:
        raise SettingsError('smtp_host: is missing; name the server that mail_transport = "smtp" asks')
    if not settings.mail_from:
        raise SettingsError("mail_from: is missing; say which address letters come from")
    if settings.smtp_security == "none" and not is_loopback(settings.smtp_host):
        raise SettingsError('smtp_security: "none" is for a server on this machine only; use "starttls" or "tls"')
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise SettingsError("smtp_user and smtp_password go together; give both or none")


def _meant(key: str, text: str) -> Any:
    """What a variable holds, where it can be understood; a variable has no types."""
    default = getattr(Settings(), key)
    if isinstance(default, bool):
        return _SWITCHES.get(text.strip().lower(), text)
    if isinstance(default, int):
        return text.strip()
    if key == "openid_role_map":
        pairs = [part.rpartition("=") for part in text.split(",") if part.strip()]
        return {name.strip(): role.strip() for name, _, role in pairs}
    if isinstance(default, tuple):
        return [part.strip() for part in text.split(_SEPARATORS.get(key, ",")) if part.strip()]
    return text.strip() if key in _COLOURS or key == "accessibility_checked" else text


def _checked(key: str, value: Any, where: str) -> Any:
    """The value if it can be used. Raises SettingsError; it names ``where`` the value stands."""
    if key == "accessibility_checked" and isinstance(value, datetime.date):
        # TOML has dates of its own: without quotes it is one.
        value = value.isoformat()
    if key == "openid_role_map":
        # Kept as pairs, so that settings go on being a key of what is drawn once.
        value = tuple(value.items()) if isinstance(value, dict) else None
    try:
        found = getattr(msgspec.convert({key: value}, Settings, strict=False), key)
    except msgspec.ValidationError:
        expected = _expected(key)
        raise SettingsError(f"{where}: must be {expected}") from None
    if key in _MOST and not 1 <= found <= _MOST[key]:
        raise SettingsError(f"{where}: must be {'at least 1' if found < 1 else f'at most {_MOST[key]}'}")
    if key == "public_url" and found and not re.fullmatch(r"https?://[^/\s]+", found):
        raise SettingsError(f"{where}: {found!r} is no address; write it like https://host, without a path")
    if key == "backup_public_key" and found and not re.fullmatch(r"klarbild-backup-[A-Za-z0-9_-]{43}", found):
        raise SettingsError(f"{where}: is no public key; make a pair: klarbild backup keygen FILE")
    if key == "trusted_proxies" and (strange := [one for one in found if network_of(one) is None]):
        raise SettingsError(f"{where}: {strange[0]!r} is no address or network of a proxy; it must be {_NETWORKS}")
    if key == "security_contact" and found and not (is_safe(found) or not problem_of("email", found)):
        raise SettingsError(f"{where}: {found!r} is neither an e-mail address nor an address that begins with https://")
    if key == "accessibility_checked" and found and not _is_day(found):
        raise SettingsError(f"{where}: {found!r} is no day; write it like 2026-03-05, or leave it empty")
    if key == "openid_issuer" and found and not is_safe(found):
        raise SettingsError(f"{where}: {found!r} is no address of a provider; it begins with https://")
    if key == "openid_role_map" and (unknown := {role for _, role in found} - set(_ROLES)):
        raise SettingsError(f"{where}: there is no role {min(unknown)!r}; there are: {', '.join(_ROLES)}")
    if key in _COLOURS:
        _readable(found, _COLOURS[key], where)
    if found and (wrong := _wrong_for_sending(key, found)):
        raise SettingsError(f"{where}: {wrong}")
    return found


def _wrong_for_sending(key: str, found: Any) -> str:
    """Why letters could not be sent with a value; blank if they can. No value that may hold a secret is told."""
    if key == "mail_from" and problem_of("email", found):
        return f"{found!r} is no e-mail address; write it like noreply@example.org, without a name"
    if key == "smtp_host" and not _is_host(found):
        return f"{found!r} is no host; write it like smtp.example.org, the port goes to smtp_port"
    if key == "sms_url" and not is_safe(found):
        return "is no address of a gateway; it begins with https://, or with http:// on this machine"
    if key == "translation_url" and (not is_safe(found) or "?" in found):
        return "is no address of a translation server; it begins with https://, or with http:// on this machine"
    if key in ("sms_token", "smtp_password", "smtp_user") and not found.isprintable():
        return "holds a line end or another invisible sign; write it on one line"
    if key == "sms_token" and not (found.isascii() and " " not in found):
        return "holds a sign that no token has; copy it anew from the gateway"
    return ""


def _is_host(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?", text) is not None


def _expected(key: str) -> str:
    """What a value must be, for whoever wrote another."""
    if key in _ONE_OF:
        return _ONE_OF[key]
    if key == "openid_role_map":
        return 'a table of roles, like { "klarbild-handlaggare" = "caseworker" }'
    if key == "trusted_proxies":
        return _NETWORKS
    if key in _WORDS:
        return 'a list of words, like ["openid", "profile"]'
    return _TEXTS if key in _SEPARATORS else _EXPECTED[type(getattr(Settings(), key))]


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _readable(colour: str, around: contrast.Surroundings, where: str) -> None:
    """Refuse a colour in which words could not be read."""
    if not contrast.is_colour(colour):
        raise SettingsError(f"{where}: {colour!r} is no colour; write it like #0d5747")
    wrong = contrast.problem(colour, around)
    if wrong:
        raise SettingsError(f"{where}: {wrong}")


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if not must_exist:
            return {}
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from None


def _known(key: str, where: str) -> None:
    if key not in _KEYS:
        near = difflib.get_close_matches(key, _KEYS, 1)
        remedy = f"did you mean {near[0]!r}?" if near else f"known keys are: {', '.join(_KEYS)}"
        raise SettingsError(f"{where}: there is no setting {key!r}; {remedy}")
