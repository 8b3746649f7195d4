-- +goose Up

-- The boards that people made, each as the text that the settings file would have.
CREATE TABLE boards (
  name    TEXT PRIMARY KEY,
  text    TEXT NOT NULL,
  changed INTEGER NOT NULL
) WITHOUT ROWID;
