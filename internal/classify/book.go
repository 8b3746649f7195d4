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

// Owner returns the contacts that an event will touch: the one that it names,
// and for linked the other one. Either may be nil.
func (b *Book) Owner(e *interaction.Event) (c, other *Contact) {
	c = b.byID[e.Interaction]
	if e.Kind == interaction.Linked {
		other = b.byID[e.Other]
	}
	return c, other
}

// Apply adds an event to its contact, making it where needed, and joins contacts
// that the event links. It returns the contact, the one that was absorbed
// into it, if any, and whether anything changed. A union that would exceed the
// limits is flagged on both and not made.
func (b *Book) Apply(e interaction.Event) (c, absorbed *Contact, changed bool) {
	c = b.byID[e.Interaction]
	if c == nil {
		c = NewContact(e.Interaction, b.policies)
		b.byID[e.Interaction] = c
	}
	if e.Kind != interaction.Linked {
		return c, nil, c.Insert(e)
	}
	other := b.byID[e.Other]
	switch {
	case e.Other == "" || other == c:
	case other == nil:
		if c.addID(e.Other) {
			b.byID[e.Other] = c
		}
	case len(c.ids)+len(other.ids) > MaxIDs || len(c.events)+len(other.events) > MaxEvents:
		c.exceeded, other.exceeded = true, true
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
	return c, absorbed, c.Insert(e) || absorbed != nil
}
