"""The one thread that writes.

It takes every job that waits, runs them in one transaction and commits once, so that many replies share
the price of one visit to the disk. Nobody is told of success before COMMIT has returned.

A full disk refuses what waits, and goes on when there is room. After a failed fsync, or an error that no lack of room
explains, nobody knows what the disk holds: then nothing is tried again, and the process must end (`failure`).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from assistant.store import StoreError
from assistant.store.failures import is_sync, leaves_doubt, translated
from assistant.store.files import lacks_room

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

MOST_IN_ONE_COMMIT = 500
MOST_WAITING = 5_000
BUSY_MS = 2000
TRUNCATE_BUSY_MS = 200
TRUNCATE_AGAIN_S = 1.0


class _Job(NamedTuple):
    work: Work[Any]
    future: asyncio.Future[Any]
    truncate: bool


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    result: Any
    error: Exception | None


class Writer:
    """Owns the write connection: a plain one (`isolation_level=None`) that nobody else uses from now on.

    `commits` counts transactions and `jobs` the writes they carried, `waiting` those that nobody has an answer to yet.
    `failure` is blank, or says why nothing can be written any more until the process has begun anew.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.commits = 0
        self.jobs = 0
        self.waiting = 0
        self.failure = ""
        self._connection = connection
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closing = False
        self._truncate_at: float | None = None
        self._batch: list[_Job] = []
        self._log = Path(f"{connection.execute('pragma database_list').fetchone()[2]}-wal")
        self._thread = threading.Thread(target=self._run, name="klarbild-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], *, truncate: bool = False) -> asyncio.Future[T]:
        """Queue a write; the future has its result once it is committed, or Conflict, or StoreError.

        `truncate`: what the work deleted must leave the write-ahead log too.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._gate:
            if self._closing:
                raise StoreError(self.failure or "the store is closed")
            if self.waiting >= MOST_WAITING:
                raise StoreError("the disk is too slow for what is written; too many writes wait")
            self.waiting += 1
            self._queue.put(_Job(work, future, truncate))
        return future

    def stop(self) -> None:
        """Finish every job that was queued and end the thread (blocks). The connection stays open."""
        with self._gate:
            self._closing = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            last = False
            while not last and not self.failure:
                self._batch, last = self._take()
                outcomes = self._commit(self._batch) if self._batch else []
                if self._truncate_at is not None and time.monotonic() >= self._truncate_at and not self.failure:
                    self._truncate()
                self._tell(outcomes)
                self._batch = []
        except BaseException as error:
            # Nobody would ever be told anything again: whatever it was, it must not pass in silence.
            self.failure = f"the thread that writes has ended ({type(error).__name__}); nothing can be saved"
        if self.failure:
            self._refuse_all()

    def _refuse_all(self) -> None:
        """Refuse whatever waits, and what comes from now on."""
        with self._gate:
            self._closing = True
        left = self._batch
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._queue.get_nowait()
                left += [job] if job is not None else []
        self._tell([_Outcome(job.future, None, StoreError(self.failure)) for job in left])

    def _take(self) -> tuple[list[_Job], bool]:
        """All jobs that wait now, and whether they are the last. Waits for the first one."""
        batch: list[_Job] = []
        pause = None if self._truncate_at is None else max(0.0, self._truncate_at - time.monotonic())
        with contextlib.suppress(queue.Empty):
            job = self._queue.get(timeout=pause)
            while job is not None:
                batch.append(job)
                if len(batch) == MOST_IN_ONE_COMMIT:
                    return batch, False
                job = self._queue.get_nowait()
            return batch, True
        return batch, False

    def _commit(self, batch: list[_Job]) -> list[_Outcome]:
        connection = self._connection
        try:
            connection.execute("begin immediate")
            outcomes = [self._attempt(job) for job in batch]
            connection.execute("commit")
        except Exception as error:
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
            if self._is_the_end(error):
                self.failure = str(_refusal(error))
            return [_Outcome(job.future, None, _refusal(error)) for job in batch]
        self.commits += 1
        self.jobs += len(batch)
        if any(job.truncate for job in batch):
            self._truncate_at = 0.0
        return outcomes

    def _attempt(self, job: _Job) -> _Outcome:
        """Run one job so that its failure leaves nothing behind and its neighbours alone."""
        connection = self._connection
        connection.execute("savepoint job")
        try:
            result = job.work(connection)
        except Exception as error:
            if not connection.in_transaction or leaves_doubt(error):
                # SQLite gave up the whole transaction (a full disk, say): no neighbour is saved either.
                raise
            connection.execute("rollback to job")
            connection.execute("release job")
            told = translated(error) if isinstance(error, sqlite3.Error) else error
            return _Outcome(job.future, None, told)
        connection.execute("release job")
        return _Outcome(job.future, result, None)

    def _is_the_end(self, error: Exception) -> bool:
        """Whether an error leaves it open what the disk holds. SQLite tells a quota like a broken disk: room is tried
        for, just behind the log."""
        if not leaves_doubt(error):
            return False
        length = self._log.stat().st_size if self._log.exists() else 0
        return is_sync(error) or not lacks_room(self._log.parent, length)

    def _truncate(self) -> None:
        """Empty the write-ahead log. A reader in the middle of something, a backup say, puts it off."""
        busy = True
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute(f"pragma busy_timeout = {TRUNCATE_BUSY_MS}")
            busy = bool(self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0])
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute(f"pragma busy_timeout = {BUSY_MS}")
        self._truncate_at = time.monotonic() + TRUNCATE_AGAIN_S if busy else None

    def _tell(self, outcomes: list[_Outcome]) -> None:
        """Wake each event loop once for all its futures."""
        with self._gate:
            self.waiting -= len(outcomes)
        by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
        for outcome in outcomes:
            by_loop.setdefault(outcome.future.get_loop(), []).append(outcome)
        for loop, its_own in by_loop.items():
            # A loop that has ended has nobody left to tell.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, its_own)


def _refusal(error: Exception) -> StoreError:
    """Why nothing of a batch was saved; a fresh one for each waiter, who adds a traceback of its own."""
    told = translated(error) if isinstance(error, sqlite3.Error) else None
    refusal = told if isinstance(told, StoreError) else StoreError("a write failed and nothing was saved")
    refusal.__cause__ = error
    return refusal


def _resolve(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
