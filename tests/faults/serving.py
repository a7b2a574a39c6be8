"""The real server in a process of its own, and a client of its JSON API."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server answers; raises AssertionError, with what it has logged, if it ends or does not begin."""
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError("the server did not start")


class Server:
    """``klarbild serve`` on a data directory."""

    def __init__(self, data: Path, port: int | None = None, **variables: str) -> None:
        self.data, self.port, self.variables = data, port or free_port(), variables
        self.log = data.parent / "server.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assistant", "serve", "--port", str(self.port), "--data", str(self.data)],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.variables},
            )
        wait_for(self.process, self.port, self.log)

    def kill(self) -> None:
        """Nothing can be tidied up after this."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def get(self, path: str, token: str = "") -> tuple[int, Any]:
        return self.call("GET", path, token=token)

    def post(self, path: str, body: Any, token: str = "") -> tuple[int, Any]:
        return self.call("POST", f"/api/v1/{path}", body, token)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """Status and JSON (or text) of an answer. Raises OSError where no answer came."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error.read())


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


@contextlib.contextmanager
def serving(data: Path, **variables: str) -> Iterator[Server]:
    """A server that runs for as long as it is needed."""
    server = Server(data, None, **variables)
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
