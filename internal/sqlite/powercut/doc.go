// Package powercut is for tests only: it records what SQLite writes and syncs below one
// folder, and makes the files that a power cut would have left there.
//
// # Model
//
// What was written to a file before its last completed sync is on the disk. Of what was
// written since, each sector of 512 bytes is there or not, on its own and in no order, and
// so are changes of the file's length and its removal. A file that was never synced may
// be missing. SQLite's shared memory is not on the disk at all: it is made anew.
//
// # Expected use
//
// Record begins before the database is opened, and Stop comes after it was closed. One
// recording runs at a time in a process. Mark puts a word of the caller's into the same
// order, such as an acknowledgement, so that what came before a cut can be told.
package powercut
