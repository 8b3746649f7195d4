-- +goose Up

-- Lists begin with the newest of an outcome, and find the few that were corrected.
CREATE INDEX interactions_outcome ON interactions(outcome, started);
CREATE INDEX interactions_corrected ON interactions(started) WHERE corrections > 0;
-- What was open at a time has no end, or one after it.
CREATE INDEX interactions_ended ON interactions(over, came);
