package wallboard

import (
	"slices"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
)

// item is one change that a contribution makes to a cell's buckets.
type item struct {
	cell   *cell
	at     int64 // µs
	field  field
	amount int64
}

// gauge is one thing that is so now. waiting is the entry into the queue, 0 if the
// customer does not wait.
type gauge struct {
	cell    *cell
	status  interaction.Status
	open    bool // counts an open interaction instead of a status
	waiting int64
}

// wait is one finished wait.
type wait struct {
	cell     *cell
	at, wait int64 // µs
}

// contribution is what one contact adds to the counts.
type contribution struct {
	items  []item
	gauges []gauge
	waits  []wait
	busy   []*agent
}

func (k *contribution) reset() {
	k.items, k.gauges, k.waits, k.busy = k.items[:0], k.gauges[:0], k.waits[:0], k.busy[:0]
}

// move puts the contribution into the counts, or takes it out.
func (w *Wallboard) move(k *contribution, put bool) {
	sign := int64(-1)
	if put {
		sign = 1
	}
	for _, it := range k.items {
		it.cell.add(it.at, w.floor, it.field, sign*it.amount)
	}
	for _, x := range k.waits {
		x.cell.addWait(x.at, w.floor, x.wait, put)
	}
	w.moveNow(k, put)
}

// moveNow moves the part of a contribution that counts what is so now.
func (w *Wallboard) moveNow(k *contribution, put bool) {
	sign := int64(-1)
	if put {
		sign = 1
	}
	for _, g := range k.gauges {
		switch {
		case g.open:
			g.cell.open += sign
		default:
			g.cell.gauge[g.status] += sign
		}
		if g.waiting != 0 {
			g.cell.waiting = edit(g.cell.waiting, g.waiting, put)
		}
	}
	for _, a := range k.busy {
		a.works += int(sign)
	}
}

// contribute adds what one interaction counts for, of which s was shown.
func (w *Wallboard) contribute(k *contribution, src *source, in *classify.Interaction, s *segment) {
	if !in.InScope() {
		return
	}
	lostAt := s.lostAt()
	c := w.cell(src, in.Channel, src.queueName(in.Queue, in.QueueName))
	k.items = append(k.items, item{c, in.Started.Counted(), started, 1})
	ended := !in.Ended.IsZero()
	switch {
	case lostAt != 0:
		k.items = append(k.items, item{c, lostAt, lostTrack, 1})
	case !ended:
		g := gauge{cell: c, open: true}
		if in.InQueue {
			g.waiting = in.Waiting.Counted()
		}
		k.gauges = append(k.gauges, g)
		if in.State == "waiting" {
			k.gauges = append(k.gauges, gauge{cell: c, status: interaction.Waiting})
		}
	default:
		if f, ok := outcomeField[in.Outcome]; ok {
			k.items = append(k.items, item{c, in.Ended.Counted(), f, 1})
		}
	}
	corrected(k, c, in, s.Log)
	within := int64(w.serviceLevel(src.queueName(in.Queue, in.QueueName))) * 1_000_000
	switch {
	case in.Outcome == interaction.Abandoned:
		at, waited := in.Ended.Counted(), in.LastWait()
		k.items = append(k.items, item{c, at, abandonedWait, waited})
		if waited <= within {
			k.items = append(k.items, item{c, at, abandonedWithin, 1})
		}
		k.waits = append(k.waits, wait{c, at, waited})
	case !in.Accepted.IsZero():
		at, waited := in.Accepted.Counted(), in.AnswerWait()
		k.items = append(k.items, item{c, at, accepted, 1}, item{c, at, acceptedWait, waited})
		if waited <= within {
			k.items = append(k.items, item{c, at, acceptedWithin, 1})
		}
		k.waits = append(k.waits, wait{c, at, waited})
	case ended && !in.Waiting.IsZero():
		k.waits = append(k.waits, wait{c, in.Ended.Counted(), in.LastWait()})
	}
	for i := range in.Works {
		w.contributeWork(k, src, in, &in.Works[i], lostAt != 0)
	}
}

// corrected counts an interaction under every outcome and reason that it has or had, once.
func corrected(k *contribution, c *cell, in *classify.Interaction, log []Correction) {
	if len(log) == 0 {
		return
	}
	at := in.Last.Counted()
	if !in.Ended.IsZero() {
		at = in.Ended.Counted()
	}
	var seen [fields]bool
	note := func(o interaction.Outcome, reason string) {
		if f, ok := outcomeField[o]; ok {
			seen[corrected0+f-answered] = true
		}
		if r := slices.Index(interaction.AbandonedReasons[:], reason); r >= 0 && o == interaction.Abandoned {
			seen[fixed0+field(r)] = true
		}
	}
	for i := range log {
		note(log[i].Outcome, log[i].Reason)
		note(log[i].NewOutcome, log[i].NewReason)
	}
	for f := corrected0; f < fields; f++ {
		if seen[f] {
			k.items = append(k.items, item{c, at, f, 1})
		}
	}
}

func (w *Wallboard) contributeWork(k *contribution, src *source, in *classify.Interaction, work *classify.Work, lost bool) {
	c := w.cell(src, in.Channel, src.queueName(work.Queue, work.QueueName))
	if !work.Status.Final() {
		if !lost {
			k.gauges = append(k.gauges, gauge{cell: c, status: work.Status})
			if work.Status == interaction.Opened && work.Agent != "" {
				if a := w.agent(src, work.Agent); a != nil {
					k.busy = append(k.busy, a)
				}
			}
		}
		return
	}
	at := work.Ended.Counted()
	k.items = append(k.items, item{c, at, status0 + field(work.Status), 1})
	if work.Status == interaction.StatusAbandoned {
		if r := slices.Index(interaction.AbandonedReasons[:], in.Reason); r >= 0 {
			k.items = append(k.items, item{c, at, reason0 + field(r), 1})
		}
	}
	if !work.HandledUntil.IsZero() {
		k.items = append(k.items, item{c, at, handled, 1},
			item{c, at, handleTime, max(0, work.HandledUntil.At-work.Accepted.At)})
	}
}

var outcomeField = map[interaction.Outcome]field{
	interaction.Answered:      answered,
	interaction.Abandoned:     abandoned,
	interaction.SelfServed:    selfServed,
	interaction.EndedBySystem: endedBySystem,
	interaction.LeftInMenu:    leftInMenu,
	interaction.LostTrack:     lostTrack,
}
