package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

// checkpointPages is how long the log grows before it is written into the database file;
// SQLite's own 1,000 pages would interrupt a busy hour ten times as often.
const checkpointPages = 10_000

// connector opens connections that are all set alike, also those that the pool opens later.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver is the driver behind the connections.
func (c connector) Driver() driver.Driver { return c.driver }

// writing makes connections that write durably, or do not open at all.
func writing(path string) connector {
	return connector{
		driver: &sqlite3.SQLiteDriver{ConnectHook: durable},
		dsn:    dsn(path, "mode=rw&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1&_txlock=immediate"),
	}
}

// reading makes connections that cannot change data, nor keep the writer waiting.
func reading(path string) connector {
	return connector{
		driver: &sqlite3.SQLiteDriver{},
		dsn:    dsn(path, "mode=ro&_query_only=1&_busy_timeout=5000&_txlock=deferred"),
	}
}

// dsn escapes the path, which may hold "?", "#" or "%".
func dsn(path, settings string) string {
	return (&url.URL{Scheme: "file", Path: path}).String() + "?" + settings
}

// durable reads back what the data source name asked for: SQLite keeps another setting
// silently where the file system does not support one.
func durable(c *sqlite3.SQLiteConn) error {
	if _, err := c.Exec(fmt.Sprintf("PRAGMA wal_autocheckpoint=%d", checkpointPages), nil); err != nil {
		return err
	}
	for _, want := range []struct{ name, value string }{{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}} {
		got, err := pragma(c, want.name)
		if err != nil {
			return err
		}
		if got != want.value {
			return refuse("SQLite set %s to %s and not to %s; the file system may not support it, so choose a data_dir on a local disk",
				want.name, got, want.value)
		}
	}
	return nil
}

func pragma(c *sqlite3.SQLiteConn, name string) (string, error) {
	rows, err := c.Query("PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", err
	}
	return fmt.Sprint(value[0]), nil
}
