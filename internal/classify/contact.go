package classify

import (
	"slices"
	"strconv"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Version numbers the rule. It grows with every change by which the same events may fold to
// something else, so that what was stored of former folds is worked out anew.
const Version = 11

// Limits of one contact. What exceeds them is flagged and not taken in.
const (
	MaxIDs    = 64
	MaxEvents = 10_000
)

// indexAt is the number of events from which keys are looked up in a map.
const indexAt = 32

// Contact is the set of distinct events of one contact under all its ids, and its
// fold. A call is one interaction; a messaging contact whose id lives on can
// hold several, one after the other.
type Contact struct {
	policies *Policies
	ids      []string            // sorted
	events   []interaction.Event // in fold order
	keys     map[string]struct{} // of events, once there are indexAt
	// versioned is set once an event with a version came.
	versioned bool
	exceeded  bool
	segments  []state // at least one
}

// NewContact returns an empty contact under one id. The policies are read, never
// modified.
func NewContact(id string, p *Policies) *Contact {
	return &Contact{policies: p, ids: []string{id}, segments: []state{newState(p)}}
}

// Exceeded reports whether something was not taken in because of a limit.
func (c *Contact) Exceeded() bool { return c.exceeded }

// IDs returns the contact's ids, sorted. The slice is valid until the next change.
func (c *Contact) IDs() []string { return c.ids }

// Events returns the distinct events in fold order, superseded versions included.
// The slice is valid until the next change.
func (c *Contact) Events() []interaction.Event { return c.events }

// ID is the id of the earliest started, else the smallest id.
func (c *Contact) ID() string {
	for i := range c.events {
		if c.events[i].Kind == interaction.Started {
			return c.events[i].Interaction
		}
	}
	return c.ids[0]
}

// Len is the number of interactions that the contact holds, at least one.
func (c *Contact) Len() int { return len(c.segments) }

// EventsOf returns the events of the i-th interaction, from 0, in fold order. The slice is
// valid until the next change.
func (c *Contact) EventsOf(i int) []interaction.Event {
	if i+1 < len(c.segments) {
		return c.events[c.segments[i].from:c.segments[i+1].from]
	}
	return c.events[c.segments[i].from:]
}

// has reports whether an event of this key is in the set.
func (c *Contact) has(key string) bool {
	if c.keys != nil {
		_, ok := c.keys[key]
		return ok
	}
	for i := range c.events {
		if c.events[i].Key == key {
			return true
		}
	}
	return false
}

// Insert adds an event to the set and reports whether it was new. In order it costs
// one step of the fold, else a refold.
func (c *Contact) Insert(e interaction.Event) bool {
	if c.has(e.Key) {
		return false
	}
	if len(c.events) >= MaxEvents {
		c.exceeded = true
		return false
	}
	c.put(e)
	inOrder := len(c.events) == 1 || interaction.Compare(&c.events[len(c.events)-2], &c.events[len(c.events)-1]) < 0
	if inOrder && !c.versioned {
		c.step(len(c.events) - 1)
		return true
	}
	c.refold()
	return true
}

// put appends an event without folding it.
func (c *Contact) put(e interaction.Event) {
	c.events = append(c.events, e)
	c.versioned = c.versioned || e.Version > 0
	if c.keys != nil {
		c.keys[e.Key] = struct{}{}
	} else if len(c.events) >= indexAt {
		c.keys = make(map[string]struct{}, 2*indexAt)
		for i := range c.events {
			c.keys[c.events[i].Key] = struct{}{}
		}
	}
}

// addID adds an id. It reports whether there was room.
func (c *Contact) addID(id string) bool {
	i, found := slices.BinarySearch(c.ids, id)
	if found {
		return true
	}
	if len(c.ids) >= MaxIDs {
		c.exceeded = true
		return false
	}
	c.ids = slices.Insert(c.ids, i, id)
	return true
}

// absorb takes in the ids and events of another contact.
func (c *Contact) absorb(o *Contact) {
	for _, id := range o.ids {
		c.addID(id)
	}
	for i := range o.events {
		if !c.has(o.events[i].Key) {
			c.put(o.events[i])
		}
	}
	c.exceeded = c.exceeded || o.exceeded
	c.refold()
}

// refold folds the whole set anew.
func (c *Contact) refold() {
	slices.SortFunc(c.events, func(a, b interaction.Event) int { return interaction.Compare(&a, &b) })
	c.segments = c.segments[:0]
	c.segments = append(c.segments, newState(c.policies))
	var latest map[slot]int
	if c.versioned {
		latest = c.latestVersions()
	}
	for i := range c.events {
		e := &c.events[i]
		if e.Version > 0 && (latest[slotOf(e)] != i || e.Retracted) {
			continue
		}
		c.step(i)
	}
}

// step folds the event at a place of events, in a new interaction where messaging begins
// again. After-contact work may be done when the next one has begun already.
func (c *Contact) step(at int) {
	e := &c.events[at]
	s := &c.segments[len(c.segments)-1]
	if e.Kind == interaction.WorkClosed {
		for i := len(c.segments) - 1; i >= 0; i-- {
			if c.segments[i].find(e, true) >= 0 {
				s = &c.segments[i]
				break
			}
		}
	}
	if e.Kind == interaction.Started && s.end.is() && s.channel == interaction.Messaging {
		c.segments = append(c.segments, newState(c.policies))
		s = &c.segments[len(c.segments)-1]
		s.from = at
	}
	s.step(e)
}

// slot is the fact that the versions of a snapshot tell: the same work, or
// without one the same leg, and kind.
type slot struct {
	id, leg, work string
	kind          interaction.Kind
}

func slotOf(e *interaction.Event) slot {
	switch {
	case e.Work != "":
		return slot{work: e.Work, kind: e.Kind}
	case e.Leg != "":
		return slot{leg: e.Leg, kind: e.Kind}
	}
	return slot{id: e.Interaction, kind: e.Kind}
}

// latestVersions finds, for each snapshot fact, the event that stands for it. Of
// one version the last in fold order does.
func (c *Contact) latestVersions() map[slot]int {
	latest := make(map[slot]int)
	for i := range c.events {
		e := &c.events[i]
		if e.Version <= 0 {
			continue
		}
		k := slotOf(e)
		if j, ok := latest[k]; !ok || e.Version >= c.events[j].Version {
			latest[k] = i
		}
	}
	return latest
}

// SegmentID is the id of the i-th interaction.
func SegmentID(id string, i int) string {
	if i == 0 {
		return id
	}
	return id + "/" + strconv.Itoa(i+1)
}
