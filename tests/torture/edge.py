"""A store with an edge: every call of the service to its store passes here, so that a test can see it, or stop it."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from assistant import resources
from assistant.core.dialog import Dialog
from assistant.core.hints import Rulebook
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs, load_rulebook
from assistant.store import Store
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.texts import Catalogs

READS = frozenset({
    "read", "conversation", "conversations_of", "case", "cases", "find_code", "session", "sessions_of",
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


class House(NamedTuple):
    """What the program needs beside its data."""

    dialogs: Mapping[str, Dialog]
    catalogs: Catalogs
    rulebook: Rulebook

    def open(self, data: Path, clock: Callable[[], datetime.datetime], watch: Watch | None = None) -> Service:
        """The use cases on a data directory, each write through `watch`. Raises StoreError."""
        keys = KeyFile.open(data)
        store: Store = SqliteStore.open(data, keys=keys)
        store = store if watch is None else watched(store, watch)
        return Service(self.dialogs, store, keys, self.catalogs, Settings(), clock, self.rulebook)


def house() -> House:
    """The program's own dialogs, words and rules."""
    dialogs = load_dialogs()
    return House(dialogs, Catalogs.load(resources.folder("locales")), load_rulebook(dialogs))
