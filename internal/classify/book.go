package classify

import "github.com/wallboard/wallboard/internal/interaction"

// Book keeps the contacts of one source by all their ids.
type Book struct {
	policies *Policies
	byID     map[string]*Contact
}

// NewBook returns an empty book. The policies are read, never modified.
func NewBook(p *Policies) *Book {
	return &Book{policies: p, byID: make(map[string]*Contact)}
}

// Find returns the contact that knows the id, or nil.
func (b *Book) Find(id string) *Contact { return b.byID[id] }

// Restore puts back a contact that left the book, with all its ids and events, in any
// order. None of the ids may be in the book. exceeded is what [Contact.Exceeded] was.
func (b *Book) Restore(ids []string, events []interaction.Event, exceeded bool) *Contact {
	c := NewContact(ids[0], b.policies)
	for _, id := range ids {
		c.addID(id)
		b.byID[id] = c
	}
	for i := range events {
		if !c.has(events[i].Key) {
			c.put(events[i])
		}
	}
	c.exceeded = exceeded
	c.refold()
	return c
}

// Remove takes a contact out of the book. Whoever removes it keeps it elsewhere, or an event
// that comes later would begin another.
func (b *Book) Remove(c *Contact) {
	for _, id := range c.ids {
		delete(b.byID, id)
	}
}

// Apply adds an event to its contact, making it where needed, and joins contacts
// that the event links. It returns the contact, the one that was absorbed
// into it, if any, and whether anything changed. A union that would exceed the
// limits is flagged on the contact of the event and not made.
func (b *Book) Apply(e interaction.Event) (c, absorbed *Contact, changed bool) {
	c = b.byID[e.Interaction]
	if c == nil {
		c = NewContact(e.Interaction, b.policies)
		b.byID[e.Interaction] = c
	}
	full := c.exceeded // that it is now, is a change
	if e.Kind != interaction.Linked {
		return c, nil, c.Insert(e) || c.exceeded != full
	}
	other, named := b.byID[e.Other], false
	switch {
	case e.Other == "" || other == c:
	case other == nil:
		if named = c.addID(e.Other); named {
			b.byID[e.Other] = c
		}
	case len(c.ids)+len(other.ids) > MaxIDs || len(c.events)+len(other.events) > MaxEvents:
		c.exceeded = true
	default:
		if len(other.events) > len(c.events) {
			c, other = other, c
		}
		c.absorb(other)
		for _, id := range c.ids {
			b.byID[id] = c
		}
		absorbed = other
	}
	return c, absorbed, c.Insert(e) || named || absorbed != nil || c.exceeded != full
}
