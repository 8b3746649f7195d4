package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

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
	readers       = 4
)

// DB is the open database. Its owner closes it, once.
type DB struct {
	// Static after construction.
	// Write has one connection, whose transactions take the write lock when they
	// begin; Read has several and cannot change data.
	Write, Read *sql.DB
	dir         string
	lock        *os.File
}

// Open opens the database in dir, making both where they do not exist, and brings the
// schema up to date. It refuses as the package doc says; every refusal wraps ErrRefused.
func Open(ctx context.Context, dir string) (_ *DB, err error) {
	// The driver's file names are URIs, in which a relative path cannot be escaped.
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, refuse("data_dir: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, refuse("cannot make the data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, refuse("the data folder cannot be written: %w; check who owns it and whether the disk is read-only", err)
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
	if err := db.checkFile(); err != nil {
		return nil, err
	}
	if err := db.takeBack(ctx); err != nil {
		return nil, err
	}
	fresh, err := db.checkContent(ctx)
	if err != nil {
		return nil, err
	}
	db.Write = sql.OpenDB(writing(db.path()))
	db.Write.SetMaxOpenConns(1)
	if fresh {
		if _, err := db.Write.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d", applicationID)); err != nil {
			return nil, db.unusable(err)
		}
	}
	if err := db.migrate(ctx); err != nil {
		return nil, err
	}
	if err := db.Probe(ctx); err != nil {
		return nil, db.unusable(err)
	}
	db.Read = sql.OpenDB(reading(db.path()))
	db.Read.SetMaxOpenConns(readers)
	if err := db.mark(); err != nil {
		return nil, refuse("cannot write to the data folder: %w", err)
	}
	return db, nil
}

// Size is how many bytes the database of a data folder has, all of which Open reads; 0 where
// there is none yet.
func Size(dir string) int64 {
	info, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil {
		return 0
	}
	return info.Size()
}

func (db *DB) path() string { return filepath.Join(db.dir, fileName) }

// mark leaves the file that says that data exists, and makes the names of all files durable.
func (db *DB) mark() error {
	f, err := os.OpenFile(filepath.Join(db.dir, markerName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, name := range []string{db.dir, filepath.Dir(db.dir)} {
		folder, err := os.Open(name)
		if errors.Is(err, fs.ErrPermission) {
			continue // a parent that may not be read; the folder itself was just written
		}
		if err != nil {
			return err
		}
		err = folder.Sync()
		folder.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// migrate refuses a schema that is newer than this program, and brings an older one up to
// date, one transaction per migration.
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
		return db.unusable(err)
	}
	if current > target {
		return refuse("its schema (%d) is newer than this program's (%d); run the newer program", current, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return refuse("cannot bring the schema up to date: %w; put back the backup from before the upgrade, or run the older program", err)
	}
	return nil
}

// Probe makes and takes back a write that needs room, so that it succeeds only where
// data can be made durable now.
func (db *DB) Probe(ctx context.Context) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlite: probe: %w", err)
	}
	defer tx.Rollback()
	for _, query := range []string{
		"INSERT INTO settings(name, value) VALUES ('probe', zeroblob(65536)) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
		"DELETE FROM settings WHERE name='probe'",
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("sqlite: probe: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlite: probe: %w", err)
	}
	return nil
}

func (db *DB) closeHandles() {
	for _, h := range []*sql.DB{db.Read, db.Write} {
		if h != nil {
			h.Close()
		}
	}
}

// Close writes the log into the database file, closes the handles and gives up the folder.
// Data is safe even where it fails.
func (db *DB) Close() error {
	db.Read.Close() // a reader could keep the log from being emptied
	_, err := db.Write.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.Write.Close(), db.lock.Close())
}
