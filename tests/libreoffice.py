"""LibreOffice, to see how an office reads what was given out."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Final

import pytest

SOFFICE: Final = shutil.which("soffice") or ""
NEEDS_LIBREOFFICE: Final = pytest.mark.skipif(
    not SOFFICE, reason="soffice is not installed: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
)


async def converted(source: Path, to: str, *options: str) -> Path:
    """A file as LibreOffice writes it in another format, beside it; its settings are thrown away with the folder."""
    process = await asyncio.create_subprocess_exec(
        SOFFICE,
        f"-env:UserInstallation={(source.parent / 'libreoffice').as_uri()}",
        *("--headless", "--norestore", *options, "--convert-to", to, "--outdir", str(source.parent), str(source)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        told, _ = await process.communicate()
    target = source.with_suffix(f".{to.partition(':')[0]}")
    assert target.exists(), told.decode("utf-8", "replace")
    return target
