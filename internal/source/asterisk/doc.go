// Package asterisk reads events of an Asterisk's manager interface (AMI), which a forwarder
// posts: our own (wallboard forward asterisk), as CloudEvents, or another's, bare or in the
// wrappings that are around.
//
// # A call and its channels
//
// The linkedid is the interaction. A channel that queues for somebody is a leg of it, and the
// channel on which an agent is called is that agent's work. Nothing in the hanging up of a
// channel tells which of both it was, or neither: the fold knows. A channel that was the first
// of its call (its uniqueid is the linkedid) is taken for the customer's, and its hanging up for
// the customer's. Calls can become one; whatever names two linkedids, or a queueing channel with
// another's linkedid, ties them together.
//
// # QueueCallerAbandon is not the customer's leaving
//
// It says that somebody left a queue unserved: by hanging up, but also by a time-out, by an empty
// queue, by an operator's hand or because no codec fits. So it ends nothing. What ends a wait is
// that the channel hangs up, or that the queue says why it let the customer go, by the variable
// QUEUESTATUS. A customer who was let go is ended by the system, until a voicemail, another queue
// or somebody who picks up tells otherwise.
//
// # What is left out
//
// Local channels double every leg; only that by which a queue called its member counts, because
// the queue names it. Ringing times are not read: RingTime is milliseconds in one event and
// seconds in another. Newchannel is not read either, since most channels of a telephone system
// are no customers.
package asterisk
