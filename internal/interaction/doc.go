// Package interaction is the vocabulary of the wallboard: what vendors'
// deliveries say about a customer's contact, in neutral words.
//
// An [Event] is one fact about one interaction. Decoders make events, the
// journal stores them, and package classify folds the set of an interaction's
// events into what became of it. The package holds no rules and imports
// nothing but the standard library.
//
// # Names and numbers
//
// Every enumeration has a text form, which is the one in the neutral webhook
// format, in the API and in the database: the kinds are the names in
// CloudEvents types (org.wallboard.interaction.<kind>). The zero value of an
// enumeration means that nothing was said. Times are microseconds since the
// Unix epoch, UTC.
package interaction
