"""The command line. An operator's mistake is one clear line on stderr and exit code 1; an author's are all told.

A line that is no command at all (an option nobody knows, a port above 65535) gets the usage and exit code 2."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

import click
import msgspec

from assistant import (
    audio,
    checks,
    data_commands,
    demo,
    doctor,
    key_commands,
    languages,
    log_commands,
    logs,
    office_commands,
    papers_commands,
    resources,
)
from assistant.authoring import catalogs as making
from assistant.authoring import journeys, schema
from assistant.authoring.checking import load_and_check
from assistant.core.dialog import Dialog
from assistant.office_commands import Refused, data_option
from assistant.preview import preview_of
from assistant.server import preview as previews
from assistant.server import running
from assistant.server.pages import Pages
from assistant.service import Service
from assistant.settings import Settings, SettingsError
from assistant.settings import load as settings_of
from assistant.starting import StartError, load_dialogs, open_service
from assistant.store import StoreError
from assistant.store.sealing import KeyFile
from assistant.store.sqlite import SqliteStore
from assistant.terminal import Terminal
from assistant.texts import CatalogError, Catalogs

_port = click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
_file = click.Path(path_type=Path, dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="klarbild", prog_name="klarbild")
def commands() -> None:
    """Klarbild: a talk before the first visit, in the applicant's language, summed up in Swedish."""


def main() -> None:
    """Run a command. What stops it is told in a line each, and the exit code is 1."""
    logs.begin()
    try:
        commands()
    except (StartError, Refused) as error:
        _give_up(*error.lines)
    except running.DiskFailed as error:
        click.echo(str(error), err=True)
        logging.shutdown()
        # Not sys.exit: what is tidied up at the end of a program would close the database.
        os._exit(1)
    except (StoreError, SettingsError, CatalogError, running.ServeError) as error:
        _give_up(str(error))


def _give_up(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)


# -- serving -----------------------------------------------------------------------------------------------------------


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@_port
@data_option
@click.option("--tls-cert", type=_file, help="The certificate with its chain, PEM.")
@click.option("--tls-key", type=_file, help="The key of the certificate, PEM.")
def serve(host: str, port: int, data: Path, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Serve the applicants and the office. Ends in good order on SIGTERM."""
    place = running.Place(host, port, tls_cert, tls_key)

    async def run() -> None:
        service = open_service(data)
        await running.serve(service, data, place, ready=lambda address: click.echo(f"Klarbild listens on {address}"))

    asyncio.run(run())


@commands.command(name="demo")
@_port
def show_demo(port: int) -> None:
    """Serve invented cases on this machine, from a directory that is thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="klarbild-demo-") as folder:
        asyncio.run(demo.run(Path(folder) / "data", port, click.echo))


# -- for authors -------------------------------------------------------------------------------------------------------


@commands.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of dialog files, for editors.")
def check(paths: tuple[Path, ...], as_schema: bool) -> None:
    """Tell every problem of dialogs and catalogs with file:line:column. Without PATH: of all that the program has."""
    if as_schema:
        click.echo(msgspec.json.format(msgspec.json.encode(schema.schema())).decode())
        return
    found = checks.check(paths)
    for line in found.lines:
        click.echo(line)
    if found.lines:
        sys.exit(1)
    click.echo(f"{found.looked_at} looked at, nothing to mend")


@commands.command()
@click.argument("dialog")
@click.option("--locale", default="en", show_default=True, help="The language, as a BCP 47 tag.")
@click.option("--record", type=_file, help="Write the answers to FILE as a journey (YAML, or JSON by its ending).")
def play(dialog: str, locale: str, record: Path | None) -> None:
    """The same conversation in a terminal. DIALOG is a name, or the path of a file. Nothing is kept."""
    _forgive_streams()
    found = _dialog(dialog)
    words = Catalogs.load(resources.folder("locales"))
    _offered(locale, words)
    with tempfile.TemporaryDirectory(prefix="klarbild-play-") as folder:
        asyncio.run(_play(found, words, locale, record, Path(folder) / "data"))


def _offered(locale: str, words: Catalogs) -> None:
    """Make sure that a language has words. Raises Refused."""
    if locale not in words:
        raise Refused(f"there are no words of {locale!r}; there are: {', '.join(one.tag for one in words.languages)}")


def _dialog(name: str) -> Dialog:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        dialog, problems = load_and_check(path, languages.named_lists())
        if dialog is None:
            raise Refused(*(str(problem) for problem in problems))
        return dialog
    dialogs = load_dialogs()
    if name not in dialogs:
        raise Refused(f"there is no dialog {name!r}; there are: {', '.join(sorted(dialogs))} (or name a .yaml file)")
    return dialogs[name]


async def _play(dialog: Dialog, words: Catalogs, locale: str, record: Path | None, data: Path) -> None:
    # Whoever reads a line waits in it: an interrupt must end the program there, not at the next turn.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    keys = KeyFile.open(data)
    store = SqliteStore.open(data, keys=keys)
    try:
        terminal = Terminal(Service({dialog.dialog: dialog}, store, keys, words, Settings()), _read, click.echo)
        await terminal.talk(dialog.dialog, locale)
    finally:
        await store.close()
    if record is not None:
        try:
            journeys.dump(terminal.journey, record)
        except OSError as error:
            raise Refused(f"cannot write {record}: {error.strerror}") from None


def _forgive_streams() -> None:
    """Let no byte that is typed and no letter that is shown end the talk, whatever the locale says."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _read(prompt: str) -> str | None:
    typed = sys.stdin.isatty()
    try:
        line = input(prompt if typed else "")
    except EOFError:
        return None
    if not typed:
        click.echo(f"{prompt}{line}")
    return line


@commands.group()
def texts() -> None:
    """The translators' side: which texts there are, and how far each language has come.

    All but `audio` and `preview` need a checkout."""


@texts.command()
def extract() -> None:
    """Count the texts of each domain as they are written now."""
    for domain, catalog in making.extract_all(_checkout()).items():
        click.echo(f"{domain}: {len(catalog)}")


@texts.command()
def update() -> None:
    """Bring every catalog up to date with the texts as they are written now."""
    for path in making.update(_checkout()):
        click.echo(f"changed: {path}")


@texts.command()
def report() -> None:
    """How much of each domain is translated to each language, and what is missing or a draft, with its place."""
    counted = making.report(_checkout())
    for one in counted:
        share = one.translated * 100 // one.texts
        told = f"{one.language.tag} {one.domain}: {one.translated} of {one.texts}, {share} %, {one.fuzzy} fuzzy"
        click.echo(f"{told}, {one.same} as in the source; {one.review}")
        for place, text in one.open:
            click.echo(f"  {place}: {text}")
    click.echo(f"{len({one.language.tag for one in counted})} locales")


@texts.command(name="preview")
@click.argument("dialog")
@click.option("--locale", required=True, help="The language, as a BCP 47 tag.")
@click.option("--out", type=_file, help="Write to FILE and not to standard output.")
def show_preview(dialog: str, locale: str, out: Path | None) -> None:
    """Every screen of a dialog in one language, with source and context of each text, as one HTML file. DIALOG is a
    name, or the path of a file. Nothing is begun and nothing is kept."""
    found, folder = _dialog(dialog), resources.folder("locales")
    words = Catalogs.load(folder)
    _offered(locale, words)
    shown = preview_of(found, words.words(locale), Settings(), folder)
    page = previews.page(Pages(Settings()), words, shown, folder, alone=True).encode()
    if out is None:
        click.echo(page, nl=False)
        return
    try:
        out.write_bytes(page)
    except OSError as error:
        raise Refused(f"cannot write {out}: {error.strerror}") from None


@texts.command(name="audio")
@click.option("--locale", "locales", multiple=True, help="Only this language, as a BCP 47 tag. Can be given again.")
@data_option
def show_audio(locales: tuple[str, ...], data: Path) -> None:
    """What is read aloud, how much of it has been recorded, and under which name the rest is to be kept."""
    _forgive_streams()
    settings, words = settings_of(data), Catalogs.load(resources.folder("locales"))
    for tag in (*locales, *settings.languages):
        _offered(tag, words)
    recordings = audio.Recordings(data / audio.FOLDER)
    for line in audio.report(load_dialogs().values(), words, settings, recordings, locales):
        click.echo(line)


def _checkout() -> Path:
    root = resources.folder("locales").parent
    if not (root / "assistant").is_dir():
        raise Refused("the catalogs are made in a checkout of the source; run this there")
    return root


# -- for operators -----------------------------------------------------------------------------------------------------


@commands.command(name="doctor")
@data_option
def show_doctor(data: Path) -> None:
    """Look at versions, settings, the database and optional parts. Exit code 1 if something would lose data; a warning
    changes nothing in it."""
    health = doctor.examine(data)
    for line in health.lines:
        click.echo(line)
    for line in health.warnings:
        click.echo(f"WARNING: {line}")
    for line in health.problems:
        click.echo(f"PROBLEM: {line}", err=True)
    if health.problems:
        sys.exit(1)


commands.add_command(data_commands.erase_due)
commands.add_command(data_commands.backup)
commands.add_command(data_commands.restore)
commands.add_command(data_commands.archive)
commands.add_command(office_commands.user)
commands.add_command(office_commands.token)
commands.add_command(papers_commands.show_assessment)
commands.add_command(papers_commands.show_record)
commands.add_command(key_commands.keys)
commands.add_command(log_commands.log)


if __name__ == "__main__":
    main()
