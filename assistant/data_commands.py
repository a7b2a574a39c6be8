"""The commands about what is kept, and how long: erasing what is over.

They work while a server runs on the data directory, or not.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from assistant.erasure import Erased, lines
from assistant.office_commands import Refused, data_option
from assistant.server import erasing
from assistant.starting import open_service
from assistant.store import files


def _database(data: Path) -> None:
    """Raise Refused if there is nothing in a data directory that a command could be about."""
    if not (data / files.DATABASE).exists():
        raise Refused(f"there is no database in {data}; name the data directory with --data")


@click.command(name="erase-due")
@click.option("--dry-run", "dry", is_flag=True, help="Only tell what would be erased.")
@data_option
def erase_due(dry: bool, data: Path) -> None:
    """Erase what is over: drafts, cases by the rule of the municipality, codes, sessions, invitations, letters, and the
    log of readings. A running server does it by itself once a day."""
    _database(data)
    for line in lines(asyncio.run(_erase(data, dry=dry)), dry=dry):
        click.echo(line)


async def _erase(data: Path, *, dry: bool) -> Erased:
    found = await erasing.ask(data, dry=dry)
    if found is not None:
        return found
    service = open_service(data)
    try:
        return await erasing.erasure_of(service, data).run(dry=dry)
    finally:
        await service.store.close()
