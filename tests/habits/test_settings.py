"""The guide to settings says what the program does, and a mistake is told in one clear line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.settings import Settings, SettingsError, load

GUIDE = Path(__file__).parents[2] / "docs" / "settings.md"
MAIL = 'mail_transport = "smtp"\nsmtp_host = "mail.example.org"\nmail_from = "a@example.org"\n'


def test_every_setting_stands_in_the_guide_and_no_other() -> None:
    rows = [line.split("|") for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [row[1].strip().strip("`") for row in rows] == list(Settings.__struct_fields__)


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    (tmp_path / "klarbild.toml").write_text('office_name = "Motala"\ndraft_days = 20\n')
    settings = load(tmp_path, {"KLARBILD_DRAFT_DAYS": "10", "KLARBILD_LANGUAGES": "sv, en"})
    assert (settings.office_name, settings.draft_days, settings.languages) == ("Motala", 10, ("sv", "en"))


def test_another_file_can_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('service_name = "Fråga"\n', "utf-8")
    assert load(tmp_path, {"KLARBILD_CONFIG": str(other)}).service_name == "Fråga"
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {"KLARBILD_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ofice_name = "x"', "did you mean 'office_name'"),
        ("draft_days = 0", "draft_days: must be at least 1"),
        ("draft_days = 99999999999", "draft_days: must be at most 366"),
        ("first_visit_days = 367", "first_visit_days: must be at most 366"),
        ("plan_months = 25", "plan_months: must be at most 24"),
        ('draft_days = "many"', r"klarbild\.toml: draft_days: must be a whole number"),
        ("behind_tls_proxy = 7", r"klarbild\.toml: behind_tls_proxy: must be true or false"),
        ("office_phone = 112", r"klarbild\.toml: office_phone: must be a text in quotes"),
        ('languages = "sv"', r"klarbild\.toml: languages: must be a list of language tags"),
        ('public_url = "intake"', "no address"),
        ("office_name =", "is not TOML"),
        ('accessibility_gaps = "x"', r"klarbild\.toml: accessibility_gaps: must be a list of texts, like \["),
        ('accessibility_checked = "last week"', "'last week' is no day; write it like 2026-03-05, or leave it empty"),
        ('accessibility_checked = "2026-02-30"', "accessibility_checked: '2026-02-30' is no day"),
        ("accessibility_checked = 2026-03-05T10:00:00", "accessibility_checked: '2026-03-05T10:00:00' is no day"),
        ('second_step = "always"', r'klarbild\.toml: second_step: must be "optional" or "required"'),
        (
            'openid_issuer = "http://idp.example.org"',
            "openid_issuer: 'http://idp.example.org' is no address of a provider",
        ),
        ('openid_issuer = "https://idp.example.org"', "openid_client_id: is missing"),
        ('openid_scopes = "openid"', r"openid_scopes: must be a list of words, like \["),
        (
            'openid_issuer = "https://idp.example.org"\nopenid_client_id = "x"\nopenid_scopes = ["profile"]',
            'openid_scopes: must hold "openid"',
        ),
        ('openid_roles_claim = "groups"', "openid_roles_claim and openid_role_map go together"),
        ('openid_role_map = "lead"', "openid_role_map: must be a table of roles, like {"),
        (
            'openid_role_map = { "boss" = "king" }',
            "openid_role_map: there is no role 'king'; there are: caseworker, lead",
        ),
        ('mail_transport = "pigeon"', r'klarbild\.toml: mail_transport: must be "file" or "smtp"'),
        ('sms_transport = "smtp"', r'klarbild\.toml: sms_transport: must be "file" or "http"'),
        ('smtp_security = "ssl"', r'smtp_security: must be "starttls", "tls" or "none"'),
        ("smtp_port = 0", "smtp_port: must be at least 1"),
        ("smtp_port = 65536", "smtp_port: must be at most 65535"),
        ('mail_transport = "smtp"', 'smtp_host: is missing; name the server that mail_transport = "smtp" asks'),
        ('mail_transport = "smtp"\nsmtp_host = "localhost"', "mail_from: is missing; say which address"),
        ('mail_from = "Kommunen <a@example.org>"', "'Kommunen <a@example.org>' is no e-mail address; write it like"),
        ('mail_from = "a@example.org\\nBcc: b@example.org"', "is no e-mail address; write it like"),
        ('smtp_host = "smtp://mail.example.org"', "smtp_host: 'smtp://mail.example.org' is no host; write it like"),
        ('smtp_host = "mail.example.org:25"', "smtp_host: 'mail.example.org:25' is no host; write it like"),
        (f'{MAIL}smtp_security = "none"', 'smtp_security: "none" is for a server on this machine only; use "starttls"'),
        (f'{MAIL}smtp_user = "klarbild"', "smtp_user and smtp_password go together; give both or none"),
        ('sms_transport = "http"', "sms_url: is missing; name the gateway"),
        ('sms_url = "http://gateway.example.org"', "sms_url: is no address of a gateway; it begins with https://"),
        ('sms_token = "hush\\nX-A: b"', "sms_token: holds a line end or another invisible sign"),
        ('sms_token = "hush hush"', "sms_token: holds a sign that no token has"),
        ('accent = "green"', r"klarbild\.toml: accent: 'green' is no colour; write it like #0d5747"),
        ('accent = "#0d574"', "accent: '#0d574' is no colour"),
        (
            'accent = "#3b82f6"',
            "accent: '#3b82f6' has a contrast of 3.2 to 1 on the page and of 3.6 to 1 to the words on",
        ),
        ('accent_dark = "#0d5747"', "accent_dark: '#0d5747' has a contrast of 1.8 to 1 on the page"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "klarbild.toml").write_text(text)
    with pytest.raises(SettingsError, match=told) as caught:
        load(tmp_path, {})
    assert "\n" not in str(caught.value)


def test_an_unknown_variable_is_refused_with_what_was_probably_meant(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean 'office_phone'"):
        load(tmp_path, {"KLARBILD_OFICE_PHONE": "1"})


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("KLARBILD_BEHIND_TLS_PROXY", "maybe", "must be true or false"),
        ("KLARBILD_DRAFT_DAYS", "abc", "must be a whole number"),
        ("KLARBILD_DRAFT_DAYS", "", "must be a whole number"),
        ("KLARBILD_PLAN_MONTHS", "25", "must be at most 24"),
        ("KLARBILD_ACCESSIBILITY_CHECKED", "soon", "'soon' is no day; write it like 2026-03-05, or leave it empty"),
        ("KLARBILD_ACCENT_DARK", "red", "'red' is no colour; write it like #0d5747"),
        ("KLARBILD_PUBLIC_URL", "intake", "'intake' is no address; write it like https://host, without a path"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_itself(tmp_path: Path, variable: str, text: str, told: str) -> None:
    (tmp_path / "klarbild.toml").write_text('office_name = "Motala"\n')
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, {variable: text})
    assert str(caught.value) == f"{variable}: {told}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("true", True), ("Yes", True), ("1", True), (" no ", False), ("FALSE", False), ("0", False)],
)
def test_a_switch_in_the_environment_can_be_written_in_several_ways(tmp_path: Path, text: str, meant: bool) -> None:
    (tmp_path / "klarbild.toml").write_text(f"behind_tls_proxy = {str(not meant).lower()}\n")
    assert load(tmp_path, {"KLARBILD_BEHIND_TLS_PROXY": text}).behind_tls_proxy is meant


def test_roles_of_the_provider_stand_in_a_table_or_in_the_environment(tmp_path: Path) -> None:
    text = 'openid_roles_claim = "groups"\nopenid_role_map = { "a b" = "lead", "c=d" = "admin" }\n'
    (tmp_path / "klarbild.toml").write_text(text)
    settings = load(tmp_path, {})
    assert dict(settings.openid_role_map) == {"a b": "lead", "c=d": "admin"}
    assert len({settings, load(tmp_path, {})}) == 1
    written = {"KLARBILD_OPENID_ROLE_MAP": "cn=a=caseworker, b = lead,"}
    assert dict(load(tmp_path, written).openid_role_map) == {"cn=a": "caseworker", "b": "lead"}
    with pytest.raises(SettingsError, match="there is no role"):
        load(tmp_path, {"KLARBILD_OPENID_ROLE_MAP": "nothing"})


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://idp.example.org/realms/kommun", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost.example.org", False),
        ("https://a:b@idp.example.org", False),
        ("https://idp.example.org/#x", False),
        ("https://", False),
        ("ftp://localhost", False),
        ("https://idp .example.org", False),
        ("https://[::1", False),
    ],
)
def test_a_provider_is_reached_by_https_or_stands_on_this_machine(tmp_path: Path, address: str, taken: bool) -> None:
    variables = {"KLARBILD_OPENID_ISSUER": address, "KLARBILD_OPENID_CLIENT_ID": "klarbild"}
    if taken:
        assert load(tmp_path, variables).openid_issuer == address
    else:
        with pytest.raises(SettingsError, match="no address of a provider"):
            load(tmp_path, variables)


@pytest.mark.parametrize(
    "text",
    [
        'openid_client_secret = ["hush"]',
        'smtp_password = ["hush"]',
        'smtp_password = "hush\\n"',
        'sms_token = "hush hush"',
        'sms_url = "http://gateway.example.org/?key=hush"',
    ],
)
def test_a_secret_is_never_told_in_a_mistake(tmp_path: Path, text: str) -> None:
    (tmp_path / "klarbild.toml").write_text(f"{text}\n")
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, {})
    assert "hush" not in str(caught.value)


def test_letters_can_be_sent_with_what_an_office_has(tmp_path: Path) -> None:
    (tmp_path / "klarbild.toml").write_text(f'{MAIL}smtp_user = "k"\nsms_transport = "http"\n')
    secrets = {"KLARBILD_SMTP_PASSWORD": "h u$h", "KLARBILD_SMS_TOKEN": "abc.d-e_f~g+/="}
    settings = load(tmp_path, secrets | {"KLARBILD_SMS_URL": "https://gateway.example.org/send?from=k"})
    assert (settings.smtp_password, settings.sms_token) == ("h u$h", "abc.d-e_f~g+/=")
    assert (settings.smtp_port, settings.smtp_security) == (587, "starttls")
    assert len({settings, load(tmp_path, secrets | {"KLARBILD_SMS_URL": settings.sms_url})}) == 1


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_mail_server_on_this_machine_may_be_asked_without_encryption(tmp_path: Path, host: str) -> None:
    (tmp_path / "klarbild.toml").write_text(MAIL)
    variables = {"KLARBILD_SMTP_HOST": host, "KLARBILD_SMTP_SECURITY": "none"}
    assert load(tmp_path, variables).smtp_host == host


def test_the_longest_times_that_are_allowed_are_taken(tmp_path: Path) -> None:
    (tmp_path / "klarbild.toml").write_text("draft_days = 366\nfirst_visit_days = 366\nplan_months = 24\n")
    settings = load(tmp_path, {})
    assert (settings.draft_days, settings.first_visit_days, settings.plan_months) == (366, 366, 24)


def test_a_day_may_stand_with_or_without_quotes(tmp_path: Path) -> None:
    for written in ('"2026-03-05"', "2026-03-05"):
        (tmp_path / "klarbild.toml").write_text(f"accessibility_checked = {written}\n")
        assert load(tmp_path, {}).accessibility_checked == "2026-03-05"
    assert load(tmp_path, {"KLARBILD_ACCESSIBILITY_CHECKED": ""}).accessibility_checked == ""


def test_texts_in_the_environment_stand_with_semicolons_and_may_hold_commas(tmp_path: Path) -> None:
    settings = load(
        tmp_path, {"KLARBILD_ACCESSIBILITY_GAPS": "Kartan, som är en bild, kan inte läsas; Filmen saknar text;"}
    )
    assert settings.accessibility_gaps == ("Kartan, som är en bild, kan inte läsas", "Filmen saknar text")


def test_colours_that_can_be_read_are_taken_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "klarbild.toml").write_text('accent = "#0B3D91"\naccent_dark = "#ffd166"\n')
    settings = load(tmp_path, {})
    assert (settings.accent, settings.accent_dark) == ("#0B3D91", "#ffd166")


def test_the_shade_that_a_refusal_names_is_taken(tmp_path: Path) -> None:
    for key, colour in (
        ("accent", "#3b82f6"),
        ("accent", "#ffd166"),
        ("accent_dark", "#7a1fa2"),
        ("accent_dark", "#000000"),
    ):
        (tmp_path / "klarbild.toml").write_text(f'{key} = "{colour}"\n')
        with pytest.raises(SettingsError) as caught:
            load(tmp_path, {})
        named = re.findall(r"'(#[0-9a-f]{6})' of the same hue has it$", str(caught.value))
        (tmp_path / "klarbild.toml").write_text(f'{key} = "{named[0]}"\n')
        assert getattr(load(tmp_path, {}), key) == named[0]


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://translate.example.org", True),
        ("https://translate.example.org/below/", True),
        ("http://127.0.0.1:5000", True),
        ("http://translate.example.org", False),
        ("https://translate.example.org/?api_key=hush", False),
        ("https://a:hush@translate.example.org", False),
        ("ftp://localhost", False),
    ],
)
def test_words_go_to_a_translation_server_by_https_or_to_this_machine(
    tmp_path: Path, address: str, taken: bool
) -> None:
    if taken:
        assert load(tmp_path, {"KLARBILD_TRANSLATION_URL": address}).translation_url == address
        return
    with pytest.raises(SettingsError, match="is no address of a translation server") as caught:
        load(tmp_path, {"KLARBILD_TRANSLATION_URL": address})
    assert "hush" not in str(caught.value)


def test_a_key_without_a_translation_server_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="translation_url: is missing"):
        load(tmp_path, {"KLARBILD_TRANSLATION_KEY_FILE": "/run/key"})
