"""Files of occupations with every kind of mistake: each is refused with place and reason, and nothing is raised."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant import checks, resources
from assistant.occupation_checks import check_file, check_occupations
from assistant.occupations import OccupationError, home, table

CODES = 'cook = "5120"\nbaker = "7612"\n'
NAMES = '# Two of them.\ncook = ["kock", "kökschef"]\nbaker = ["bagare"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "occupations"
    place.mkdir()
    (place / "codes.toml").write_text(CODES, "utf-8")
    (place / "sv.toml").write_text(NAMES, "utf-8")
    return place


def told(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return [str(one).removeprefix(f"{path}:") for one in check_file(path)]


def test_those_that_the_program_has_are_sound() -> None:
    assert check_occupations(home()) == []


def test_two_sound_files_have_nothing_to_mend(folder: Path) -> None:
    assert told(folder / "codes.toml", CODES) == []
    assert told(folder / "sv.toml", NAMES) == []


@pytest.mark.parametrize(
    ("names", "line", "message"),
    [
        ('cook = ["kock"]\n', 1, "baker has no name"),
        (NAMES + 'king = ["kung"]\n', 4, "there is no occupation king"),
        (NAMES.replace('["bagare"]', "[]"), 3, "baker is no list of names"),
        (NAMES.replace('["bagare"]', '"bagare"'), 3, "baker is no list of names"),
        (NAMES.replace('["bagare"]', "[1]"), 3, "baker is no list of names"),
        (NAMES.replace('["bagare"]', "{a = 1}"), 3, "baker is no list of names"),
        (NAMES.replace("bagare", "kock"), 3, "both cook and baker are called kock"),
        (NAMES.replace("bagare", "KÖKSCHEF"), 3, "both cook and baker are called KÖKSCHEF"),
        (NAMES.replace("kökschef", "kock"), 2, "cook is called kock twice"),
        ('_shared = ["Kock"]\n' + NAMES, 3, "kock is shared and cannot be shown"),
        ('_shared = "kock"\n' + NAMES, 1, "_shared is no list of names"),
        ('_shared = ["<i>"]\n' + NAMES, 1, "there is < in it"),
        (NAMES.replace("bagare", "<b>bagare</b>"), 3, "there is < in it"),
        (NAMES.replace("bagare", "bagare &amp; konditor"), 3, "there is & in it"),
        (NAMES.replace("bagare", "{x.__class__}"), 3, "there is { in it"),
        (NAMES.replace("bagare", "bagare [{a}]"), 3, "there is [ in it"),
        (NAMES.replace("bagare", "ba\u202egare"), 3, "there is a sign that nobody sees, U+202E"),
        (NAMES.replace("bagare", "ba\u2066gare"), 3, "there is a sign that nobody sees, U+2066"),
        (NAMES.replace("bagare", "ba\u200fgare"), 3, "there is a sign that nobody sees, U+200F"),
        (NAMES.replace("bagare", "ba\ufeffgare"), 3, "there is a sign that nobody sees, U+FEFF"),
        (NAMES.replace("bagare", "ba\\u0007gare"), 3, "there is a sign that nobody sees, U+0007"),
        (NAMES.replace("bagare", " bagare"), 3, "it is no name"),
        (NAMES.replace("bagare", ""), 3, "it is no name"),
        (NAMES.replace("bagare", "112"), 3, "it is no name"),
        (NAMES.replace("bagare", "b" * 10_000), 3, "it is far too long for a name"),
        (NAMES.replace("bagare", "Occupation:cook"), 3, "it looks like what is stored"),
        (NAMES + 'cook = ["chef"]\n', 4, "Cannot overwrite a value"),
        (NAMES + "baker = [", 4, ""),
        ("b" * 10_000_000, 1, "has more than 200000 bytes"),
        (b'cook = ["\xff"]', 1, "is not written in UTF-8"),
        ("a = " + "[" * 90_000, 1, ""),
    ],
)
def test_a_mistake_in_the_names_is_told_with_its_line(
    folder: Path, names: str | bytes, line: int, message: str
) -> None:
    lines = told(folder / "sv.toml", names)
    assert any(one.startswith(f"{line}:1: ") and message in one and "; " in one for one in lines), lines


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ("", "there are no occupations"),
        (CODES.replace('"7612"', "7612"), "baker has no code of SSYK 2012"),
        (CODES.replace("7612", "76"), "baker has no code of SSYK 2012"),
        (CODES.replace("7612", "٧٦١٢"), "baker has no code of SSYK 2012"),
        (CODES.replace("baker", "Baker"), "Baker cannot be an identifier"),
        (CODES.replace("baker", "b" * 45), "cannot be an identifier"),
        (CODES.replace("baker", '"<script>"'), "cannot be an identifier"),
    ],
)
def test_a_mistake_in_the_codes_is_told(folder: Path, codes: str, message: str) -> None:
    assert any(message in one for one in told(folder / "codes.toml", codes))


def test_a_non_joiner_is_spelling_and_not_a_trick(folder: Path) -> None:
    assert told(folder / "fa.toml", 'cook = ["کمک\u200cآشپز"]\nbaker = ["نانوا"]\n') == []


def test_a_name_that_is_shared_may_stand_with_both(folder: Path) -> None:
    names = '_shared = ["mästare"]\ncook = ["kock", "mästare"]\nbaker = ["bagare", "Mästare"]\n'
    assert told(folder / "sv.toml", names) == []


def test_a_language_that_is_missing_and_a_file_that_nobody_reads_are_told(folder: Path) -> None:
    (folder / "tlh.toml").write_text(NAMES, "utf-8")
    lines = list(map(str, check_occupations(folder)))
    assert any("tlh.toml:1:1: there is no language with this file" in one for one in lines)
    assert sum("cannot be opened" in one for one in lines) == 17


def test_the_check_of_everything_and_of_a_folder_looks_at_them(folder: Path, tmp_path: Path) -> None:
    (folder / "sv.toml").write_text(NAMES.replace("bagare", "a < b"), "utf-8")
    assert [one.partition(": ")[0].endswith("sv.toml:3:1") for one in checks.check([tmp_path]).lines] == [True]
    assert len(checks.check([folder / "sv.toml"]).lines) == 1


def test_a_file_that_cannot_be_read_stops_the_start_with_its_line(folder: Path) -> None:
    (folder / "sv.toml").write_text(NAMES + "=\n", "utf-8")
    with pytest.raises(OccupationError, match=r"sv\.toml:4: "):
        table(folder / "sv.toml")


def test_they_are_bundled_with_the_dialogs(tmp_path: Path) -> None:
    copied = shutil.copytree(resources.folder("dialogs") / "occupations", tmp_path / "occupations")
    assert check_occupations(copied) == []
