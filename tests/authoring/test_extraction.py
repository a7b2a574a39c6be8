"""The texts of dialogs for translators: what Babel extracts is what the program looks up."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract as babel_extract

from assistant.authoring.loading import load
from assistant.core.dialog_texts import is_for_desk, texts_of
from tests.authoring.writing import NAMED_LISTS, dialog_with_items, written

ITEMS = """
- type: select_multiple
  name: tools
  # NOTE: a tool is anything you work with
  # also a computer
  label: Which tools?
  hint: Choose all.
  why: So we know.
  reply: "Good: {tools}."
  topic: work
  summary: "Tools: {tools}."
  missing: "Not used: {tools}."
  choices: [{name: "0", label: None, summary: no tools}, {name: saw, label: A saw}]
  choice_list: more_tools
- {type: integer, name: hours, label: Time?, why: So., unit: hours, constraint: hours > 0, constraint_message: More.}
- type: repeat
  name: chairs
  label: One chair?
  why: So.
  more: Another chair?
  items: [{type: text, name: chair, label: Chair, hint: A chair.}]
- type: note
  name: long
  label: >-
    The first line
    and the second.
- {type: select_one, name: land, label: Which land?, why: So., choice_list: countries}
"""
END = """
choice_lists:
  more_tools: [{name: axe, label: An axe, summary: an axe}]
attention:
  - {name: look, label: Look here., relevant: hours > 100}
"""


def extracted(content: str | bytes, **options: str) -> list[tuple[int, str | None, str, list[str]]]:
    """What Babel's own machinery finds: line, context, text, comments."""
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    found = babel_extract("klarbild_dialog", file, comment_tags=["NOTE:"], options=options)
    return [(line, context, text, comments) for line, text, comments, context in found if isinstance(text, str)]


def test_extraction_and_the_program_agree_on_every_text_and_context(tmp_path: Path) -> None:
    content = dialog_with_items(ITEMS) + END
    dialog, problems = written(tmp_path, content)
    assert problems == []
    assert dialog is not None
    both = extracted(content) + extracted(content, domain="desk")
    assert {(context, text) for _, context, text, _ in both} == set(texts_of(dialog))
    assert len(both) == len(set(texts_of(dialog)))


def test_contexts_say_where_a_text_stands(tmp_path: Path) -> None:
    dialog, _ = written(tmp_path, dialog_with_items(ITEMS) + END)
    assert dialog is not None
    texts = dict(texts_of(dialog))
    assert texts["dialog.title"] == "A trial"
    assert texts["topic.work.label"] == "Work"
    assert texts["section.about.label"] == "About you"
    assert texts["list.more_tools.axe.summary"] == "an axe"
    assert texts["tools.reply"] == "Good: {tools}."
    assert texts["tools.missing"] == "Not used: {tools}."
    assert texts["tools.0.summary"] == "no tools"
    assert texts["hours.unit"] == "hours"
    assert texts["hours.constraint_message"] == "More."
    assert texts["chairs.more"] == "Another chair?"
    assert texts["chair.hint"] == "A chair."
    assert texts["long.label"] == "The first line and the second."
    assert texts["attention.look.label"] == "Look here."
    assert not any("countries" in context or context.startswith("land.SE") for context in texts)


def test_a_text_is_extracted_with_the_line_it_begins_on() -> None:
    content = dialog_with_items(ITEMS) + END
    lines = content.splitlines()
    for line, _, text, _ in extracted(content):
        assert text.split()[0] in lines[line - 1]


def test_a_comment_above_a_text_goes_to_its_translators() -> None:
    found = {context: comments for _, context, _, comments in extracted(dialog_with_items(ITEMS) + END)}
    assert found["tools.label"] == ["NOTE: a tool is anything you work with", "also a computer"]
    assert not any(comments for context, comments in found.items() if context != "tools.label")


def test_attention_lines_are_for_the_desk_alone() -> None:
    content = dialog_with_items(ITEMS) + END
    assert [context for _, context, _, _ in extracted(content, domain="desk")] == ["attention.look.label"]
    assert not any(is_for_desk(context or "") for _, context, _, _ in extracted(content))


def test_a_part_is_extracted_by_itself() -> None:
    part = "sections:\n  - {name: one, label: One, items: [{type: note, name: n, label: Hello.}]}\n"
    assert [(line, context, text) for line, context, text, _ in extracted(part)] == [
        (2, "n.label", "Hello."),
        (2, "section.one.label", "One"),
    ]


def test_a_file_that_cannot_be_read_whole_is_not_half_extracted() -> None:
    with pytest.raises(ValueError, match=r"1:\d+: .*there is no item type txt"):
        extracted("sections: [{name: a, label: A, items: [{type: txt, name: n}]}]\n")


def test_the_bundled_dialogs_are_extracted_as_they_are_looked_up() -> None:
    folder = Path(__file__).parents[2] / "dialogs"
    headers = [path for path in sorted(folder.glob("*.yaml")) if "\ndialog: " in "\n" + path.read_text("utf-8")]
    assert headers
    for header in headers:
        dialog, problems = load(header, named_lists=NAMED_LISTS)
        assert problems == []
        assert dialog is not None
        files = [header, *sorted((folder / header.stem).glob("*.yaml"))]
        both = {
            (context, text)
            for file in files
            for options in ({}, {"domain": "desk"})
            for _, context, text, _ in extracted(file.read_bytes(), **options)
        }
        assert both == set(texts_of(dialog))
