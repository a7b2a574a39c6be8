"""Pages of the desk on paper, as the browser prints them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pypdf import PdfReader

from tests.chromium import CHROMIUM
from tests.conftest import Client
from tests.web.desk_visits import page


async def printed(client: Client, address: str, folder: Path) -> PdfReader:
    """A page of the desk as the browser prints it, without what it would put into the margins itself."""
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(await page(client, address), "utf-8")
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}",
        ),
        f"--print-to-pdf={target}",
        source.as_uri(),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        await process.wait()
    return PdfReader(target)
