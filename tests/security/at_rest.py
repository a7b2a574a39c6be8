"""Reading at rest: whole first visits with a marker in all that is said, then a search of everything that is left.

Searched are the data directory while the server runs, after it was killed and after it ended, a vacuumed copy of the
database, what the process said, and every temporary file it had at any moment. Letters that the transport ``file``
writes are the letters themselves: with it they stand in ``outbox/`` on purpose, and only there.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from assistant import resources
from assistant.core.dialog import Dialog, Group, Repeat, SelectMultiple, SelectOne, places
from assistant.starting import load_dialogs
from assistant.store.files import KEY
from assistant.texts import Catalogs
from assistant.wording.choices import choice_label
from tests.security.markers import Markers, traces
from tests.security.process import Process, running
from tests.security.results import Result
from tests.security.visiting import V1, Visitor, at_the_desk, by_pages, by_program
from tests.security.watched import ERRORS

SETTINGS = {"KLARBILD_MAIL_TRANSPORT": "smtp", "KLARBILD_SMTP_HOST": "127.0.0.1", "KLARBILD_SMTP_SECURITY": "none"}
SETTINGS |= {"KLARBILD_MAIL_FROM": "office@example.org", "KLARBILD_SMTP_PORT": "9"}
SETTINGS |= {"KLARBILD_SMS_TRANSPORT": "http", "KLARBILD_SMS_URL": "http://127.0.0.1:9/"}
LOGIN = "anna"


class Reading(NamedTuple):
    """What was found. ``leaks``: where, and the place that the marker was given at. ``missing``: the places whose words
    the desk does not show. ``written``: files outside the data directory that were opened for writing."""

    markers: Mapping[str, str]
    faults: int
    leaks: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    written: tuple[str, ...]
    errors_5xx: int


def at_rest(count: int) -> Result:
    """So many first visits are made and searched for."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(reading(Path(folder), count))
    return Result(count, found.faults, len(found.missing), len(found.leaks) + len(found.written), found.errors_5xx)


async def reading(folder: Path, count: int) -> Reading:
    """The visits, a day at the desk, nonsense and forced errors, and what can be read of it afterwards."""
    markers, dialog = Markers(), load_dialogs()["first_visit"]
    leaks: dict[tuple[str, str], None] = {}
    errors, faults = 0, 0
    empty = _empty(folder / "empty")
    with running(folder / "server", **SETTINGS) as server:
        password = markers.new("password", before="lösenord ")
        server.run("user", "add", LOGIN, "--role", "caseworker", "--password-stdin", typed=f"{password}\n")
        token = server.run("token", "create", "--role", "caseworker", "--name", "system").split()[-1]
        markers.take("token of a program", token)
        for one in range(count):
            if one % 2 == 0:
                errors += await by_pages(server, dialog, markers, f"visit {one}")
            else:
                errors += await by_program(server, markers, f"visit {one}")
        told = {core: place for core, place in markers.places.items() if place.startswith("visit ")}
        desk_errors, read = await at_the_desk(server, markers, LOGIN, password, token)
        errors += desk_errors
        bodies, nonsense = await _nonsense(server, markers)
        faults += nonsense + await _forced(server, markers, password, token)
        looked_for: dict[str, Iterable[bytes]] = dict(markers.spellings())
        leaks |= dict.fromkeys(("an answer to a bad request", place) for place in traces(bodies, looked_for))
        looked_for |= spoken_of_health(dialog, empty)
        leaks |= dict.fromkeys(_found(server.files(), looked_for))
        server.stop(signal.SIGKILL)
        leaks |= dict.fromkeys(_found(server.files(), looked_for))
        server.start()
        server.stop()
        leaks |= dict.fromkeys(_found(server.files(), looked_for))
        leaks |= dict.fromkeys(_found(_vacuumed(server.data, folder), looked_for))
        leaks |= dict.fromkeys(_found(server.caught, looked_for))
        written = tuple(sorted(_elsewhere(server)))
    missing = tuple(place for core, place in told.items() if _is_read(place) and core not in read)
    return Reading(markers.places, faults, tuple(leaks), missing, written, errors)


def _is_read(place: str) -> bool:
    """Whether the office reads what was said there: no secrets, and no fields that turned out not to matter."""
    words = ("code", "cookie", "token", "interpreter", "school_field", "schooling")
    return not any(word in place for word in words)


def _found(files: Mapping[str, bytes], looked_for: Mapping[str, Iterable[bytes]]) -> list[tuple[str, str]]:
    return [
        (name, place) for name, body in files.items() if not name.endswith(KEY) for place in traces(body, looked_for)
    ]


def _vacuumed(data: Path, folder: Path) -> dict[str, bytes]:
    """Every database, packed anew: what lay in free pages before is gone, and what is there lies together."""
    for path in data.glob("*.db"):
        with sqlite3.connect(path) as database:
            database.execute("vacuum into ?", (str(folder / f"vacuumed {path.name}"),))
        database.close()
    return {path.name: path.read_bytes() for path in folder.glob("vacuumed *")}


def _elsewhere(server: Process) -> set[str]:
    """Files that the server wrote outside its data directory."""
    written = set(server.writes.read_text().splitlines()) if server.writes.exists() else set()
    return {path for path in written if not path.startswith((str(server.data), "/dev/null"))}


# -- what else is sent -------------------------------------------------------------------------------------------------


async def _nonsense(server: Process, markers: Markers) -> tuple[bytes, int]:
    """Bad requests with words in every part of them; what is answered, and how many there were."""
    person, answers = Visitor(server), b""

    def new(place: str) -> str:
        return markers.new(f"bad request: {place}", before="")

    tries: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("GET", f"/{new('path')}", {}),
        ("GET", f"/sv/{new('path')}", {}),
        ("GET", f"/desk/cases/{new('case id')}/summary", {}),
        ("GET", f"/i/{new('token')}", {}),
        ("GET", f"/t/{new('ticket')}", {}),
        ("GET", f"/static/{new('file')}", {}),
        ("GET", f"{V1}/cases/{new('case id')}?locale={new('locale')}", {}),
        ("GET", f"/chat?{new('name')}={new('query')}", {}),
        ("POST", f"{V1}/conversations", {"data": f'{{"locale": "{new("json")}', "headers": _JSON}),
        ("POST", f"{V1}/conversations", {"json": {"locale": "sv", "dialog": {new("name"): new("value")}}}),
        ("POST", f"{V1}/conversations", {"json": [new("value")]}),
        ("POST", f"{V1}/conversations", {"json": {"locale": new("locale"), "dialog": new("dialog")}}),
        (
            "POST",
            f"{V1}/conversation/replies",
            {"json": {"seen": new("seen")}, "headers": _BEARER},
        ),
        ("POST", "/chat", {"data": {"do": new("do"), "value": new("answer"), "token": new("form token")}}),
        ("POST", "/chat", {"data": f"a=%{new('percent')}".encode("utf-16"), "headers": _FORM}),
        ("POST", "/sv/apply-now", {"data": f"phone={new('twice')}&phone={new('twice')}", "headers": _FORM}),
        ("POST", "/desk/cross", {"data": {"reason": new("reason")}}),
        ("DELETE", f"/chat/{new('method')}", {}),
        (new("method"), "/chat", {}),
        ("GET", "/chat", {"headers": {"Cookie": f"klarbild={new('cookie')}; x={new('cookie')}"}}),
        ("GET", "/chat", {"headers": {"Referer": f"http://x/{new('referrer')}", "User-Agent": new("agent")}}),
        ("GET", "/desk", {"headers": {"Authorization": f"Bearer {new('bearer')}", "X-Forwarded-For": new("proxy")}}),
        ("POST", "/chat", {"headers": {"Origin": f"https://{new('origin')}.example"}}),
    )
    async with person.session:
        for method, path, given in tries:
            async with person.session.request(method, path, allow_redirects=False, **given) as found:
                assert found.status < 500, (method, path)
                # An address in a redirect is the sender's own, and what a page is left with is cleaned by the browser.
                answers += await found.read()
    return answers, len(tries)


_BEARER = {"Authorization": "Bearer x"}
_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _forced(server: Process, markers: Markers, password: str, token: str) -> int:
    """Every kind of error, in every use case, with a person's words in it; how many there were."""
    forced = 0
    for error in (*ERRORS, "task"):
        person, worker = Visitor(server), Visitor(server)
        async with person.session, worker.session:
            await worker.post("/desk/login", {"name": LOGIN, "password": password, "next": ""})
            await person.send("/sv", "/sv/begin")
            server.switch.write_text(error)
            new = {name: markers.new(f"{error}: {name}") for name in ("name", "phone", "when")}
            statuses = [(await person.send("/sv/apply-now", "/sv/apply-now", **new))[0]]
            statuses.append((await person.send("/chat", "/chat", item="protected_identity", value="no"))[0])
            statuses.append((await worker.get(f"{V1}/cases/x", headers={"Authorization": f"Bearer {token}"}))[0])
            for page in ("/desk/cases/0/summary", "/desk/cross"):
                fields = {"reason": markers.new(f"{error}: reason"), "reference": "AAA-AAA"}
                statuses.append((await worker.send("/desk", page, **fields))[0])
            login = {"name": markers.new(f"{error}: login"), "password": markers.new(f"{error}: password"), "next": ""}
            statuses.append((await worker.post("/desk/login", login))[0])
            server.switch.unlink()
            forced += sum(status >= 500 for status in statuses) if error != "task" else len(statuses)
            assert (await person.get("/healthz"))[0] == 200
    return forced


# -- the language of health --------------------------------------------------------------------------------------------


def _empty(folder: Path) -> bytes:
    """What a data directory holds in which nobody has said anything."""
    with running(folder) as server:
        server.stop()
        return b"".join(server.files().values())


def spoken_of_health(dialog: Dialog, empty: bytes) -> dict[str, tuple[bytes, ...]]:
    """The names of all questions and choices of a dialog, and their labels in Swedish, Arabic and English: where one of
    them stands beside a case, it tells of what somebody was asked. What stands in an empty database tells nothing."""
    catalogs, found = Catalogs.load(resources.folder("locales")), dict[str, tuple[bytes, ...]]()
    for name, place in places(dialog).items():
        item = place.item
        texts = [name, *(one.name for one in item.items)] if isinstance(item, Group | Repeat) else [name]
        if isinstance(item, SelectOne | SelectMultiple):
            texts += [one.name for one in item.choices]
            for tag in ("sv", "ar", "en"):
                texts += [choice_label(catalogs.words(tag), dialog, item, one.name) for one in item.choices]
        plain = {text.encode() for text in texts if len(text.encode()) > 6} - {dialog.dialog.encode()}
        found[f"question {name}"] = tuple(one for one in plain if one not in empty)
    return found
