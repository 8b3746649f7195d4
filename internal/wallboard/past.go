package wallboard

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Before returns an empty wallboard of the same sources and rules, whose clock stands at a
// moment. What is applied to it shows what was so then.
func (w *Wallboard) Before(at time.Time) *Wallboard {
	o := Options{ServiceLevelSeconds: w.serviceLevels, Now: func() time.Time { return at }}
	for _, s := range w.order {
		o.Sources = append(o.Sources, Source{Name: s.name, Vendor: s.vendor, Queues: s.queues, Policies: s.policies, Limit: s.limit})
	}
	return New(o)
}

// Recall applies those events of a stored contact that match.
func (w *Wallboard) Recall(st *Stored, match func(*interaction.Event) bool) {
	var events []interaction.Event
	for i := range st.Events {
		if match(&st.Events[i]) {
			events = append(events, st.Events[i])
		}
	}
	if len(events) > 0 {
		w.Apply(st.Source, events[0].Received, events)
	}
}
