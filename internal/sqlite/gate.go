package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// oldestSQLite is the first version whose write-ahead log cannot be corrupted by a
// checkpoint that runs while another connection resets it.
const oldestSQLite = "3.51.3"

// ErrRefused is wrapped by every error of the start-up gate.
var ErrRefused = errors.New("the database is refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrRefused, fmt.Errorf(format, args...))
}

// unusable refuses what the driver could not read or write, by cause.
func (db *DB) unusable(err error) error {
	if errors.Is(err, ErrRefused) {
		return err
	}
	var e sqlite3.Error
	errors.As(err, &e)
	switch e.Code {
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return refuse("%s is not a whole SQLite database (%w); put a backup in its place", db.path(), err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return refuse("another program uses %s (%w); stop it first", db.path(), err)
	}
	return refuse("%s cannot be read or written (%w); check who owns it and whether the disk is full, read-only or failing", db.path(), err)
}

func (db *DB) marked() bool {
	_, err := os.Stat(filepath.Join(db.dir, markerName))
	return err == nil
}

func (db *DB) gone() error {
	return refuse("%s is empty or gone, and there was data in it; put a backup in its place, or remove %s to begin anew",
		db.path(), filepath.Join(db.dir, markerName))
}

// checkFile makes the file, readable by its owner alone, where there is none. It refuses
// one that others can read, and an empty or missing one where there was data.
func (db *DB) checkFile() error {
	info, err := os.Stat(db.path())
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0:
		if db.marked() {
			return db.gone()
		}
		f, err := os.OpenFile(db.path(), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return refuse("cannot make %s: %w", db.path(), err)
		}
		return f.Close()
	case err != nil:
		return refuse("%w", err)
	case info.Mode().Perm()&0o077 != 0:
		return refuse("%s can be read by others; run chmod 600 on it", db.path())
	}
	return nil
}

// onePage is how large a database is whose very first transaction was cut short.
const onePage = 4096

// takeBack undoes the very first transaction, which chooses the journal mode and so is not in
// the log yet, where a first start was cut short in it: readers alone cannot. It touches no
// file in which there can be anything.
func (db *DB) takeBack(ctx context.Context) error {
	_, err := os.Stat(db.path() + "-journal")
	info, statErr := os.Stat(db.path())
	if err != nil || statErr != nil || info.Size() > onePage || db.marked() {
		return nil
	}
	h := sql.OpenDB(connector{driver: &sqlite3.SQLiteDriver{}, dsn: dsn(db.path(), "mode=rw&_busy_timeout=5000")})
	defer h.Close()
	var tables int
	if err := h.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return db.unusable(err)
	}
	return nil
}

// checkContent refuses what is not ours or not whole, by a connection that changes
// nothing: switching a foreign database to another journal mode would already be damage.
// It reports whether the database is fresh.
func (db *DB) checkContent(ctx context.Context) (fresh bool, err error) {
	look := sql.OpenDB(reading(db.path()))
	defer look.Close()
	var version, check string
	var app, tables int
	for _, q := range []struct {
		query string
		into  any
	}{
		{"SELECT sqlite_version()", &version},
		{"PRAGMA application_id", &app},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		if err := look.QueryRowContext(ctx, q.query).Scan(q.into); err != nil {
			return false, db.unusable(err)
		}
	}
	fresh = app == 0 && tables == 0
	switch {
	case older(version, oldestSQLite):
		return false, refuse("SQLite is %s, which can corrupt its log; build with %s or newer", version, oldestSQLite)
	case tables == 0 && db.marked():
		return false, db.gone()
	case !fresh && app != applicationID:
		return false, refuse("%s is another program's database; choose another data_dir", db.path())
	}
	// This reads the whole file, so it comes last.
	if err := look.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check); err != nil {
		return false, db.unusable(err)
	}
	if check != "ok" {
		return false, refuse("%s is damaged; put a backup in its place", db.path())
	}
	return fresh, nil
}

// older compares dotted versions.
func older(a, b string) bool {
	var x, y [3]int
	fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2])
	fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}
