"""Requests made of the API's own description, right and wrong ones, on conversations that go on meanwhile.

Every operation is asked with a token of its kind, with one of the other kind and without any. Between them a valid
answer is given, so that all steps of a conversation are met; whoever erases it begins another one.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from assistant.server.openapi import OPERATIONS, document
from tests.faults.answering import START, answer
from tests.security.process import Process, running
from tests.security.results import Result

V1 = "/api/v1"
BUSY = 503
_CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Fuzzed(NamedTuple):
    """``statuses``: how often each was answered; ``wrong``: answers that the description does not know, or that are
    errors of the server; ``steps``: the kinds of steps that the conversation was at; ``told``: lines of the log."""

    statuses: Counter[int]
    wrong: tuple[str, ...]
    steps: frozenset[str]
    told: tuple[str, ...]
    alive: bool


def api_fuzz(count: int) -> Result:
    """About so many requests are made."""
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(Path(folder), count)
    errors = sum(times for status, times in found.statuses.items() if status >= 500 and status != 503)
    return Result(sum(found.statuses.values()), 0, len(found.wrong) + (not found.alive), len(found.told), errors)


class _Talk:
    """A conversation that is asked all kinds of things and answers on."""

    def __init__(self, server: Process) -> None:
        self.url, self.dice, self.steps = server.url, random.Random(5), set[str]()
        self.session = requests.Session()
        self.begin()

    def begin(self) -> None:
        answered = self.session.post(f"{self.url}{V1}/conversations", json=START, timeout=60)
        while answered.status_code == BUSY:
            time.sleep(int(answered.headers["Retry-After"]))
            answered = self.session.post(f"{self.url}{V1}/conversations", json=START, timeout=60)
        begun = answered.json()
        self.headers = {"Authorization": f"Bearer {begun['token']}"}
        self.turn: dict[str, Any] = begun["turn"]

    def go_on(self) -> None:
        """Answer what is asked; begin anew at the end, or if the conversation is gone."""
        found = self.session.get(f"{self.url}{V1}/conversation", headers=self.headers, timeout=60)
        if found.status_code != 200 or found.json()["turn"]["step"]["kind"] in ("done", "stopped"):
            self.begin()
            return
        self.turn = found.json()["turn"]
        self.steps.add(self.turn["step"]["kind"])
        path, body = answer(self.turn)
        self.session.post(f"{self.url}{V1}/conversation/{path}", json=body, headers=self.headers, timeout=60)


def fuzz(folder: Path, count: int) -> Fuzzed:
    """Ask a server of its own."""
    statuses, wrong, told = Counter[int](), dict[str, None](), list[str]()
    with running(folder) as server:
        desk = {"Authorization": f"Bearer {server.run('token', 'create', '--role', 'lead', '--name', 'x').split()[-1]}"}
        talk = _Talk(server)
        for operation in _operations():
            _ask(operation, max(1, count // len(OPERATIONS)), talk, desk, statuses, wrong)
        alive = talk.session.get(f"{server.url}/readyz", timeout=60).status_code == 200
        talk.session.close()
        server.stop()
        told += [line for line in server.said.read_text().splitlines() if "ERROR" in line or "Traceback" in line]
    return Fuzzed(statuses, tuple(wrong), frozenset(talk.steps), tuple(told), alive)


def _operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(document(OPERATIONS))
    for found in schema.get_all_operations():
        if isinstance(found, Err):
            raise AssertionError(found.err())
        yield found.ok()


def _ask(
    operation: Any, count: int, talk: _Talk, desk: dict[str, str], statuses: Counter[int], wrong: dict[str, None]
) -> None:
    of_the_desk = "/cases" in operation.path

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=_NEGATIVE))
    def asked(case: Any) -> None:
        own, strange = (desk, talk.headers) if of_the_desk else (talk.headers, desk)
        headers = talk.dice.choice((own, own, own, strange, {}))
        if case.headers:
            case.headers.pop("Authorization", None)
        if isinstance(case.body, dict) and talk.dice.random() < 0.7:
            case.body["seen"] = talk.turn["seq"]
        if talk.dice.random() < 0.3:
            talk.go_on()
        response = case.call(base_url=talk.url, headers=headers, session=talk.session)
        statuses[response.status_code] += 1
        if response.status_code == BUSY and "retry-after" in response.headers:
            # A server under such a load begins no conversations for a moment, and says so.
            return
        try:
            case.validate_response(response, checks=_CHECKS)
        except (Exception, FailureGroup) as error:
            wrong[f"{case.method} {operation.path} {response.status_code}: {type(error).__name__} {error}"[:500]] = None

    asked()


_NEGATIVE = schemathesis.GenerationMode.NEGATIVE
