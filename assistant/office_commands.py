"""The commands about who may come in: logins of the desk and tokens of its JSON API.

They go through the server that runs on the data directory, else into the store itself.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path
from typing import get_args

import click
import msgspec

from assistant import logins
from assistant.desk import token_hash
from assistant.server import control
from assistant.service import utc_now
from assistant.staff import Staff
from assistant.starting import opened_store
from assistant.store import Role, TokenRow, UserRow, codes, files

ROLES = click.Choice(get_args(Role))
PASSWORD = "KLARBILD_PASSWORD"  # noqa: S105

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    help="The data directory: database, keys and settings. Made at the first start.",
)


class Refused(Exception):
    """What the operator asked for cannot be done; ``lines`` say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def need_database(data: Path) -> None:
    """Raise Refused if there is nothing in a data directory that a command could be about."""
    if not (data / files.DATABASE).exists():
        raise Refused(f"there is no database in {data}; name the data directory with --data")


# -- logins ------------------------------------------------------------------------------------------------------------


@click.group()
def user() -> None:
    """Logins for the desk."""


@user.command(name="add")
@click.argument("name")
@click.option("--role", type=ROLES, required=True)
@click.option("--unit", default="", help="The unit of the office that somebody works in.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
@click.option("--no-password", is_flag=True, help="For somebody who logs in by OpenID Connect alone.")
@data_option
def add_user(name: str, role: str, unit: str, password_stdin: bool, no_password: bool, data: Path) -> None:
    """Add a login, or give it another password and role, and a unit if one is given. The password is asked for, or
    read from KLARBILD_PASSWORD. A second step stays as it is."""
    name, unit = _name(name), " ".join(unit.split())
    hashed = "" if no_password else _hashed(_password(password_stdin), name)
    if len(unit) > logins.LONGEST_NAME or not unit.isprintable():
        raise Refused(f"a unit has at most {logins.LONGEST_NAME} letters, digits or signs that can be seen")
    today = utc_now().date().isoformat()
    row = UserRow(name=name, password=hashed, role=msgspec.convert(role, Role), created=today, unit=unit)
    (login,) = asyncio.run(_do(data, control.Hire(row=row)))
    if login.how == "disabled":
        click.echo(f"{name} is {role}, but is shut out; to let {name} in again: klarbild user enable")
    else:
        click.echo(f"{name} can log in at the desk as {role}.")


def _hashed(password: str, name: str) -> str:
    """What is kept of a password. Raises Refused for one that is too weak."""
    problem = logins.password_problem(password, name)
    if problem is not None:
        raise Refused(_PROBLEMS[problem])
    return codes.hash_password(password)


_PROBLEMS = {
    "short": f"the password is too short; take at least {logins.SHORTEST} characters",
    "long": f"the password is too long; take at most {logins.LONGEST} characters",
    "name": "the password is little more than the name; take another",
    "common": "the password is one of those that are guessed first; take some words that do not belong together",
}


@user.command(name="list")
@data_option
def list_users(data: Path) -> None:
    """Everybody who has a login, a line each: name, role, unit, and how they log in."""
    for one in asyncio.run(_do(data, control.List())):
        click.echo("\t".join((one.name, one.role, one.unit or "-", one.how)))


@user.command(name="disable")
@click.argument("name")
@data_option
def disable_user(name: str, data: Path) -> None:
    """Shut somebody out at once. Nothing is erased."""
    _one(data, control.Disable(name=_name(name)))
    click.echo(f"{name} is logged out and cannot log in.")


@user.command(name="enable")
@click.argument("name")
@data_option
def enable_user(name: str, data: Path) -> None:
    """Let somebody in again who was shut out."""
    _one(data, control.Enable(name=_name(name)))
    click.echo(f"{name} can log in again.")


@user.command(name="reset-second-step")
@click.argument("name")
@data_option
def reset_second_step(name: str, data: Path) -> None:
    """Take the second step from somebody who has lost both telephone and recovery codes."""
    _one(data, control.ResetSecondStep(name=_name(name)))
    click.echo(f"{name} logs in with the password alone, until a second step is set up again.")


def _one(data: Path, command: control.Disable | control.Enable | control.ResetSecondStep) -> None:
    if not asyncio.run(_do(data, command)):
        raise Refused(f"there is no login {command.name!r}; see: klarbild user list")


def _password(from_stdin: bool) -> str:
    """The password, which never stands among the arguments: other users of the machine could read it there."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if os.environ.get(PASSWORD):
        return os.environ[PASSWORD]
    if not sys.stdin.isatty():
        raise Refused(f"there is nobody to ask for the password; set {PASSWORD}, or give --password-stdin")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _name(text: str) -> str:
    name = logins.name_of(text)
    if name is None:
        raise Refused(f"a name has 1 to {logins.LONGEST_NAME} letters, digits or signs that can be seen")
    return name


# -- tokens ------------------------------------------------------------------------------------------------------------


@click.group()
def token() -> None:
    """Tokens for the desk's JSON API."""


@token.command(name="create")
@click.option("--role", type=ROLES, required=True)
@click.option("--name", required=True, help="Who uses it; the log of readings shows this name.")
@data_option
def create_token(role: str, name: str, data: Path) -> None:
    """Make a token and print it alone on the last line. It is shown this once: only its hash is kept."""
    name = _name(name)
    secret = secrets.token_urlsafe(32)
    row = TokenRow(hash=token_hash(secret), name=name, role=role, created=utc_now().date().isoformat())
    asyncio.run(_do(data, control.Give(row=row)))
    click.echo(f"A token for {name} ({role}). Keep it safe: it is shown this once.", err=True)
    click.echo(secret)


@token.command(name="drop")
@click.argument("name")
@data_option
def drop_token(name: str, data: Path) -> None:
    """Let the tokens of this name open nothing any more, at once."""
    if not asyncio.run(_do(data, control.TakeBack(name=_name(name)))):
        raise Refused(f"there is no token of the name {name!r}")
    click.echo(f"The tokens of {name} open nothing any more.")


# -- where they are done -----------------------------------------------------------------------------------------------


async def _do(data: Path, command: control.Command) -> tuple[control.Login, ...]:
    """Do something about logins: in the server that runs on this directory, else in the store itself. The logins that
    it was about. Raises StoreError."""
    answer = await control.ask(command, data)
    if answer is not None:
        return answer
    async with opened_store(data) as (store, keys):

        async def end_sessions(name: str) -> None:
            await store.end_sessions_of("desk", name)

        return await control.do(command, store, Staff(store, keys, utc_now, end_sessions))
