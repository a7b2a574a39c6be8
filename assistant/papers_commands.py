"""The commands that draw the papers which the law asks of a municipality."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import click

from assistant import dpia, resources
from assistant.office_commands import Refused, data_option
from assistant.settings import load
from assistant.starting import load_dialogs
from assistant.talks import SWEDEN
from assistant.texts import Catalogs

LOCALES = click.Choice(("sv", "en"))

locale_option = click.option(
    "--locale", type=LOCALES, default="sv", show_default=True, help="The language of the paper."
)


@click.command(name="dpia")
@locale_option
@data_option
def show_assessment(locale: str, data: Path) -> None:
    """Print a draft of the data protection impact assessment (GDPR article 35) as Markdown."""
    _draw(dpia.assessment, locale, data)


@click.command(name="processing-record")
@locale_option
@data_option
def show_record(locale: str, data: Path) -> None:
    """Print the record of processing (GDPR article 30) as Markdown."""
    _draw(dpia.record, locale, data)


def _draw(paper: Callable[[dpia.Source], str], locale: str, data: Path) -> None:
    settings, catalogs = load(data), Catalogs.load(resources.folder("locales"))
    if missing := [tag for tag in settings.languages if tag not in catalogs]:
        raise Refused(f"languages: there are no words of {missing[0]!r}; run: klarbild doctor")
    source = dpia.Source(
        dialogs=load_dialogs(),
        settings=settings,
        words=catalogs.words(locale),
        languages=catalogs.offered(settings.languages),
        today=datetime.datetime.now(SWEDEN).date(),
    )
    click.echo(paper(source), nl=False)
