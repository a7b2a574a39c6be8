"""The server ends in good order: what is under way is finished and saved, what comes later is refused and not saved."""

from __future__ import annotations

import http.client
import random
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.disks import BadDisk
from tests.faults.people import Talker, at_once, figures, problem
from tests.faults.serving import Server, serving

ROUNDS = 6


def wait_for(what: Callable[[], bool]) -> None:
    for _ in range(2000):
        if what():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


def is_closing(server: Server) -> bool:
    return server.get("/readyz") == (503, "closing\n")


def held_open(server: Server, path: str = "/sv/apply-now") -> socket.socket:
    """A form that is on its way, and does not come to its end."""
    line = socket.create_connection(("127.0.0.1", server.port))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n"
    )
    line.sendall(f"{head}\r\nphone=07".encode())
    return line


def page(
    server: Server, method: str, path: str, body: str = "", **headers: str
) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body or None, {**kind, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_replies_that_are_on_their_way_to_the_disk_at_the_signal_are_answered_and_saved(tmp_path: Path) -> None:
    disk = BadDisk(tmp_path, tmp_path / "data")
    with serving(tmp_path / "data", **disk.variables) as server:
        people = [Talker(server) for _ in range(6)]
        before = [one.seq for one in people]
        disk.order("sync sleep 700")
        threads = at_once(people)
        wait_for(lambda: figures(server)["klarbild_writes_waiting"] >= len(people))
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_closing(server))
        assert server.get("/healthz")[0] == 200
        late = people[0].token
        assert problem(server.post("conversation/back", {"seen": 1}, late)[1]) == "not_available"
        for thread in threads:
            thread.join()
        assert server.process.wait(30) == 0
        disk.order("")
    assert [one.heard for one in people] == [[200]] * len(people)
    with serving(tmp_path / "data") as server:
        for one, seq in zip(people, before, strict=True):
            one.server = server
            assert one.stored() == one.seq > seq


@pytest.mark.slow
def test_no_reply_is_between_saved_and_refused_whenever_the_signal_comes(tmp_path: Path) -> None:
    chance, data, refused = random.Random(3), tmp_path / "data", 0
    for _ in range(ROUNDS):
        with serving(data) as server:
            people = [Talker(server) for _ in range(4)]
            threads = at_once(people, "go_on")
            time.sleep(chance.uniform(0.05, 0.4))
            assert server.stop() == 0
            for thread in threads:
                thread.join()
        with serving(data) as server:
            for one in people:
                one.server = server
                assert set(one.heard[:-1]) <= {200}
                assert one.heard[-1] in (200, 503, 0)
                assert one.stored() == one.seq
                refused += one.heard[-1] != 200
    assert refused, "no signal ever met a reply"


def test_whoever_comes_late_reads_what_is_saved_in_their_language(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        talker = Talker(server)
        line = held_open(server)
        wait_for(lambda: figures(server)["klarbild_closing"] == 0)
        begun, _ = page(server, "POST", "/ar/begin")
        cookie = begun.headers["Set-Cookie"].partition(";")[0]
        question = page(server, "GET", "/chat", Cookie=cookie)[1]
        token = question.partition('name="token" value="')[2].partition('"')[0]
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_closing(server))

        answer, text = page(server, "GET", "/sv", **{"Accept-Language": "sv"})
        assert (answer.status, answer.headers["Connection"]) == (503, "close")
        assert int(answer.headers["Retry-After"]) > 0
        assert "Tjänsten startas om" in text and 'lang="sv"' in text
        answer, text = page(server, "GET", "/chat", Cookie=cookie)
        assert answer.status == 503 and 'dir="rtl"' in text and "تتم الآن إعادة تشغيل الخدمة" in text

        form = f"do=reply&item=protected_identity&of=&value=no&seen=0&token={token}"
        answer, text = page(server, "POST", "/chat", form, Cookie=cookie)
        assert answer.status == 503 and "لم يُحفظ بعد" in text
        assert 'name="value"' in text, "the question is still on the page"
        assert page(server, "POST", "/chat/leave")[0].status == 303, "the way out is never shut"
        assert server.post("conversations", {"locale": "sv", "dialog": "first_visit", "invitation": None})[0] == 503
        assert talker.say() == 503

        line.sendall(b"0")
        assert b"HTTP/1.1 " in line.recv(100), "the form that was on its way is answered"
        line.close()
        assert server.process.wait(30) == 0


def test_a_kept_conversation_is_told_that_its_code_goes_on_working(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        code = Coming(server)
        line = held_open(server)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_closing(server))
        answer, text = page(server, "GET", "/chat", Cookie=code.cookie)
        assert answer.status == 503
        assert "Allt hit är sparat. Din kod fortsätter att gälla." in text
        answer, text = page(server, "POST", "/sv/continue", f"code={code.code}&unsent=do%3Dreply&seal=x")
        assert answer.status == 503 and "din kod fortsätter att gälla" in text
        assert 'value="do=reply"' in text, "the words that came along are still there"
        line.close()
        assert server.process.wait(30) == 0


class Coming:
    """Somebody who comes back with a code, in Swedish."""

    def __init__(self, server: Server) -> None:
        status, body = server.post("conversations", {"locale": "sv", "dialog": "first_visit", "invitation": None})
        assert status == 201
        self.code = body["code"].replace(" ", "+")
        turn = body["turn"]
        for value in ("no", "no"):
            said = {"seen": turn["seq"], "item": turn["step"]["item"]["name"], "of": "", "value": value}
            status, answered = server.post("conversation/replies", said, body["token"])
            assert status == 200, answered
            turn = answered["turn"]
            if turn["seq"]:
                break
        answer, _ = page(server, "POST", "/sv/continue", f"code={self.code}")
        assert answer.status == 303, answer.status
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]


def test_a_second_signal_does_not_wait_for_what_is_under_way(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        line = held_open(server)
        wait_for(lambda: server.get("/healthz")[0] == 200)
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_closing(server))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        line.settimeout(10)
        told = line.recv(100)
        line.close()
        assert told == b"", "it was waited for until it was too slow"
