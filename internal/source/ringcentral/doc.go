// Package ringcentral reads RingCentral's account telephony sessions.
//
// A session is an interaction, its parties are legs: the queue's, and one of each agent
// whose phone rings. The customer, whose phone is outside the account, is none of them, so
// the customer's own hang-up is never told. It is concluded: every known party is over and
// no agent talks. An attended transfer goes on in another session, which the party that is
// gone names; both sessions are one interaction.
//
// Sessions number their events. The numbers have gaps, because parties of others are not
// told; they order what happened in one millisecond, and what is told again stands as it
// was told first.
package ringcentral
