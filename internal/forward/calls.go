package forward

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	// maxCalls bounds the calls that are followed; beyond it the oldest are let go.
	maxCalls = 20_000
	// maxKnown bounds what is remembered of one call.
	maxKnown = 64
	// afterwards is how long a call is followed after its caller has hung up: until its agents'
	// channels have, too.
	afterwards = 5 * time.Minute
	// longest is how long a call is followed that is in no queue and with no agent.
	longest = 24 * time.Hour
	// saveEvery is how often the list of calls is stored while it changes. What is newer lies in the
	// outbox.
	saveEvery = time.Second
)

// The states of a call.
const (
	waiting = "waiting" // in a queue
	talking = "talking" // with an agent
	mailbox = "mailbox" // leaves a message
	passed  = "passed"  // neither: on its way
)

// call is one that came to a queue.
type call struct {
	ID string `json:"id"`
	// Channels are the callers': the call is over when none is left.
	Channels []string  `json:"channels"`
	State    string    `json:"state"`
	Queue    string    `json:"queue,omitzero"`
	Agent    string    `json:"agent,omitzero"`
	Since    time.Time `json:"since"`
	Ended    time.Time `json:"ended,omitzero"`
	// Unserved is that a queue's word for a caller who left it unserved was heard; Asked that the
	// caller's phone asked to hang up.
	Unserved bool `json:"unserved,omitzero"`
	Asked    bool `json:"asked,omitzero"`
	// Stay is FreeSWITCH's name of the caller's present or last wait.
	Stay string `json:"stay,omitzero"`
	// Known is what was told of the call and a list may tell again: the queues that it came to;
	// of FreeSWITCH the stays, and each with the agent who answered it.
	Known []string `json:"known,omitzero"`

	touched uint64 // when something was last heard of it, in things heard
}

// calls are those that are followed. They belong to the goroutine of the session.
type calls struct {
	path  string
	byID  map[string]*call // also under ids that a call had before
	heard uint64
	last  time.Time // when the telephone system was last heard
	dirty bool
	saved time.Time
	// dialplan is that Asterisk tells what its dialplan does, so that a queue which lets somebody go
	// says so.
	dialplan bool
	// through is the outbox's last event that the stored list knows, file the one in which it lies.
	through, file int64
}

// stored is the file.
type stored struct {
	Heard   time.Time `json:"heard"`
	Through int64     `json:"through"`
	// Dialplan is calls.dialplan.
	Dialplan bool    `json:"dialplan,omitzero"`
	Calls    []*call `json:"calls"`
}

func loadCalls(dir string) (*calls, error) {
	c := &calls{path: filepath.Join(dir, "calls.json"), byID: make(map[string]*call)}
	b, err := os.ReadFile(c.path)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	var s stored
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return nil, fmt.Errorf("read calls.json: %w; remove it to begin without knowing of any call", err)
	}
	c.last, c.through, c.dialplan = s.Heard, s.Through, s.Dialplan
	for _, one := range s.Calls {
		c.byID[one.ID] = one
		for _, ch := range one.Channels {
			c.byID[ch] = one
		}
	}
	return c, nil
}

// list are the calls, each once, the oldest first.
func (c *calls) list() []*call {
	seen := make(map[*call]bool, len(c.byID))
	var all []*call
	for _, one := range c.byID {
		if !seen[one] {
			seen[one] = true
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b *call) int { return a.Since.Compare(b.Since) })
	return all
}

// save stores the list, as of what the outbox has.
func (c *calls) save(o *Outbox) error {
	through, file := o.end()
	b, err := json.Marshal(&stored{Heard: c.last, Through: through, Dialplan: c.dialplan, Calls: c.list()})
	if err != nil {
		return err
	}
	c.dirty, c.saved, c.through, c.file = false, time.Now(), through, file
	return replaceFile(c.path, b)
}

// saveSometimes stores the list if it changed and was not stored just now, and whenever the outbox
// began a file.
func (c *calls) saveSometimes(o *Outbox) error {
	if _, file := o.end(); file == c.file && (!c.dirty || time.Since(c.saved) < saveEvery) {
		return nil
	}
	c.sweep(time.Now())
	return c.save(o)
}

// sweep forgets calls that are over, and the oldest of too many.
func (c *calls) sweep(now time.Time) {
	for id, one := range c.byID {
		over := !one.Ended.IsZero() && now.Sub(one.Ended) > afterwards
		idle := one.State != waiting && one.State != talking
		if over || idle && now.Sub(one.Since) > longest {
			delete(c.byID, id)
		}
	}
	if len(c.byID) <= 2*maxCalls {
		return
	}
	all := c.list()
	for _, one := range all[:max(0, len(all)-maxCalls)] {
		for id, other := range c.byID {
			if other == one {
				delete(c.byID, id)
			}
		}
	}
}

// find returns the call that has one of these ids, or nil.
func (c *calls) find(ids ...string) *call {
	for _, id := range ids {
		if one := c.byID[id]; one != nil && id != "" {
			return one
		}
	}
	return nil
}

// touch notes that something was heard of the call that has one of these ids.
func (c *calls) touch(one *call) {
	c.heard++
	one.touched = c.heard
	c.dirty = true
}

// follow returns the call of an id, making it where there is none, and gives it further ids.
func (c *calls) follow(id string, now time.Time, others ...string) *call {
	one := c.find(append([]string{id}, others...)...)
	if one == nil {
		one = &call{ID: id, State: passed, Since: now}
	}
	for _, other := range append(others, id) {
		if other != "" {
			c.byID[other] = one
		}
	}
	c.touch(one)
	return one
}

// know notes something that was told, and knows whether it was. The oldest of too much is forgotten.
func (one *call) know(what string) {
	if what == "" || one.knows(what) {
		return
	}
	if one.Known = append(one.Known, what); len(one.Known) > maxKnown {
		one.Known = slices.Delete(one.Known, 0, 1)
	}
}

func (one *call) knows(what string) bool { return slices.Contains(one.Known, what) }

// caller notes a channel as a caller's.
func (one *call) caller(channel string) {
	if channel != "" && !slices.Contains(one.Channels, channel) {
		one.Channels = append(one.Channels, channel)
	}
	one.Ended = time.Time{}
}

// left notes that a channel is gone; the call is over if it was the last caller's.
func (one *call) left(channel string, now time.Time) {
	i := slices.Index(one.Channels, channel)
	if i < 0 {
		return
	}
	if one.Channels = slices.Delete(one.Channels, i, i+1); len(one.Channels) == 0 {
		one.Ended = now
	}
}
