// Package sqlite is the only home of the database driver: it opens the
// wallboard's database, refuses what it must not touch, and hands out one
// writing and several reading handles.
//
// # The start-up gate
//
// Open refuses, with an error that says what to do: a folder that another
// process owns, a file that is no SQLite database or is another program's, a
// damaged one, a schema newer than this program, an SQLite that is older than
// 3.51.3 (whose write-ahead log can corrupt), settings that did not take, a
// database that is empty or gone where there was one, and a disk that takes no
// write. What is refused because it is not ours has not been changed.
//
// # Durability
//
// The log is in WAL mode with synchronous=FULL, read back on every writing
// connection: a committed transaction survives a power cut. The driver's own
// default does not. Checkpoints come about every 10,000 pages.
package sqlite
