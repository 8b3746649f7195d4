-- +goose Up
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- A position is never used again, also when the newest deliveries have been removed.
CREATE TABLE deliveries (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  source   TEXT NOT NULL,
  received INTEGER NOT NULL,
  method   TEXT NOT NULL,
  path     TEXT NOT NULL,
  query    TEXT NOT NULL,
  headers  TEXT NOT NULL,
  sha256   BLOB NOT NULL,
  body     BLOB
);

CREATE TABLE events (
  position    INTEGER PRIMARY KEY,
  delivery    INTEGER NOT NULL,
  source      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  received    INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  interaction TEXT NOT NULL,
  sequence    INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  retracted   INTEGER NOT NULL,
  leg         TEXT NOT NULL,
  work        TEXT NOT NULL,
  agent       TEXT NOT NULL,
  agent_name  TEXT NOT NULL,
  queue       TEXT NOT NULL,
  queue_name  TEXT NOT NULL,
  channel     TEXT NOT NULL,
  direction   TEXT NOT NULL,
  role        TEXT NOT NULL,
  customer    TEXT NOT NULL,
  to_kind     TEXT NOT NULL,
  to_id       TEXT NOT NULL,
  mode        TEXT NOT NULL,
  why         TEXT NOT NULL,
  moved       INTEGER NOT NULL,
  party       TEXT NOT NULL,
  cause       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  other       TEXT NOT NULL,
  presence    TEXT NOT NULL,
  key         TEXT NOT NULL
);

-- Duplicates are found by the vendor's time, so that inserts stay on hot pages.
CREATE TABLE seen (
  source TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  hash   INTEGER NOT NULL,
  event  INTEGER NOT NULL,
  PRIMARY KEY (source, bucket, hash, event)
) WITHOUT ROWID;

CREATE TABLE quarantine (
  delivery INTEGER NOT NULL,
  part     INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  PRIMARY KEY (delivery, part)
) WITHOUT ROWID;
