"""Erasing what is over by the command line, while the server runs and while it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from assistant.core.dialog import Dialog
from assistant.texts import Catalogs
from tests.cli.conftest import Run, one_line
from tests.conftest import Clock
from tests.faults.serving import serving
from tests.office.keeping import CALL_ME, begins, office_on, on_disk, sends, wrapped_keys

TOLD = "erased:\n  1 conversations that were not sent in time\n"


def an_old_draft(data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock) -> list[bytes]:
    """Somebody began in March, and somebody else sent; the keys of the draft, as they lie on the disk."""

    async def make() -> list[bytes]:
        async with office_on(data, dialogs, catalogs, clock) as service:
            await sends(service)
            await service.message(CALL_ME, "sv")
            await service.store.forget_codes(today="9999-01-01")
            return await wrapped_keys(service, (await begins(service)).case)

    return asyncio.run(make())


def test_what_is_over_is_erased_without_a_server(
    run: Run, data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    keys = an_old_draft(data, dialogs, catalogs, clock)
    dry = run("erase-due", "--dry-run", "--data", data)
    assert (dry.returncode, dry.stdout) == (0, TOLD.replace("erased:", "due to be erased:")), dry.stderr
    assert all(key in on_disk(data) for key in keys)
    done = run("erase-due", "--data", data)
    assert (done.returncode, done.stdout) == (0, TOLD), done.stderr
    assert not [key for key in keys if key in on_disk(data)]
    assert run("erase-due", "--data", data).stdout == "nothing is due to be erased\n"


def test_what_is_over_is_erased_by_the_server_that_runs(
    run: Run, data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> None:
    keys = an_old_draft(data, dialogs, catalogs, clock)
    with serving(data) as server:
        done = run("erase-due", "--data", data)
        assert (done.returncode, done.stdout) == (0, TOLD), done.stderr
        assert server.get("/readyz")[0] == 200
        assert not [key for key in keys if key in on_disk(data)]
    assert "Traceback" not in server.log.read_text()


def test_without_a_database_there_is_nothing_to_erase_and_nothing_is_made(run: Run, data: Path) -> None:
    assert "there is no database in" in one_line(run("erase-due", "--data", data))
    assert not data.exists()
