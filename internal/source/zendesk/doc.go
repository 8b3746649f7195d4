// Package zendesk reads two kinds of Zendesk's webhooks: events of agents' availability
// and work items, and bodies that an admin writes into a trigger, after a template that the
// vendor's page publishes.
//
// A ticket is an interaction. A work item, a ticket in the hands of one agent, is a work
// of it. Work items tell who is offered a ticket, accepts it, misses it and is done with
// it, and nothing of the customer; so by them alone nobody is ever abandoned. Triggers
// tell of the customer what the admin has them tell: the name of the event in the body says
// what happened, and nothing is concluded from what it does not say.
//
// The fields of work items come from one program that could not try them; the words of
// their reasons are those of Zendesk's API of agents' availability. A word that is not known
// says nothing.
package zendesk
