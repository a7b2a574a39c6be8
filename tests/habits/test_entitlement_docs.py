"""The page about rules keeps its word: its file has no problem, its messages are the checker's, no key is left out."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Final

import msgspec
import pytest

from assistant.authoring.rules import load_rules
from assistant.core.hints import CHECKED_FOR, GUARDS, MOST_OBSTACLES, FactLabel, Obstacle, Rule, Rulebook
from assistant.hints_page import MOST_PRINTED
from assistant.starting import load_dialogs

GUIDE: Final = (Path(__file__).parents[2] / "docs" / "entitlements.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
(FILE,) = [text for language, text in BLOCKS if language == "yaml" and text.startswith("# entitlements\n")]
MISTAKES: Final = [
    (text, BLOCKS[index + 1][1].strip())
    for index, (language, text) in enumerate(BLOCKS)
    if language == "yaml" and text.startswith("# mistake\n")
]


def problems_of(folder: Path, text: str) -> list[str]:
    (folder / "entitlements.yaml").write_text(text, "utf-8")
    return [str(problem) for problem in load_rules(Path("entitlements.yaml"), load_dialogs())[1]]


def test_the_file_of_the_page_has_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert problems_of(tmp_path, FILE) == []


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_every_message_on_the_page_is_what_the_checker_says(
    mistake: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before, between, after = FILE.partition("\nobstacles:")
    rule = textwrap.indent(mistake.partition("\n")[2], "  ")
    assert problems_of(tmp_path, before + rule + between + after) == [message]


def test_the_page_has_mistakes_and_nothing_that_is_not_checked() -> None:
    assert len(MISTAKES) >= 2
    assert len(BLOCKS) == 1 + 2 * len(MISTAKES)


@pytest.mark.parametrize("kind", [Rulebook, Rule, Obstacle, FactLabel], ids=lambda kind: kind.__name__)
def test_the_page_leaves_out_no_key(kind: type[msgspec.Struct]) -> None:
    keys = {field.encode_name for field in msgspec.structs.fields(kind)}
    assert keys - set(re.findall(r"(\w+):", FILE)) == set()


def test_the_numbers_of_the_page_are_those_of_the_program() -> None:
    numbers = {3: "three", 5: "Five"}
    assert f"At most {numbers[MOST_OBSTACLES]} are shown" in GUIDE
    assert f"{numbers[MOST_PRINTED]} are printed" in GUIDE
    assert (CHECKED_FOR, "twelve months" in GUIDE) == ("P12M", True)
    for guard in GUARDS:
        assert re.search(rf"\*{guard.word}\w*\*", GUIDE), guard.word
