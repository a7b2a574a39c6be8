"""The command line as an operator, an author and a translator use it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from assistant.core.commands import Reply
from assistant.starting import open_service
from assistant.store import codes
from assistant.store.sqlite import SqliteStore
from tests.cli.conftest import Run, environment, one_line
from tests.faults.serving import Server, free_port, serving

PASSWORD = "a long enough password"


# -- users and tokens --------------------------------------------------------------------------------------------------


async def test_a_login_is_added_with_a_password_from_the_environment(run: Run, data: Path) -> None:
    done = run("user", "add", "anna", "--role", "caseworker", "--data", data, KLARBILD_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    store = SqliteStore.open(data)
    anna = await store.user("anna")
    await store.close()
    assert anna is not None
    assert anna.role == "caseworker"
    assert codes.verify_password(PASSWORD, anna.password)


def test_a_password_is_read_from_the_input_and_never_from_the_arguments(run: Run, data: Path) -> None:
    given = ("user", "add", "anna", "--role", "lead", "--data", data)
    assert run(*given, "--password-stdin", typed=f"{PASSWORD}\n").returncode == 0
    assert run(*given, "--password", PASSWORD).returncode == 2
    assert "KLARBILD_PASSWORD" in one_line(run(*given))


def test_a_short_password_is_refused(run: Run, data: Path) -> None:
    done = run("user", "add", "anna", "--role", "lead", "--data", data, KLARBILD_PASSWORD="short")
    assert "at least 12" in one_line(done)
    assert not data.exists()


async def test_a_token_stands_alone_on_the_last_line_and_only_its_hash_is_kept(run: Run, data: Path) -> None:
    done = run("token", "create", "--role", "caseworker", "--name", "statistics", "--data", data)
    token = done.stdout.splitlines()[-1]
    assert re.fullmatch(r"[\w-]{43}", token)
    store = SqliteStore.open(data)
    kept = await store.tokens()
    await store.close()
    assert [(one.name, one.role) for one in kept] == [("statistics", "caseworker")]
    assert token.encode() not in (data / "klarbild.db").read_bytes()


def test_logins_and_tokens_can_be_made_while_the_server_runs(run: Run, server: Server) -> None:
    done = run("user", "add", "anna", "--role", "lead", "--data", server.data, KLARBILD_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    token = run("token", "create", "--role", "lead", "--name", "x", "--data", server.data).stdout.splitlines()[-1]
    assert server.get("/api/v1/cases", token) == (200, {"cases": []})
    assert server.get("/api/v1/cases", "x" * 43)[0] == 401


def test_the_way_to_a_running_server_is_open_to_its_owner_only(server: Server) -> None:
    assert stat.S_IMODE((server.data / "klarbild.sock").stat().st_mode) == 0o600
    server.stop()
    assert not (server.data / "klarbild.sock").exists()


def test_what_a_killed_server_left_behind_is_in_nobodys_way(run: Run, data: Path) -> None:
    killed = Server(data)
    killed.start()
    killed.kill()
    assert run("token", "create", "--role", "lead", "--name", "x", "--data", data).returncode == 0
    with serving(data) as again:
        token = run("token", "create", "--role", "lead", "--name", "y", "--data", data).stdout.splitlines()[-1]
        assert again.get("/api/v1/cases", token)[0] == 200


def test_a_data_directory_with_a_very_long_path_works_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / ("long" * 40)).mkdir()
    with serving(tmp_path / ("long" * 40) / "data") as server:
        done = run("token", "create", "--role", "lead", "--name", "x", "--data", server.data)
        assert server.get("/api/v1/cases", done.stdout.splitlines()[-1])[0] == 200


# -- serving -----------------------------------------------------------------------------------------------------------


def test_a_server_says_where_it_listens_and_ends_in_good_order(data: Path) -> None:
    with serving(data) as server:
        assert f"http://127.0.0.1:{server.port}" in server.log.read_text()
        assert server.stop() == 0
    assert not data.joinpath("klarbild.db-wal").exists()
    assert "Traceback" not in server.log.read_text()


def test_a_second_server_on_the_same_data_is_refused(run: Run, server: Server) -> None:
    assert "already served" in one_line(run("serve", "--data", server.data, "--port", str(free_port())))


def test_a_port_that_is_taken_is_told(run: Run, server: Server, tmp_path: Path) -> None:
    done = run("serve", "--data", tmp_path / "other", "--port", str(server.port))
    assert f"cannot listen on 127.0.0.1 port {server.port}: another program listens there" in one_line(done)


def test_plain_http_is_for_this_machine_only(run: Run, data: Path) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "0", "--data", data)
    assert "plain HTTP" in one_line(done)


def test_certificate_and_key_go_together_and_must_be_readable(run: Run, data: Path, tmp_path: Path) -> None:
    assert "go together" in one_line(run("serve", "--port", "0", "--data", data, "--tls-cert", "cert.pem"))
    (tmp_path / "cert.pem").write_text("nothing")
    done = run("serve", "--port", "0", "--data", data, "--tls-cert", "cert.pem", "--tls-key", "cert.pem")
    assert "cannot use cert.pem" in one_line(done)


def test_a_setting_nobody_knows_stops_the_start(run: Run, data: Path) -> None:
    data.mkdir()
    (data / "klarbild.toml").write_text('office_fone = "1"\n')
    assert "did you mean 'office_phone'?" in one_line(run("serve", "--data", data, "--port", "0"))


async def _with_a_talk(data: Path) -> None:
    """A database that holds a conversation, which only the key file beside it opens."""
    service = open_service(data)
    try:
        talk = await service.start("first_visit", "en")
        for command in (Reply(item="protected_identity", value="no"), Reply(item="answering_for", value="self")):
            talk = (await service.act(talk.id, command, talk.state.seq)).talk
        assert talk.kept
    finally:
        await service.store.close()


async def test_the_key_file_of_another_server_is_refused_at_the_start_and_by_the_doctor(
    run: Run, data: Path, tmp_path: Path
) -> None:
    await _with_a_talk(data)
    assert run("doctor", "--data", data).returncode == 0
    await _with_a_talk(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "klarbild.key", data / "klarbild.key")
    told = "klarbild.key is not the key of this database; put the right key file back\n"
    assert one_line(run("serve", "--data", data, "--port", "0")) == told
    assert run("doctor", "--data", data).stderr == f"PROBLEM: {told}"


@pytest.mark.parametrize("below", ["", "below", "below/far"])
def test_a_file_where_the_data_directory_should_be_is_told(run: Run, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("in the way")
    data = tmp_path / "file" / below
    told = f"{tmp_path / 'file'} is a file; a directory for the data is needed there\n"
    assert one_line(run("serve", "--data", data, "--port", "0")) == told
    assert one_line(run("token", "create", "--role", "lead", "--name", "x", "--data", data)) == told
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (1, f"PROBLEM: {told}")


def test_a_setting_of_the_wrong_kind_names_its_variable(run: Run, data: Path) -> None:
    done = run("serve", "--data", data, "--port", "0", KLARBILD_BEHIND_TLS_PROXY="maybe")
    assert one_line(done) == "KLARBILD_BEHIND_TLS_PROXY: must be true or false\n"
    assert not data.exists()


def test_every_reason_not_to_start_is_told_at_once(run: Run, data: Path) -> None:
    done = run("serve", "--data", data, "--port", "0", KLARBILD_LANGUAGES="sv, tlh, xx")
    assert done.returncode == 1
    assert ["tlh" in line or "xx" in line for line in done.stderr.splitlines()] == [True, True]


def test_the_demo_shows_invented_cases_and_throws_them_away(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "demo", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(TMPDIR=str(tmp_path)),
    )
    assert process.stdout is not None
    try:
        told = [process.stdout.readline() for _ in range(3)]
        assert "invented" in told[0]
        assert f"http://127.0.0.1:{port}/\n" in told[1]
        assert re.search(rf"http://127.0.0.1:{port}/desk +user: demo +password: \S{{16}}", told[2])
        assert list(tmp_path.iterdir())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sv") as answer:
            page = answer.read().decode()
        assert '<a href="tel:0846500400">' in page
        assert "Kontaktcenter" not in page
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


# -- authors and translators -------------------------------------------------------------------------------------------

BROKEN = """\
dialog: broken
title: Broken
version: 1
sections:
  - name: you
    label: About you
    items:
      - {type: text, name: first, label: What?, why: So., relevant: nobody == "x"}
      - {type: txt, name: second, label: What?, why: So.}
"""


def test_every_problem_of_a_dialog_is_told_with_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    done = run("check", "broken.yaml")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(re.match(r"broken\.yaml:\d+:\d+: .+; .+", line) for line in lines), done.stdout
    assert {line.split(":")[1] for line in lines} == {"8", "9"}


def test_a_dialog_that_is_right_passes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "right.yaml").write_text(
        BROKEN.replace('relevant: nobody == "x"', "max_length: 9").replace("txt", "text")
    )
    done = run("check", "right.yaml")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_a_part_of_a_dialog_a_journey_and_a_catalog_can_be_looked_at_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("sections: [{name: a, lable: A, items: []}]\n")
    (tmp_path / "journey.yaml").write_text("dialog: x\nanswers: {}\nrepeat: {}\n")
    (tmp_path / "chat.po").write_text('msgid "a\n')
    done = run("check", "part.yaml", "journey.yaml", "chat.po", "none.yaml")
    assert done.returncode == 1
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == {
        "part.yaml", "journey.yaml", "chat.po", "none.yaml",
    }  # fmt: skip


def test_the_schema_of_dialog_files_is_printed_for_editors(run: Run) -> None:
    done = run("check", "--schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["$schema"].endswith("2020-12/schema")


def test_a_broken_dialog_cannot_be_played_and_all_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    done = run("play", "broken.yaml")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) >= 2


def test_a_dialog_is_played_in_a_terminal_and_recorded(run: Run, tmp_path: Path) -> None:
    done = run("play", "first_visit", "--locale", "sv", "--record", "mine.json", typed="1\n1\nAmina\n8\n")
    assert done.returncode == 0, done.stderr
    assert "Amina" in done.stdout
    recorded = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    assert recorded["locale"] == "sv"
    assert recorded["answers"]["called_name"] == "Amina"
    assert {path.name for path in tmp_path.iterdir()} == {"mine.json"}


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8:surrogateescape", "latin-1"])
def test_bytes_that_are_no_letters_do_not_end_the_talk(tmp_path: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "play", "first_visit", "--locale", "sv", "--record", "mine.json"],
        cwd=tmp_path,
        input="1\n1\nZoë ".encode() + b"\xff\xfe\n8\n",
        capture_output=True,
        env=environment(PYTHONIOENCODING=encoding),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    recorded = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    assert recorded["answers"]["called_name"] == "Zoë \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("nothing",), "there is no dialog"), (("first_visit", "--locale", "tlh"), "there are no words of")],
)
def test_what_cannot_be_played_is_told(run: Run, arguments: tuple[str, ...], told: str) -> None:
    assert told in one_line(run("play", *arguments))


def test_translators_see_how_far_a_language_has_come(run: Run) -> None:
    done = run("texts", "report")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^sv dialogs: \d+ of \d+", done.stdout, re.MULTILINE)
