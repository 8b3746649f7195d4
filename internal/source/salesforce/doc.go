// Package salesforce reads what Salesforce and its telephony vendors send, by five
// ways into the same facts: a mirror of the Telephony Integration REST API, Change
// Data Capture, Outbound Messages, the JSON of a record from a Flow, and the data
// actions of Data 360.
//
// # Records and calls
//
// All ways but the first tell of records: VoiceCall, MessagingSession, AgentWork,
// PendingServiceRouting, UserServicePresence. Each way is read into a [record],
// and one adapter per object makes events of it. A change may tell a field or two
// of a record alone. Its events then name that record, and the interaction of it
// is known by what another change linked.
//
// # What changes later
//
// A field that is written again, or emptied, is a newer version of one fact. What
// is known of a record once and must hold for all its changes, as that a bot and
// no rep has the work, is a version that no other exceeds.
//
// # Times
//
// Salesforce's own times are whole seconds, and its commits have milliseconds. A
// fact that only its commit dates is put into that second too, so that within one
// second the kinds' order decides and an end comes last. Where nothing dates a
// fact, as that a call is routed, the time of receipt does.
package salesforce
