"""The guide for authors keeps its word: its examples load, its messages are the checker's, nothing is left out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple, get_args, get_type_hints

import msgspec
import pytest

from assistant.authoring.checking import load_and_check
from assistant.authoring.loading import Header
from assistant.authoring.problems import Problem
from assistant.core.dialog import (
    DECLINE_KINDS,
    SPECIAL,
    AnyItem,
    Attention,
    Choice,
    Dialog,
    Model,
    Precision,
    Section,
    Topic,
)
from assistant.core.dialog_texts import CLDR_LISTS, EACH, SETTINGS_PLACEHOLDERS
from assistant.core.expression_syntax import FUNCTIONS, JOINING_WORDS, Arithmetic, Comparison
from assistant.languages import named_lists

GUIDE: Final = Path(__file__).parents[2] / "docs" / "dialogs.md"
ITEM_TYPES: Final = tuple(get_args(AnyItem))


class Block(NamedTuple):
    """A fenced block of the guide: its line, its language, the first line as a marker, and its text."""

    line: int
    language: str
    marker: str
    text: str


def blocks() -> list[Block]:
    guide = GUIDE.read_text("utf-8")
    found = []
    for fenced in re.finditer(r"^```(\w*)\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE):
        first = fenced[2].partition("\n")[0]
        marker = first.removeprefix("# ") if first.startswith("# ") else ""
        found.append(Block(guide.count("\n", 0, fenced.start()) + 1, fenced[1], marker, fenced[2]))
    return found


def marked(*markers: str) -> list[Block]:
    return [block for block in blocks() if block.language == "yaml" and block.marker in markers]


def as_part(block: Block) -> str:
    """A fragment of the guide as a part of a dialog: items get a section around them."""
    if block.marker == "part":
        return block.text
    around = f"sections:\n  - name: line_{block.line}\n    label: An example\n    items:\n"
    return around + textwrap.indent(block.text, " " * 6)


def checked(folder: Path, path: str, files: dict[str, str]) -> tuple[Dialog | None, list[Problem]]:
    """What the checker says about these files of which the one at ``path`` is the header."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_and_check(folder / path, named_lists())


def the_dialog_of_the_guide(more: dict[str, str]) -> dict[str, str]:
    """Its first dialog with all its fragments as parts, in the order of the guide, and ``more`` parts behind them."""
    parts = {f"line_{block.line}.yaml": as_part(block) for block in marked("items", "part")} | more
    names = "".join(f"  - {name}\n" for name in parts)
    return {"dialog.yaml": f"{marked('dialog')[0].text}parts:\n{names}"} | parts


def with_conditions(conditions: Iterable[str]) -> dict[str, str]:
    """A part whose attention lines read these conditions."""
    lines = (
        f"  - name: condition_{number}\n    label: Look.\n    relevant: '{condition}'\n"
        for number, condition in enumerate(conditions)
    )
    return {"conditions.yaml": "attention:\n" + "".join(lines)}


def conditions_in_the_table() -> list[str]:
    rows = GUIDE.read_text("utf-8").partition("| condition |")[2].partition("\n\n")[0].splitlines()[2:]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row.split("|")[1])]


def told() -> set[str]:
    """Every word of the language that the guide tells of: as a key or one of the values in an example, or between
    backticks."""
    guide = GUIDE.read_text("utf-8")
    outside = re.sub(r"^```.*?^```$", "", guide, flags=re.DOTALL | re.MULTILINE)
    examples = "\n".join(block.text for block in blocks() if block.language == "yaml")
    spans = " ".join(re.findall(r"`([^`]+)`", outside))
    return {*re.findall(r"(\w+):\s", examples), *re.findall(r": (\w+)", examples), *re.findall(r"\w+", spans)}


def test_every_example_says_where_it_belongs() -> None:
    strays = {
        block.line: block.marker
        for block in blocks()
        if block.language == "yaml"
        and block.marker not in ("dialog", "items", "part", "mistake")
        and not block.marker.startswith("file ")
    }
    assert strays == {}


@pytest.mark.parametrize("block", marked("dialog"), ids=lambda block: f"line {block.line}")
def test_every_whole_dialog_of_the_guide_has_no_problem(block: Block, tmp_path: Path) -> None:
    dialog, problems = checked(tmp_path, "dialog.yaml", {"dialog.yaml": block.text})
    assert [str(problem) for problem in problems] == []
    assert dialog is not None


def test_all_fragments_of_the_guide_together_are_a_dialog_without_a_problem(tmp_path: Path) -> None:
    dialog, problems = checked(tmp_path, "dialog.yaml", the_dialog_of_the_guide({}))
    assert [str(problem) for problem in problems] == []
    assert dialog is not None
    assert len(dialog.sections) >= len(marked("items"))


def test_the_dialog_in_several_files_has_no_problem(tmp_path: Path) -> None:
    files = {block.marker.removeprefix("file "): block.text for block in blocks() if block.marker.startswith("file ")}
    header = next(name for name, text in files.items() if re.search("^dialog:", text, re.MULTILINE))
    dialog, problems = checked(tmp_path, header, files)
    assert [str(problem) for problem in problems] == []
    assert dialog is not None


def test_every_condition_in_the_table_fits_the_facts_of_the_examples(tmp_path: Path) -> None:
    conditions = conditions_in_the_table()
    assert len(conditions) > 20
    files = the_dialog_of_the_guide(with_conditions(conditions))
    dialog, problems = checked(tmp_path, "dialog.yaml", files)
    assert [str(problem) for problem in problems] == []
    assert dialog is not None


def test_every_message_in_the_guide_is_what_the_checker_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    everything = blocks()
    mistakes = [index for index, block in enumerate(everything) if block.marker == "mistake"]
    assert len(mistakes) >= 3
    for index in mistakes:
        message = everything[index + 1].text.strip()
        files = the_dialog_of_the_guide({message.partition(":")[0]: as_part(everything[index])})
        dialog, problems = checked(tmp_path, "dialog.yaml", files)
        assert [str(problem) for problem in problems] == [message]
        assert dialog is None


def test_every_item_type_stands_in_an_example() -> None:
    examples = "\n".join(block.text for block in marked("items", "part"))
    used = set(re.findall(r"\btype: (\w+)", examples))
    assert used == {kind.__struct_config__.tag for kind in ITEM_TYPES}


@pytest.mark.parametrize(
    "kind", (Header, Section, Topic, Attention, Choice, *ITEM_TYPES), ids=lambda kind: kind.__name__
)
def test_the_guide_leaves_out_no_key(kind: type[Model]) -> None:
    keys = {field.encode_name for field in msgspec.structs.fields(kind)}
    assert keys - told() == set()


def test_the_guide_leaves_out_no_function_and_no_operator() -> None:
    conditions = " ".join(conditions_in_the_table())
    called = set(re.findall(r"(\w+)\(", conditions))
    assert FUNCTIONS - called == set()
    assert JOINING_WORDS - set(re.findall(r"\w+", conditions)) == set()
    signs = {sign for kind in (Comparison, Arithmetic) for sign in get_args(get_type_hints(kind)["sign"])}
    assert signs - set(conditions.split()) == set()


def test_the_guide_leaves_out_no_other_word_of_the_language() -> None:
    words = {*DECLINE_KINDS, *SPECIAL, *get_args(Precision), *CLDR_LISTS, *SETTINGS_PLACEHOLDERS, EACH}
    assert words - told() == set()
