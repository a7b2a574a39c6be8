"""Where secrets come from, and that what is sealed with them says how, with a number that is used once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.store import StoreError, files, keyfile
from assistant.store.sealing import VERSION, DataKey, KeyFile, TamperedError


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The text of fresh secrets in a file for its owner only."""
    file = tmp_path / "credentials" / files.KEY
    file.parent.mkdir(mode=0o700)
    file.touch(0o600)
    file.write_text(keyfile.written(keyfile.new_contents()))
    return file


def opened(data: Path, source: keyfile.KeySource) -> KeyFile:
    data.mkdir(exist_ok=True)
    return KeyFile.open(data, source)


def test_a_credential_of_systemd_is_found_by_itself(made: Path, tmp_path: Path) -> None:
    found = keyfile.source("", (), {"CREDENTIALS_DIRECTORY": str(made.parent)})
    data = tmp_path / "data"
    key = opened(data, found).new_key("talk")[1]
    assert opened(data, found).unwrap(key, subject="talk")
    assert list(data.iterdir()) == []


def test_secrets_may_come_from_the_environment_or_from_a_command(made: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    wrapped = opened(data, keyfile.KeySource(file=made)).new_key("talk")[1]
    by_variable = keyfile.source("", (), {keyfile.VARIABLE: made.read_text()})
    printing = (sys.executable, "-c", f"print(open({str(made)!r}).read())")
    for found in (by_variable, keyfile.source("", printing, {})):
        assert opened(data, found).unwrap(wrapped, subject="talk")
        assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [("/nowhere/vault",), (sys.executable, "-c", "raise SystemExit(1)"), (sys.executable, "-c", "print('no')")],
)
def test_a_command_that_gives_no_secrets_stops_the_start_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    with pytest.raises(StoreError) as caught:
        opened(tmp_path / "data", keyfile.source("", command, {}))
    assert "\n" not in str(caught.value)


def test_no_two_records_of_a_key_have_the_same_nonce() -> None:
    key = DataKey(bytes(32), 1)
    nonces = {key.seal("talk", 1, b"the same")[3:15] for _ in range(50_000)}
    assert len(nonces) == 50_000


def test_what_is_sealed_says_in_its_first_byte_how_and_another_way_is_refused() -> None:
    key = DataKey(bytes(32), 1)
    sealed = key.seal("talk", 1, b"words")
    assert sealed[0] == VERSION and key.open("talk", 1, sealed) == b"words"
    for version in (0, 2, 255):
        with pytest.raises(TamperedError):
            key.open("talk", 1, bytes([version]) + sealed[1:])
