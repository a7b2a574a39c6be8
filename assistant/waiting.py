"""A small room in which names wait for somebody to take care of them: whoever puts one there never waits."""

from __future__ import annotations

import asyncio
import contextlib


class Waiting:
    """Names, each once, the first come first; at most so many. What comes when it is full is let go."""

    def __init__(self, most: int) -> None:
        self._most, self._names, self._came = most, dict[str, None](), asyncio.Event()

    def __len__(self) -> int:
        return len(self._names)

    def put(self, name: str) -> bool:
        """Let a name wait; False if there is no room."""
        if name not in self._names and len(self._names) >= self._most:
            return False
        self._names[name] = None
        self._came.set()
        return True

    def take(self) -> tuple[str, ...]:
        """Everything that waits; then nothing does."""
        names = tuple(self._names)
        self._names.clear()
        self._came.clear()
        return names

    async def come(self, within: float) -> None:
        """Wait until something waits, but not for longer than so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._came.wait(), within)
