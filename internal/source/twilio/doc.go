// Package twilio reads Twilio TaskRouter: the form callbacks of a workspace's
// event callback URL, and the CloudEvents arrays of an Event Streams sink.
//
// Both carry the same events with the same EV… ids, so both may be on at once.
// A task is an interaction; its id is the TaskSid, also for the task that
// follows a voicemail or a callback, which is out of scope. Tasks of one Flex
// Conversation (flexInteractionSid, else conversationSid) are tied together, each
// a leg: a transfer there is an invitation by a new task. TaskRouter never says
// who hung up but in the free text of a canceled task; what the text does not
// say is unknown.
package twilio
