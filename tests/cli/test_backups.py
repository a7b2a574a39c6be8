"""Backups by the command line, and the drill: the office is brought back elsewhere, and a person goes on there."""

from __future__ import annotations

import asyncio
import http.cookiejar
import shutil
import threading
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.core.dialog import Dialog
from assistant.texts import Catalogs
from tests.cli.conftest import Run, one_line
from tests.conftest import Clock
from tests.faults.answering import START, answer
from tests.faults.serving import Server, serving
from tests.office.keeping import begins, office_on, sends

PHRASE = {"KLARBILD_BACKUP_PASSPHRASE": "correct horse battery staple"}


def talking(server: Server, words: str, most: int = 1_000) -> dict[str, object]:
    """Somebody talks through the JSON API until nothing is asked any more, or for so many turns; token, code and last
    turn."""
    status, began = server.post("conversations", START)
    assert status == 201, began
    turn, token = began["turn"], began["token"]
    for _ in range(most):
        if turn["step"]["kind"] in ("done", "stopped"):
            break
        path, body = answer(turn, words)
        status, got = server.post(f"conversation/{path}", body, token)
        assert status == 200, got
        turn = got["turn"]
    return {"token": token, "code": began["code"], "turn": turn}


def goes_on(server: Server, code: str) -> str:
    """The page to which a code leads on a browser without script."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    home = f"http://127.0.0.1:{server.port}"
    form = urllib.parse.urlencode({"code": code}).encode()
    request = urllib.request.Request(f"{home}/en/continue", form, {"Origin": home, "Sec-Fetch-Site": "same-origin"})
    with browser.open(request, timeout=20) as answer_:
        assert answer_.url.startswith(f"{home}/chat"), answer_.url
        page: str = answer_.read().decode()
    return page


@pytest.mark.slow
def test_the_drill_a_backup_taken_under_writes_is_brought_back_and_a_person_goes_on(
    run: Run, data: Path, tmp_path: Path
) -> None:
    file, elsewhere, stop = tmp_path / "night.backup", tmp_path / "elsewhere", threading.Event()
    with serving(data) as server:
        one = talking(server, "Marker-Zebra-41", most=25)
        gone = talking(server, "Marker-Yak-42", most=12)
        whole = talking(server, "Marker-Lynx-43")
        assert whole["turn"]["step"]["kind"] == "done"  # type: ignore[index]

        def write_on() -> None:
            while not stop.is_set():
                talking(server, "Marker-Eland-44", most=10)

        writers = [threading.Thread(target=write_on) for _ in range(2)]
        for writer in writers:
            writer.start()
        try:
            done = run("backup", file, "--data", data, **PHRASE)
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        assert done.returncode == 0, done.stderr
        assert "opened again and compared" in done.stdout
        assert server.call("DELETE", "/api/v1/conversation", token=str(gone["token"]))[0] in (200, 204)
        assert server.get("/readyz")[0] == 200
    sealed = b"".join(path.read_bytes() for path in tmp_path.glob("night.backup*"))
    assert not [word for word in (b"Marker", b"SQLite format") if word in sealed]

    elsewhere.mkdir(mode=0o700)
    shutil.copy(data / "klarbild.key", elsewhere)
    back = run("restore", file, "--data", elsewhere, "--erased", data / "erased.list", **PHRASE)
    assert back.returncode == 0, back.stderr
    assert back.stderr == ""
    assert "1 cases and conversations on the list of what is erased were erased again" in back.stdout
    assert run("doctor", "--data", elsewhere).returncode == 0
    with serving(elsewhere) as again:
        assert again.get("/readyz")[0] == 200
        # Whoever was in it then is out, and comes back with the code; whoever erased it has nothing to come back to.
        assert again.get("/api/v1/conversation", str(one["token"]))[0] == 401
        page = goes_on(again, str(one["code"]))
        assert 'id="reply"' in page
        with pytest.raises(urllib.error.HTTPError) as refused:
            goes_on(again, str(gone["code"]))
        assert refused.value.code == 422
        refused.value.close()
        assert talking(again, "Marker-Ibex-45")["turn"]["step"]["kind"] == "done"  # type: ignore[index]
    assert "Traceback" not in again.log.read_text()


def test_a_backup_is_never_written_in_plain(run: Run, data: Path, tmp_path: Path) -> None:
    assert "there is no database in" in one_line(run("backup", tmp_path / "backup", "--data", data, **PHRASE))
    run("user", "add", "anna", "--role", "admin", "--data", data, KLARBILD_PASSWORD="a long enough password")
    told = one_line(run("backup", tmp_path / "backup", "--data", data))
    assert told.startswith("a backup is never written in plain: set backup_public_key")
    short = run("backup", tmp_path / "backup", "--data", data, KLARBILD_BACKUP_PASSPHRASE="short")
    assert "at least 16 characters" in one_line(short)
    assert not (tmp_path / "backup").exists()


def test_a_pair_of_keys_is_made_once_and_opens_what_the_public_one_sealed(run: Run, data: Path, tmp_path: Path) -> None:
    run("user", "add", "anna", "--role", "admin", "--data", data, KLARBILD_PASSWORD="a long enough password")
    made = run("backup", "keygen", tmp_path / "private")
    assert made.returncode == 0, made.stderr
    public = made.stdout.strip()
    assert "cannot write" in one_line(run("backup", "keygen", tmp_path / "private"))
    (data / "klarbild.toml").write_text(f'backup_public_key = "{public}"\n')
    done = run("backup", tmp_path / "backup", "--data", data)
    assert "only the private key can tell more" in done.stdout, done.stderr
    assert "are both set" in one_line(run("backup", tmp_path / "backup", "--data", data, **PHRASE))
    seen = run("backup", "verify", tmp_path / "backup", "--private-key", tmp_path / "private")
    assert "opened again and compared" in seen.stdout, seen.stderr
    assert "give the private one" in one_line(run("backup", "verify", tmp_path / "backup"))
    back = run("restore", tmp_path / "backup", "--data", tmp_path / "new", "--private-key", tmp_path / "private")
    assert back.returncode == 0
    assert "what was erased since may be back" in back.stderr
    (data / "klarbild.toml").write_text('backup_public_key = "mine"\n')
    assert "backup_public_key: is no public key" in one_line(run("backup", tmp_path / "backup", "--data", data))


def test_an_office_that_nobody_serves_is_backed_up_too(
    run: Run, data: Path, tmp_path: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    async def make() -> str:
        async with office_on(data, dialogs, catalogs, clock) as service:
            await sends(service)
            return (await begins(service)).code

    code = asyncio.run(make())
    done = run("backup", tmp_path / "backup", "--data", data, **PHRASE)
    assert done.returncode == 0, done.stderr
    shutil.copytree(data, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("*.db*"))
    (tmp_path / "elsewhere" / "klarbild.lock").unlink()
    assert run("restore", tmp_path / "backup", "--data", tmp_path / "elsewhere", **PHRASE).returncode == 0

    async def look() -> bool:
        async with office_on(tmp_path / "elsewhere", dialogs, catalogs, clock) as service:
            return await service.resume(code) is not None

    assert asyncio.run(look())
