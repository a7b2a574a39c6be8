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
        ('draft_days = "many"', "draft_days"),
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
