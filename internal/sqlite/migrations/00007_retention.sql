-- +goose Up

-- When the newest event of a contact was received, and when silence made it lost_track (0 is
-- never), both µs. What was stored before is counted anew, and is not old until then.
ALTER TABLE contacts ADD COLUMN received INTEGER NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE contacts ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
CREATE INDEX contacts_received ON contacts(received) WHERE NOT open;

-- Stored events that are not in their contact's set, because their key is there already or
-- because of a limit: they go with it.
CREATE TABLE strays (
  source      TEXT NOT NULL,
  interaction TEXT NOT NULL,
  position    INTEGER NOT NULL,
  PRIMARY KEY (source, interaction, position)
) WITHOUT ROWID;

-- Up to which delivery the raw bodies were removed: one row.
CREATE TABLE retention (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  bare INTEGER NOT NULL
);
