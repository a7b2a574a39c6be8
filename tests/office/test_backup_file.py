"""The sealed file of a backup: what is put in comes out, and whatever was done to it in between is refused."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant import backup_file
from assistant.backup_file import PIECE, Lock, Opener, new_pair, public_bytes, read, read_head, read_private, write
from assistant.store import StoreError

PHRASE = "correct horse battery staple"
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Lock, Opener]:
    public = new_pair(tmp_path / "private")
    return Lock(public=public), Opener(private=read_private(tmp_path / "private"))


def sealed(lock: Lock, plain: bytes, at: Path, *, part: str = "klarbild.db") -> Path:
    file = io.BytesIO()
    cut = [plain[start : start + 100_000] for start in range(0, len(plain), 100_000)]
    write(file, lock, set="one", part=part, made="2026-03-05T09:00:00Z", program="0", plain=cut)
    at.write_bytes(file.getvalue())
    return at


def opened(path: Path, opener: Opener) -> bytes:
    return b"".join(read(path, opener))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_in_comes_out(tmp_path: Path, pair: tuple[Lock, Opener], size: int) -> None:
    plain = random.Random(size).randbytes(size)
    path = sealed(pair[0], plain, tmp_path / "backup")
    assert opened(path, pair[1]) == plain


def test_a_passphrase_opens_what_it_sealed_and_another_does_not(tmp_path: Path) -> None:
    path = sealed(Lock(passphrase=PHRASE), b"plain words", tmp_path / "backup")
    assert b"plain words" not in path.read_bytes()
    assert opened(path, Opener(passphrase=PHRASE)) == b"plain words"
    with pytest.raises(StoreError, match="not opened by this key or passphrase"):
        opened(path, Opener(passphrase=f"{PHRASE}r"))
    with pytest.raises(StoreError, match="set KLARBILD_BACKUP_PASSPHRASE"):
        opened(path, Opener())


def test_a_short_passphrase_seals_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="at least 16 characters"):
        sealed(Lock(passphrase="too short"), b"", tmp_path / "backup")


def test_another_private_key_opens_nothing(tmp_path: Path, pair: tuple[Lock, Opener]) -> None:
    path = sealed(pair[0], b"plain words", tmp_path / "backup")
    new_pair(tmp_path / "other")
    with pytest.raises(StoreError, match="sealed for another key"):
        opened(path, Opener(private=read_private(tmp_path / "other")))
    with pytest.raises(StoreError, match="--private-key"):
        opened(path, Opener())


def test_every_changed_byte_is_noticed(tmp_path: Path, pair: tuple[Lock, Opener]) -> None:
    path = sealed(pair[0], b"x" * (PIECE + 50), tmp_path / "backup")
    whole, chance = path.read_bytes(), random.Random(1)
    places = [*range(len(whole) - PIECE - 120), *(chance.randrange(len(whole)) for _ in range(200))]
    for place in {*places[:400], *places[-200:]}:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(StoreError):
            opened(path, pair[1])


def test_a_file_that_was_cut_anywhere_is_refused(tmp_path: Path, pair: tuple[Lock, Opener]) -> None:
    path = sealed(pair[0], b"x" * (2 * PIECE + 50), tmp_path / "backup")
    whole = path.read_bytes()
    head = len(whole) - (2 * PIECE + 50) - 3 * 16
    # At the ends of pieces too: there every piece that is left is itself undamaged.
    ends = [head + n * (PIECE + 16) for n in range(3)]
    for length in (0, 5, head - 1, *ends, *(end + 1 for end in ends), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(StoreError):
            opened(path, pair[1])


def test_pieces_cannot_be_swapped_doubled_or_taken_from_another_backup(
    tmp_path: Path, pair: tuple[Lock, Opener]
) -> None:
    path = sealed(pair[0], b"a" * PIECE + b"b" * PIECE + b"c" * PIECE, tmp_path / "backup")
    other = sealed(pair[0], b"d" * (3 * PIECE), tmp_path / "other").read_bytes()
    whole = path.read_bytes()
    size = PIECE + 16
    head = whole[: len(whole) - 3 * size]
    one, two, three = (whole[len(head) + n * size :][:size] for n in range(3))
    foreign = other[len(other) - 3 * size :][:size]
    swaps = ((two, one, three), (one, one, three), (one, three), (one, two), (three,), (one, two, three, three))
    for pieces in (*swaps, (foreign, two, three)):
        path.write_bytes(head + b"".join(pieces))
        with pytest.raises(StoreError):
            opened(path, pair[1])
    path.write_bytes(head + one + two + three)
    assert len(opened(path, pair[1])) == 3 * PIECE


def test_the_head_is_proven_with_the_rest(tmp_path: Path, pair: tuple[Lock, Opener]) -> None:
    path = sealed(pair[0], b"plain words", tmp_path / "backup")
    assert read_head(path).made == "2026-03-05T09:00:00Z"
    path.write_bytes(path.read_bytes().replace(b"2026-03-05T09", b"2027-03-05T09"))
    assert read_head(path).made == "2027-03-05T09:00:00Z"
    with pytest.raises(StoreError):
        opened(path, pair[1])


def test_two_backups_of_the_same_share_no_bytes(tmp_path: Path, pair: tuple[Lock, Opener]) -> None:
    one, other = (sealed(pair[0], b"the same", tmp_path / name).read_bytes()[-24:] for name in ("one", "other"))
    assert one != other


def test_the_nonce_of_a_piece_is_its_number_and_whether_it_is_the_last() -> None:
    nonces = {backup_file._nonce(number, last) for number in range(1000) for last in (False, True)}
    assert len(nonces) == 2000
    assert {len(nonce) for nonce in nonces} == {12}
    AESGCM(bytes(32)).encrypt(backup_file._nonce(2**80, True), b"", None)


@pytest.mark.parametrize(
    "text", [b"", b"SQLite format 3\x00", b"KLARBILD-BACKUP-1\n", b"KLARBILD-BACKUP-1\n\xff\xff\xff\xff"]
)
def test_what_is_no_backup_is_told_so(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "file").write_bytes(text)
    with pytest.raises(StoreError, match=r"is no backup of this program|was changed or cut off"):
        read_head(tmp_path / "file")


def test_a_private_key_is_its_owners_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "private"
    public = new_pair(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(public_bytes(public)) == 32
    assert read_private(path) != public_bytes(public)
    with pytest.raises(StoreError, match="cannot write"):
        new_pair(path)
    assert public in path.read_text()
    path.write_text("{}")
    with pytest.raises(StoreError, match="is no private key of a backup"):
        read_private(path)
    with pytest.raises(StoreError, match="is no key that klarbild backup keygen prints"):
        public_bytes("klarbild-backup-short")
