package wallboard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// Interaction returns the interaction that an id or alias of a source names, with its
// events in fold order, and whether there is one. It fails where the archive does.
func (w *Wallboard) Interaction(sourceName, id string) (Interaction, bool, error) {
	in, found, err := w.named(sourceName, id, 0)
	if slash := strings.LastIndexByte(id, '/'); !found && err == nil && slash > 0 {
		if n, bad := strconv.Atoi(id[slash+1:]); bad == nil && n >= 2 {
			return w.named(sourceName, id[:slash], n-1)
		}
	}
	return in, found, err
}

// named returns the i-th interaction of the contact that an id names.
func (w *Wallboard) named(sourceName, id string, i int) (Interaction, bool, error) {
	src := w.sources[sourceName]
	if src == nil {
		return Interaction{}, false, nil
	}
	w.mu.Lock()
	e := w.entries[src.book.Find(id)]
	if e != nil {
		defer w.mu.Unlock()
		in, found := w.whole(e, i)
		return in, found, nil
	}
	w.mu.Unlock()
	if w.archive == nil {
		return Interaction{}, false, nil
	}
	st, found, err := w.archive.Get(sourceName, id)
	if err != nil || !found {
		return Interaction{}, false, err
	}
	e = stub(src, classify.NewBook(&src.policies), &st)
	w.mu.Lock()
	defer w.mu.Unlock()
	in, found := w.whole(e, i)
	return in, found, nil
}

// whole is the i-th interaction of an entry with its events and what they tell.
func (w *Wallboard) whole(e *entry, i int) (Interaction, bool) {
	if i >= len(e.segments) {
		return Interaction{}, false
	}
	in := w.view(e, i)
	in.Events = slices.Clone(e.contact.EventsOf(i))
	for _, s := range e.contact.Course(i) {
		in.Course = append(in.Course, Stage{time.UnixMicro(s.From).UTC(), s.State, e.src.queueName(s.Queue, s.QueueName)})
	}
	in.Otherwise = e.contact.Otherwise(i)
	return in, true
}

// view makes the shown form of one interaction. The caller holds mu.
func (w *Wallboard) view(e *entry, i int) Interaction {
	in := e.contact.Interaction(i)
	s := e.segments[i]
	v := Interaction{
		ID: in.ID, Source: e.src.name, Vendor: e.src.vendor, Channel: in.Channel, Direction: in.Direction,
		Queue:     e.src.queueName(in.Queue, in.QueueName),
		StartedAt: at(in.Started), EndedAt: at(in.Ended), State: in.State,
		Outcome: in.Outcome, Reason: in.Reason, Corrections: s.Corrections, Log: s.Log,
	}
	if s.Lost {
		v.State, v.Outcome, v.Reason = "lost_track", interaction.LostTrack, silent
	}
	if s.Lost && in.InQueue {
		v.Wait = micros(max(0, s.deadline-in.Waiting.Counted())) // as long as we know
	} else if in.State == "waiting" || in.State == "assigned" {
		v.Wait = micros(max(0, w.asOf-in.Waiting.Counted()))
	} else if in.Outcome == interaction.Abandoned || in.Accepted.IsZero() && !in.Ended.IsZero() && !in.Waiting.IsZero() {
		v.Wait = micros(in.LastWait())
	} else if !in.Accepted.IsZero() {
		v.Wait = micros(in.AnswerWait())
	}
	for _, k := range in.Works {
		v.Works = append(v.Works, Work{
			ID: k.ID, Queue: e.src.queueName(k.Queue, k.QueueName), Agent: k.Agent, AgentName: k.AgentName,
			Status: k.Status, AssignedAt: at(k.Assigned), AcceptedAt: at(k.Accepted), EndedAt: at(k.Ended),
		})
	}
	return v
}

func at(m classify.Moment) time.Time {
	if m.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(m.At).UTC()
}

func micros(n int64) *time.Duration {
	d := time.Duration(n) * time.Microsecond
	return &d
}

// HeldAt returns the i-th interaction of a contact that is in memory, by its row in the
// archive, and whether it is there.
func (w *Wallboard) HeldAt(row int64, i int) (Interaction, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.rows[row]
	if e == nil || i >= len(e.segments) {
		return Interaction{}, false
	}
	return w.view(e, i), true
}

// View returns the i-th interaction of a stored contact as it is shown now, and whether
// there is one.
func (w *Wallboard) View(st *Stored, i int) (Interaction, bool) {
	src := w.sources[st.Source]
	if src == nil {
		return Interaction{}, false
	}
	e := stub(src, classify.NewBook(&src.policies), st)
	if i >= len(e.segments) {
		return Interaction{}, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view(e, i), true
}

// All returns every interaction in memory, newest first, then by source and id.
func (w *Wallboard) All() []Interaction {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []Interaction
	for _, e := range w.entries {
		for i := range e.segments {
			list = append(list, w.view(e, i))
		}
	}
	slices.SortFunc(list, func(a, b Interaction) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
	})
	return list
}

// Sources are the names of the configured sources, in their order there.
func (w *Wallboard) Sources() []string {
	names := make([]string, len(w.order))
	for i, s := range w.order {
		names[i] = s.name
	}
	return names
}

// AsOf is the time through which deliveries have been applied.
func (w *Wallboard) AsOf() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.UnixMicro(w.asOf).UTC()
}

// silent is the reason of an interaction that silence made lost_track.
const silent = "silent"
