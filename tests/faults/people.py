"""People who answer a running server, and what each was told of every answer."""

from __future__ import annotations

import http.client
import threading
from typing import Any

from tests.faults.answering import START, answer
from tests.faults.serving import Server

GONE = (OSError, http.client.HTTPException)


class Talker:
    """Somebody in a conversation that is kept, who changes one answer again and again: each is one record."""

    def __init__(self, server: Server) -> None:
        self.server = server
        status, body = server.post("conversations", START)
        assert status == 201, body
        self.token, self.turn = body["token"], body["turn"]
        while self.turn["seq"] < 3:
            path, said = answer(self.turn)
            status, body = server.post(f"conversation/{path}", said, self.token)
            assert status == 200, body
            self.turn = body["turn"]
        self.seq: int = self.turn["seq"]
        self.heard: list[int] = []

    def say(self) -> int:
        """Give one answer; the status, 0 where the line broke."""
        path, said = answer(self.turn, f"word-{self.seq}")
        try:
            status, body = self.server.post(f"conversation/{path}", said, self.token)
        except GONE:
            status, body = 0, {}
        self.heard.append(status)
        if status == 200:
            self.turn, self.seq = body["turn"], body["turn"]["seq"]
        return status

    def go_on(self) -> None:
        """Answer until something else than a turn comes, or nothing is asked any more."""
        while self.turn["step"]["kind"] in ("ask", "ask_more", "open") and self.say() == 200:
            continue

    def stored(self) -> int:
        """How far the record goes, as the server has it now."""
        status, body = self.server.get("/api/v1/conversation", self.token)
        assert status == 200, body
        seq: int = body["turn"]["seq"]
        return seq


def at_once(people: list[Talker], what: str = "say") -> list[threading.Thread]:
    """Each does it in a thread of their own, which has begun."""
    threads = [threading.Thread(target=getattr(person, what)) for person in people]
    for thread in threads:
        thread.start()
    return threads


def figures(server: Server) -> dict[str, float]:
    """What the server tells of itself."""
    status, text = server.get("/metrics")
    assert status == 200, text
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in str(text).splitlines())}


def problem(body: Any) -> str:
    """The code of a problem document."""
    return str(body["code"])
