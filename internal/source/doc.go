// Package source is what the sources of webhooks share: the delivery as it
// came, the interfaces that a vendor's package implements, and the errors that
// choose the answer.
//
// # Expected use
//
// A vendor's package (internal/source/<vendor>) exports one [Vendor]. For each
// configured source the pipeline makes a [Verifier] and a [Decoder] from it.
// The verifier sees the raw bytes first; what it refuses is never parsed. The
// decoder is a pure function of one delivery: it keeps no state, holds no key,
// and gives the same events for the same bytes, so that stored deliveries can
// be decoded again.
//
// # Concurrency
//
// Verifiers and decoders are used by many goroutines at once and are immutable
// after they were made.
package source
