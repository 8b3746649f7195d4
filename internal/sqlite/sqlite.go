package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	_ "github.com/mattn/go-sqlite3" // the driver
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	fileName   = "wallboard.db"
	lockName   = "wallboard.lock"
	markerName = "wallboard.exists"
	// applicationID marks the file as ours: "WBRD".
	applicationID = 0x57425244
	oldestSQLite  = "3.51.3"
	readers       = 4
)

// ErrRefused is wrapped by every error of the start-up gate.
var ErrRefused = errors.New("the database is refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// DB is the open database. Its owner closes it.
type DB struct {
	// Static after construction.
	// Write has one connection; Read has several and cannot change data.
	Write, Read *sql.DB
	dir         string
	lock        *os.File
}

// Open opens the database in dir, making both where they do not exist, and brings the
// schema up to date. It refuses as the package doc says.
func Open(ctx context.Context, dir string) (_ *DB, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, refuse("cannot make the data folder: %v", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, refuse("the data folder cannot be written: %v; check who owns it and whether the disk is read-only", err)
	}
	db := &DB{dir: dir, lock: lock}
	defer func() {
		if err != nil {
			db.closeHandles()
			lock.Close()
		}
	}()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, refuse("another wallboard process uses %s; stop it first", dir)
	}
	path := filepath.Join(dir, fileName)
	if err := db.checkFile(path); err != nil {
		return nil, err
	}
	dsn := "file:" + path + "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1&_txlock=immediate"
	if db.Write, err = sql.Open("sqlite3", dsn); err != nil {
		return nil, refuse("%v", err)
	}
	db.Write.SetMaxOpenConns(1)
	if err := db.checkContent(ctx); err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, err
	}
	if db.Read, err = sql.Open("sqlite3", dsn+"&_query_only=1"); err != nil {
		return nil, refuse("%v", err)
	}
	db.Read.SetMaxOpenConns(readers)
	if err := os.WriteFile(filepath.Join(dir, markerName), nil, 0o600); err != nil {
		return nil, refuse("cannot write to the data folder: %v", err)
	}
	return db, nil
}

// checkFile makes the file private, and refuses an empty or missing one where there
// was a database.
func (db *DB) checkFile(path string) error {
	_, markerErr := os.Stat(filepath.Join(db.dir, markerName))
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0:
		if markerErr == nil {
			return refuse("%s is empty or gone, and there was one; put a backup in its place, or remove %s to begin anew",
				path, filepath.Join(db.dir, markerName))
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return refuse("cannot make %s: %v", path, err)
		}
		return f.Close()
	case err != nil:
		return refuse("%v", err)
	case info.Mode().Perm()&0o077 != 0:
		return refuse("%s can be read by others; run chmod 600 on it", path)
	}
	return nil
}

// checkContent refuses what is not ours, not whole, or not set as it must be.
func (db *DB) checkContent(ctx context.Context) error {
	var version, journal, check string
	var synchronous, app, tables int
	for _, q := range []struct {
		query string
		into  any
	}{
		{"SELECT sqlite_version()", &version},
		{"PRAGMA journal_mode", &journal},
		{"PRAGMA synchronous", &synchronous},
		{"PRAGMA application_id", &app},
		{"SELECT count(*) FROM sqlite_schema", &tables},
		{"PRAGMA quick_check(1)", &check},
	} {
		if err := db.Write.QueryRowContext(ctx, q.query).Scan(q.into); err != nil {
			return refuse("%s is not a whole SQLite database (%v); put a backup in its place", filepath.Join(db.dir, fileName), err)
		}
	}
	switch {
	case older(version, oldestSQLite):
		return refuse("SQLite is %s, which can corrupt its log; build with %s or newer", version, oldestSQLite)
	case journal != "wal" || synchronous != 2:
		return refuse("journal_mode is %s and synchronous %d, not wal and 2; the file system may not support it", journal, synchronous)
	case check != "ok":
		return refuse("it is damaged; put a backup in its place")
	case app == 0 && tables == 0:
	case app != applicationID:
		return refuse("%s is another program's database; choose another data_dir", filepath.Join(db.dir, fileName))
	}
	for _, pragma := range []string{fmt.Sprintf("PRAGMA application_id=%d", applicationID), "PRAGMA wal_autocheckpoint=10000"} {
		if _, err := db.Write.ExecContext(ctx, pragma); err != nil {
			return refuse("cannot write: %v", err)
		}
	}
	return nil
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

func (db *DB) migrate(ctx context.Context) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.Write, sub)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return refuse("cannot read the schema's version: %v", err)
	}
	if current > target {
		return refuse("its schema (%d) is newer than this program's (%d); run the newer program", current, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return refuse("cannot bring the schema up to date: %v", err)
	}
	return nil
}

// InstallationKey returns the installation's secret of 32 bytes, making it once.
func (db *DB) InstallationKey(ctx context.Context) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	if _, err := db.Write.ExecContext(ctx, "INSERT OR IGNORE INTO settings(name, value) VALUES ('installation_key', ?)", key); err != nil {
		return nil, fmt.Errorf("sqlite: storing the installation key: %w", err)
	}
	if err := db.Write.QueryRowContext(ctx, "SELECT value FROM settings WHERE name='installation_key'").Scan(&key); err != nil {
		return nil, fmt.Errorf("sqlite: reading the installation key: %w", err)
	}
	return key, nil
}

func (db *DB) closeHandles() {
	for _, h := range []*sql.DB{db.Read, db.Write} {
		if h != nil {
			h.Close()
		}
	}
}

// Close writes the log into the database file, closes the handles and gives up the folder.
func (db *DB) Close() error {
	_, err := db.Write.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	db.closeHandles()
	return errors.Join(err, db.lock.Close())
}
