-- +goose Up

-- What the tables held is counted anew from the journal: to build these indexes of it first would
-- take ten times as long as all else here, and as much room again, for nothing.
UPDATE history SET rules = '';
DELETE FROM interactions;
DELETE FROM works;

-- Each index has all that lists filter by, so that a page and its total are found without
-- reading a row. The primary key is part of each: it orders what has the same time.
DROP INDEX interactions_started;
DROP INDEX interactions_outcome;
DROP INDEX interactions_queue;
DROP INDEX interactions_over;
DROP INDEX interactions_corrected;
DROP INDEX interactions_answered;
DROP INDEX interactions_ended;
CREATE INDEX interactions_started ON interactions(started, outcome, queue, source, channel, reason, counts, corrections, wait, since, came, over, answered);
CREATE INDEX interactions_outcome ON interactions(outcome, started, queue, source, channel, reason, counts, corrections, wait, since, came, over, answered);
CREATE INDEX interactions_queue ON interactions(queue, started, outcome, source, channel, reason, counts, corrections, wait, since, came, over, answered);
CREATE INDEX interactions_over ON interactions(outcome, over, started, queue, source, channel, reason, counts, corrections, wait, since, came, answered);
CREATE INDEX interactions_ended ON interactions(over, started, outcome, queue, source, channel, reason, counts, corrections, wait, since, came, answered) WHERE over > 0;
CREATE INDEX interactions_answered ON interactions(answered, started, outcome, queue, source, channel, reason, counts, corrections, wait, since, came, over) WHERE answered > 0;
CREATE INDEX interactions_corrected ON interactions(started, outcome, queue, source, channel, reason, counts, corrections) WHERE corrections > 0;

-- Waits that are over, and the few that grow.
CREATE INDEX interactions_wait ON interactions(wait, outcome, queue, source, channel, reason, counts, corrections, started, came, over, answered) WHERE since = 0;
CREATE INDEX interactions_waiting ON interactions(since) WHERE since > 0;

-- What was open at a time began within the day before, or is one of the few that took longer.
CREATE INDEX interactions_came ON interactions(came, over, started, outcome, queue, source, channel, reason, counts);
CREATE INDEX interactions_long ON interactions(over, came) WHERE over = 0 OR over - came > 86400000000;

-- What lists ask of a work's interaction, and which is an agent's first work in it.
ALTER TABLE works ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE works ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE works ADD COLUMN counts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE works ADD COLUMN started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE works ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
DROP INDEX works_status;
DROP INDEX works_agent;
CREATE INDEX works_status ON works(status, at, queue, agent, now, source, channel, counts);
CREATE INDEX works_agent ON works(agent, status, at, queue, now, source, channel, counts);
CREATE INDEX works_first ON works(agent, started, source, channel, counts, first) WHERE first;
