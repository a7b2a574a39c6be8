"""What a proxy of a test does with every connection, whatever it does to what passes."""

from __future__ import annotations

import re
from asyncio import StreamReader

END = b"\r\n\r\n"


async def request_of(reader: StreamReader) -> tuple[bytes, bytes]:
    """The head of the request that comes, and the whole of it as it goes on: on a connection of its own."""
    head = await reader.readuntil(END)
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return head, re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head).replace(END, b"\r\nConnection: close" + END) + body
