package sqlite

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestSettings: what the log's durability rests on is so on the connection that writes.
func TestSettings(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "data"))
	defer db.Close()
	got := map[string]string{}
	for _, name := range []string{"journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys", "busy_timeout", "application_id"} {
		var v string
		if err := db.Write.QueryRow("PRAGMA " + name).Scan(&v); err != nil {
			t.Fatal(err)
		}
		got[name] = v
	}
	want := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "wal_autocheckpoint": "10000", "foreign_keys": "1",
		"busy_timeout": "5000", "application_id": "1463964228",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("pragmas (-want +got):\n%s", d)
	}
}

// TestPrivate: nobody else reads what customers said, also not in the log.
func TestPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	db := open(t, dir)
	defer db.Close()
	if _, err := db.InstallationKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s is %o, want %o", d.Name(), got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files != 5 { // database, log, its index, lock, marker
		t.Errorf("%d files, want 5", files)
	}
}

func TestOpenAgain(t *testing.T) {
	// Every character of this name means something in a URI.
	dir := filepath.Join(t.TempDir(), "a?b#c%20d e")
	db := open(t, dir)
	key, err := db.InstallationKey(t.Context())
	if err != nil || len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
		t.Fatalf("key %x, %v", key, err)
	}
	if err := db.SetSetting(t.Context(), "colour", []byte("blue")); err != nil {
		t.Fatal(err)
	}
	if err := db.SetSetting(t.Context(), "colour", []byte("red")); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, fileName+"-wal")); err == nil && info.Size() > 0 {
		t.Errorf("the log has %d bytes after Close", info.Size())
	}
	db = open(t, dir)
	defer db.Close()
	again, err := db.InstallationKey(t.Context())
	if err != nil || !bytes.Equal(key, again) {
		t.Errorf("the installation key changed: %v", err)
	}
	if v, ok, err := db.Setting(t.Context(), "colour"); string(v) != "red" || !ok || err != nil {
		t.Errorf("got %q, %t, %v, want red", v, ok, err)
	}
	if v, ok, err := db.Setting(t.Context(), "absent"); v != nil || ok || err != nil {
		t.Errorf("got %q, %t, %v, want nothing", v, ok, err)
	}
}

// TestReadersOnlyRead: they change nothing, and a reader's transaction does not keep the
// writer waiting.
func TestReadersOnlyRead(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "data"))
	defer db.Close()
	if _, err := db.Read.Exec("DELETE FROM settings"); err == nil {
		t.Error("the reading handle changes data")
	}
	tx, err := db.Read.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM settings").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.Exec("PRAGMA busy_timeout=0"); err != nil {
		t.Fatal(err)
	}
	if err := db.Probe(t.Context()); err != nil {
		t.Errorf("the writer was kept out: %v", err)
	}
}

// TestProbe: a disk without room shows, and room shows again.
func TestProbe(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "data"))
	defer db.Close()
	// The pages that the first probe gave back are taken, so that the next one needs new ones.
	if err := db.SetSetting(t.Context(), "filler", make([]byte, 200_000)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.Exec("PRAGMA max_page_count=1"); err != nil { // SQLite rounds up to what is in use
		t.Fatal(err)
	}
	if err := db.Probe(t.Context()); err == nil {
		t.Error("a full database took a write")
	}
	if _, err := db.Write.Exec("PRAGMA max_page_count=100000"); err != nil {
		t.Fatal(err)
	}
	if err := db.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}
