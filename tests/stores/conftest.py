"""A real store in a temporary directory, and the rows that tests put into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from assistant.store import CaseRow, ConversationRow, Opening
from assistant.store.sqlite import SqliteStore


class MakeOpening(Protocol):
    def __call__(
        self,
        conversation: str,
        *,
        case: str = ...,
        code: bytes | None = ...,
        key: bytes = ...,
        case_key: bytes = ...,
        code_key: bytes = ...,
        opened: str = ...,
    ) -> Opening: ...


def _opening(
    conversation: str,
    *,
    case: str = "case-1",
    code: bytes | None = None,
    key: bytes = b"conversation key, wrapped",
    case_key: bytes = b"case key, wrapped",
    code_key: bytes = b"",
    opened: str = "2026-03-05",
) -> Opening:
    return Opening(
        case=CaseRow(
            id=case,
            reference=f"EB-{case}",
            first_contact=opened,
            status="begun",
            locale="ar",
            urgent=False,
            wrapped_key=case_key,
            updated=opened,
        ),
        conversation=ConversationRow(
            id=conversation,
            case=case,
            dialog="first_visit",
            version=3,
            wrapped_key=key,
            code_wrapped=code_key,
            seq=0,
            opened=opened,
        ),
        code=code,
        code_expires=None if code is None else "2026-06-03",
    )


@pytest.fixture
def opening() -> MakeOpening:
    """What opens a conversation; each part can be chosen."""
    return _opening


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(directory: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore.open(directory, today=lambda: "2026-03-09")
    yield opened
    await opened.close()


@pytest.fixture
def on_disk(directory: Path) -> Callable[[], bytes]:
    """Everything that lies in the files of the data directory now: database, log and all."""
    return lambda: b"".join(path.read_bytes() for path in sorted(directory.iterdir()))
