"""Letters as files: private, whole, and with nothing to read in their names and headers."""

from __future__ import annotations

import datetime
import email
import email.policy
import os
import re
import stat
from pathlib import Path

import pytest

from assistant.sending import Letter, transports
from assistant.sending.files import FileTransport
from assistant.settings import Settings
from tests.sending.post_office import FROM, NUMBER, WORDS, failure_of, letter, text_message

MOMENT = datetime.datetime(2026, 11, 27, 9, 5, 7, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
TELLING = re.compile("bistånd|våld|soc", re.IGNORECASE)


def transport_in(data: Path) -> FileTransport:
    return FileTransport(data, FROM, clock=lambda: MOMENT)


async def written(data: Path, one: Letter) -> Path:
    await transport_in(data).send(one)
    (file,) = (data / "outbox").iterdir()
    return file


async def test_files_are_what_is_used_where_nothing_was_decided(tmp_path: Path) -> None:
    chosen = transports(Settings(), tmp_path)
    await chosen["email"].send(letter())
    await chosen["sms"].send(text_message())
    assert sorted(file.suffix for file in (tmp_path / "outbox").iterdir()) == [".eml", ".txt"]
    assert transports(Settings(), None) == {}


async def test_an_e_mail_is_a_whole_message(tmp_path: Path) -> None:
    file = await written(tmp_path, letter(lang="ar"))
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (message["From"], message["To"], message["Content-Language"]) == (FROM, "anna@example.org", "ar")
    assert message["Date"].datetime == MOMENT
    assert message["Date"].datetime.utcoffset() == datetime.timedelta()
    assert message.get_content().strip() == WORDS


async def test_a_text_message_is_its_number_and_its_words(tmp_path: Path) -> None:
    file = await written(tmp_path, text_message(to="+46 (0)70-174 06 05"))
    assert file.read_text("utf-8") == f"{NUMBER}\n\n{WORDS}\n"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_only_their_owner_can_read_them_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        file = await written(tmp_path, letter())
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_name_holds_the_moment_and_chance_alone(tmp_path: Path) -> None:
    for one in (letter(), letter(), text_message(), text_message()):
        await transport_in(tmp_path).send(one)
    names = {file.name for file in (tmp_path / "outbox").iterdir()}
    assert len(names) == 4
    assert all(re.fullmatch(r"20261127T080507Z-[0-9a-f]{16}\.(eml|txt)", name) for name in names)


async def test_no_header_and_no_name_tells_anything_to_a_bystander(tmp_path: Path) -> None:
    words = "Du har sökt ekonomiskt bistånd hos socialtjänsten. Våld i nära relation."
    file = await written(tmp_path, letter(text=words, subject="Ett meddelande från kommunen"))
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert "bistånd" in message.get_content()
    assert not [line for line in (*map(": ".join, message.items()), file.name) if TELLING.search(line)]
    assert not {"User-Agent", "X-Mailer", "Reply-To", "Received"} & set(message.keys())


async def test_where_nothing_can_be_written_a_letter_waits_and_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    assert await failure_of(FileTransport(tmp_path / "file"), letter()) == ("misconfigured", False)
    assert await failure_of(FileTransport(tmp_path / "none"), letter()) == ("misconfigured", False)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "outbox").mkdir()
    assert await failure_of(transport_in(tmp_path), letter()) == ("misconfigured", False)
    assert list((tmp_path / "outbox").iterdir()) == []


async def test_an_address_that_cannot_be_right_makes_no_file(tmp_path: Path) -> None:
    assert await failure_of(transport_in(tmp_path), letter(to="anna\n@example.org")) == ("refused", True)
    assert await failure_of(transport_in(tmp_path), text_message(to="anna@example.org")) == ("refused", True)
    assert not (tmp_path / "outbox").exists()
