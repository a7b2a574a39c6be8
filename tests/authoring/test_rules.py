"""Entitlement files: every mistake at once, each at its place, with what to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import checks, resources
from assistant.authoring.problems import Problem
from assistant.authoring.rules import load_rules, read_rules
from assistant.core.dialog import Dialog
from assistant.core.hints import Rulebook
from assistant.starting import StartError, load_dialogs, load_rulebook, open_service
from tests.authoring.test_extraction import extracted
from tests.authoring.test_hostile_files import HOSTILE
from tests.authoring.writing import BEFORE, HEADER, unmarked, written

MISTAKES = Path(__file__).parent / "rule_mistakes"
OWN = Path(__file__).parents[2] / "dialogs"

DAYS = "valid_from: 2026-01-01, checked_at: 2026-11-20"
WORDS = 'benefit: Bidrag, agency: Myndigheten, text: "Ask whether it was tried.", law: Lag 1'
RIGHT = f"""\
entitlements: trial
version: 1
facts: [{{name: school, label: School}}]
rules:
  - {{name: one, {WORDS}, relevant: school == "upper", facts: [school], {DAYS}}}
obstacles:
  - {{name: some, label: Hinder, relevant: school == "none", facts: [school], {DAYS}}}
"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Dialog]:
    """A dialog with a fact of every kind, of which some things are private."""
    private = BEFORE.replace("{name: care, label: Care}", "{name: care, label: Care, private: true}")
    dialog, problems = written(tmp_path_factory.mktemp("trial"), HEADER + private)
    assert dialog is not None, problems
    return {"trial": dialog}


def told(folder: Path, text: str, dialogs: Mapping[str, Dialog] | None) -> tuple[Rulebook | None, list[Problem]]:
    path = folder / "entitlements.yaml"
    path.write_text(text, encoding="utf-8")
    return load_rules(path, dialogs)


def a_rule(
    relevant: str, facts: str, *, days: str = DAYS, words: str = WORDS, labels: str = "", name: str = "one"
) -> str:
    """An entitlement file with one rule; ``labels`` stand beside that of school, which another rule reads."""
    return f"""\
entitlements: trial
version: 1
facts: [{{name: school, label: School}}{labels}]
rules:
  - {{name: {name}, {words}, relevant: {relevant}, facts: {facts}, {days}}}
  - {{name: other, {WORDS}, relevant: school == "upper", facts: [school], {DAYS}}}
"""


AGE = ", {name: age_now, label: Age}"
NEEDS = ", {name: needs, label: Needs}"
SCHOOL = 'school == "upper"'

MISTAKEN: dict[str, tuple[str, str]] = {
    "a fact that is not there": (
        a_rule('§scool == "upper"', "[scool]", labels=", {name: scool, label: School}"),
        "there is no fact called scool; did you mean school?",
    ),
    "a choice that is not there": (a_rule('school == §"uper"', "[school]"), 'no choice "uper"; did you mean upper?'),
    "values of different kinds": (
        a_rule("\"age_now == §'upper'\"", "[age_now]", labels=AGE),
        "a number and a choice cannot be compared",
    ),
    "something that is not true or false": (a_rule("§age_now", "[age_now]", labels=AGE), "must be true or false"),
    "no expression": (a_rule('school == "upper" and§', "[school]"), "; "),
    "a fact of the gate": (
        a_rule('§hidden == "no"', "[hidden]", labels=", {name: hidden, label: Hidden}"),
        "hidden is asked in the gate and not kept",
    ),
    "a private fact": (
        a_rule("known(§diary)", "[diary]", labels=", {name: diary, label: Diary}"),
        "diary is private; use another fact",
    ),
    "a private choice": (
        a_rule("'has(needs, §\"care\")'", "[needs]", labels=NEEDS),
        "this choice is for the office's eyes only; use another choice",
    ),
    "a condition without facts": (a_rule("§true", "[]"), "the condition reads no fact"),
    "a fact that is not in the condition": (
        a_rule(SCHOOL, "[school, §age_now]"),
        "age_now is not read by the condition; delete it, or use it in relevant",
    ),
    "a condition that reads more": (
        a_rule("'school == \"upper\" and age_now > 1'", "§[school]", labels=AGE),
        "the condition also reads age_now; add it: every reason is shown",
    ),
    "a fact named twice": (a_rule(SCHOOL, "[school, §school]"), "school is named twice"),
    "a fact without a label": (a_rule("age_now > 1", "[§age_now]"), "nobody has said what age_now is called"),
    "a label that nobody needs": (
        a_rule(SCHOOL, "[school]", labels=", {name: §age_now, label: Age}"),
        "no rule reads age_now; delete it",
    ),
    "two labels": (a_rule(SCHOOL, "[school]", labels=", {name: §school, label: Again}"), "school has two labels"),
    "no day": (
        a_rule(SCHOOL, "[school]", days="valid_from: 2026-01-01, checked_at: §2026-02-30"),
        "checked_at: 2026-02-30 is no day; write year, month and day of a day that exists",
    ),
    "half a day": (
        a_rule(SCHOOL, "[school]", days="valid_from: §2026-01, checked_at: 2026-11-20"),
        "valid_from: 2026-01 is no day",
    ),
    "a day in another calendar of digits": (
        a_rule(SCHOOL, "[school]", days="valid_from: §٢٠٢٦-٠١-٠١, checked_at: 2026-11-20"),
        "is no day",
    ),
    "a week": (
        a_rule(SCHOOL, "[school]", days='valid_from: "§2026-W01-1", checked_at: 2026-11-20'),
        "2026-W01-1 is no day",
    ),
    "an empty day": (
        a_rule(SCHOOL, "[school]", days=f'{DAYS}, valid_to: "§"'),
        "valid_to: nothing is no day",
    ),
    "an end before the beginning": (
        a_rule(SCHOOL, "[school]", days=f"{DAYS}, valid_to: §2025-12-31"),
        "valid_to is before valid_from; write a day from 2026-01-01 on, or leave valid_to out",
    ),
    "a missing day": (
        a_rule(SCHOOL, "[school]", days="valid_from: 2026-01-01").replace("  - {name: one", "  - §{name: one"),
        "a rule without checked_at; add checked_at",
    ),
    "a name that stands twice": (
        a_rule(SCHOOL, "[school]").replace("name: other", "name: §one"),
        "one stands twice in rules, first in",
    ),
    "a name that is none": (a_rule(SCHOOL, "[school]", name="§One thing"), "One thing cannot be a name"),
    "an amount": (
        a_rule(SCHOOL, "[school]", words=WORDS.replace("was tried", "gives §1 250 kr")),
        "there is an amount (1 250 kr); leave the amount out",
    ),
    "a placeholder": (
        a_rule(SCHOOL, "[school]", words=WORDS.replace("was tried", "is §{school}")),
        "there is a placeholder ({school})",
    ),
    "a square bracket": (
        a_rule(SCHOOL, "[school]", words=WORDS.replace("was tried", "was §[tried]")),
        "a square bracket ([) has no meaning here",
    ),
    "markup": (a_rule(SCHOOL, "[school]", words=WORDS.replace("was tried", "was §<b>tried")), "has markup"),
    "an empty law": (a_rule(SCHOOL, "[school]", words=WORDS.replace("law: Lag 1", 'law: "§"')), "law is empty"),
    "a key that is not there": (a_rule(SCHOOL, "[school]", days=f"{DAYS}, §amount: 5"), "a rule has no key amount"),
    "a dialog that is not there": (
        RIGHT.replace("entitlements: trial", "entitlements: §trail"),
        "there is no dialog called trail; did you mean trial?",
    ),
    "a version below one": (RIGHT.replace("version: 1", "version: §0"), "the version is less than 1"),
    "a language that is none": (RIGHT.replace("version: 1", 'version: 1\nlocale: "§Svenska!"'), "is no language tag"),
}


def test_a_file_without_mistakes_is_a_rulebook(tmp_path: Path, trial: Mapping[str, Dialog]) -> None:
    rulebook, problems = told(tmp_path, RIGHT, trial)
    assert problems == []
    assert rulebook is not None
    assert [one.name for one in rulebook.rules] == ["one"]
    assert [one.label for one in rulebook.obstacles] == ["Hinder"]


@pytest.mark.parametrize("case", MISTAKEN)
def test_a_mistake_is_told_once_at_its_place_with_a_remedy(
    case: str, tmp_path: Path, trial: Mapping[str, Dialog]
) -> None:
    text, message = MISTAKEN[case]
    text, places = unmarked(text)
    rulebook, problems = told(tmp_path, text, trial)
    assert rulebook is None
    assert [(problem.line, problem.column) for problem in problems] == places, problems
    assert message in str(problems[0]).partition("entitlements.yaml:")[2]
    assert len(problems[0].remedy) > 5


def test_every_mistake_of_a_file_is_told_in_one_go(
    monkeypatch: pytest.MonkeyPatch, trial: Mapping[str, Dialog]
) -> None:
    monkeypatch.chdir(MISTAKES)
    rulebook, problems = load_rules(Path("entitlements.yaml"), trial)
    assert rulebook is None
    assert [str(problem) for problem in problems] == Path("told.txt").read_text("utf-8").splitlines()


def test_with_a_broken_dialog_its_facts_are_not_blamed_on_the_rules(tmp_path: Path) -> None:
    assert (
        told(tmp_path, a_rule('unheard_of == "x"', "[unheard_of]", labels=", {name: unheard_of, label: X}"), None)[1]
        == []
    )
    _, problems = told(
        tmp_path, a_rule(SCHOOL, "[school]", days="valid_from: 2026-13-01, checked_at: 2026-11-20"), None
    )
    assert ["is no day" in problem.message for problem in problems] == [True]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gives_a_problem_at_its_place(case: str, tmp_path: Path, trial: Mapping[str, Dialog]) -> None:
    content, message, place = HOSTILE[case]
    path = tmp_path / "entitlements.yaml"
    path.write_bytes(content)
    rulebook, problems = load_rules(path, trial)
    assert rulebook is None
    assert place in [(problem.line, problem.column) for problem in problems]
    assert message.replace("a dialog is", "an entitlement file is") in "\n".join(map(str, problems))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_damage_to_the_real_file_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray((OWN / "entitlements.yaml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        cut = data.draw(st.integers(0, 60))
        content[place : place + cut] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"\n- ", b": ", b"{", b"[]", b"null"])
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entitlements.yaml"
        path.write_bytes(bytes(content))
        rulebook, problems = load_rules(path, _DIALOGS)
    assert (rulebook is None) == bool(problems)


_DIALOGS = load_dialogs()


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        rulebook, problems = load_rules(path, _DIALOGS)
        assert rulebook is None
        assert len(problems) == 1


# -- where it is hooked in ---------------------------------------------------------------------------------------------


def test_a_broken_entitlement_file_stops_the_start_with_a_line_for_each_mistake(
    tmp_path: Path, trial: Mapping[str, Dialog]
) -> None:
    wrong = RIGHT.replace("2026-11-20", "2026-11-31")
    (tmp_path / "entitlements.yaml").write_text(wrong)
    with pytest.raises(StartError) as stopped:
        load_rulebook(trial, tmp_path)
    assert [line.partition("entitlements.yaml:")[2].partition(":")[0] for line in stopped.value.lines] == ["5", "7"]


@pytest.mark.parametrize("broken", ["entitlements.yaml", "both"])
def test_the_program_does_not_start_with_a_broken_entitlement_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogs, real = tmp_path / "dialogs", resources.folder
    shutil.copytree(OWN, dialogs)
    rules = dialogs / "entitlements.yaml"
    rules.write_text(rules.read_text("utf-8").replace("valid_to: 2026-12-31", "valid_to: 2020-12-31", 1), "utf-8")
    if broken == "both":
        header = dialogs / "first_visit.yaml"
        header.write_text(header.read_text("utf-8").replace("version: 1", "version: 0"), "utf-8")
    monkeypatch.setattr(resources, "folder", lambda name: dialogs if name == "dialogs" else real(name))
    with pytest.raises(StartError) as stopped:
        open_service(tmp_path / "data")
    told_of = [Path(line.split(":")[0]).name for line in stopped.value.lines]
    assert told_of == (["entitlements.yaml"] if broken != "both" else ["first_visit.yaml", "entitlements.yaml"])
    assert "valid_to is before valid_from" in stopped.value.lines[-1]
    assert not (tmp_path / "data").exists()


async def test_the_program_starts_with_its_rules(tmp_path: Path) -> None:
    service = open_service(tmp_path / "data")
    try:
        assert service.rulebook.entitlements == "first_visit"
        assert len(service.rulebook.rules) > 20
    finally:
        await service.store.close()


def test_without_an_entitlement_file_there_are_no_rules(tmp_path: Path, trial: Mapping[str, Dialog]) -> None:
    assert load_rulebook(trial, tmp_path).rules == ()


def test_the_check_holds_an_entitlement_file_against_the_dialogs_beside_it(tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text(HEADER + BEFORE)
    rules = tmp_path / "entitlements.yaml"
    rules.write_text(RIGHT)
    assert checks.check([rules]) == (1, [])
    rules.write_text(RIGHT.replace('"upper"', '"uper"'))
    (line,) = checks.check([tmp_path]).lines
    assert 'school has no choice "uper"' in line


def test_an_entitlement_file_beside_a_broken_dialog_is_checked_as_far_as_it_can_be(tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text(HEADER.replace("version: 1", "version: 0") + BEFORE)
    rules = tmp_path / "entitlements.yaml"
    rules.write_text(RIGHT.replace('"upper"', '"uper"'))
    assert checks.check([rules]).lines == []
    rules.write_text(RIGHT.replace("version: 1", "version: 0"))
    assert ["the version is less than 1" in line for line in checks.check([rules]).lines] == [True]


def test_an_entitlement_file_by_itself_is_held_against_the_dialogs_of_the_program(tmp_path: Path) -> None:
    rules = tmp_path / "entitlements.yaml"
    (tmp_path / "journey.yaml").write_text("dialog: first_visit\nanswers: {}\n")
    rules.write_text(RIGHT.replace("trial", "first_visit"))
    assert {line.partition(": ")[2].partition(";")[0] for line in checks.check([rules]).lines} == {
        "there is no fact called school"
    }


def test_a_file_called_like_it_is_looked_at_as_an_entitlement_file(tmp_path: Path) -> None:
    rules = tmp_path / "entitlements.yaml"
    rules.write_text("version: 1\n")
    (line,) = checks.check([rules]).lines
    assert "an entitlement file without entitlements; add entitlements" in line


def test_the_check_of_everything_looks_at_the_entitlement_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Path] = []
    real = checks._check_file

    def look(path: Path) -> list[Problem]:
        looked_at.append(path)
        return real(path)

    monkeypatch.setattr(checks, "_check_file", look)
    checks.check()
    assert "entitlements.yaml" in {path.name for path in looked_at}


def test_the_texts_of_rules_are_for_the_desk_and_are_looked_up_as_they_are_extracted() -> None:
    content = (OWN / "entitlements.yaml").read_bytes()
    assert extracted(content) == []
    found = {context: text for _, context, text, _ in extracted(content, domain="desk")}
    reading = read_rules(content, "entitlements.yaml")
    assert reading.rulebook is not None
    for rule in reading.rulebook.rules:
        assert found.pop(f"entitlement.rule.{rule.name}") == rule.text
    assert set(found) == {f"entitlement.fact.{fact.name}" for fact in reading.rulebook.facts}


def test_an_entitlement_file_that_cannot_be_read_whole_is_not_half_extracted() -> None:
    with pytest.raises(ValueError, match="a rule has no key amount"):
        extracted(RIGHT.replace("relevant:", "amount: 5, relevant:", 1), domain="desk")
