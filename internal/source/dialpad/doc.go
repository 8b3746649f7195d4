// Package dialpad reads Dialpad's call events, as JSON or as the JSON Web Tokens that a
// webhook with a secret sends for bodies.
//
// One customer's call has several ids: the entry point's leg, which waits in a call centre,
// department or office, and one of each agent whose phone rings. They name each other by
// four fields, none of which is on all; what any of them ties is one interaction, under the
// entry point's id.
//
// A decline and a ring that nobody answered are both "missed", and nobody says who hung up.
// What an event's snapshot shows of the past (when it rang, was queued, was connected) is
// told again with every event, under the same time.
package dialpad
