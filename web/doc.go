// Package web is the HTTP face: hooks for vendors, boards and their live sockets
// for screens, and the JSON API. It knows no vendor and no SQL.
//
// # Publishing
//
// Each board has one published moment at a time, numbered by seq within an epoch
// (one run of the server), and a view of it for each face that is looked at: a
// language, and a way to name agents. A view is computed and encoded once, however
// many screens show it: at once after quiet, then at most every 100 ms, and at least
// every 2.5 s so that screens see life. Page, JSON and frame show the same moment.
//
// # Errors
//
// Handlers return errors; one place turns them into status, log level and body:
// a problem document (RFC 9457) for machines, a page for people.
package web
