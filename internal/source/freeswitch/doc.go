// Package freeswitch reads the events of FreeSWITCH's mod_callcenter and mod_voicemail, which a
// forwarder posts: our own (wallboard forward freeswitch), as CloudEvents, or another's, bare.
//
// # A session and its stays
//
// The caller's channel (CC-Member-Session-UUID) is the interaction. Each stay in a queue has a
// CC-Member-UUID of its own and is a leg; a transfer to another queue is another stay of the same
// session. An agent's work is that agent's offer within a stay.
//
// # How a stay ends
//
// Agents and callers are told of by threads of their own, so that the end of an offer and the end
// of a stay come in either order, also a new stay before the end of the old one. Only the end of
// all legs, with nobody talking, is the end. A caller who hung up shows as BREAK_OUT (older
// builds: NONE) with a channel that has hung up; the same word with a channel that lives on is
// an operator's hand. TIMEOUT and NO_AGENT_TIMEOUT are the system's letting go, EXIT_WITH_KEY the
// caller's own way out of the queue. None of the three is an abandonment, whatever the module's
// own statistics say.
//
// # What is left out
//
// Agents' states (agent-state-change) do not tell a break from readiness; their status does, and
// that an agent talks is known from the work.
package freeswitch
