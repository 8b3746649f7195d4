// Package amazonconnect reads Amazon Connect: contact events, which EventBridge
// posts to an API destination or through an SNS topic, and the agent event
// stream, which EventBridge Pipes posts as arrays of Kinesis records.
//
// # One contact, many legs
//
// Connect gives every transfer, queue transfer and callback a contactId of its
// own. The chain (initialContactId, else contactId) is the interaction, each
// contact of it a leg; only the leg that ends last says what became of the
// customer. Legs that no customer waits in (callback, outbound, monitor, and
// the contact that a disconnect flow makes) are interactions of their own and
// out of scope. A callback's showing up says that the customer of the chain
// chose it.
//
// # Every event tells all it shows
//
// Events come at best effort: any may be missing, late or twice. Each is a
// snapshot of its contact, so each is read for everything that it shows, not
// for its eventType alone. The key of a fact is made of the contact, the fact
// and its time, so that the same fact told by three events is one.
//
// # What is left out
//
// Tasks and e-mails are no interactions here: nobody waits on the line. Customers'
// numbers and ids are not read at all. Queue names of the agent stream are not
// used, because contact events have none and a queue would count under two names.
package amazonconnect
