package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

const (
	installationKey     = "installation_key"
	installationKeySize = 32 // bytes
)

// Setting returns a value that the installation keeps, and whether there is one.
func (db *DB) Setting(ctx context.Context, name string) (value []byte, ok bool, err error) {
	err = db.Read.QueryRowContext(ctx, "SELECT value FROM settings WHERE name=?", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("sqlite: reading the setting %s: %w", name, err)
	}
	return value, true, nil
}

// SetSetting keeps a value durably, in place of the former one.
func (db *DB) SetSetting(ctx context.Context, name string, value []byte) error {
	const query = "INSERT INTO settings(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value=excluded.value"
	if value == nil {
		value = []byte{} // nil would be NULL
	}
	if _, err := db.Write.ExecContext(ctx, query, name, value); err != nil {
		return fmt.Errorf("sqlite: storing the setting %s: %w", name, err)
	}
	return nil
}

// InstallationKey returns the installation's secret of 32 bytes, making it once.
func (db *DB) InstallationKey(ctx context.Context) ([]byte, error) {
	key := make([]byte, installationKeySize)
	rand.Read(key)
	if _, err := db.Write.ExecContext(ctx, "INSERT INTO settings(name, value) VALUES (?, ?) ON CONFLICT(name) DO NOTHING", installationKey, key); err != nil {
		return nil, fmt.Errorf("sqlite: storing the installation key: %w", err)
	}
	key, _, err := db.Setting(ctx, installationKey)
	if err != nil {
		return nil, err
	}
	if len(key) != installationKeySize {
		return nil, fmt.Errorf("sqlite: the installation key has %d bytes and not %d; put a backup in place", len(key), installationKeySize)
	}
	return key, nil
}
