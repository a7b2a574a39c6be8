"""Reading dialog files: every mistake at once, each at its place, and parts that belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.authoring.checking import load_and_check
from assistant.authoring.loading import load, name_of
from assistant.core.dialog import SelectOne, choices_of, places
from tests.authoring.writing import BEFORE, HEADER, NAMED_LISTS, dialog_with_items, unmarked, written

MISTAKES = Path(__file__).parent / "mistakes"

WHAT_STANDS_THERE = [
    "titel: A trial",
    '1"',
    "who, label: Person again}",
    "Work",
    "",
    "parts/people.yaml",
    'lable: "No"}',
    "{name: other}",
    "25",
    "long",
    "txt",
    "yes",
    "5",
    "max: 6",
    "1 year",
    '{nik}."',
    "childern > 0",
    "type: date",
    "moon",
    "name: nothing",
    ' "',
    "",
    "wo",
    "group, name: inner, label: Inner, items: []}",
    '&title What?, summary: !!str "As {title}."}',
    '!!str "As {title}."}',
    "visit]",
    '"nobody"]',
    "cuntries",
    '[{office_phone}]."',
    '= "SE"',
    "name: look",
]


def test_every_mistake_of_all_parts_is_told_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES)
    dialog, problems = load_and_check(Path("dialog.yaml"), NAMED_LISTS)
    assert dialog is None
    assert [str(problem) for problem in problems] == Path("told.txt").read_text("utf-8").splitlines()


def test_each_mistake_is_told_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES)
    _, problems = load_and_check(Path("dialog.yaml"), NAMED_LISTS)
    lines = [Path(problem.file).read_text("utf-8").splitlines()[problem.line - 1] for problem in problems]
    assert [line[problem.column - 1 :] for line, problem in zip(lines, problems, strict=True)] == WHAT_STANDS_THERE


def test_loading_alone_gives_no_dialog_when_something_could_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MISTAKES)
    dialog, problems = load(Path("dialog.yaml"), named_lists=NAMED_LISTS)
    assert dialog is None
    told = load_and_check(Path("dialog.yaml"), NAMED_LISTS)[1]
    assert set(problems) < set(told)


def test_parts_are_asked_in_the_order_of_the_header(tmp_path: Path) -> None:
    header = HEADER + "parts: [two.yaml, one.yaml]\n"
    one = "sections: [{name: one, label: One, items: [{type: note, name: n1, label: Hello., relevant: known(x)}]}]\n"
    two = "sections: [{name: two, label: Two, items: [{type: text, name: x, label: What?, why: So.}]}]\n"
    dialog, problems = written(tmp_path, header, one=one, two=two)
    assert problems == []
    assert dialog is not None
    assert [section.name for section in dialog.sections] == ["two", "one"]


def test_a_mistake_in_a_part_is_told_with_the_place_in_that_part(tmp_path: Path) -> None:
    header = HEADER + "parts: [one.yaml, two.yaml]\n"
    one = "sections: [{name: one, label: One, items: [{type: text, name: x, label: What?, why: So.}]}]\n"
    two, expected = unmarked(
        "sections:\n  - {name: two, label: Two, items: [{type: text, name: y, label: §<b>, why: So.}]}\n"
    )
    _, problems = written(tmp_path, header, one=one, two=two)
    assert [(problem.file, problem.line, problem.column) for problem in problems] == [
        (str(tmp_path / "two.yaml"), *expected[0])
    ]


def test_named_lists_can_be_chosen_from_and_first_choices_stand_first(tmp_path: Path) -> None:
    items = "- {type: select_one, name: land, label: W?, why: So., choice_list: countries, first: [SO, SE]}"
    dialog, problems = written(tmp_path, dialog_with_items(items))
    assert problems == []
    assert dialog is not None
    question = places(dialog)["land"].item
    assert isinstance(question, SelectOne)
    assert list(choices_of(dialog, question))[:3] == ["SO", "SE", "IR"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("§missing.yaml", "there is no file missing.yaml"),
        ("§../trial.yaml", "outside the folder"),
        ("§/etc/passwd", "outside the folder"),
        ("§.", "there is no file ."),
        ('"§nul\\0byte"', "there is no file"),
        ("one.yaml, §one.yaml", "is named twice"),
        ("§trial.yaml", "is named twice"),
    ],
)
def test_a_part_that_cannot_be_meant_is_told_in_the_header(parts: str, message: str, tmp_path: Path) -> None:
    text, expected = unmarked(HEADER + f"parts: [{parts}]\n" + BEFORE)
    _, problems = written(tmp_path, text, one="choice_lists: {}\n")
    assert [(problem.line, problem.column) for problem in problems] == expected
    assert message in problems[0].message


def test_a_link_that_leads_out_of_the_folder_is_no_part(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("sections: []\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    _, problems = written(tmp_path / "in", HEADER + "parts: [link.yaml]\n" + BEFORE)
    assert ["outside the folder" in problem.message for problem in problems] == [True]


def test_a_part_that_is_no_yaml_does_not_hide_or_cause_problems_in_others(tmp_path: Path) -> None:
    header = HEADER + "parts: [one.yaml, two.yaml]\n"
    one = 'sections:\n  - {name: one, label: One, items: [{type: text, name: asked, label: "What?, why: So.}]}\n'
    two, expected = unmarked(
        "sections:\n"
        "  - {name: two, label: Two, items: [{type: note, name: n, label: '{asked}', relevant: known(asked)},\n"
        "     {type: note, name: m, label: Hello., relevant: known(§axed)}]}\n"
    )
    _, problems = written(tmp_path, header, one=one, two=two)
    assert [Path(problem.file).name for problem in problems] == ["one.yaml", "two.yaml"]
    assert (problems[1].line, problems[1].column) == expected[0]


def test_a_list_that_two_parts_define_is_told_once(tmp_path: Path) -> None:
    lists = "choice_lists:\n  yes_no: [{name: a, label: A}]\n"
    _, problems = written(tmp_path, HEADER + "parts: [one.yaml, two.yaml]\n" + BEFORE, one=lists, two=lists)
    assert [(Path(problem.file).name, problem.line, problem.column) for problem in problems] == [("two.yaml", 2, 3)]
    assert f"first in {tmp_path / 'one.yaml'}:2" in problems[0].message


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "2020-01-01", "0x1F", "1_000", "~", ".5", "01", "True"])
def test_only_true_false_null_and_numbers_are_no_text(word: str, tmp_path: Path) -> None:
    dialog, problems = written(tmp_path, dialog_with_items(f"- {{type: note, name: n, label: {word}}}"))
    assert problems == []
    assert dialog is not None
    assert getattr(places(dialog)["n"].item, "label", "") == word


@pytest.mark.parametrize("word", ["true", "false", "5", "-5", "0", "1.5", "99999999999999999999999", "null"])
def test_a_text_that_yaml_reads_as_something_else_is_told(word: str, tmp_path: Path) -> None:
    text, expected = unmarked(dialog_with_items(f"- {{type: note, name: n, label: §{word}}}"))
    _, problems = written(tmp_path, text)
    if len(word) > 15:
        assert problems == []  # so long a number is no number to us, but words
    else:
        assert [(problem.line, problem.column) for problem in problems] == expected


def test_files_are_named_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert name_of(tmp_path / "dialogs" / "a.yaml") == "dialogs/a.yaml"
    assert name_of(Path("dialogs/a.yaml")) == "dialogs/a.yaml"
    assert name_of(Path("/elsewhere/a.yaml")) == "/elsewhere/a.yaml"
