// Package aircall reads Aircall's webhooks: the events of calls, of users and of AI
// voice agents.
//
// A call is an interaction under its numeric id. Events have no id of their own, come in
// any order and more than once; each carries what Aircall knows of the call by then, so
// one event says several things. The secret is in the body, and is taken out of what is
// kept.
//
// Nothing says who hung up, and an answered_at that is missing or there says nothing of
// the end: a customer who was passed on and left waiting has one, a voicemail has none.
// What decides is the order of rings, answers and transfers.
package aircall
