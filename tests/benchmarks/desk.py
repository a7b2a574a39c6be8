"""How the desk grows: its list and one summary with a hundred cases and with ten thousand, in turns, as ratios.

    python -m tests.benchmarks.desk [--rounds 60]

Both offices run in this process; what is measured is a request over loopback, from its sending to its last byte.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp.test_utils import TestClient, TestServer

from assistant import resources
from assistant.messages import seal_card
from assistant.references import new_reference
from assistant.server.app import make_app
from assistant.service import Service
from assistant.settings import Settings
from assistant.starting import load_dialogs
from assistant.store import CaseRow, Conflict
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.talks import Card
from assistant.texts import Catalogs
from tests.conftest import Client
from tests.web.desk_visits import log_in
from tests.web.office_visits import row_of, sent

FEW, MANY = 100, 10_000
_AT_ONCE = 500


class Office(NamedTuple):
    """An office, and the addresses of its list and of the summary of one of its cases."""

    client: Client
    service: Service
    addresses: tuple[str, str]


async def office(folder: Path, cases: int) -> Office:
    """Make an office with so many cases, all of them sent and each with a sealed card of its own, as real ones are."""
    keys = KeyFile.open(folder)
    service = Service(
        load_dialogs(), SqliteStore.open(folder), keys, Catalogs.load(resources.folder("locales")), Settings()
    )
    talk = await sent(service, "Selam")
    pattern = await row_of(service, talk.case)
    for start in range(0, cases - 1, _AT_ONCE):
        some = range(start, min(cases - 1, start + _AT_ONCE))
        await asyncio.gather(*(_make(service, pattern, number) for number in some))
    client: Client = TestClient(TestServer(make_app(service, secure=False)))
    await client.start_server()
    await log_in(client, service)
    return Office(client, service, ("/desk", f"/desk/cases/{talk.case}/summary"))


async def _make(service: Service, pattern: CaseRow, number: int) -> None:
    id = uuid.uuid4().hex
    wrapped = service.keys.new_key(id)[1]
    row = msgspec.structs.replace(pattern, id=id, reference=new_reference(), wrapped_key=wrapped)
    row = msgspec.structs.replace(
        row, card=seal_card(service.keys, row, Card(name=f"Person {number}", interpreter="ar"))
    )
    try:
        await service.store.office.make(row, [])
    except Conflict:
        # Two references of six symbols are the same now and then.
        await _make(service, pattern, number)


async def _once(one: Office, address: str) -> float:
    begun = time.perf_counter()
    async with one.client.get(address) as answer:
        await answer.read()
        assert answer.status == 200, address
    return (time.perf_counter() - begun) * 1000


async def measure(rounds: int) -> None:
    """Ask both offices in turns, and print medians (ms) and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        few, many = [await office(Path(name) / str(cases), cases) for cases in (FEW, MANY)]
        for what, index in (("list", 0), ("summary", 1)):
            times: dict[int, list[float]] = {FEW: [], MANY: []}
            for _ in range(rounds):
                times[FEW].append(await _once(few, few.addresses[index]))
                times[MANY].append(await _once(many, many.addresses[index]))
            small, large = (statistics.median(times[cases]) for cases in (FEW, MANY))
            print(f"{what:<8} {MANY} cases / {FEW} cases: {large / small:.2f} ({large:.1f} / {small:.1f} ms)")  # noqa: T201
        for one in (few, many):
            await one.client.close()
            await one.service.store.close()


def main() -> None:
    """Measure how the desk grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    asyncio.run(measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
