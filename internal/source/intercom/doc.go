// Package intercom reads the webhooks of Intercom's conversations.
//
// Intercom tells who a conversation is assigned to and who writes in it. It never tells
// that a customer left, nor that a teammate took a conversation or refused it, so the
// events follow a policy:
//
//   - A customer who writes waits, until a bot or a teammate answers.
//   - The first reply of the teammate to whom the conversation is assigned is the accept;
//     replies of others are not. Whoever replies where nobody is assigned has taken it.
//   - An assignment is an offer, and passes the customer on where a teammate talked.
//   - A close by a bot is inactivity, and one by a teammate the teammate's.
//   - A bot that answers before anybody is assigned is self-service.
//
// A notification shows the conversation as it was when the body was made, which may be
// before the fact that it tells; what happened is read from its part.
//
// A conversation's id lives for ever. A customer's message is therefore a start each
// time: the fold takes it for a new interaction where the former one has ended. Whether
// the customer then waits, the conversation's statistics tell.
package intercom
