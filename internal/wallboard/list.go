package wallboard

import (
	"cmp"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// ErrCursor means that a list's cursor is not one that a list gave.
var ErrCursor = errors.New("wallboard: not a cursor of this list")

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

// whole is the i-th interaction of an entry with its events.
func (w *Wallboard) whole(e *entry, i int) (Interaction, bool) {
	if i >= len(e.segments) {
		return Interaction{}, false
	}
	in := w.view(e, i)
	in.Events = slices.Clone(e.contact.EventsOf(i))
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
		Outcome: in.Outcome, Reason: in.Reason, Corrections: s.Corrections,
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

// Place is where an interaction stands in the list: newest first, then by source and id.
type Place struct {
	Started    int64 // µs
	Source, ID string
}

func (v *Interaction) place() Place { return Place{v.StartedAt.UnixMicro(), v.Source, v.ID} }

// Compare orders places as the list does.
func (a Place) Compare(b Place) int {
	return cmp.Or(cmp.Compare(b.Started, a.Started), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
}

func (a Place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(a.Started, 10) + "\n" + a.Source + "\n" + a.ID))
}

func parsePlace(cursor string) (*Place, error) {
	if cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.SplitN(string(b), "\n", 3)
	if err != nil || len(parts) != 3 {
		return nil, ErrCursor
	}
	n, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return nil, ErrCursor
	}
	return &Place{n, parts[1], parts[2]}, nil
}

// Interactions lists interactions, newest first: at most limit of them after the
// cursor ("" is the beginning). next is "" when there are no more. What is in memory is shown
// as it is now; the rest comes from the archive. It fails with ErrCursor, or where the
// archive does.
func (w *Wallboard) Interactions(f Filter, limit int, cursor string) (list []Interaction, next string, err error) {
	after, err := parsePlace(cursor)
	if err != nil {
		return nil, "", err
	}
	list, held := w.inMemory(&f, after, limit+1)
	if w.archive != nil {
		stored, err := w.archive.List(f, after, limit+1, held)
		if err != nil {
			return nil, "", err
		}
		list = append(list, w.storedViews(stored)...)
	}
	slices.SortStableFunc(list, func(a, b Interaction) int { return a.place().Compare(b.place()) })
	list = slices.CompactFunc(list, func(a, b Interaction) bool { return a.place() == b.place() })
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].place().cursor()
	}
	return list, next, nil
}

// candidate is an interaction in memory that a list may show.
type candidate struct {
	Place
	entry   *entry
	segment int
}

// inMemory returns the first limit interactions in memory that match, and the rows of all
// contacts there: what the archive has of those is older. Only what is returned is looked
// at in full, because the applier waits meanwhile.
func (w *Wallboard) inMemory(f *Filter, after *Place, limit int) ([]Interaction, map[int64]struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := make(map[int64]struct{}, len(w.rows))
	for row := range w.rows {
		held[row] = struct{}{}
	}
	for row := range w.absorbed {
		held[row] = struct{}{}
	}
	var found []candidate
	first := func() {
		slices.SortFunc(found, func(a, b candidate) int { return a.Compare(b.Place) })
		found = found[:min(len(found), limit)]
	}
	for _, e := range w.entries {
		if f.Source != "" && f.Source != e.src.name {
			continue
		}
		for i := range e.segments {
			g := e.contact.Glance(i)
			if !f.matches(e, i, &g) {
				continue
			}
			c := candidate{Place{g.Started.At, e.src.name, classify.SegmentID(e.contact.ID(), i)}, e, i}
			if after == nil || after.Compare(c.Place) < 0 {
				found = append(found, c)
			}
		}
		if len(found) > 8*limit {
			first()
		}
	}
	first()
	list := make([]Interaction, len(found))
	for i, c := range found {
		list[i] = w.view(c.entry, c.segment)
	}
	return list, held
}

func (w *Wallboard) storedViews(stored []StoredInteraction) []Interaction {
	var list []Interaction
	for i := range stored {
		src := w.sources[stored[i].Source]
		if src == nil {
			continue
		}
		e := stub(src, classify.NewBook(&src.policies), &stored[i].Stored)
		if stored[i].Segment < len(e.segments) {
			w.mu.Lock()
			list = append(list, w.view(e, stored[i].Segment))
			w.mu.Unlock()
		}
	}
	return list
}

func (f *Filter) matches(e *entry, i int, g *classify.Glance) bool {
	outcome, reason := e.segments[i].Outcome, e.segments[i].Reason
	if e.segments[i].Lost {
		outcome, reason = interaction.LostTrack, silent
	}
	started := at(g.Started)
	return (f.Queue == "" || f.Queue == e.src.queueName(g.Queue, g.QueueName)) &&
		(f.Channel == "" || f.Channel == g.Channel.String()) &&
		(f.Outcome == "" || f.Outcome == outcome.String()) &&
		(f.Reason == "" || f.Reason == reason) &&
		(f.From.IsZero() || !started.Before(f.From)) &&
		(f.To.IsZero() || started.Before(f.To))
}

// silent is the reason of an interaction that silence made lost_track.
const silent = "silent"
