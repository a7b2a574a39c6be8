"""Logins by the command line, while the server runs and while it does not."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from assistant.store import UserRow
from assistant.store.accounts import UserChange
from assistant.store.sqlite import SqliteStore
from tests.cli.conftest import Run, one_line
from tests.faults.serving import Server, serving

PASSWORD = "a long enough password"


def add(run: Run, data: Path, name: str = "anna", *more: str, password: str = PASSWORD) -> None:
    given = ("user", "add", name, "--role", "caseworker", *more, "--data", data)
    done = run(*given, KLARBILD_PASSWORD=password)
    assert done.returncode == 0, done.stderr


def kept(data: Path, name: str = "anna", change: UserChange | None = None) -> UserRow:
    """A login as it lies in a store that nobody serves, changed before it is looked at."""

    async def look() -> UserRow:
        store = SqliteStore.open(data)
        if change is not None:
            await store.accounts.change(name, change)
        found = await store.user(name)
        await store.close()
        assert found is not None
        return found

    return asyncio.run(look())


def logs_in(server: Server, name: str, password: str) -> str:
    """Where a password leads to; empty if it is refused."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            return None

    form = urllib.parse.urlencode({"name": name, "password": password, "next": ""}).encode()
    try:
        urllib.request.build_opener(Stay).open(f"http://127.0.0.1:{server.port}/desk/login", form, timeout=20)
    except urllib.error.HTTPError as error:
        with error:
            return error.headers.get("Location", "")
    raise AssertionError("the login answers neither with a way on nor with a mistake")


def test_a_user_is_listed_disabled_and_enabled_without_a_server(run: Run, data: Path) -> None:
    add(run, data, "anna", "--unit", "Enhet  norr")
    add(run, data, "bo")
    assert run("user", "list", "--data", data).stdout.splitlines() == [
        "anna\tcaseworker\tEnhet norr\tpassword",
        "bo\tcaseworker\t-\tpassword",
    ]
    assert run("user", "disable", "bo", "--data", data).returncode == 0
    assert kept(data, "bo").disabled
    assert "bo\tcaseworker\t-\tdisabled" in run("user", "list", "--data", data).stdout
    assert run("user", "enable", "bo", "--data", data).returncode == 0
    assert not kept(data, "bo").disabled


def test_a_unit_that_is_not_named_stays_and_who_is_shut_out_stays_out(run: Run, data: Path) -> None:
    add(run, data, "anna", "--unit", "North")
    run("user", "disable", "anna", "--data", data)
    done = run("user", "add", "anna", "--role", "lead", "--data", data, KLARBILD_PASSWORD=PASSWORD)
    assert "but is shut out" in done.stdout
    anna = kept(data)
    assert (anna.role, anna.unit, anna.disabled) == ("lead", "North", True)


def test_a_login_without_a_password_is_for_openid_connect_alone(run: Run, data: Path) -> None:
    assert run("user", "add", "anna", "--role", "lead", "--no-password", "--data", data).returncode == 0
    assert run("user", "list", "--data", data).stdout == "anna\tlead\t-\tOpenID Connect\n"


def test_the_list_tells_nothing_secret(run: Run, data: Path) -> None:
    add(run, data)
    kept(data, change=UserChange(totp=b"sealed"))
    told = run("user", "list", "--data", data).stdout
    assert told == "anna\tcaseworker\t-\tpassword and second step\n"


def test_another_password_keeps_the_second_step_and_resetting_takes_it(run: Run, data: Path) -> None:
    add(run, data)
    kept(data, change=UserChange(totp=b"sealed", once_until="2026-03-12"))
    add(run, data, password="another long password")
    anna = kept(data)
    assert (anna.totp, anna.once_until) == (b"sealed", "")
    assert run("user", "reset-second-step", "anna", "--data", data).returncode == 0
    assert kept(data).totp is None


@pytest.mark.parametrize("command", ["disable", "enable", "reset-second-step"])
def test_a_name_that_nobody_has_is_told(run: Run, data: Path, command: str) -> None:
    add(run, data)
    assert one_line(run("user", command, "nobody", "--data", data)).startswith("there is no login 'nobody'")


@pytest.mark.parametrize(
    ("password", "told"), [("annaannaanna", "little more than the name"), ("password12345", "guessed first")]
)
def test_a_password_that_is_guessed_first_is_refused(run: Run, data: Path, password: str, told: str) -> None:
    done = run("user", "add", "anna", "--role", "lead", "--data", data, KLARBILD_PASSWORD=password)
    assert told in one_line(done)
    assert not data.exists()


def test_a_running_server_shuts_out_at_once_and_lets_in_again(run: Run, server: Server) -> None:
    add(run, server.data)
    assert logs_in(server, "anna", PASSWORD) == "/desk"
    assert run("user", "disable", "anna", "--data", server.data).returncode == 0
    assert logs_in(server, "anna", PASSWORD) == ""
    assert run("user", "enable", "anna", "--data", server.data).returncode == 0
    assert logs_in(server, "anna", PASSWORD) == "/desk"
    assert run("user", "list", "--data", server.data).stdout == "anna\tcaseworker\t-\tpassword\n"
    assert one_line(run("user", "disable", "nobody", "--data", server.data)).startswith("there is no login")


@pytest.mark.parametrize("served", [True, False], ids=["served", "alone"])
def test_a_token_that_was_taken_back_opens_nothing_at_once(run: Run, data: Path, served: bool) -> None:
    with serving(data) as server:
        token = run("token", "create", "--role", "caseworker", "--name", "system", "--data", data).stdout.split()[-1]
        assert server.get("/api/v1/cases", token)[0] == 200
        if not served:
            server.stop()
        done = run("token", "drop", "system", "--data", data)
        assert done.returncode == 0 and done.stdout == "The tokens of system open nothing any more.\n"
        assert "there is no token of the name 'system'" in one_line(run("token", "drop", "system", "--data", data))
        if not served:
            server.start()
        assert server.get("/api/v1/cases", token)[0] == 401
