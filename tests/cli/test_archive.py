"""A closed case for the archive, by the command line, while the server runs and while it does not."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.core.dialog import Dialog
from assistant.core.office import Closed, Noted
from assistant.exports.pdf import is_there
from assistant.server.archiving import READER
from assistant.store import ReadingRow
from assistant.texts import Catalogs
from tests.cli.conftest import Run, one_line
from tests.conftest import Clock
from tests.faults.serving import serving
from tests.office.keeping import does, office_on, sends

FORMS = {"summary.txt", "fhir.json", "record.json", "manifest.json"} | ({"summary.pdf"} if is_there() else set())


@pytest.fixture
def case(data: Path, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock) -> tuple[str, str, str]:
    """The id and the reference of a closed case, and the reference of an open one."""

    async def make() -> tuple[str, str, str]:
        async with office_on(data, dialogs, catalogs, clock) as service:
            one, other = await sends(service), await sends(service)
            await does(service, one.case, Noted(text="Marker-Zebra-41"))
            await does(service, one.case, Closed(reason="done"))
            return one.case, one.reference, other.reference

    return asyncio.run(make())


def readings(
    data: Path, case: str, dialogs: Mapping[str, Dialog], catalogs: Catalogs, clock: Clock
) -> tuple[ReadingRow, ...]:
    async def look() -> tuple[ReadingRow, ...]:
        async with office_on(data, dialogs, catalogs, clock) as service:
            return await service.store.readings(case)

    return asyncio.run(look())


def test_a_closed_case_is_taken_out_whole_and_every_file_is_as_its_manifest_says(
    run: Run,
    data: Path,
    tmp_path: Path,
    case: tuple[str, str, str],
    dialogs: Mapping[str, Dialog],
    catalogs: Catalogs,
    clock: Clock,
) -> None:
    id, reference, _ = case
    done = run("archive", reference.lower(), tmp_path / "out", "--data", data)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / reference
    assert {path.name for path in folder.iterdir()} == FORMS
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert set(manifest["files"]) == FORMS - {"manifest.json"}
    for name, said in manifest["files"].items():
        body = (folder / name).read_bytes()
        assert said == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    record = json.loads((folder / "record.json").read_bytes())
    assert [one["doing"]["doing"] for one in record["office"]] == ["noted", "closed"]
    assert "Marker-Zebra-41" in json.dumps(record)
    assert "Marker-Zebra-41" not in (folder / "summary.txt").read_text()
    (talk,) = record["conversations"]
    assert talk["events"][-1]["event"]["event"] == "submitted"
    assert [(one.user, one.what) for one in readings(data, id, dialogs, catalogs, clock)] == [(READER, "archive")]
    assert "cannot write" in one_line(run("archive", reference, tmp_path / "out", "--data", data))


def test_the_server_that_runs_takes_it_out_and_an_open_case_is_refused(
    run: Run, data: Path, tmp_path: Path, case: tuple[str, str, str]
) -> None:
    _, reference, other = case
    with serving(data):
        done = run("archive", reference, tmp_path / "out", "--data", data)
        assert done.returncode == 0, done.stderr
        assert {path.name for path in (tmp_path / "out" / reference).iterdir()} == FORMS
        assert "is not closed" in one_line(run("archive", other, tmp_path / "out", "--data", data))
        assert "no case with this reference" in one_line(run("archive", "ZZZ-ZZZ", tmp_path / "out", "--data", data))
    assert [path.name for path in (tmp_path / "out").iterdir()] == [reference]
