"""Benchmarks as ratios: the reference server and ours are loaded one after the other, again and again, in one go.

    python -m tests.benchmarks [--people 50] [--talks 2] [--rounds 3]

A turn is one reply in and the next question out. Figures of one machine say little: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

from tests.benchmarks.load import Line, Measured, Talk, run
from tests.faults.answering import START, answer
from tests.faults.serving import Server, free_port

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
TURNS = 30
GATE = 1
"""Replies before a case is made: making it is no turn, and is not measured."""
Replies: TypeAlias = list[tuple[str, dict[str, Any]]]


@contextmanager
def reference(folder: Path) -> Iterator[tuple[int, int]]:
    """The reference server: its port and process id."""
    port = free_port()
    arguments = [sys.executable, "-m", "tests.benchmarks.reference", str(port), str(folder / "reference.db")]
    with subprocess.Popen(arguments) as process:
        for _ in range(200):
            try:
                asyncio.run(_knock(port))
                break
            except OSError:
                time.sleep(0.05)
        try:
            yield port, process.pid
        finally:
            process.terminate()


async def _knock(port: int) -> None:
    line = Line(port)
    await line.open()
    line.close()


class Reference:
    """A conversation with the reference: every reply is answered with a page."""

    def __init__(self) -> None:
        self.numbers = itertools.count()

    async def begin(self, line: Line) -> Mapping[str, str]:
        return FORM | {"Talk": f"talk-{next(self.numbers)}"}

    async def go_on(self, line: Line, headers: Mapping[str, str], turn: Callable[[], None]) -> None:
        for number in range(TURNS):
            body = urlencode({"talk": headers["Talk"], "n": number, "value": "Choice number 3"}).encode()
            status, _, _ = await line.send("POST", "/turn", FORM, body)
            assert status == 200, status
            turn()


async def recorded(port: int) -> Replies:
    """The replies of one whole conversation through the JSON API: every later one is the same, but for its token."""
    line = Line(port)
    await line.open()
    headers = {"Content-Type": "application/json"}
    status, _, body = await line.send("POST", "/api/v1/conversations", headers, json.dumps(START).encode())
    assert status == 201, body
    begun = json.loads(body)
    turn, replies = begun["turn"], []
    headers |= {"Authorization": f"Bearer {begun['token']}"}
    while turn["step"]["kind"] not in ("review", "done"):
        path, reply = answer(turn)
        status, _, body = await line.send("POST", f"/api/v1/conversation/{path}", headers, json.dumps(reply).encode())
        assert status == 200, body
        replies.append((path, reply))
        turn = json.loads(body)["turn"]
    line.close()
    return replies


class Json:
    """The conversation through the JSON API."""

    def __init__(self, replies: Replies) -> None:
        self.first = replies[:GATE]
        self.rest = [(f"/api/v1/conversation/{path}", json.dumps(reply).encode()) for path, reply in replies[GATE:]]

    async def begin(self, line: Line) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json"}
        _, _, body = await line.send("POST", "/api/v1/conversations", headers, json.dumps(START).encode())
        headers["Authorization"] = f"Bearer {json.loads(body)['token']}"
        for path, reply in self.first:
            await line.send("POST", f"/api/v1/conversation/{path}", headers, json.dumps(reply).encode())
        return headers

    async def go_on(self, line: Line, headers: Mapping[str, str], turn: Callable[[], None]) -> None:
        for path, reply in self.rest:
            status, _, body = await line.send("POST", path, headers, reply)
            assert status == 200, body
            turn()


def form_of(path: str, reply: dict[str, Any]) -> list[tuple[str, str]]:
    """The form fields that mean the same as a reply of the JSON API."""
    fields = [("seen", str(reply["seen"]))]
    if path == "items":
        return [*fields, ("do", "enough"), ("item", reply["repeat"])]
    if path == "sections":
        return [*fields, ("do", "open"), ("section", reply["section"]), ("open", "yes")]
    fields += [("item", reply["item"]), ("of", reply["of"])]
    given = {f"field.{name}": value for name, value in reply.get("fields", {"": None}).items()}
    for name, value in ({"value": reply["value"]} if "value" in reply else given).items():
        if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d\d)*", value):
            fields += [
                (f"{name}.{box}", part) for box, part in zip(("year", "month", "day"), value.split("-"), strict=False)
            ]
        elif isinstance(value, list):
            fields += [(name, one) for one in value]
        else:
            fields.append((name, str(value)))
    return fields


class Forms:
    """The conversation through forms: only the new turn comes back, or (``whole_pages``) a redirect and a page."""

    def __init__(self, replies: Replies, *, whole_pages: bool = False) -> None:
        self.whole_pages = whole_pages
        self.accept = "text/html" if whole_pages else "text/vnd.klarbild.turn+html"
        self.first, self.rest = ([form_of(*one) for one in part] for part in (replies[:GATE], replies[GATE:]))

    async def begin(self, line: Line) -> Mapping[str, str]:
        _, found, _ = await line.send("POST", "/en/begin", FORM, b"")
        headers = FORM | {"Cookie": found["set-cookie"].split(";")[0], "Accept": "text/html"}
        _, _, page = await line.send("GET", "/chat", headers, b"")
        token = re.search(rb'name="token" value="(\w+)"', page)
        assert token is not None
        begun = headers | {"Accept": self.accept, "Token": token[1].decode()}
        for form in self.first:
            await self.post(line, begun, form)
        return begun

    async def post(self, line: Line, headers: Mapping[str, str], form: list[tuple[str, str]]) -> None:
        body = urlencode([*form, ("token", headers["Token"])]).encode()
        status, _, page = await line.send("POST", "/chat", headers, body)
        assert status == (303 if self.whole_pages else 200), (status, page.decode())

    async def go_on(self, line: Line, headers: Mapping[str, str], turn: Callable[[], None]) -> None:
        for form in self.rest:
            await self.post(line, headers, form)
            if self.whole_pages:
                status, _, _ = await line.send("GET", "/chat", headers, b"")
                assert status == 200, status
            turn()


async def page_costs(port: int, replies: Replies) -> tuple[float, float]:
    """Milliseconds to open the page of the 5th question, and of the last: medians of many, taken turn about."""
    pages = []
    for stop in (4, len(replies) - 1):
        line = Line(port)
        await line.open()
        talk = Forms(replies[:stop])
        headers = await talk.begin(line)
        await talk.go_on(line, headers, lambda: None)
        pages.append((line, {**headers, "Accept": "text/html"}))
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(400):
        for (line, headers), taken in zip(pages, times, strict=True):
            began = time.perf_counter()
            await line.send("GET", "/chat", headers, b"")
            taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> None:
    """Run all benchmarks and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--talks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, reference(Path(name)) as (port, pid):
        server = Server(Path(name) / "data")
        server.start()
        try:
            replies = asyncio.run(recorded(server.port))
            ways: dict[str, tuple[Talk, int, int]] = {
                "reference": (Reference(), port, pid),
                "only the new turn": (Forms(replies), server.port, server.process.pid),
                "JSON API": (Json(replies), server.port, server.process.pid),
                "redirect and page": (Forms(replies, whole_pages=True), server.port, server.process.pid),
            }
            found: dict[str, list[Measured]] = {way: [] for way in ways}
            for _ in range(options.rounds):
                for way, (talk, at, process) in ways.items():
                    measured = run(
                        talk, at, process, people=options.people, talks=options.talks * (5 if way == "reference" else 1)
                    )
                    found[way].append(asyncio.run(measured))
            fifth, last = asyncio.run(page_costs(server.port, replies))
        finally:
            server.stop()
    report(found, options.people, fifth, last, len(replies))


def report(found: dict[str, list[Measured]], people: int, fifth: float, last: float, turns: int) -> None:
    """Print medians and ratios."""
    base = statistics.median(one.per_second for one in found["reference"])
    print(f"{people} connections, one process, medians of {len(found['reference'])} rounds; {turns} turns a talk")  # noqa: T201
    for way, measured in found.items():
        rate = statistics.median(one.per_second for one in measured)
        cpu = statistics.median(one.cpu_per_turn for one in measured)
        print(f"{way:<20} {rate:8.0f} turns/s   {rate / base:5.2f} of the reference   {cpu:6.2f} ms CPU a turn")  # noqa: T201
    print(f"opening the last question costs {last / fifth:.2f} times the 5th ({last:.2f} / {fifth:.2f} ms)")  # noqa: T201


if __name__ == "__main__":
    main()
