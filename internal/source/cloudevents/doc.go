// Package cloudevents reads the wallboard's own neutral format: CloudEvents 1.0
// over HTTP, structured, batched or binary, signed by Standard Webhooks.
//
// The type is org.wallboard.interaction.<kind>, the subject is the
// interaction's id (for agent_state the agent's), and data holds the kind's
// arguments by name. An event's idempotency key is its source and id.
package cloudevents
