"""The keys that wrap keys, by the command line; and the places where the secrets may lie."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.store import StoreError
from assistant.store.keyfile import COMMAND_WITHIN_S, KeySource, source
from assistant.store.sealing import KeyFile
from tests.cli.conftest import Run, one_line
from tests.cli.test_users import PASSWORD, add, logs_in
from tests.faults.serving import Server, serving


def listed(run: Run, data: Path) -> list[str]:
    done = run("keys", "list", "--data", data)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_key_is_changed_and_retired_without_a_server(run: Run, data: Path) -> None:
    with serving(data):
        pass
    assert listed(run, data) == ["key 1: opens 0, wraps what is new"]
    done = run("keys", "rotate", "--data", data)
    assert done.returncode == 0, done.stderr
    assert listed(run, data) == ["key 1: opens 0", "key 2: opens 0, wraps what is new"]
    assert run("keys", "retire", "1", "--data", data).stdout == "key 2: opens 0, wraps what is new\n"
    assert "key 1 is not there" in one_line(run("keys", "retire", "1", "--data", data))
    assert sorted(json.loads((data / "klarbild.key").read_text())["older"]) == []


def test_a_key_is_changed_while_the_server_goes_on_and_people_log_in(run: Run, server: Server) -> None:
    add(run, server.data)
    done = run("keys", "rotate", "--data", server.data)
    assert done.returncode == 0, done.stderr
    assert logs_in(server, "anna", PASSWORD) == "/desk"
    assert len(listed(run, server.data)) == 2
    assert "wraps what is new" in listed(run, server.data)[1]


def test_there_is_nothing_to_change_where_there_is_no_database(run: Run, data: Path) -> None:
    assert "there is no database in" in one_line(run("keys", "list", "--data", data))
    assert not data.exists()


# -- places ------------------------------------------------------------------------------------------------------------


def text_of(run: Run) -> str:
    done = run("keys", "new")
    assert done.returncode == 0
    return done.stdout


def starts(data: Path, **variables: str) -> str:
    """What the doctor says of the keys of a data directory; the server must come up first."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KLARBILD_")} | variables
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stderr is not None
        line = server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
        return line or errors


def test_the_secrets_come_from_another_file(run: Run, data: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere.key"
    assert "listens on" in starts(data, KLARBILD_KEY_FILE=str(place))
    assert place.exists() and not (data / "klarbild.key").exists()
    assert f"{place} is missing" not in starts(data, KLARBILD_KEY_FILE=str(place))
    place.unlink()
    assert f"{place} is missing" in starts(data, KLARBILD_KEY_FILE=str(place))


def test_the_secrets_come_from_a_credential_of_systemd(run: Run, data: Path, tmp_path: Path) -> None:
    place = tmp_path / "credentials"
    place.mkdir()
    (place / "klarbild.key").write_text(text_of(run))
    (place / "klarbild.key").chmod(0o400)
    assert "listens on" in starts(data, CREDENTIALS_DIRECTORY=str(place))
    assert not (data / "klarbild.key").exists()


def test_the_secrets_come_from_the_environment(run: Run, data: Path) -> None:
    assert "listens on" in starts(data, KLARBILD_KEYS=text_of(run))
    assert not (data / "klarbild.key").exists()
    assert "KLARBILD_KEYS is broken" in starts(data, KLARBILD_KEYS="{}")


def test_the_secrets_come_from_a_command_and_a_new_key_by_way_of_it(run: Run, data: Path, tmp_path: Path) -> None:
    place = tmp_path / "service"
    place.write_text(text_of(run))
    settings = {"KLARBILD_KEY_COMMAND": f"cat,{place}"}
    assert "listens on" in starts(data, **settings)
    assert "put what `klarbild keys next` prints in their place" in one_line(
        run("keys", "rotate", "--data", data, **settings)
    )
    place.write_text(run("keys", "next", "--data", data, **settings).stdout)
    done = run("keys", "list", "--data", data, **settings)
    assert done.stdout.splitlines()[1] == "key 2: opens 0, wraps what is new"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("no-such-program-here",), "cannot run no-such-program-here"),
        (("false",), "ended with exit code 1"),
        (("true",), "what true prints is broken"),
    ],
)
def test_a_command_that_gives_no_secrets_stops_the_start_in_one_line(
    data: Path, command: tuple[str, ...], told: str
) -> None:
    with pytest.raises(StoreError, match=told) as refused:
        KeyFile.open(data, KeySource(command=command))
    assert "\n" not in str(refused.value)


def test_a_command_may_not_take_for_ever(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.store.keyfile.COMMAND_WITHIN_S", 0.05)
    before = time.monotonic()
    with pytest.raises(StoreError, match="did not end within"):
        KeyFile.open(data, KeySource(command=("sleep", "30")))
    assert time.monotonic() - before < COMMAND_WITHIN_S


def test_two_places_at_once_are_refused(run: Run, data: Path) -> None:
    both = {"KLARBILD_KEY_FILE": "a", "KLARBILD_KEY_COMMAND": "b"}
    assert "give one of them" in one_line(run("keys", "next", "--data", data, **both))


def test_what_the_settings_name_goes_before_what_the_system_gives(tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "KLARBILD_KEYS": "text"}
    (tmp_path / "klarbild.key").touch()
    assert source("", (), environ) == KeySource(file=tmp_path / "klarbild.key")
    assert source("x.key", (), environ) == KeySource(file=Path("x.key"))
    assert source("", ("cat", "x"), environ) == KeySource(command=("cat", "x"))
    assert source("", (), {"KLARBILD_KEYS": "text"}) == KeySource(text="text")
    assert source("", (), {}) == KeySource()
