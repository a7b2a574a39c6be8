"""The guide to settings says what the program does, and a mistake is told in one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings, SettingsError, load

GUIDE = Path(__file__).parents[2] / "docs" / "settings.md"


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


def test_the_longest_times_that_are_allowed_are_taken(tmp_path: Path) -> None:
    (tmp_path / "klarbild.toml").write_text("draft_days = 366\nfirst_visit_days = 366\nplan_months = 24\n")
    settings = load(tmp_path, {})
    assert (settings.draft_days, settings.first_visit_days, settings.plan_months) == (366, 366, 24)
