// Package simulate is a contact centre that never was. Customers arrive by the
// time of day, wait as long as they have patience, and are offered to some twenty
// agents who answer, decline, look away, transfer and wrap up. What happens is
// posted to a wallboard's hook in a vendor's own format, with the vendor's
// signature, and with the duplicates, reordering and lateness of real webhooks.
//
// # Truth
//
// The centre knows what became of every customer, because it made it up. Truth
// tells it by the published rule, from what was played and by a logic of its own,
// so that it can be compared with what a server says. It counts what the server has
// acknowledged: of an interaction some of whose deliveries are held back, only what
// lies before the first of these. Once Settled, nothing is held back, and truth is
// what a server must hold.
//
// Truth is what the vendor's format can show: see AmazonConnect for what it cannot.
//
// # Days
//
// With Options.Deliver a centre is played within a process, many days in seconds, and
// with Rates.LostEnd some contacts never end: after the server's horizon truth takes
// them for lost. Options.Forget keeps truth's own memory from growing.
//
// # Reproduction
//
// A seed and a start make the same contacts, the same bodies and the same order of
// deliveries, byte for byte. The instants of one contact all differ, by a
// millisecond at least, so that no order is left to chance.
//
// # Safety
//
// Deliveries go to loopback addresses only, unless Options.AllowRemote is set.
// Customers' numbers come from the range that is reserved for drama.
//
// # Concurrency
//
// PlayPast, Run and Drain play; one of them at a time, another fails with
// ErrPlaying. Truth may be called at any time.
package simulate
