"""What a phone was told is saved is there afterwards, whatever happens to the server; and nothing of it is readable."""

from __future__ import annotations

import http.client
import random
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from assistant.store.inspection import inspect
from tests.faults.answering import START, answer
from tests.faults.serving import Server, serving

KILLS = 50
GONE = (OSError, http.client.HTTPException)


class Person:
    """Somebody who answers as fast as the server takes it, and keeps what was acknowledged."""

    def __init__(self, server: Server, number: int) -> None:
        self.server, self.number = server, number
        self.token = ""
        self.turn: dict[str, Any] = {}
        self.told: list[tuple[str, Any]] = []
        self.finished = 0

    def go_on(self) -> None:
        """Answer until the line breaks."""
        try:
            while True:
                if not self.token or self.turn["step"]["kind"] == "done":
                    self.begin()
                self.one_answer()
        except GONE:
            return

    def begin(self) -> None:
        status, body = self.server.post("conversations", START)
        assert status == 201, body
        self.token, self.turn, self.told = body["token"], body["turn"], []

    def one_answer(self) -> None:
        path, body = answer(self.turn, f"word-{self.number}-{len(self.told)}")
        status, said = self.server.post(f"conversation/{path}", body, self.token)
        assert status == 200, (status, said, body)
        if path == "replies":
            self.told.append((body["item"], body.get("value", body.get("fields"))))
        self.turn = said["turn"]
        self.finished += self.turn["step"]["kind"] == "done"

    def look(self) -> list[str]:
        """The names of everything the record says was answered. A talk still at its gate is kept nowhere."""
        status, body = self.server.get("/api/v1/conversation", self.token)
        if status in (401, 404):
            return []
        assert status == 200, body
        self.turn = body["turn"]
        return [one["item"] for one in self.turn["said"] if one.get("item")]


@pytest.mark.slow
def test_every_acknowledged_reply_survives_fifty_kills(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    people = [Person(server, number) for number in range(3)]
    wait = random.Random(7)
    for _ in range(KILLS):
        server.start()
        for person in people:
            kept = person.look() if person.token else []
            told = [name for name, _ in person.told]
            if "called_name" in told or "you" in told:
                assert set(told) - {"protected_identity"} <= set(kept)
            elif not kept:
                person.token = ""
        threads = [threading.Thread(target=person.go_on) for person in people]
        for thread in threads:
            thread.start()
        time.sleep(wait.uniform(0.02, 0.25))
        server.kill()
        for thread in threads:
            thread.join()
    found = inspect(tmp_path / "data")
    assert found["quick_check"] == "ok"
    assert sum(len(person.told) for person in people) + sum(person.finished for person in people) > 0


def whole_talk(server: Server, words: str) -> tuple[str, dict[str, Any]]:
    person = Person(server, 0)
    person.begin()
    while person.turn["step"]["kind"] != "done":
        path, body = answer(person.turn, words)
        status, said = server.post(f"conversation/{path}", body, person.token)
        assert status == 200, (said, body)
        person.turn = said["turn"]
    return person.token, person.turn


def test_no_answer_is_readable_in_the_database_its_log_or_the_servers_log(tmp_path: Path) -> None:
    canary = "Kanariefågel-5417"
    with serving(tmp_path / "data") as server:
        whole_talk(server, canary)
        status, body = server.post("conversation/replies", {"seen": 0, "item": canary, "value": canary}, canary)
        assert status in (401, 404), body
        server.get(urllib.parse.quote(f"/{canary}") + "?" + urllib.parse.quote(canary))
        while_serving = read_all(tmp_path)
    for found in (while_serving, read_all(tmp_path)):
        assert found
        for name, content in found.items():
            for written in (canary.encode(), canary.encode("utf-16-le"), b"Kanarief", b"5417"):
                assert written not in content, name


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_six_simultaneous_identical_replies_record_one_answer(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        person = Person(server, 1)
        person.begin()
        for _ in range(6):
            person.one_answer()
        path, body = answer(person.turn)
        answers: list[tuple[int, Any]] = []
        at_once = threading.Barrier(6)

        def tap() -> None:
            at_once.wait()
            answers.append(server.post(f"conversation/{path}", body, person.token))

        threads = [threading.Thread(target=tap) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _ in answers] == [200] * 6
        assert {said["turn"]["seq"] for _, said in answers} == {person.turn["seq"] + 1}


def test_two_devices_with_different_replies_end_in_one_record_and_both_are_shown_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        person = Person(server, 1)
        person.begin()
        while person.turn["step"].get("item", {}).get("name") != "help_wanted":
            person.one_answer()
        body = {"seen": person.turn["seq"], "item": "help_wanted", "of": ""}
        first = server.post("conversation/replies", body | {"value": ["job"]}, person.token)
        second = server.post("conversation/replies", body | {"value": ["study"]}, person.token)
        assert (first[0], second[0]) == (200, 409)
        assert first[1]["turn"]["step"] == second[1]["turn"]["step"]
        assert first[1]["turn"]["seq"] == second[1]["turn"]["seq"]
