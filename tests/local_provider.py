"""An identity provider that others have written, in a process of its own on this machine."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.faults.serving import free_port


@contextlib.contextmanager
def provider_in(folder: Path) -> Iterator[str]:
    """Run the provider while the block runs; its issuer. What it has to say goes to a file in the folder."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    log = folder / "provider.log"
    with log.open("wb") as told:
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
        process = subprocess.Popen(command, stdout=told, stderr=told)
        try:
            _wait_for(issuer, process, log)
            yield issuer
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(issuer: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(400):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=5) as answer,
        ):
            assert answer.status == 200
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError("the provider did not start")


def tell(issuer: str, subject: str, **claims: object) -> None:
    """Let the provider know somebody."""
    request = urllib.request.Request(f"{issuer}/users/{quote(subject)}", method="PUT", data=json.dumps(claims).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 204
