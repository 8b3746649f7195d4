package wallboard

import (
	"cmp"
	"slices"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// entry is what the wallboard keeps of a contact.
type entry struct {
	src          *source
	contact      *classify.Contact
	contribution contribution
	segments     []segment

	row     int64 // in the archive; 0 before it was first taken
	touched int64 // when its newest event was received, µs
	// version counts its changes; kept is the newest version that is durable in the archive.
	version, kept uint64
}

// segment is one interaction of a contact: what was last shown of it, and its horizon.
type segment struct {
	Shown
	deadline int64 // when silence makes it lost_track, µs; 0 if it is not open
}

// Shown is what was last shown of one interaction. It depends on the order of arrival, so
// that it cannot be folded again from the set of events.
type Shown struct {
	Ended       bool // it was shown as ended once
	Outcome     interaction.Outcome
	Reason      string
	Corrections int
	Log         []Correction `json:",omitempty"` // the newest of the corrections
	Lost        bool         // silence made it lost_track
}

// Correction is a change of outcome or reason after the interaction was first shown as ended.
type Correction struct {
	At       int64 // when the event that caused it was received, µs
	Position int64 // that event's, in the journal
	// Outcome and Reason are what was shown before, and NewOutcome and NewReason after.
	Outcome    interaction.Outcome
	Reason     string
	NewOutcome interaction.Outcome
	NewReason  string
}

// maxLog bounds the corrections of one interaction that are remembered one by one.
const maxLog = 20

// forget takes an absorbed contact out of the counts; its corrections go on with the other.
func (w *Wallboard) forget(absorbed, into *classify.Contact) {
	old := w.entries[absorbed]
	if old == nil {
		return
	}
	w.audit.count(old)
	w.move(&old.contribution, false)
	delete(w.entries, absorbed)
	delete(w.dirty, old)
	if old.row != 0 {
		delete(w.rows, old.row)
		w.gone = append(w.gone, old.row)
		w.absorbed[old.row] = struct{}{}
	}
	w.stray(old.src, into, absorbed.Events())
	e := w.entry(old.src, into)
	e.touched = max(e.touched, old.touched)
	for i, s := range old.segments {
		if i < len(e.segments) {
			e.segments[i].Corrections += s.Corrections
			e.segments[i].note(s.Log...)
			continue
		}
		e.segments = append(e.segments, s)
	}
}

func (w *Wallboard) entry(src *source, c *classify.Contact) *entry {
	e := w.entries[c]
	if e == nil {
		e = &entry{src: src, contact: c}
		w.entries[c] = e
	}
	return e
}

// count replaces a contact's contribution by that of its present state. cause says when and by
// what it changed.
func (w *Wallboard) count(src *source, c *classify.Contact, cause Correction) {
	e := w.entry(src, c)
	w.audit.count(e)
	w.move(&e.contribution, false)
	e.contribution.reset()
	n := c.Len()
	if src.tracesOnly(c) {
		n = 0
	}
	e.segments = e.segments[:min(len(e.segments), n)]
	now := w.now().UnixMicro()
	for i := range n {
		if i == len(e.segments) {
			e.segments = append(e.segments, segment{})
		}
		in := c.Interaction(i)
		e.segments[i].judge(src, &in, now, cause)
		w.contribute(&e.contribution, src, &in, &e.segments[i])
	}
	w.move(&e.contribution, true)
	e.version++
	w.dirty[e] = struct{}{}
}

// judge notes what is shown of an interaction from now on, and whether silence made it
// lost_track.
func (s *segment) judge(src *source, in *classify.Interaction, now int64, cause Correction) {
	s.show(in, cause)
	s.deadline = src.deadline(in)
	s.Lost = s.deadline != 0 && s.deadline <= now
}

// lostAt is when silence made the interaction lost_track, µs; 0 if it did not.
func (s *segment) lostAt() int64 {
	if s.Lost {
		return s.deadline
	}
	return 0
}

// deadline is when silence makes an open interaction lost_track, µs; 0 if it ended.
func (s *source) deadline(in *classify.Interaction) int64 {
	if !in.Ended.IsZero() {
		return 0
	}
	return max(in.Last.At, in.Last.Received) + s.policies.LostTrackAfter(in.Channel).Microseconds()
}

// contributeAll makes the entry's contribution from its contact and what was shown of it.
func (w *Wallboard) contributeAll(e *entry) {
	e.contribution.reset()
	for i := range e.segments {
		in := e.contact.Interaction(i)
		w.contribute(&e.contribution, e.src, &in, &e.segments[i])
	}
}

// show notes what is shown from now on, and counts a correction if the outcome or
// the reason of an interaction changed that was shown as ended.
func (s *Shown) show(in *classify.Interaction, cause Correction) {
	if s.Ended && (s.Outcome != in.Outcome || s.Reason != in.Reason) {
		s.Corrections++
		cause.Outcome, cause.Reason, cause.NewOutcome, cause.NewReason = s.Outcome, s.Reason, in.Outcome, in.Reason
		s.note(cause)
	}
	s.Ended = s.Ended || !in.Ended.IsZero()
	s.Outcome, s.Reason = in.Outcome, in.Reason
}

// note adds to the log, in a slice of its own, because those before were shown.
func (s *Shown) note(c ...Correction) {
	if len(c) == 0 {
		return
	}
	log := slices.Concat(s.Log, c)
	slices.SortStableFunc(log, func(a, b Correction) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Position, b.Position)) })
	s.Log = log[max(0, len(log)-maxLog):]
}

// tracesOnly reports whether nothing is known of the contact but links and what a phone system
// tells of every call, those to no queue and by no customer too: that a phone was picked up or
// hung up, a call passed on, a voicemail left; or what became of a work whose interaction nothing
// has named yet. It is no interaction until something shows one. Our own format tells of
// interactions alone, so that there only links are none.
func (s *source) tracesOnly(c *classify.Contact) bool {
	for _, e := range c.Events() {
		if s.vendor == "cloudevents" && e.Kind != interaction.Linked {
			return false
		}
		switch e.Kind {
		case interaction.Accepted, interaction.Declined, interaction.TimedOut, interaction.Withdrawn, interaction.WorkClosed:
			if e.Work == "" || e.Interaction != e.Work {
				return false
			}
		case interaction.Linked, interaction.LegEnded, interaction.Released, interaction.Transferred, interaction.TransferCompleted, interaction.VoicemailChosen:
		default:
			return false
		}
	}
	return true
}
