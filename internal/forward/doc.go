// Package forward brings the events of telephone systems to a wallboard: of Asterisk over its
// manager interface, of FreeSWITCH over its event socket.
//
// # Nothing is lost while the wallboard is away
//
// What a telephone system tells is written to an outbox and synced before anything else is done
// with it, and leaves the outbox only when the wallboard has acknowledged it. A delivery that may
// or may not have arrived is sent again; the wallboard counts what it has twice once. A telephone
// system itself waits for nobody: what happens while the connection to it is down was never
// told. So after every connect the forwarder takes stock, tells what it found, and marks calls
// that ended unseen. What was read of the connection before is in the outbox by then, however that
// ended. A list overrules nothing that was heard after it was asked for.
//
// # What is forwarded
//
// Everything of queues and their members; and of calls that came to a queue, what else happens to
// them. Private calls stay where they are.
//
// # Concurrency
//
// A Forwarder has one goroutine that reads the telephone system, one that keeps the outbox and the
// list of calls, and one that posts. The Outbox is safe between them; it has one owner by a lock.
package forward
