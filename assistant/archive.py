"""A case as it goes to the archive: its summary in forms that are read without this program, the whole record, and a
list of the files with their hashes, by which an archive can tell that nothing of it was changed."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec

from assistant.core.office import Done
from assistant.core.record import Recorded
from assistant.desk import CaseDetail, MessageView
from assistant.store import ReadingRow, files

MANIFEST: Final = "manifest.json"
RECORD: Final = "record.json"
_FIRST_DAY_OF_ZIP: Final = (1980, 1, 1, 0, 0, 0)


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was sent of one conversation, in order."""

    id: str
    events: tuple[Recorded, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A case as the program keeps it: what was sent, what the office did, who read it. Moments are in UTC."""

    reference: str
    status: str
    first_contact: str
    visit: str
    held: str
    unit: str
    assigned: str
    conversations: tuple[Conversation, ...]
    messages: tuple[MessageView, ...]
    office: tuple[Done, ...]
    readings: tuple[ReadingRow, ...]


class Archived(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a case by their names; the manifest is the last one. ``missing``: forms that could not be made."""

    reference: str
    files: dict[str, bytes]
    missing: tuple[str, ...] = ()


def archived(detail: CaseDetail, forms: Mapping[str, bytes], *, made: str, missing: Sequence[str] = ()) -> Archived:
    """A case for the archive. ``forms``: the summary in its forms, by the names of their files; ``made`` is the moment
    (UTC)."""
    view = detail.view
    record = Record(
        reference=view.reference,
        status=view.status,
        first_contact=view.first_contact,
        visit=view.visit,
        held=view.held,
        unit=view.unit,
        assigned=view.assigned,
        conversations=tuple(Conversation(id=id, events=events) for id, events in detail.record),
        messages=view.messages,
        office=detail.office.done,
        readings=detail.readings,
    )
    found = dict(forms) | {RECORD: _json(record)}
    manifest: dict[str, Any] = {
        "about": "A case of Klarbild for the archive. What it says are the person's own statements, not assessed.",
        "reference": view.reference,
        "made": made,
        "program": metadata.version("klarbild"),
        "files": {
            name: {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()} for name, body in found.items()
        },
        "missing": list(missing),
    }
    return Archived(reference=view.reference, files=found | {MANIFEST: _json(manifest)}, missing=tuple(missing))


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def zipped(found: Archived) -> bytes:
    """The files in one, under a folder that is named by the reference."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in found.files.items():
            archive.writestr(zipfile.ZipInfo(f"{found.reference}/{name}", _FIRST_DAY_OF_ZIP), body)
    return target.getvalue()


def write(found: Archived, directory: Path) -> Path:
    """Write the files into a new folder of a directory, for their owner only; the folder. Raises StoreError, also if
    the folder is there already."""
    folder = directory / found.reference
    try:
        directory.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)
        for name, body in found.files.items():
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise files.cannot_write(folder, error) from None
    files.sync_directory(folder)
    return folder
