"""The papers that the law asks of a municipality are drawn from the dialog files, and from nothing else."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant import dpia, wording
from assistant.__main__ import commands
from assistant.authoring.checking import load_and_check
from assistant.core.dialog import Dialog, Group, Question, Repeat, places
from assistant.dpia_words import DECISIONS
from assistant.languages import named_lists
from assistant.settings import Settings
from assistant.texts import Catalogs

DAY = datetime.date(2026, 3, 5)
Paper = Callable[[dpia.Source], str]
both = pytest.mark.parametrize("paper", [dpia.assessment, dpia.record], ids=["assessment", "record"])
in_both_languages = pytest.mark.parametrize("locale", ["sv", "en"])

SMALL = """
dialog: small
title: A small talk
version: 7
sections:
  - name: first
    label: First | things
    items:
      - {type: text, name: diary, label: What?, why: So we know., private: true, sensitive: true}
      - {type: text, name: illness, label: "Are you ill, {office_name}?", why: So., sensitive: true, special: health}
      - type: group
        name: both
        label: Both?
        why: So.
        sensitive: true
        special: belief
        items: [{type: text, name: one, label: One | two}, {type: text, name: two, label: Two}]
      - type: select_multiple
        name: wishes
        label: Wishes?
        why: So.
        decline: []
        choices: [{name: a, label: Apples}, {name: b, label: Bottles, private: true}]
      - {type: calculate, name: told, value: known(wishes)}
"""


def source(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs, locale: str, settings: Settings | None = None
) -> dpia.Source:
    found = settings or Settings()
    return dpia.Source(dialogs, found, catalogs.words(locale), catalogs.offered(found.languages), DAY)


def rows(text: str) -> list[list[str]]:
    """The rows of the tables of questions: the cells between the bars."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    split = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [cells for cells in split if len(cells) == 7]


def names(dialogs: Mapping[str, Dialog]) -> list[str]:
    return [
        name
        for dialog in dialogs.values()
        for name, place in places(dialog).items()
        if isinstance(place.item, Question | Group | Repeat)
    ]


@both
@in_both_languages
def test_every_question_of_every_dialog_stands_in_it_once(
    paper: Paper, locale: str, dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    told = Counter(cells[0].strip("`") for cells in rows(paper(source(dialogs, catalogs, locale))))
    assert told == Counter(names(dialogs))
    assert len(told) > 90


@in_both_languages
def test_nothing_is_told_of_a_question_that_is_not_in_the_file(
    locale: str, dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    words, shown = catalogs.words(locale), Settings().shown()
    items = {name: place.item for dialog in dialogs.values() for name, place in places(dialog).items()}
    (dialog,) = dialogs.values()
    for name, label, why, _, _, _, fresh in rows(dpia.record(source(dialogs, catalogs, locale))):
        item = items[name.strip("`")]
        assert isinstance(item, Question | Group | Repeat)
        told = [
            " ".join(wording.label(words, dialog, item, field, settings=shown).split()) for field in ("label", "why")
        ]
        assert [label.strip("*"), why] == told
        assert fresh == item.keep


@pytest.fixture
def small(tmp_path: Path) -> Mapping[str, Dialog]:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, "utf-8")
    dialog, problems = load_and_check(path, named_lists())
    assert dialog is not None, problems
    return {"small": dialog}


def test_it_says_how_sensitive_an_answer_is_and_who_sees_it(small: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    told = {cells[0].strip("`"): cells[1:] for cells in rows(dpia.assessment(source(small, catalogs, "en")))}
    office = "whoever may open the case"
    assert {name: cells[2:4] for name, cells in told.items()} == {
        "diary": ["deserves special care", f"{office}, on the screen only"],
        "illness": ["special category: health (article 9)", office],
        "both": ["special category: religious or philosophical beliefs (article 9)", office],
        "one": ["special category: religious or philosophical beliefs (article 9)", office],
        "two": ["special category: religious or philosophical beliefs (article 9)", office],
        "wishes": ["personal data", f"{office}; on the screen only: Bottles"],
    }
    assert told["illness"][0] == "Are you ill, Kommunen?"
    assert told["one"][0] == r"One \| two"
    assert told["wishes"][4] == ""
    assert "`told` = `known(wishes)`" in dpia.assessment(source(small, catalogs, "en"))


def test_every_field_of_every_dialog_has_a_class(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    kinds = Counter(cells[3] for cells in rows(dpia.record(source(dialogs, catalogs, "en"))))
    assert set(kinds) == {"personal data", "deserves special care", "special category: health (article 9)"}
    assert min(kinds.values()) > 10


@both
def test_what_the_municipality_has_set_stands_in_it(
    paper: Paper, dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    settings = Settings(draft_days=21, invitation_days=9, languages=("sv", "ar"), office_name="Exempelkommun")
    text = paper(source(dialogs, catalogs, "sv", settings))
    assert re.search(r"^\| `draft_days` \| .+ \| 21 \|$", text, re.MULTILINE)
    assert re.search(r"^\| `invitation_days` \| .+ \| 9 \|$", text, re.MULTILINE)
    assert "Exempelkommun" in text and "\nsvenska och arabiska\n" in text
    assert "2026-03-05" in text and "first_visit 1" in text


def test_every_blank_is_listed_to_be_ticked_off(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    text = dpia.assessment(source(dialogs, catalogs, "sv"))
    blanks = re.findall(r"^- (.+?) \[fyll i: ______\]$", text, re.MULTILINE)
    ticks = re.findall(r"^- \[ \] (.+)$", text, re.MULTILINE)
    assert blanks == ticks
    assert len(ticks) == len(DECISIONS) + 3


@pytest.mark.parametrize(
    ("command", "title"), [("dpia", "Konsekvensbedömning"), ("processing-record", "Register över")]
)
def test_the_commands_print_swedish_unless_english_is_asked_for(command: str, title: str, tmp_path: Path) -> None:
    swedish = CliRunner().invoke(commands, [command, "--data", str(tmp_path)])
    assert swedish.exit_code == 0 and swedish.output.startswith(f"# {title}")
    english = CliRunner().invoke(commands, [command, "--locale", "en", "--data", str(tmp_path)])
    assert english.exit_code == 0 and title not in english.output
    assert list(tmp_path.iterdir()) == []


def test_the_translation_server_stands_in_both_papers_where_there_is_one_and_only_there(
    dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    settings = Settings(translation_url="https://translate.example.org:5000/below")
    for paper in (dpia.assessment, dpia.record):
        told = paper(source(dialogs, catalogs, "sv", settings))
        assert "Kommunens översättningsserver (translate.example.org) får det" in told
        assert "ingen annan språkmodell än översättningsserverns" in told
        assert "översättningsserver" not in paper(source(dialogs, catalogs, "sv"))
    text = dpia.assessment(source(dialogs, catalogs, "en", settings))
    assert "| A machine translates a person's words wrongly" in text
    assert "- [ ] Who runs the translation server" in text
