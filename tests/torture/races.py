"""Races: devices of one conversation answer at the same moment, the same thing or different things."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.answering import START, answer
from tests.faults.serving import Server
from tests.torture.edge import House, house
from tests.torture.people import Talk, Told, ask, compare
from tests.torture.rows import Row, Scale

_DEVICES = 4
_PEOPLE = 3
_BEFORE_THE_RACES = 1
"""Answers until the gate is passed: before that nothing is kept that could be lost."""


class _Racing:
    """The conversations of one person on several devices, and what went wrong in them."""

    def __init__(self, port: int, mark: str, seed: int) -> None:
        self.port, self.mark, self.chance = port, mark, random.Random(seed)
        self.talks: list[Talk] = []
        self.same = self.different = 0
        self.wrong: list[str] = []

    async def go_on(self) -> None:
        """One race, in a new conversation if the last one has come to its end."""
        if not self.talks or self.talks[-1].turn["step"]["kind"] not in ("ask", "ask_more", "open"):
            status, body = await ask(self.port, "POST", "/api/v1/conversations", START)
            assert status == 201, (status, body)
            self.talks.append(Talk(f"{self.mark}.{len(self.talks)}", body["token"], body["code"], body["turn"]))
            for _ in range(_BEFORE_THE_RACES):
                await self.talks[-1].step(self.port)
        talk = self.talks[-1]
        path, body = answer(talk.turn, f"{talk.mark}.{len(talk.told)}")
        other = _another(talk.turn, body) if path == "replies" else None
        if other is None or self.chance.random() < 0.3:
            self.same += 1
            await self._race(talk, path, [body] * _DEVICES)
        else:
            self.different += 1
            await self._race(talk, path, self.chance.sample([body, other], 2))

    async def _race(self, talk: Talk, path: str, bodies: list[dict[str, Any]]) -> None:
        where = f"/api/v1/conversation/{path}"
        answers = await asyncio.gather(*(ask(self.port, "POST", where, body, talk.token) for body in bodies))
        taken = [body for body, (status, _) in zip(bodies, answers, strict=True) if status == 200]
        refused = [said for status, said in answers if status == 409]
        same = all(body == bodies[0] for body in bodies)
        if len(taken) + len(refused) != len(bodies) or len(taken) != (len(bodies) if same else 1):
            self.wrong.append(f"{talk.mark}: {[status for status, _ in answers]} to {path}")
        if len({(said["turn"]["seq"], str(said["turn"]["step"])) for _, said in answers}) != 1:
            self.wrong.append(f"{talk.mark}: the devices were shown different turns")
        turn = answers[0][1]["turn"]
        talk.told += [Told(path, body, body["seen"], turn["seq"]) for body in taken[:1]]
        talk.turn = turn


def _another(turn: dict[str, Any], body: dict[str, Any]) -> dict[str, Any] | None:
    """Another answer to the same question; None if there is no other."""
    item = turn["step"]["item"]
    if item["type"] == "text":
        return body | {"value": f"{body['value']}, or not"[: item["max_length"]]}
    if item["type"] not in ("select_one", "select_multiple"):
        return None
    names = [choice["name"] for choice in item["choices"]]
    given = body["value"] if isinstance(body["value"], list) else [body["value"]]
    others = [name for name in names if name not in given]
    if not others:
        return None
    return body | {"value": others[0] if item["type"] == "select_one" else [others[0]]}


async def _races(folder: Path, how_many: int, seed: int, one: House) -> Row:
    began, server = time.monotonic(), Server(folder / "data")
    await asyncio.to_thread(server.start)
    people = [_Racing(server.port, f"r{number}", seed + number) for number in range(_PEOPLE)]
    try:
        for _ in range(-(-how_many // _PEOPLE)):
            await asyncio.gather(*(person.go_on() for person in people))
    finally:
        await asyncio.to_thread(server.stop)
    found = await compare(server.data, [talk for person in people for talk in person.talks], one, folder / "copy")
    wrong = [what for person in people for what in person.wrong]
    same, different = sum(person.same for person in people), sum(person.different for person in people)
    return Row(
        "races",
        same + different,
        "races",
        faults=same + different,
        lost=len(found.lost) + len(found.doubled) + len(wrong),
        errors=server.log.read_text("utf-8").count("ERROR"),
        seconds=time.monotonic() - began,
        wrong=tuple([*found.lost, *found.doubled, *wrong][:10]),
        note=f"{same:,} with the same answer from {_DEVICES} devices, {different:,} with different ones from two",
    )


def run(scale: Scale) -> Row:
    """The part `races` of the torture."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_races(Path(folder), scale.of(45, 10_000), scale.seed, house()))
