"""The command about the log of who looked at what: whether it is whole."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.office_commands import Refused, data_option
from assistant.starting import open_keys
from assistant.store import StoreError, files
from assistant.store.log_check import Found, verify


@click.group()
def log() -> None:
    """The log of who of the office looked at what."""


@log.command(name="verify")
@click.option("--head", "told", metavar="NUMBER:HASH", help="A head that was kept elsewhere: the log must hold it.")
@data_option
def verify_log(told: str | None, data: Path) -> None:
    """Hold the log against its chain. Tells how many rows there are and its head, or the first place that is not as it
    was written, with exit code 1. Works while the server runs, and changes nothing."""
    found = look(data, _head(told) if told is not None else None)
    if found.wrong:
        raise Refused(found.wrong)
    click.echo(f"{found.rows} rows, whole")
    click.echo(f"head {found.head}")


def look(data: Path, told: tuple[int, bytes] | None = None) -> Found:
    """What a check of a data directory's log finds. Raises StoreError; makes nothing where nothing is."""
    if not (data / files.DATABASE).exists():
        raise StoreError(f"{data / files.DATABASE} is not there; name the data directory with --data")
    return verify(data, open_keys(data), told)


def _head(text: str) -> tuple[int, bytes]:
    number, _, hash = text.strip().replace(" ", ":").partition(":")
    try:
        told = int(number), bytes.fromhex(hash)
    except ValueError:
        told = 0, b""
    if len(told[1]) != 32 or not number.isascii():
        raise Refused("a head is written like 1204:9f3c…, a number and 64 digits of a hash, as the server's log has it")
    return told
