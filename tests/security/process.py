"""The server as a process of its own, whose files, words and memory are looked at from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.faults.serving import free_port, wait_for


class Process:
    """``klarbild serve`` in an otherwise empty folder: data, temporary files and everything it says lie below it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.data, self.temporary = folder, folder / "data", folder / "tmp"
        self.said, self.writes, self.switch = folder / "said.log", folder / "writes.log", folder / "break"
        self.port = free_port()
        self.settings = settings
        self.caught: dict[str, bytes] = {}
        self._over = threading.Event()
        for one in (self.temporary, folder / "home"):
            one.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KLARBILD", "XDG_"))}
        own = {"TMPDIR": str(self.temporary), "HOME": str(self.folder / "home"), "PYTHONUNBUFFERED": "1"}
        watch = {"KLARBILDTEST_WRITES": str(self.writes), "KLARBILDTEST_BREAK": str(self.switch)}
        root = str(Path(__file__).parents[2])
        return kept | own | watch | {"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"} | self.settings

    def run(self, *arguments: str, typed: str = "") -> str:
        """Another command on the same data; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "assistant", *arguments, "--data", str(self.data)],
            input=typed,
            capture_output=True,
            text=True,
            env=self._environment() | {"KLARBILD_PASSWORD": ""},
            cwd=self.folder,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.security.watched", "serve", f"--port={self.port}", f"--data={self.data}"],
                stdout=said,
                stderr=said,
                env=self._environment(),
                cwd=self.folder,
            )
        wait_for(self.process, self.port, self.said)
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Catch what stands in the temporary files for a moment only, those without a name included."""
        handles = Path(f"/proc/{self.process.pid}/fd")
        while not self._over.is_set() and self.process.poll() is None:
            for path in self.temporary.rglob("*"):
                self._catch(path, str(path))
            with contextlib.suppress(OSError):
                for handle in handles.iterdir():
                    self._catch_unnamed(handle)
            time.sleep(0.005)

    def _catch_unnamed(self, handle: Path) -> None:
        with contextlib.suppress(OSError):
            target = os.readlink(handle)
            if target.endswith(" (deleted)"):
                self._catch(handle, target)

    def _catch(self, path: Path, name: str) -> None:
        with contextlib.suppress(OSError):
            if path.is_file():
                self.caught[name] = self.caught.get(name, b"") + path.read_bytes()

    def memory(self) -> int:
        """How many bytes of memory it holds."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self._over.set()
        self.process.send_signal(number)
        return self.process.wait(30)

    def files(self) -> dict[str, bytes]:
        """Every file below the folder as it is now, by its path there."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path != self.switch
        }


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Process]:
    """A server that runs for as long as it is needed."""
    process = Process(folder, **settings)
    process.start()
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.stop()
