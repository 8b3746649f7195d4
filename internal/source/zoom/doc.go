// Package zoom reads the webhooks of Zoom Contact Center.
//
// An engagement is an interaction; a task is its wait in one queue, and a leg of it; a
// reservation is the offer of a task to one agent, and a work. A transfer is a task of
// its own within the engagement.
//
// Zoom's field reference could not be tried against an account. What is not certain is
// read where it stands, and never needed: an event lacks nothing but an id and a time.
// Nothing says who ended an engagement, so ends are by nobody known.
package zoom
