package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// closed makes an ordinary database in dir and closes it.
func closed(t *testing.T, dir string) {
	t.Helper()
	must(t, open(t, dir).Close())
}

// foreign makes a database as another program would have left it.
func foreign(t *testing.T, dir string, statements ...string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, fileName), nil, 0o600))
	h, err := sql.Open("sqlite3", dsn(filepath.Join(dir, fileName), "_journal_mode=DELETE"))
	must(t, err)
	defer h.Close()
	for _, s := range statements {
		_, err := h.Exec(s)
		must(t, err)
	}
}

// TestGate: what must not be touched is refused, with words that say what to do, and stays
// byte for byte as it was.
func TestGate(t *testing.T) {
	for _, tc := range []struct {
		name  string
		want  []string
		spoil func(t *testing.T, dir string)
	}{
		{"second owner", []string{"another wallboard process", "stop it"}, func(t *testing.T, dir string) {
			db := open(t, dir)
			t.Cleanup(func() { db.Close() })
		}},
		{"gone", []string{"empty or gone", "backup"}, func(t *testing.T, dir string) {
			closed(t, dir)
			must(t, os.Remove(filepath.Join(dir, fileName)))
		}},
		{"emptied", []string{"empty or gone", "backup"}, func(t *testing.T, dir string) {
			closed(t, dir)
			must(t, os.Truncate(filepath.Join(dir, fileName), 0))
		}},
		{"replaced by a fresh database", []string{"empty or gone", "backup"}, func(t *testing.T, dir string) {
			closed(t, dir)
			must(t, os.Remove(filepath.Join(dir, fileName)))
			foreign(t, dir, "CREATE TABLE x(y)", "DROP TABLE x")
		}},
		{"no database", []string{"not a whole SQLite database", "backup"}, func(t *testing.T, dir string) {
			must(t, os.MkdirAll(dir, 0o700))
			must(t, os.WriteFile(filepath.Join(dir, fileName), bytes.Repeat([]byte("garbage "), 4096), 0o600))
		}},
		{"damaged", []string{"backup"}, func(t *testing.T, dir string) {
			closed(t, dir)
			f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt(bytes.Repeat([]byte{0x5a}, 12_000), 4096)
			must(t, errors.Join(err, f.Close()))
		}},
		{"readable by others", []string{"chmod 600"}, func(t *testing.T, dir string) {
			closed(t, dir)
			must(t, os.Chmod(filepath.Join(dir, fileName), 0o644))
		}},
		{"another program's, without an id", []string{"another program's", "data_dir"}, func(t *testing.T, dir string) {
			foreign(t, dir, "CREATE TABLE bookmarks(url TEXT)")
		}},
		{"another program's, with an id", []string{"another program's", "data_dir"}, func(t *testing.T, dir string) {
			foreign(t, dir, "PRAGMA application_id=7", "CREATE TABLE bookmarks(url TEXT)")
		}},
		{"newer schema", []string{"newer than this program", "run the newer"}, func(t *testing.T, dir string) {
			db := open(t, dir)
			_, err := db.Write.Exec("INSERT INTO goose_db_version(version_id, is_applied) VALUES (99, 1)")
			must(t, errors.Join(err, db.Close()))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			tc.spoil(t, dir)
			before := sum(t, dir)
			db, err := Open(t.Context(), dir)
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			if !errors.Is(err, ErrRefused) {
				t.Errorf("got %q, want ErrRefused", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
			if sum(t, dir) != before {
				t.Error("the refused file was changed")
			}
		})
	}
}

// sum is a digest of the database file, or of nothing.
func sum(t *testing.T, dir string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// TestRefusedFolderIsFreeAgain: a refusal gives up the lock, so that the remedy can be
// tried without ending the process.
func TestRefusedFolderIsFreeAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	closed(t, dir)
	must(t, os.Chmod(filepath.Join(dir, fileName), 0o644))
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrRefused) {
		t.Fatalf("got %v, want ErrRefused", err)
	}
	must(t, os.Chmod(filepath.Join(dir, fileName), 0o600))
	closed(t, dir)
}

// TestDurableOrNothing: a connection whose settings did not take does not open. SQLite keeps
// a database in memory out of WAL mode without an error, as it does on some file systems.
func TestDurableOrNothing(t *testing.T) {
	c := writing("/unused")
	c.dsn = "file::memory:?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1"
	h := sql.OpenDB(c)
	defer h.Close()
	if err := h.PingContext(context.Background()); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want ErrRefused", err)
	}
}

func TestOlder(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"3.51.3", "3.51.3", false},
		{"3.51.2", "3.51.3", true},
		{"3.9.9", "3.51.3", true},
		{"3.52.0", "3.51.3", false},
		{"4.0.0", "3.51.3", false},
		{"", "3.51.3", true},
	} {
		if got := older(tc.a, tc.b); got != tc.want {
			t.Errorf("older(%q, %q) = %t, want %t", tc.a, tc.b, got, tc.want)
		}
	}
}
