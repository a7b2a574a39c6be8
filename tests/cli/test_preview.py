"""The preview as a file: made without a server, and opened from anywhere."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Run, one_line

DIALOG = """\
dialog: short_talk
title: A short talk
version: 1
topics: [{name: who, label: Person}]
sections:
  - name: you
    label: About you
    items:
      - {type: text, name: called_name, label: What name should we use?, why: So we know what to call you.}
"""


def test_a_preview_is_one_file_that_needs_nothing_else(run: Run, tmp_path: Path) -> None:
    done = run("texts", "preview", "first_visit", "--locale", "ckb", "--out", "preview.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["preview.html"]
    page = (tmp_path / "preview.html").read_text("utf-8")
    assert re.search(r"""http-equiv="Content-Security-Policy" content="[^"]*default-src &#39;none&#39;""", page)
    assert {one for one in re.findall(r'(?:href|src)="([^"]*)"', page) if not one.startswith(("#", "data:"))} <= {
        one for one in re.findall(r'href="(tel:[^"]*)"', page)
    }
    assert 'lang="ckb" dir="rtl"' in page and "protected_identity.label" in page


def test_without_a_file_it_goes_to_standard_output(run: Run, tmp_path: Path) -> None:
    done = run("texts", "preview", "first_visit", "--locale", "ti")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("<!doctype html>") and done.stdout.rstrip().endswith("</html>")
    assert not list(tmp_path.iterdir())


def test_an_author_sees_a_dialog_that_nobody_has_translated_yet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "short_talk.yaml").write_text(DIALOG, "utf-8")
    done = run("texts", "preview", "short_talk.yaml", "--locale", "pl")
    assert done.returncode == 0, done.stderr
    assert "What name should we use?" in done.stdout and "missing or drafts" in done.stdout


def test_what_is_not_there_is_told_in_a_line(run: Run) -> None:
    assert "there is no dialog 'nothing'" in one_line(run("texts", "preview", "nothing", "--locale", "sv"))
    assert "there are no words of 'xx'" in one_line(run("texts", "preview", "first_visit", "--locale", "xx"))
    nowhere = ("--out", "no/such/folder.html")
    assert "cannot write" in one_line(run("texts", "preview", "first_visit", "--locale", "sv", *nowhere))
