-- +goose Up

-- Who may look. A password is a hash, or empty for who has none (yet, or signs in by
-- OpenID Connect: then issuer and subject name the account there).
CREATE TABLE people (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  folded   TEXT NOT NULL UNIQUE,
  role     TEXT NOT NULL,
  password TEXT NOT NULL,
  issuer   TEXT NOT NULL,
  subject  TEXT NOT NULL,
  created  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX people_subject ON people(issuer, subject) WHERE issuer <> '';

CREATE TABLE screens (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  settings TEXT NOT NULL,
  browser  TEXT NOT NULL,
  created  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE links (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  boards  TEXT NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;

-- What browsers hold is stored as its hash alone. The holder is a person, screen or link.
CREATE TABLE tokens (
  hash    BLOB PRIMARY KEY,
  kind    TEXT NOT NULL,
  holder  TEXT NOT NULL,
  created INTEGER NOT NULL,
  seen    INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_holder ON tokens(holder);

-- What people did. Rows are only added, and the oldest beyond the limit removed.
CREATE TABLE trail (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  address TEXT NOT NULL,
  action  TEXT NOT NULL,
  object  TEXT NOT NULL
);
