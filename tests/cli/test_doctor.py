"""What `klarbild doctor` tells an operator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.doctor import examine
from assistant.exports import pdf
from tests.cli.conftest import Run
from tests.faults.serving import Server


def test_the_doctor_changes_nothing_where_there_is_nothing(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert done.returncode == 0, done.stderr
    assert "none yet" in done.stdout
    assert not data.exists()


def test_the_doctor_warns_when_people_would_be_told_to_call_no_number(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^WARNING: (\w+_phone): .* set \1 in klarbild.toml", done.stdout, re.MULTILINE) == [
        *("office_phone", "children_phone")
    ]
    data.mkdir()
    (data / "klarbild.toml").write_text('office_phone = "08-465 004 10"\nchildren_phone = "växel 08-465 004 11"\n')
    assert "_phone" not in run("doctor", "--data", data).stdout


def test_the_doctor_warns_until_people_have_tried_the_service(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^WARNING: (accessibility_checked): nobody .* set \1 in klarbild.toml", done.stdout, re.MULTILINE)
    data.mkdir()
    (data / "klarbild.toml").write_text("accessibility_checked = 2026-03-05\n")
    assert "accessibility_checked" not in run("doctor", "--data", data).stdout


def test_the_doctor_warns_of_recordings_that_nobody_will_hear(run: Run, data: Path) -> None:
    (data / "audio" / "sv").mkdir(parents=True)
    (data / "audio" / "sv" / "question one.mp3").write_bytes(b"x")
    done = run("doctor", "--data", data)
    assert done.returncode == 0
    assert "question one.mp3' is not named like a text" in done.stdout


def test_the_doctor_tells_what_pdfs_lack_and_the_packages_that_have_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not pdf.is_there() or not any("PDF" in one for one in examine(data).warnings)
    monkeypatch.setattr(pdf, "is_there", lambda: False)
    (line,) = (one for one in examine(data).warnings if "PDF" in one)
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-core"):
        assert package in line


def test_the_doctor_looks_at_a_directory_that_is_served(run: Run, server: Server) -> None:
    done = run("doctor", "--data", server.data)
    assert done.returncode == 0, done.stderr
    assert re.search(r"schema \d+, ok; 0 cases", done.stdout)


@pytest.mark.parametrize("harm", ["no key", "open key", "broken database", "wrong setting"])
def test_the_doctor_tells_what_would_lose_data(run: Run, data: Path, harm: str) -> None:
    run("token", "create", "--role", "lead", "--name", "x", "--data", data)
    match harm:
        case "no key":
            (data / "klarbild.key").unlink()
        case "open key":
            (data / "klarbild.key").chmod(0o644)
        case "broken database":
            (data / "klarbild.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
        case "wrong setting":
            (data / "klarbild.toml").write_text("draft_days = 0\n")
    done = run("doctor", "--data", data)
    assert done.returncode == 1
    assert done.stderr.startswith("PROBLEM: ")
    assert "Traceback" not in done.stderr
