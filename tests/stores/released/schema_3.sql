CREATE TRIGGER cases_made after insert on cases begin update cases set place =
    case when status = 'visited' then 2 when status = 'begun' and card is null and doings = 0 then 1 else 0 end
    where id = new.id; end;
CREATE TRIGGER cases_moved after update of status, card, doings on cases begin update cases set place =
    case when status = 'visited' then 2 when status = 'begun' and card is null and doings = 0 then 1 else 0 end
    where id = new.id; end;
CREATE TABLE account_log (
        id integer primary key, at text not null, by text not null, what text not null, whom text not null,
        detail text not null
    ) strict;
CREATE TABLE "cases" (
        id text primary key, reference text not null, first_contact text not null,
        status text not null check (status in ('invited', 'begun', 'sent', 'visited', 'closed')), locale text not null,
        urgent integer not null check (urgent in (0, 1)), key integer not null, card blob,
        updated text not null, unit text not null default '', assigned text not null default '',
        visit text not null default '', held text not null default '', doings integer not null default 0,
        place integer not null default 0
    ) strict, without rowid;
CREATE TABLE checks (
        reading integer primary key, at text not null, user text not null,
        result text not null check (result in ('fine', 'ask'))
    ) strict;
CREATE TABLE codes (
        hash blob primary key, conversation text not null unique, expires text not null
    ) strict, without rowid;
CREATE TABLE conversations (
        id text primary key, "case" text not null, dialog text not null, version integer not null,
        key integer not null, seq integer not null, opened text not null, submitted text
    , handled text) strict, without rowid;
CREATE TABLE crossings (
        id integer primary key, "case" text not null, user text not null, unit text not null, doing integer not null,
        at text not null, until text not null, seen text not null default '', seen_by text not null default ''
    ) strict;
CREATE TABLE doings (
        "case" text not null, seq integer not null, body blob not null, primary key ("case", seq)
    ) strict, without rowid;
CREATE TABLE health (id integer primary key check (id = 1), writes integer not null) strict;
CREATE TABLE keys (id integer primary key, wrapped blob not null) strict;
CREATE TABLE readings (
        id integer primary key, at text not null, user text not null, "case" text not null, what text not null
    ) strict;
CREATE TABLE records (
        conversation text not null, seq integer not null, body blob not null, primary key (conversation, seq)
    ) strict, without rowid;
CREATE TABLE recovery_codes (
        user text not null, hash blob not null, used text, primary key (user, hash)
    ) strict, without rowid;
CREATE TABLE sessions (
        hash blob primary key, kind text not null check (kind in ('applicant', 'desk')),
        subject text not null, created real not null, seen real not null
    , way text not null default '') strict, without rowid;
CREATE TABLE tokens (
        hash blob primary key, name text not null, role text not null, created text not null
    ) strict, without rowid;
CREATE TABLE users (
        name text primary key, password text not null, role text not null, created text not null
    , unit text not null default '', totp blob, totp_last integer not null default 0, subject text not null default '', disabled integer not null default 0 check (disabled in (0, 1)), once_until text not null default '') strict, without rowid;
CREATE INDEX cases_counts on cases (unit, assigned, status, locale, place, urgent, first_contact, visit)
        where status <> 'closed';
CREATE INDEX cases_list on cases (
        urgent desc, place, first_contact, reference, unit, assigned, status, locale, visit
    ) where status <> 'closed';
CREATE UNIQUE INDEX cases_reference on cases (reference) where reference <> '';
CREATE INDEX cases_status on cases (status, urgent, updated);
CREATE INDEX cases_waiting on cases (first_contact, visit, unit, assigned, status, locale, place)
        where place = 0 and status <> 'closed';
CREATE INDEX conversations_case on conversations ("case");
CREATE INDEX conversations_drafts on conversations (opened) where submitted is null;
CREATE INDEX conversations_waiting on conversations (key) where dialog = 'message' and handled is null;
CREATE INDEX crossings_user on crossings (user, "case", until);
CREATE INDEX readings_at on readings (at);
CREATE INDEX readings_case on readings ("case");
CREATE INDEX sessions_subject on sessions (kind, subject);
CREATE UNIQUE INDEX users_subject on users (subject) where subject <> '';
