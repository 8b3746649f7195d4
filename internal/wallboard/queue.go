package wallboard

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
)

// maxQueueRows bounds the queues that a board lists, and maxPeople its agents.
const (
	maxQueueRows = 200
	maxPeople    = 200
)

// queueSum is what the cells of one queue add up to.
type queueSum struct {
	state  QueueState
	counts counts
	oldest int64 // entry into the queue of who waits longest, µs; 0 if nobody does
	used   bool  // somebody waits there, or did; else only its id was ever heard
}

func (q *queueSum) add(c *cell, s *windowSum) {
	q.counts.addAll(&s.counts, 1)
	q.used = q.used || s.counts != counts{} || c.gauge != [interaction.StatusCount]int64{} || c.course.any()
	for st := range q.state.Status {
		q.state.Status[st] += c.gauge[st] + s.counts[status0+field(st)]
	}
	if len(c.waiting) > 0 && (q.oldest == 0 || c.waiting[0] < q.oldest) {
		q.oldest = c.waiting[0]
	}
}

// queueStates are the board's queues. Those that settings name stand among them whether or
// not anybody ever waited there, so that rows do not come and go.
func (w *Wallboard) queueStates(def *board.Definition, sums map[string]*queueSum) []QueueState {
	names := def.Queues
	if len(names) == 0 {
		known := make(map[string]struct{})
		for name, q := range sums {
			if q.used {
				known[name] = struct{}{}
			}
		}
		for _, s := range w.order {
			if len(def.Sources) > 0 && !slices.Contains(def.Sources, s.name) {
				continue
			}
			for _, name := range s.queues {
				known[name] = struct{}{}
			}
		}
		delete(known, "") // was never queued
		names = slices.Sorted(maps.Keys(known))
	}
	states := make([]QueueState, 0, min(len(names), maxQueueRows))
	for _, name := range names[:min(len(names), maxQueueRows)] {
		q := sums[name]
		if q == nil {
			q = &queueSum{}
		}
		q.state.Name, q.state.ServiceLevelSeconds = name, w.serviceLevel(name)
		q.state.ServiceLevel = serviceLevelOf(def, &q.counts)
		if q.oldest != 0 {
			d := time.Duration(max(0, w.asOf-q.oldest)) * time.Microsecond
			q.state.LongestWaitNow = &d
		}
		states = append(states, q.state)
	}
	return states
}

// people are the agents of the board's sources whose state is known, by name.
func (w *Wallboard) people(def *board.Definition) []AgentState {
	var list []AgentState
	for _, a := range w.agents {
		p := a.presence()
		if p == 0 || p == interaction.Offline || len(def.Sources) > 0 && !slices.Contains(def.Sources, a.key.source) {
			continue
		}
		s := AgentState{Source: a.key.source, ID: a.key.id, Name: a.latest.AgentName, Presence: p}
		if s.Name == "" {
			s.Name = a.key.id
		}
		if p == a.latest.Presence { // else a work made the agent busy, and that has other times
			d := time.Duration(max(0, w.asOf-min(a.latest.At, a.latest.Received))) * time.Microsecond
			s.Since = &d
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b AgentState) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		if c := strings.Compare(a.Source, b.Source); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list[:min(len(list), maxPeople)]
}
