-- +goose Up

-- What agent_days has, by blocks of 32 days: a report of a year reads eleven of them, and the
-- days at its edges.
CREATE TABLE agent_blocks (
  block       INTEGER NOT NULL,
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
  PRIMARY KEY (block, source, channel, queue, agent)
) WITHOUT ROWID;
INSERT INTO agent_blocks SELECT day / 32, source, channel, queue, agent, max(name), sum(closed), sum(transferred), sum(declined), sum(timed_out),
  sum(unavailable), sum(canceled), sum(abandoned) FROM agent_days GROUP BY day / 32, source, channel, queue, agent;
