// Package genesys reads Genesys Cloud: conversation detail events, the agents'
// states per session and the users' activity. Amazon EventBridge posts them to an
// API destination, or a workflow that a trigger starts posts the flat form that
// the vendor's page documents.
//
// # One conversation, one interaction
//
// Genesys keeps the conversationId over queues, agents and transfers. It also keeps
// it for a callback, whose sessions are an interaction of their own here,
// <conversationId>/callback, which is out of scope: of the conversation it only
// says what the customer chose. Sessions that share a screen, and e-mails, are
// none in which a customer waits.
//
// # What is said and what is inferred
//
// No event says that an agent accepted. user.start means that it rings. That a queue's
// session ended ANSWERED, that the agent's state is INTERACT or HOLD, and that the
// user's session ends with talk in it do say so, each for itself; after-call work
// does not. acdOutcome ABANDON ends the queue's session and no more: it stands also where
// the system hung up, and misses the transfer that went to an agent directly.
// disconnectType is read by whose session it is: the customer's PEER is the agent.
package genesys
