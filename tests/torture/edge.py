"""A store with an edge: every call of the service to its store passes here, so that a test can see it, or stop it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, cast

from assistant.store import Store

READS = frozenset({
    "read", "conversation", "conversations_of", "unsubmitted", "case", "cases", "find_code", "session", "sessions_of",
    "user", "users", "token", "tokens", "readings", "healthy", "close", "rows",
})  # fmt: skip
"""The calls that change nothing. Any other coroutine counts as a write, also one that is not there yet."""

Watch = Callable[[str, tuple[Any, ...], dict[str, Any], Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Is given the name of a write, its arguments, and the call itself; what it returns is what the service gets."""


class _Edge:
    def __init__(self, store: Any, watch: Watch) -> None:
        self._store, self._watch = store, watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in READS or not inspect.iscoroutinefunction(found):
            return found

        async def passed(*values: Any, **named: Any) -> Any:
            return await self._watch(name, values, named, lambda: found(*values, **named))

        return passed


def watched(store: Store, watch: Watch) -> Store:
    """The same store; each of its writes goes through `watch`."""
    return cast(Store, _Edge(store, watch))
