// Package intake is the pipeline from a delivery to the live state: verify the
// raw bytes, decode, store, apply, acknowledge. There is one way for data to
// go, and this is its beginning.
//
// # Contract
//
// Handle answers only when the delivery is durable and applied, or refused.
// What is authentic but does not decode is kept in quarantine and acknowledged,
// because vendors drop what they get a 4xx for. Customers' identifiers are
// replaced by a keyed hash before anything is stored as an event. Nothing of a
// delivery is logged but its source, size and fate.
package intake
