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
// events in fold order.
func (w *Wallboard) Interaction(sourceName, id string) (Interaction, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	src := w.sources[sourceName]
	if src == nil {
		return Interaction{}, false
	}
	c, i := src.book.Find(id), 0
	if slash := strings.LastIndexByte(id, '/'); c == nil && slash > 0 {
		if n, err := strconv.Atoi(id[slash+1:]); err == nil && n >= 2 {
			c, i = src.book.Find(id[:slash]), n-1
		}
	}
	if c == nil || i >= c.Len() || aliasesOnly(c) {
		return Interaction{}, false
	}
	in := w.view(w.entries[c], i)
	in.Events = slices.Clone(c.Events())
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
		Outcome: in.Outcome, Reason: in.Reason, Corrections: s.corrections,
	}
	if s.lost {
		v.State, v.Outcome, v.Reason = "lost_track", interaction.LostTrack, "silent"
	}
	if in.State == "waiting" || in.State == "assigned" {
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

// place is where an interaction stands in the list: newest first, then by source and id.
type place struct {
	started    int64
	source, id string
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(b.started, a.started), strings.Compare(a.source, b.source), strings.Compare(a.id, b.id))
}

func (a place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(a.started, 10) + "\n" + a.source + "\n" + a.id))
}

func parsePlace(cursor string) (place, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.SplitN(string(b), "\n", 3)
	if err != nil || len(parts) != 3 {
		return place{}, ErrCursor
	}
	n, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return place{}, ErrCursor
	}
	return place{n, parts[1], parts[2]}, nil
}

// Interactions lists interactions, newest first: at most limit of them after the
// cursor ("" is the beginning). next is "" when there are no more. It fails with
// ErrCursor.
func (w *Wallboard) Interactions(f Filter, limit int, cursor string) (list []Interaction, next string, err error) {
	var after *place
	if cursor != "" {
		p, err := parsePlace(cursor)
		if err != nil {
			return nil, "", err
		}
		after = &p
	}
	type found struct {
		place
		view Interaction
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []found
	for c, e := range w.entries {
		if aliasesOnly(c) || f.Source != "" && f.Source != e.src.name {
			continue
		}
		for i := range e.segments {
			v := w.view(e, i)
			p := place{v.StartedAt.UnixMicro(), v.Source, v.ID}
			if f.matches(&v) && (after == nil || after.compare(p) < 0) {
				all = append(all, found{p, v})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return a.compare(b.place) })
	for i, x := range all {
		if i == limit {
			return list, all[i-1].cursor(), nil
		}
		list = append(list, x.view)
	}
	return list, "", nil
}

func (f *Filter) matches(v *Interaction) bool {
	return (f.Queue == "" || f.Queue == v.Queue) &&
		(f.Channel == "" || f.Channel == v.Channel.String()) &&
		(f.Outcome == "" || f.Outcome == v.Outcome.String()) &&
		(f.Reason == "" || f.Reason == v.Reason) &&
		(f.From.IsZero() || !v.StartedAt.Before(f.From)) &&
		(f.To.IsZero() || v.StartedAt.Before(f.To))
}
