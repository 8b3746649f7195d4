-- +goose Up

-- How far the tables below have taken in the journal, under which rules, and from which
-- bucket on: one row.
CREATE TABLE history (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  rules   TEXT NOT NULL,
  through INTEGER NOT NULL,
  floor   INTEGER NOT NULL
);

-- A contact is the set of its events, by their positions. What became of it is their fold.
CREATE TABLE contacts (
  row       INTEGER PRIMARY KEY,
  source    TEXT NOT NULL,
  ids       TEXT NOT NULL,
  positions BLOB NOT NULL,
  shown     TEXT NOT NULL,
  exceeded  INTEGER NOT NULL,
  open      INTEGER NOT NULL,
  last      INTEGER NOT NULL
);
CREATE INDEX contacts_open ON contacts(row) WHERE open;

CREATE TABLE aliases (
  source  TEXT NOT NULL,
  id      TEXT NOT NULL,
  contact INTEGER NOT NULL,
  PRIMARY KEY (source, id)
) WITHOUT ROWID;

-- By what lists find an interaction.
CREATE TABLE interactions (
  contact INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  source  TEXT NOT NULL,
  id      TEXT NOT NULL,
  channel TEXT NOT NULL,
  queue   TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason  TEXT NOT NULL,
  started INTEGER NOT NULL,
  PRIMARY KEY (contact, segment)
) WITHOUT ROWID;
CREATE INDEX interactions_started ON interactions(started, source, id);

CREATE TABLE cells (
  source  TEXT NOT NULL,
  channel TEXT NOT NULL,
  queue   TEXT NOT NULL,
  balance INTEGER NOT NULL,
  PRIMARY KEY (source, channel, queue)
) WITHOUT ROWID;

CREATE TABLE buckets (
  bucket  INTEGER NOT NULL,
  source  TEXT NOT NULL,
  channel TEXT NOT NULL,
  queue   TEXT NOT NULL,
  counts  BLOB NOT NULL,
  waits   BLOB NOT NULL,
  PRIMARY KEY (bucket, source, channel, queue)
) WITHOUT ROWID;

CREATE TABLE agents (
  source   TEXT NOT NULL,
  agent    TEXT NOT NULL,
  at       INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  key      TEXT NOT NULL,
  presence TEXT NOT NULL,
  PRIMARY KEY (source, agent)
) WITHOUT ROWID;

CREATE TABLE newest (
  source TEXT PRIMARY KEY,
  at     INTEGER NOT NULL
) WITHOUT ROWID;
