"""What was said is to be read nowhere but at the desk: not in a file, not in a log, not in an error."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import stat
from pathlib import Path

import pytest

from assistant.sending.files import FOLDER, FileTransport
from assistant.sending.letter import Letter
from assistant.starting import load_dialogs
from tests.security.at_rest import SETTINGS, reading, spoken_of_health
from tests.security.markers import Markers, traces
from tests.security.process import running
from tests.torture.rows import scale_here

VISITS = scale_here().of(2, 25)


@pytest.mark.slow
async def test_of_a_whole_visit_nothing_is_to_be_read_at_rest(tmp_path: Path) -> None:
    found = await reading(tmp_path, VISITS)
    assert found.leaks == ()
    assert found.written == ()
    assert found.missing == ()
    assert found.errors_5xx == 0
    assert found.faults >= 70
    assert len(found.markers) > 60 * VISITS


def test_words_are_found_however_they_are_written_down() -> None:
    markers = Markers()
    core = markers.new("an answer").split()[1]
    looked_for = markers.spellings()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        words = f"Kanariefågel {core} å"
        for shift in range(3):
            plain = (b"x" * shift) + words.encode(encoding)
            assert traces(b"\x00\x01" + plain, looked_for)
    for shift in range(3):
        shifted = b"x" * shift + f"ord {core} fler ord".encode()
        for body in (base64.b64encode(shifted), base64.urlsafe_b64encode(shifted), shifted.hex().encode()):
            assert traces(b"--" + body, looked_for), body
    assert not traces(os.urandom(100_000), looked_for)


def test_the_language_of_health_is_known_in_words_of_three_languages() -> None:
    spoken = spoken_of_health(load_dialogs()["first_visit"], b"")
    words = {one.decode() for forms in spoken.values() for one in forms}
    assert len(words) > 900
    assert {"sick_listed", "too_ill_certificate"} <= words
    assert any("\u0600" <= sign <= "\u06ff" for one in words for sign in one)


def test_whoever_opens_the_letters_as_files_is_their_owner(tmp_path: Path) -> None:
    letter = Letter(channel="email", to="zq@example.org", subject="A letter", text="Zq words", lang="sv")
    asyncio.run(FileTransport(tmp_path).send(letter))
    (file,) = (tmp_path / FOLDER).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_crash_leaves_no_image_of_the_memory(tmp_path: Path) -> None:
    with running(tmp_path, **SETTINGS) as server:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        before = set(server.files())
        server.stop(signal.SIGSEGV)
        assert next(line.split()[4:6] for line in limits.splitlines() if "core file" in line) == ["0", "0"]
        assert set(server.files()) - before <= {"said.log"}
        assert b"Traceback" not in server.said.read_bytes()
