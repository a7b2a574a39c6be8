CREATE TABLE cases (
        id text primary key, reference text not null, first_contact text not null,
        status text not null check (status in ('begun', 'sent', 'closed')), locale text not null,
        urgent integer not null check (urgent in (0, 1)), key integer not null, card blob,
        updated text not null
    ) strict, without rowid;
CREATE TABLE codes (
        hash blob primary key, conversation text not null unique, expires text not null
    ) strict, without rowid;
CREATE TABLE conversations (
        id text primary key, "case" text not null, dialog text not null, version integer not null,
        key integer not null, seq integer not null, opened text not null, submitted text
    ) strict, without rowid;
CREATE TABLE health (id integer primary key check (id = 1), writes integer not null) strict;
CREATE TABLE keys (id integer primary key, wrapped blob not null) strict;
CREATE TABLE readings (
        id integer primary key, at text not null, user text not null, "case" text not null, what text not null
    ) strict;
CREATE TABLE records (
        conversation text not null, seq integer not null, body blob not null, primary key (conversation, seq)
    ) strict, without rowid;
CREATE TABLE sessions (
        hash blob primary key, kind text not null check (kind in ('applicant', 'desk')),
        subject text not null, created real not null, seen real not null
    ) strict, without rowid;
CREATE TABLE tokens (
        hash blob primary key, name text not null, role text not null, created text not null
    ) strict, without rowid;
CREATE TABLE users (
        name text primary key, password text not null, role text not null, created text not null
    ) strict, without rowid;
CREATE UNIQUE INDEX cases_reference on cases (reference) where reference <> '';
CREATE INDEX cases_status on cases (status, urgent, updated);
CREATE INDEX conversations_case on conversations ("case");
CREATE INDEX conversations_drafts on conversations (opened) where submitted is null;
CREATE INDEX readings_case on readings ("case");
CREATE INDEX sessions_subject on sessions (kind, subject);
