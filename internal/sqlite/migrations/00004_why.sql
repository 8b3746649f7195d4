-- +goose Up

-- What lists and reports ask for, of each interaction. Times are those that boards count by;
-- 0 is none. What the table held before is counted anew from the journal.
DROP TABLE interactions;
CREATE TABLE interactions (
  contact     INTEGER NOT NULL,
  segment     INTEGER NOT NULL,
  source      TEXT NOT NULL,
  id          TEXT NOT NULL,
  channel     TEXT NOT NULL,
  queue       TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  state       TEXT NOT NULL,
  counts      INTEGER NOT NULL,
  started     INTEGER NOT NULL,
  came        INTEGER NOT NULL,
  over        INTEGER NOT NULL,
  answered    INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  wait        INTEGER NOT NULL,
  within      INTEGER NOT NULL,
  customer    TEXT NOT NULL,
  corrections INTEGER NOT NULL,
  PRIMARY KEY (contact, segment)
) WITHOUT ROWID;
CREATE INDEX interactions_started ON interactions(started, source, id);
CREATE INDEX interactions_over ON interactions(outcome, over);
CREATE INDEX interactions_answered ON interactions(answered) WHERE answered > 0;
CREATE INDEX interactions_queue ON interactions(queue, started);
CREATE INDEX interactions_customer ON interactions(customer, came) WHERE customer <> '';

-- One row per work; at is when it ended, or since when it is what it is. now tells those that
-- boards count as current.
CREATE TABLE works (
  contact    INTEGER NOT NULL,
  segment    INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  id         TEXT NOT NULL,
  queue      TEXT NOT NULL,
  agent      TEXT NOT NULL,
  agent_name TEXT NOT NULL,
  status     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  handled    INTEGER NOT NULL,
  now        INTEGER NOT NULL,
  PRIMARY KEY (contact, segment, n)
) WITHOUT ROWID;
CREATE INDEX works_status ON works(status, at);
CREATE INDEX works_agent ON works(agent, at);

-- Changes of outcome or reason after an interaction was first shown as ended.
CREATE TABLE corrections (
  contact     INTEGER NOT NULL,
  segment     INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  outcome     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  new_outcome TEXT NOT NULL,
  new_reason  TEXT NOT NULL,
  PRIMARY KEY (contact, segment, n)
) WITHOUT ROWID;
CREATE INDEX corrections_at ON corrections(at);

-- Whether a customer who abandoned came again within a day: 0 no, 1 yes, 2 and was answered.
ALTER TABLE interactions ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;

-- What reports sum up: one row per day of the installation's zone (days since the epoch).
CREATE TABLE days (
  day     INTEGER NOT NULL,
  source  TEXT NOT NULL,
  channel TEXT NOT NULL,
  queue   TEXT NOT NULL,
  tally   BLOB NOT NULL,
  PRIMARY KEY (day, source, channel, queue)
) WITHOUT ROWID;

-- How the works of each agent ended.
CREATE TABLE agent_days (
  day         INTEGER NOT NULL,
  source      TEXT NOT NULL,
  channel     TEXT NOT NULL,
  queue       TEXT NOT NULL,
  agent       TEXT NOT NULL,
  name        TEXT NOT NULL,
  closed      INTEGER NOT NULL,
  transferred INTEGER NOT NULL,
  declined    INTEGER NOT NULL,
  timed_out   INTEGER NOT NULL,
  unavailable INTEGER NOT NULL,
  canceled    INTEGER NOT NULL,
  abandoned   INTEGER NOT NULL,
  PRIMARY KEY (day, source, channel, queue, agent)
) WITHOUT ROWID;

-- How long after the vendors' times events were received.
CREATE TABLE lateness (
  day    INTEGER NOT NULL,
  source TEXT NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (day, source)
) WITHOUT ROWID;
