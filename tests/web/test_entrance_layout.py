"""The pages before a conversation as a browser lays them out on a phone."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import CHROMIUM, NEEDS_CHROMIUM
from tests.conftest import Client

MEASURE = """<script>
document.title = JSON.stringify([...document.querySelectorAll("main button, main .button")].map(
  (one) => [one.textContent, Math.round(one.getBoundingClientRect().left)]
))
</script></body>"""

pytestmark = NEEDS_CHROMIUM


async def buttons(client: Client, address: str, folder: Path) -> list[tuple[str, int]]:
    """The buttons of a page, 360 pixels wide, and how far from the side each of them begins."""
    source = folder / "page.html"
    source.write_text((await (await client.get(address)).text()).replace("</body>", MEASURE), "utf-8")
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *("--headless", "--no-sandbox", "--disable-gpu", "--window-size=360,800", "--dump-dom"),
        *(f"--user-data-dir={folder / 'profile'}", source.as_uri()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        drawn, _ = await process.communicate()
    title = re.search(r"<title>(.*?)</title>", drawn.decode())
    assert title, drawn.decode()[:500]
    found: list[Any] = json.loads(title[1])
    return [(name, left) for name, left in found]


@pytest.mark.parametrize("address", ["/sv", "/sv/continue", "/en"])
async def test_the_buttons_of_a_page_begin_at_the_same_side(client: Client, tmp_path: Path, address: str) -> None:
    found = await buttons(client, address, tmp_path)
    assert len(found) >= 2
    assert len({left for _, left in found}) == 1, found
