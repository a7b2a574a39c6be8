"""What is read aloud, what it is called as a file, and what the command tells of what is still to be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant import resources
from assistant.__main__ import commands
from assistant.audio import Reading, Recordings, key_of, readings, report, spoken
from assistant.authoring import journeys
from assistant.authoring.checking import load_and_check
from assistant.core.dialog import Dialog
from assistant.core.steps import Ask
from assistant.languages import named_lists
from assistant.office_commands import Refused
from assistant.player import next_command
from assistant.service import Service
from assistant.settings import Settings
from assistant.texts import Catalogs, Words
from assistant.turns import Viewer
from assistant.views import ItemView

SOUND = bytes.fromhex("fff370c0") + bytes(2496)

SMALL = """
dialog: small
title: A small one
version: 1
sections:
  - name: all
    label: All
    items:
      - {type: text, name: called_name, label: "What shall we call you? Or call {office_phone}.", why: So we know it.}
      - {type: text, name: wish, label: "{called_name}, what do you wish?", why: So we know it.}
      - type: select_multiple
        name: help_of
        label: Who helps you?
        why: So we know it.
        decline: []
        choices:
          - {name: school, label: The school}
          - {name: care, label: The care}
          - {name: none, label: Nobody, exclusive: true}
      - type: repeat
        name: talk_with
        label: "{each}: what may we talk about?"
        why: So we know it.
        for_each: help_of
        items: [{type: text, name: about_what, label: "About what? {each} is told nothing else."}]
      - type: select_one
        name: papers
        label: What can you bring?
        why: So we know it.
        choices:
          - {name: card, label: A card}
          - {name: letter, label: "A letter of the school", relevant: 'has(help_of, "school")'}
"""


@pytest.fixture
def small(tmp_path: Path) -> Dialog:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    dialog, problems = load_and_check(tmp_path / "small.yaml", named_lists())
    assert dialog is not None, problems
    return dialog


@pytest.fixture
def read(small: Dialog, en: Words) -> Mapping[str, Reading]:
    """What is read of the small dialog, by screen."""
    return {one.screen: one for one in readings(small, en, Settings(office_phone="08-123 45"))}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with one recording, of a text that nobody is asked any more."""
    folder = tmp_path / "data" / "audio" / "sv"
    folder.mkdir(parents=True)
    (folder / f"{key_of('Vad heter din katt?')}.mp3").write_bytes(SOUND)
    return tmp_path / "data"


def told(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["texts", "audio", *map(str, arguments)])


def record(data: Path, text: str, locale: str = "sv") -> Path:
    file = data / "audio" / locale / f"{key_of(text)}.mp3"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(SOUND)
    return file


# -- keys and texts ----------------------------------------------------------------------------------------------------


def test_a_key_is_the_hash_of_the_text_and_stays_the_same_for_ever() -> None:
    assert key_of("Bor du ensam?\nJa\nNej") == "22ab2508d8d28de9"


def test_line_ends_spaces_and_the_way_letters_are_put_together_make_no_other_key() -> None:
    assert key_of("Vad är  viktigast?\r\n") == key_of("Vad a\u0308r viktigast?")


def test_a_text_that_changes_by_one_sign_has_another_key() -> None:
    assert key_of("Bor du ensam?") != key_of("Bor du ensam.")


def test_question_hint_choices_and_ways_to_pass_it_over_are_read_in_this_order(catalogs: Catalogs) -> None:
    item = ItemView(
        name="x",
        type="select_one",
        label="Har du ett jobb?",
        hint="Alla jobb räknas.",
        why="Det läses inte.",
        required=True,
        decline=("unknown", "in_person"),
        choices=(),
        fields=(),
    )
    lines = spoken(item, catalogs.words("sv")).splitlines()
    assert lines == ["Har du ett jobb?", "Alla jobb räknas.", "Jag vet inte", "Jag berättar hellre på besöket"]


def test_a_long_list_is_not_read_out(dialogs: Mapping[str, Dialog], catalogs: Catalogs) -> None:
    read = {one.screen: one for one in readings(dialogs["first_visit"], catalogs.words("sv"), Settings())}
    assert "I vilket land gick du längst tid i skolan?" in read["schooling"].text
    assert "Syrien" not in read["schooling"].text
    assert "Gymnasium" in read["schooling"].text


def test_what_the_municipality_has_set_stands_in_the_text(read: Mapping[str, Reading]) -> None:
    assert read["called_name"].text.splitlines()[0] == "What shall we call you? Or call 08-123 45."
    assert not read["called_name"].personal


def test_a_text_that_names_what_a_person_has_said_cannot_be_recorded(read: Mapping[str, Reading]) -> None:
    assert [name for name, one in read.items() if one.personal] == ["wish"]


def test_a_question_about_each_choice_has_a_text_for_each(read: Mapping[str, Reading]) -> None:
    assert [name for name in read if name.startswith("talk_with")] == ["talk_with.school", "talk_with.care"]
    assert read["talk_with.care"].text.splitlines()[:2] == [
        "The care: what may we talk about?",
        "About what? The care is told nothing else.",
    ]


def test_choices_that_not_everybody_is_offered_are_all_read_and_it_is_told_so(read: Mapping[str, Reading]) -> None:
    assert "A letter of the school" in read["papers"].text.splitlines()
    assert [name for name, one in read.items() if one.varies] == ["papers"]


@pytest.mark.parametrize("name", ["layla", "erik", "marina"])
async def test_what_a_person_is_asked_is_what_the_list_says(name: str, service: Service) -> None:
    journey, problems = journeys.load(resources.folder("dialogs") / "demo" / f"{name}.yaml")
    assert journey is not None, problems
    words = service.words("sv")
    listed = {one.text: one for one in readings(service.dialogs[journey.dialog], words, service.settings)}
    varying = {one.screen for one in listed.values() if one.varies}
    talk, asked = await service.start(journey.dialog, "sv"), list[str]()
    while (command := next_command(journey, talk, asked)) is not None and not talk.state.submitted_at:
        if isinstance(talk.step, Ask):
            asked.append(talk.step.item.name)
            item = Viewer(talk, words, service.settings).item(talk.step.item, talk.step.of)
            assert spoken(item, words) in listed or item.name in varying, item.name
        talk = (await service.act(talk.id, command, talk.state.seq)).talk
    assert len(asked) > 15


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_tells_how_many_are_recorded_and_what_is_missing(
    data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs
) -> None:
    texts = {one.screen: one.text for one in readings(dialogs["first_visit"], catalogs.words("sv"), Settings())}
    record(data, texts["partner_applies"])
    done = told("--data", data, "--locale", "sv")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == f"sv: 1 of {len(set(texts.values()))} recorded, 2 KB"
    missing = [line.split("\t") for line in lines if "\t" in line]
    assert len(missing) == len(set(texts.values())) - 1
    assert "partner_applies" not in [screen for _, screen, _ in missing]
    assert [key_of("\n".join(text.split(" / "))) for _, _, text in missing] == [key for key, _, _ in missing]
    assert "documents (fullest form)" in [screen for _, screen, _ in missing]
    assert lines[-1] == f"old: audio/sv/{key_of('Vad heter din katt?')}.mp3"
    assert "problem" not in done.output


def test_a_recording_counts_in_its_own_language_only(data: Path) -> None:
    lines = told("--data", data).output.splitlines()
    heads = [line for line in lines if " recorded, " in line]
    assert {line.partition(":")[0] for line in heads} >= {"sv", "en"}
    assert all(": 0 of " in line and line.endswith(" 0 KB") for line in heads)


def test_files_that_cannot_be_used_are_told_and_do_not_stop_the_report(data: Path) -> None:
    folder = data / "audio" / "sv"
    good = record(data, "Bor du ensam?")
    for name in ("question1.mp3", f"{key_of('x').upper()}.mp3", f"{key_of('x')}.wav", ".DS_Store"):
        (folder / name).write_bytes(SOUND)
    (folder / f"{key_of('empty')}.mp3").write_bytes(b"")
    (folder / f"{key_of('large')}.mp3").write_bytes(bytes(2_000_001))
    (folder / f"{key_of('linked')}.mp3").symlink_to(good)
    (data / "audio" / "swedish").mkdir()
    (data / "audio" / "ar").symlink_to(folder)
    done = told("--data", data, "--locale", "sv")
    assert done.exit_code == 0, done.output
    problems = [line for line in done.output.splitlines() if line.startswith("problem: ")]
    assert len(problems) == 9
    for name in ("question1.mp3", ".DS_Store", "swedish", "/ar'", key_of("empty"), key_of("large"), key_of("linked")):
        assert sum(name in line for line in problems) == 1, name
    assert good.name in done.output


def test_a_folder_that_is_a_link_is_not_looked_into(data: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "audio").symlink_to(data / "audio")
    recordings = Recordings(tmp_path / "other" / "audio")
    assert recordings.locales() == () and len(recordings.problems) == 1


def test_without_a_folder_everything_is_missing_and_nothing_is_made(tmp_path: Path) -> None:
    done = told("--data", tmp_path / "none", "--locale", "sv")
    assert done.exit_code == 0
    assert done.output.startswith("sv: 0 of ") and "old:" not in done.output
    assert not (tmp_path / "none").exists()


def test_a_language_without_words_is_refused_in_one_line(tmp_path: Path) -> None:
    for done in (told("--data", tmp_path, "--locale", "xx"), told("--data", tmp_path, "--locale", "../sv")):
        assert isinstance(done.exception, Refused)
        assert len(done.exception.lines) == 1 and "there are no words of" in done.exception.lines[0]


def test_the_guide_tells_of_every_kind_of_line(data: Path, small: Dialog, bare: Catalogs) -> None:
    (data / "audio" / "sv" / "question1.mp3").write_bytes(SOUND)
    told_of = "\n".join(report([small], bare, Settings(), Recordings(data / "audio"), ["sv"]))
    guide = (Path(__file__).parents[2] / "docs" / "audio.md").read_text("utf-8")
    for kind in ("(fullest form)", "cannot be recorded", "old:", "problem:"):
        assert kind in told_of and f"`{kind}`" in guide


def test_what_cannot_be_recorded_is_named_and_not_counted(small: Dialog, bare: Catalogs) -> None:
    lines = list(report([small], bare, Settings(), Recordings(None), ["en"]))
    assert lines[0] == "en: 0 of 5 recorded, 0 KB"
    assert lines[1] == "en: cannot be recorded, for they name what a person has said: wish"
    assert [line.split("\t")[1] for line in lines[2:]] == [
        "called_name",
        "help_of",
        "talk_with.school",
        "talk_with.care",
        "papers (fullest form)",
    ]


def test_recordings_of_a_language_that_is_not_offered_now_are_not_called_old(
    data: Path, small: Dialog, bare: Catalogs
) -> None:
    settings = Settings(languages=("sv",))
    (text,) = (one.text for one in readings(small, bare.words("so"), settings) if one.screen == "help_of")
    record(data, text, "so")
    lines = list(report([small], bare, settings, Recordings(data / "audio")))
    assert [line for line in lines if line.startswith("so") or "/so/" in line] == []
