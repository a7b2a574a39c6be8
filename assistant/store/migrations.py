"""The tables, and the steps that bring an older database up to them.

The number of steps taken is `pragma user_version`. A step runs once, in one transaction with its
number; steps are added at the end and never edited once released.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from assistant.store import StoreError

APPLICATION_ID = 0x4B4C4152  # "KLAR", so that a stray file of another program is recognized

# See `keyring` for why wrapped keys are only added at the end and overwritten where they lie.
_KEYS = "create table keys (id integer primary key, wrapped blob not null) strict"

# Tables whose rows are found by their key alone are WITHOUT ROWID: one tree to search and to sync, not two.
_FIRST_TABLES = (
    _KEYS,
    """create table cases (
        id text primary key, reference text not null, first_contact text not null,
        status text not null check (status in ('begun', 'sent', 'closed')), locale text not null,
        urgent integer not null check (urgent in (0, 1)), key integer not null, card blob,
        updated text not null
    ) strict, without rowid""",
    "create unique index cases_reference on cases (reference) where reference <> ''",
    "create index cases_status on cases (status, urgent, updated)",
    """create table conversations (
        id text primary key, "case" text not null, dialog text not null, version integer not null,
        key integer not null, seq integer not null, opened text not null, submitted text
    ) strict, without rowid""",
    'create index conversations_case on conversations ("case")',
    "create index conversations_drafts on conversations (opened) where submitted is null",
    """create table records (
        conversation text not null, seq integer not null, body blob not null, primary key (conversation, seq)
    ) strict, without rowid""",
    """create table codes (
        hash blob primary key, conversation text not null unique, expires text not null
    ) strict, without rowid""",
    """create table sessions (
        hash blob primary key, kind text not null check (kind in ('applicant', 'desk')),
        subject text not null, created real not null, seen real not null
    ) strict, without rowid""",
    "create index sessions_subject on sessions (kind, subject)",
    """create table users (
        name text primary key, password text not null, role text not null, created text not null
    ) strict, without rowid""",
    """create table tokens (
        hash blob primary key, name text not null, role text not null, created text not null
    ) strict, without rowid""",
    """create table readings (
        id integer primary key, at text not null, user text not null, "case" text not null, what text not null
    ) strict""",
    'create index readings_case on readings ("case")',
    "create table health (id integer primary key check (id = 1), writes integer not null) strict",
)


def _first_tables(db: Database) -> None:
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    for statement in _FIRST_TABLES:
        db.execute(statement)


# `place`: what waits for a visit stands first in the list (0), then what is only begun while nobody at the office knows
# of it (1), then what has been visited (2). Triggers keep it: a generated column would make SQLite look up every row
# although an index holds all that it asks for.
_PLACE = """update cases set place =
    case when status = 'visited' then 2 when status = 'begun' and card is null and doings = 0 then 1 else 0 end
    where id = new.id;"""

_OFFICE = (
    """create table cases_anew (
        id text primary key, reference text not null, first_contact text not null,
        status text not null check (status in ('invited', 'begun', 'sent', 'visited', 'closed')), locale text not null,
        urgent integer not null check (urgent in (0, 1)), key integer not null, card blob,
        updated text not null, unit text not null default '', assigned text not null default '',
        visit text not null default '', held text not null default '', doings integer not null default 0,
        place integer not null default 0
    ) strict, without rowid""",
    """insert into cases_anew (id, reference, first_contact, status, locale, urgent, key, card, updated)
        select id, reference, first_contact, status, locale, urgent, key, card, updated from cases""",
    "drop table cases",
    "alter table cases_anew rename to cases",
    "create unique index cases_reference on cases (reference) where reference <> ''",
    "create index cases_status on cases (status, urgent, updated)",
    f"create trigger cases_made after insert on cases begin {_PLACE} end",
    f"create trigger cases_moved after update of status, card, doings on cases begin {_PLACE} end",
    "update cases set status = status",
    # Both hold all that a list is filtered by, so that only the cases of the page that is shown are looked up.
    """create index cases_list on cases (
        urgent desc, place, first_contact, reference, unit, assigned, status, locale, visit
    ) where status <> 'closed'""",
    """create index cases_waiting on cases (first_contact, visit, unit, assigned, status, locale, place)
        where place = 0 and status <> 'closed'""",
    """create index cases_counts on cases (unit, assigned, status, locale, place, urgent, first_contact, visit)
        where status <> 'closed'""",
    "alter table conversations add column handled text",
    "create index conversations_waiting on conversations (key) where dialog = 'message' and handled is null",
    """create table doings (
        "case" text not null, seq integer not null, body blob not null, primary key ("case", seq)
    ) strict, without rowid""",
    """create table crossings (
        id integer primary key, "case" text not null, user text not null, unit text not null, doing integer not null,
        at text not null, until text not null, seen text not null default '', seen_by text not null default ''
    ) strict""",
    'create index crossings_user on crossings (user, "case", until)',
    """create table checks (
        reading integer primary key, at text not null, user text not null,
        result text not null check (result in ('fine', 'ask'))
    ) strict""",
    "create index readings_at on readings (at)",
)


def _office(db: Database) -> None:
    for statement in _OFFICE:
        db.execute(statement)


_SIGN_IN = (
    "alter table users add column unit text not null default ''",
    "alter table users add column totp blob",
    "alter table users add column totp_last integer not null default 0",
    "alter table users add column subject text not null default ''",
    "alter table users add column disabled integer not null default 0 check (disabled in (0, 1))",
    "alter table users add column once_until text not null default ''",
    "create unique index users_subject on users (subject) where subject <> ''",
    "alter table sessions add column way text not null default ''",
    """create table recovery_codes (
        user text not null, hash blob not null, used text, primary key (user, hash)
    ) strict, without rowid""",
    """create table account_log (
        id integer primary key, at text not null, by text not null, what text not null, whom text not null,
        detail text not null
    ) strict""",
)


def _sign_in(db: Database) -> None:
    """Second steps, recovery codes, OpenID Connect, units, and the log of what was done to logins."""
    for statement in _SIGN_IN:
        db.execute(statement)


_INVITATIONS = (
    """create table invitations (
        id text primary key, "case" text not null, token blob not null unique, code blob not null unique,
        locale text not null, made text not null, until text not null, used text not null, withdrawn text not null
    ) strict, without rowid""",
    'create index invitations_case on invitations ("case")',
    """create table letters (
        id text primary key, "case" text not null, invitation text not null, channel text not null, body blob not null,
        state text not null check (state in ('queued', 'sent', 'failed')), due text not null, at text not null,
        tries integer not null, problem text not null
    ) strict, without rowid""",
    'create index letters_case on letters ("case")',
    "create index letters_due on letters (due) where state = 'queued'",
)


def _invitations(db: Database) -> None:
    for statement in _INVITATIONS:
        db.execute(statement)


def _keyring(db: Database) -> None:
    """Keys are in a file of their own, where `keyring.attach` has copied those that there were."""
    missing = db.execute("select count(*) from main.keys where id not in (select id from keyring.keys)").fetchone()[0]
    if missing:
        raise StoreError("keyring.db is not the one of this database; put the one back that belongs to it")
    db.execute("update main.keys set wrapped = zeroblob(length(wrapped))")
    db.execute("drop table main.keys")
    db.execute("alter table conversations add column code_key integer")
    db.execute("alter table sessions add column wrapped_key blob not null default x''")


def _identity(db: Database) -> None:
    """A name of its own for each database: a write-ahead log of another one is known by it (see `soundness`)."""
    db.execute("create table identity (id integer primary key check (id = 1), value blob not null) strict")
    db.execute("insert into identity values (1, randomblob(16))")


# `chain` holds a hash over each event of the log (see `chain`); `merges` the cases that are another's now, because what
# the log says of a case is never written again.
_CHAIN = (
    """create table chain (
        id integer primary key, kind text not null, row integer not null, at text not null, note text not null,
        hash blob not null
    ) strict""",
    """create table chain_head (
        id integer primary key check (id = 1), count integer not null, hash blob not null, first integer not null,
        start blob not null, seal blob not null
    ) strict""",
    """create table merges (absorbed text primary key, "case" text not null) strict, without rowid""",
    'create index merges_case on merges ("case")',
)


def _chained_log(db: Database) -> None:
    """The chain of the log of readings. Older rows are taken into it when the database is opened with its keys."""
    for statement in _CHAIN:
        db.execute(statement)


def _pins(db: Database) -> None:
    db.execute(
        """create table pins (
            conversation text primary key, hash blob not null, tries integer not null
        ) strict, without rowid"""
    )


# One row a conversation: what waits is seen without its key, what was translated is not.
_TRANSLATIONS = (
    """create table translations (
        conversation text primary key, body blob not null,
        state text not null check (state in ('queued', 'done', 'failed')), due text not null,
        tries integer not null, seq integer not null
    ) strict, without rowid""",
    "create index translations_due on translations (due) where state = 'queued'",
)


def _translations(db: Database) -> None:
    for statement in _TRANSLATIONS:
        db.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (
    _first_tables,
    _office,
    _sign_in,
    _invitations,
    _keyring,
    _identity,
    _chained_log,
    _pins,
    _translations,
)

KEYRING_SINCE = STEPS.index(_keyring) + 1
"""The schema since which keys are in a file of their own."""


def version(db: Database) -> int:
    """How many steps a database has taken."""
    return int(db.execute("pragma user_version").fetchone()[0])


def recognize(db: Database) -> int:
    """How many steps a database of ours has taken; changes nothing. Raises StoreError for a newer database or one of
    another program."""
    taken = version(db)
    application = int(db.execute("pragma application_id").fetchone()[0])
    if application != APPLICATION_ID and (taken or application or db.table_names()):
        raise StoreError("the database is of another program; move it away or choose another --data")
    if taken > len(STEPS):
        raise StoreError(
            f"the database has schema {taken} and this program knows {len(STEPS)}; start the newer version of Klarbild"
        )
    return taken


def migrate(db: Database) -> None:
    """Take the steps that are missing. Raises StoreError as `recognize`."""
    taken = recognize(db)
    for number, step in enumerate(STEPS[taken:], start=taken + 1):
        db.execute("begin immediate")
        try:
            step(db)
            db.execute(f"pragma user_version = {number}")
            db.execute("commit")
        except BaseException:
            if db.conn.in_transaction:
                db.execute("rollback")
            raise
