"""The data directory: private files whatever the umask says, and the lock that keeps a second server out."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path

from assistant.store import StoreError

DATABASE = "klarbild.db"
KEYRING = "keyring.db"
KEY = "klarbild.key"
LOCK = "klarbild.lock"


def private_directory(directory: Path) -> None:
    """Make the directory, readable by its owner only; one that exists keeps the mode its owner gave it."""
    try:
        refuse_file(directory)
        directory.parent.mkdir(parents=True, exist_ok=True)
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            return
        directory.chmod(0o700)
        sync_directory(directory.parent)
    except OSError as error:
        raise cannot_write(directory, error) from error


def refuse_file(directory: Path) -> None:
    """Raise StoreError if a file stands where the directory, or one above it, is needed; changes nothing."""
    nearest = next((place for place in (directory, *directory.parents) if place.exists()), directory)
    if nearest.exists() and not nearest.is_dir():
        raise StoreError(f"{nearest} is a file; a directory for the data is needed there")


def private_file(path: Path) -> int:
    """Open a file for writing, making it if needed, readable by its owner only; the caller closes it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if stat.S_IMODE(os.fstat(handle).st_mode) != 0o600:
            os.fchmod(handle, 0o600)
    except OSError as error:
        raise cannot_write(path, error) from error
    return handle


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    try:
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise cannot_write(directory, error) from error


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROBE = 64 * 1024


def lacks_room(directory: Path, length: int) -> bool:
    """Whether a file in the directory cannot grow beyond ``length`` bytes because the disk, a quota or a limit is full.

    Tried with a file that has no name and is gone at once. False where it can grow, and where it fails otherwise."""
    try:
        with tempfile.TemporaryFile(dir=directory) as probe:
            os.pwrite(probe.fileno(), bytes(_PROBE), length)
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno in _NO_ROOM
    return False


def room(directory: Path) -> int | None:
    """How many bytes are free for this user on the disk of a directory, or of the nearest one that exists above it."""
    place = next((one for one in (directory.absolute(), *directory.absolute().parents) if one.is_dir()), None)
    try:
        return shutil.disk_usage(place).free if place is not None else None
    except OSError:
        return None


def lock(directory: Path) -> int:
    """Take the directory for this process; the lock ends when the handle is closed or the process dies."""
    handle = private_file(directory / LOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreError(
            f"{directory} is already served by another process; stop it, or choose another --data"
        ) from None
    except OSError as error:
        os.close(handle)
        raise cannot_write(directory / LOCK, error) from error
    return handle


def is_served(directory: Path) -> bool:
    """Whether a process serves the directory now; changes nothing."""
    try:
        handle = os.open(directory / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def cannot_write(path: Path, error: OSError) -> StoreError:
    """The operator's line for a file that cannot be made or opened."""
    return StoreError(f"cannot write {path}: {error.strerror or type(error).__name__}")
