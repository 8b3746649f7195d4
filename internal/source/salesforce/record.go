package salesforce

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// record is what one delivery tells of one record.
type record struct {
	object string // in small letters: voicecall, agentwork …
	id     string
	fields
	// created is that the record is new, delta that only what changed is told.
	created, delta bool
	// at is when it was changed, in microseconds, without fractions of a second. dated is false
	// where that is only the time of receipt.
	at    int64
	dated bool
	// exact is at with its fraction, and order the place among the changes of that time.
	exact, order int64
	// version orders what is told of the record; 0 if nothing does.
	version int64
	// nonce is the vendor's id of this change; "" if it has none.
	nonce string
}

// The order within one second: what ends a leg comes behind all else, the end of the agents' part
// behind the legs that nobody took.
const (
	asGuessed  = 1 // a fact that a better one of the same time goes before
	lastOfAll  = 1 << 52
	afterThose = lastOfAll + 1
)

// final is a version that no other exceeds.
const final = 1<<63 - 1

// second is a time without its fraction of a second.
func second(at int64) int64 { return at - at%1_000_000 }

// facts makes the events of one record.
type facts struct {
	record
	base   interaction.Event
	agents map[string]string // configured names by id
	out    *source.Decoded
}

// emit adds an event. Its key holds the record, the fact, the change that told it and all that it
// says, so that another telling of the same change is the same, and what differs is not.
func (f *facts) emit(k interaction.Kind, at int64, more ...func(*interaction.Event)) {
	e := f.base
	e.Kind, e.At = k, at
	for _, m := range more {
		m(&e)
	}
	key := []string{f.id, k.String()}
	if f.nonce != "" {
		key = append(key, f.nonce)
	}
	if f.dated || at != f.at || f.nonce == "" {
		key = append(key, strconv.FormatInt(at, 36))
	}
	for _, said := range [...]string{
		e.Interaction, e.Work, e.Agent, e.Queue, e.Role.String(), e.Why.String(), e.By.String(), e.Cause.String(), e.Reason, e.Other, e.Presence.String(),
	} {
		if said != "" && said != f.id {
			key = append(key, said)
		}
	}
	if e.Version != 0 {
		key = append(key, "v"+strconv.FormatInt(e.Version, 36))
	}
	e.Key = strings.Join(key, "/")
	if len(e.Key) > interaction.MaxKey {
		sum := sha256.Sum256([]byte(e.Key))
		e.Key = hex.EncodeToString(sum[:])
	}
	f.out.Events = append(f.out.Events, e)
}

// The modifiers of emit.

func versioned(v int64) func(*interaction.Event) {
	return func(e *interaction.Event) { e.Version = v }
}

// earliest makes the earliest telling of a fact stand for all.
func earliest(e *interaction.Event) { e.Version = final - 1 - e.At }

func sequence(n int64) func(*interaction.Event) {
	return func(e *interaction.Event) { e.Sequence = n }
}

// agent names the agent.
func (f *facts) agent(id string) func(*interaction.Event) {
	return func(e *interaction.Event) { e.Agent, e.AgentName = id, f.agents[id] }
}

func because(w interaction.Why) func(*interaction.Event) {
	return func(e *interaction.Event) { e.Why = w }
}

func retracted(e *interaction.Event) { e.Retracted = true }

// snapshot tells a fact that one field dates. A newer telling replaces an older one; a field that was
// emptied takes the fact back.
func (f *facts) snapshot(k interaction.Kind, field string, more ...func(*interaction.Event)) bool {
	more = append(more, versioned(max(f.version, 1)))
	switch at := f.time(field); {
	case at != 0:
		f.emit(k, at, more...)
		return true
	case f.nulled(field) && f.version > 0 && !f.created:
		f.emit(k, f.at, append(more, retracted)...)
	}
	return false
}

// link ties another id to the interaction.
func (f *facts) link(interactionID, other string, at int64) {
	if other == "" || interactionID == "" || other == interactionID {
		return
	}
	f.emit(interaction.Linked, at, func(e *interaction.Event) {
		*e = interaction.Event{Interaction: interactionID, Kind: e.Kind, At: e.At, Other: other}
	})
}

// alias ties another id of the same leg to the interaction, and to the leg.
func (f *facts) alias(other string, at int64) {
	if other == "" || other == f.id {
		return
	}
	f.emit(interaction.Linked, at, func(e *interaction.Event) {
		*e = interaction.Event{Interaction: f.id, Kind: e.Kind, At: e.At, Leg: f.id, Other: other}
	})
}

// same ties the short form of a record's id, of 15 characters, to the long one.
func (f *facts) same(id string) {
	if long := longID(id); long != id && id[0] == '0' {
		f.link(id, long, f.at)
	}
}

// longID is a record's id in the form of 18 characters: the last three say which letters of the
// others are capitals. What is no id of 15 characters stays as it is.
func longID(id string) string {
	if len(id) != 15 || strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return id
	}
	long := []byte(id)
	for i := 0; i < 15; i += 5 {
		n := 0
		for j := range 5 {
			if c := id[i+j]; c >= 'A' && c <= 'Z' {
				n |= 1 << j
			}
		}
		long = append(long, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[n])
	}
	return string(long)
}

// user is the id of a user, who may be a rep: 005 is how their ids begin.
func user(ids ...string) string {
	for _, id := range ids {
		if strings.HasPrefix(id, "005") {
			return id
		}
	}
	return ""
}
