package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestOpenTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	db := open(t, dir)
	key, err := db.InstallationKey(t.Context())
	if err != nil || len(key) != 32 {
		t.Fatalf("key of %d bytes, %v", len(key), err)
	}
	if _, err := db.Read.Exec("DELETE FROM settings"); err == nil {
		t.Error("the reading handle changes data")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	defer db.Close()
	again, err := db.InstallationKey(t.Context())
	if err != nil || !bytes.Equal(key, again) {
		t.Errorf("the installation key changed: %v", err)
	}
}

// TestGate: what must not be touched is refused, with words that say what to do.
func TestGate(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		spoil      func(t *testing.T, dir string)
	}{
		{"second owner", "another wallboard process", func(t *testing.T, dir string) {
			db := open(t, dir)
			t.Cleanup(func() { db.Close() })
		}},
		{"gone", "empty or gone", func(t *testing.T, dir string) {
			open(t, dir).Close()
			os.Remove(filepath.Join(dir, fileName))
		}},
		{"emptied", "empty or gone", func(t *testing.T, dir string) {
			open(t, dir).Close()
			os.Truncate(filepath.Join(dir, fileName), 0)
		}},
		{"no database", "not a whole SQLite database", func(t *testing.T, dir string) {
			os.MkdirAll(dir, 0o700)
			os.WriteFile(filepath.Join(dir, fileName), bytes.Repeat([]byte("garbage "), 4096), 0o600)
		}},
		{"readable by others", "chmod 600", func(t *testing.T, dir string) {
			open(t, dir).Close()
			os.Chmod(filepath.Join(dir, fileName), 0o644)
		}},
		{"foreign", "another program's", func(t *testing.T, dir string) {
			db := open(t, dir)
			db.Write.Exec("PRAGMA application_id=7")
			db.Close()
		}},
		{"newer", "newer than this program", func(t *testing.T, dir string) {
			db := open(t, dir)
			db.Write.Exec("INSERT INTO goose_db_version(version_id, is_applied) VALUES (99, 1)")
			db.Close()
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			tc.spoil(t, dir)
			db, err := Open(t.Context(), dir)
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q, want ErrRefused with %q", err, tc.want)
			}
		})
	}
}
