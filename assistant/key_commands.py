"""The commands about the keys that wrap keys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from assistant.office_commands import data_option, need_database
from assistant.rotation import KeyCount
from assistant.server import rekeying
from assistant.server.rekeying import Wish
from assistant.settings import load
from assistant.starting import opened_store
from assistant.store import keyfile


@click.group()
def keys() -> None:
    """The keys that wrap the keys of conversations and cases."""


@keys.command(name="list")
@data_option
def list_keys(data: Path) -> None:
    """The wrapping keys, and how much each of them still opens."""
    _tell(_do(data, Wish(do="list")))


@keys.command()
@data_option
def rotate(data: Path) -> None:
    """Put a new wrapping key in front and wrap everything with it, while the server runs or not."""
    _tell(_do(data, Wish(do="rotate")))
    click.echo("Copy the key file to where you keep its copies now. When the last backup of keyring.db from before")
    click.echo("today is gone, take the older keys away: klarbild keys retire NUMBER")


@keys.command()
@click.argument("number", type=click.IntRange(1, 0xFFFF))
@data_option
def retire(number: int, data: Path) -> None:
    """Take an older key out of the key file for good: backups of the keyring that it wrapped stay dark."""
    _tell(_do(data, Wish(do="retire", number=number)))


@keys.command(name="new")
def new_keys() -> None:
    """Print the text of a fresh key file, for a place that the program cannot write itself."""
    click.echo(keyfile.written(keyfile.new_contents()))


@keys.command(name="next")
@data_option
def next_keys(data: Path) -> None:
    """Print the text of the key file with a new wrapping key in front, for a place that the program cannot write."""
    settings = load(data)
    source = keyfile.source(settings.key_file, settings.key_command).of(data)
    click.echo(keyfile.written(keyfile.with_new_key(keyfile.load(source, made=True))))


def _tell(found: tuple[KeyCount, ...]) -> None:
    for one in found:
        click.echo(f"key {one.number}: opens {one.wrapped}{', wraps what is new' if one.newest else ''}")


def _do(data: Path, wish: Wish) -> tuple[KeyCount, ...]:
    need_database(data)
    return asyncio.run(_done(data, wish))


async def _done(data: Path, wish: Wish) -> tuple[KeyCount, ...]:
    answer = await rekeying.ask(data, wish)
    if answer is not None:
        return answer
    async with opened_store(data) as (store, secrets):
        return await rekeying.fulfil(wish, store, secrets)
