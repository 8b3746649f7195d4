// Package intake is the pipeline from a delivery to the live state: verify the
// raw bytes, decode, store, apply, acknowledge. There is one way for data to
// go, and this is its beginning.
//
// # Contract
//
// Handle answers only when the delivery is durable and applied, or refused.
// What is authentic but does not decode is kept in quarantine and acknowledged,
// because vendors drop what they get a 4xx for; so is an event that breaks the
// limits of package interaction, and the whole of a delivery that makes its
// decoder panic. Customers' identifiers are replaced by a keyed hash before
// anything is stored as an event.
//
// Nothing of a delivery is logged but its source, size and fate.
//
// # Concurrency
//
// An Intake may be used by many goroutines. It has a limited number of places;
// who finds none is refused at once and not queued, so that a vendor's burst
// cannot pile up requests.
package intake
