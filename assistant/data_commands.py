"""The commands about what is kept, and how long: erasing what is over, backups, bringing them back, and the archive.

They work while a server runs on the data directory, or not.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import click

from assistant import archive as archives
from assistant import backup as backups
from assistant import backup_file, restoring
from assistant.backup_file import Lock, Opener
from assistant.erasure import Erased, lines
from assistant.office_commands import Refused, data_option, need_database
from assistant.server import archiving, erasing
from assistant.service import utc_now
from assistant.settings import load
from assistant.starting import open_service
from assistant.store import files

PASSPHRASE = "KLARBILD_BACKUP_PASSPHRASE"  # noqa: S105
_file = click.Path(path_type=Path, dir_okay=False)
_private_key = click.option("--private-key", type=_file, help="The private key that klarbild backup keygen made.")


@click.command(name="erase-due")
@click.option("--dry-run", "dry", is_flag=True, help="Only tell what would be erased.")
@data_option
def erase_due(dry: bool, data: Path) -> None:
    """Erase what is over: drafts, cases by the rule of the municipality, codes, sessions, invitations, letters, and the
    log of readings. A running server does it by itself once a day."""
    need_database(data)
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


# -- backups -----------------------------------------------------------------------------------------------------------


class _Backup(click.Group):
    """A group whose first word may be the file of a new backup, as in `klarbild backup FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Backup)
def backup() -> None:
    """Back up a data directory: klarbild backup FILE, which is klarbild backup make FILE."""


@backup.command(name="make")
@click.argument("file", type=_file)
@_private_key
@click.option("--without-keys", is_flag=True, help="Only the data, without FILE.keys.")
@data_option
def make_backup(file: Path, private_key: Path | None, without_keys: bool, data: Path) -> None:
    """Back up the data directory to FILE, and its keys to FILE.keys, while a server runs or not. Sealed for
    backup_public_key, or with the passphrase in KLARBILD_BACKUP_PASSPHRASE. The key file is not in it."""
    need_database(data)
    lock, opener = _lock(data), _opener(private_key)
    made = backups.make(data, file, lock, opener, made=utc_now().strftime("%Y-%m-%dT%H:%M:%SZ"), keys=not without_keys)
    for one in made:
        click.echo(f"{one.path}: {one.part}, {one.size} bytes, {sum(one.rows.values())} rows, SHA-256 {one.sha256}")
        click.echo(f"  {_CHECKED if one.opened else _ONLY_READ}")
    click.echo(f"{data / files.KEY} is not in it. Keep a copy of that file too, in another place than the backups.")


_CHECKED = "opened again and compared: whole, undamaged, every row there"
_ONLY_READ = (
    "undamaged when it was sealed, and read back as it was sealed; only the private key can tell more: "
    "klarbild backup verify FILE --private-key KEY"
)


def _lock(data: Path) -> Lock:
    """What a backup is sealed with. Raises Refused if that is nothing, or two things."""
    public, passphrase = load(data).backup_public_key, os.environ.get(PASSPHRASE, "")
    if public and passphrase:
        raise Refused(f"backup_public_key and {PASSPHRASE} are both set; take one of them")
    if not public and not passphrase:
        raise Refused(
            "a backup is never written in plain: set backup_public_key (klarbild backup keygen makes the pair) "
            f"or {PASSPHRASE}"
        )
    return Lock(public=public, passphrase=passphrase)


def _opener(private_key: Path | None) -> Opener:
    private = backup_file.read_private(private_key) if private_key is not None else b""
    return Opener(private=private, passphrase=os.environ.get(PASSPHRASE, ""))


@backup.command(name="keygen")
@click.argument("file", type=_file)
def keygen(file: Path) -> None:
    """Make a pair of keys: the private one in FILE, the public one on the last line, for backup_public_key."""
    public = backup_file.new_pair(file)
    click.echo(
        f"The private key is in {file}. Move it off this machine, to two places that two people know: without it no "
        "backup can be opened. The public key goes into klarbild.toml, as backup_public_key:",
        err=True,
    )
    click.echo(public)


@backup.command(name="verify")
@click.argument("file", type=_file)
@_private_key
def verify(file: Path, private_key: Path | None) -> None:
    """Open a backup and look whether all of it is there. Nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="klarbild-verify-") as folder:
        found = backups.verify(file, _opener(private_key), Path(folder))
    rows = sum(found.contents.rows.values())
    click.echo(f"{file}: {found.head.part} of {found.head.made}, schema {found.contents.schema}, {rows} rows")
    click.echo(f"  {_CHECKED}")


@click.command()
@click.argument("file", type=_file)
@click.option("--keys", type=_file, help="The backup of the keys; without it FILE.keys, if it is there.")
@click.option("--erased", type=_file, help="The latest copy of erased.list: what stands on it is erased again.")
@_private_key
@data_option
def restore(file: Path, keys: Path | None, erased: Path | None, private_key: Path | None, data: Path) -> None:
    """Bring a backup back, into a directory that is new or empty but for klarbild.key and klarbild.toml."""
    found = restoring.restore(file, data, _opener(private_key), keys=keys, erased=erased)
    rows = found.rows
    click.echo(f"{data} is what it was {found.made}: {rows['cases']} cases, {rows['conversations']} conversations.")
    click.echo(f"  {found.sessions} sessions were ended: everybody logs in anew, or goes on with a code.")
    if found.letters:
        click.echo(f"  {found.letters} letters that waited are given up: they may have been sent since. Invite anew.")
    click.echo("  Logins and tokens are as they were then: shut out again whom you have shut out since.")
    if found.erased is None:
        click.echo(
            "WARNING: no --erased was given, so what was erased since may be back. See docs/lifecycle.md.", err=True
        )
    else:
        click.echo(f"  {found.erased} cases and conversations on the list of what is erased were erased again.")
    if found.keys:
        click.echo(f"WARNING: nothing of it can be opened yet: {found.keys}", err=True)


# -- the archive -------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("reference")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@data_option
def archive(reference: str, directory: Path, data: Path) -> None:
    """Take a closed case out for the archive: a folder in DIRECTORY, named by its REFERENCE, with the summary as PDF
    and text, FHIR, the whole record, and a manifest with hashes. It is written down as a reading."""
    need_database(data)
    found = asyncio.run(_taken_out(data, reference))
    folder = archives.write(found, directory)
    click.echo(f"{folder}: {', '.join(found.files)}")
    for name in found.missing:
        click.echo(f"WARNING: {name} could not be made; klarbild doctor tells what is missing", err=True)


async def _taken_out(data: Path, reference: str) -> archives.Archived:
    found = await archiving.ask(data, reference)
    if found is not None:
        return found
    service = open_service(data)
    try:
        return await archiving.of_reference(service, reference)
    finally:
        await service.store.close()
