package simulate

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// verdict is what became of one contact, found by following what was played in order.
// It needs none of the care of a fold, because a script has no gaps.
type verdict struct {
	Interaction
	contact  uint64
	ended    bool
	lost     bool // nothing came for too long
	holds    holder
	declined bool
	offered  bool
	accepted bool
	rows     []*Row
	cold     bool // a cold transfer began, and its agent did not let go yet
	passing  *Row // whose agent passes the customer on and is not released yet
	byWork   map[uint64]*Row
}

type holder uint8

const (
	byQueue holder = iota
	byAgent
)

// judge follows the first n entries of an account.
func judge(v Vendor, a *account, n int) verdict {
	c := &a.contact
	d := verdict{contact: c.ID, byWork: make(map[uint64]*Row), Interaction: Interaction{
		ID: v.ContactID(c.ID), Channel: c.Channel.String(), Role: c.Role.String(), StartedAt: c.Began,
	}}
	for _, e := range a.entries[:n] {
		d.Queue = e.queue.Name
		if !d.ended {
			d.follow(v, e)
		}
	}
	for _, r := range d.rows {
		d.Works = append(d.Works, *r)
	}
	return d
}

func (d *verdict) follow(v Vendor, e *entry) {
	row := d.byWork[e.work.ID]
	if row == nil && (e.kind == Offered || e.kind == Accepted) {
		row = &Row{
			ID: v.WorkID(d.contact, &e.work), Agent: e.work.Agent.Name, Queue: e.queue.Name,
			Status: interaction.StatusAssigned.String(),
		}
		if e.kind == Offered { // else the format shows no offers of this contact
			row.AssignedAt = e.at
		}
		d.rows = append(d.rows, row)
		d.byWork[e.work.ID] = row
	}
	switch e.kind {
	case Offered:
		d.offered = true
	case Accepted:
		row.Status, row.AcceptedAt = interaction.Opened.String(), e.at
		d.accepted, d.holds = true, byAgent
		d.settle(interaction.StatusAssigned, interaction.StatusCanceled, e.at)
	case Declined:
		d.declined = true
		row.finish(interaction.StatusDeclined, e.at)
	case TimedOut:
		d.declined = true
		row.finish(interaction.DeclinedOnPushTimeout, e.at)
	case AnsweredElsewhere:
		// Its own end of the offer is stronger than what the accept concluded.
		row.finish(interaction.StatusCanceled, e.at)
	case TransferBegan:
		if !e.warm {
			d.cold = true
			d.passes(v, row, e.at)
		}
	case TransferDone:
		if e.warm {
			d.passes(v, d.byWork[e.from], e.at)
		}
	case Released:
		switch {
		case row == d.passing:
			d.passing = nil
			d.letGo(row, e.at)
		case row.Status == interaction.Opened.String():
			row.finish(interaction.Closed, e.at)
			d.end(interaction.Answered, "accepted", e.at)
		}
	case Completed:
		d.end(interaction.Answered, "accepted", e.at)
	case VoicemailChosen:
		d.end(interaction.SelfServed, "voicemail", e.at)
	case CallbackChosen:
		d.end(interaction.SelfServed, "callback", e.at)
	case Expired:
		d.end(interaction.EndedBySystem, v.ExpiredReason(), e.at)
	case HungUp:
		d.abandon(e.at)
	}
}

// passes notes that the agent of a row lets go of the customer, now or when released.
func (d *verdict) passes(v Vendor, row *Row, at time.Time) {
	if v.Releases() {
		d.passing = row
		return
	}
	d.letGo(row, at)
}

// letGo ends an agent's part by a transfer; after a cold one the queue has the customer.
func (d *verdict) letGo(row *Row, at time.Time) {
	row.finish(interaction.StatusTransferred, at)
	if d.cold {
		d.cold, d.holds = false, byQueue
	}
}

// abandon ends the contact as abandoned, with exactly one row that says so.
func (d *verdict) abandon(at time.Time) {
	reason := "no_agent"
	switch {
	case d.accepted:
		reason = "after_transfer"
	case d.declined:
		reason = "after_decline"
	case d.offered:
		reason = "before_accept"
	}
	var open *Row
	for _, r := range d.rows { // by time of offer
		if r.Status == interaction.StatusAssigned.String() {
			open = r
		}
	}
	if open == nil {
		open = &Row{Queue: d.Queue}
		d.rows = append(d.rows, open)
	}
	open.finish(interaction.StatusAbandoned, at)
	d.end(interaction.Abandoned, reason, at)
}

func (d *verdict) end(o interaction.Outcome, reason string, at time.Time) {
	d.settle(interaction.StatusAssigned, interaction.StatusCanceled, at)
	d.settle(interaction.Opened, interaction.Closed, at)
	if d.Role != interaction.Customer.String() {
		o, reason = interaction.OutOfScope, d.Role
	}
	d.ended, d.Outcome, d.Reason, d.EndedAt = true, o.String(), reason, at
}

// settle finishes all rows of one status.
func (d *verdict) settle(from, to interaction.Status, at time.Time) {
	for _, r := range d.rows {
		if r.Status == from.String() {
			r.finish(to, at)
		}
	}
}

func (r *Row) finish(s interaction.Status, at time.Time) { r.Status, r.EndedAt = s.String(), at }

// waits reports whether the contact is with the queue and was offered to nobody who
// has not refused.
func (d *verdict) waits() bool {
	if d.ended || d.holds != byQueue {
		return false
	}
	for _, r := range d.rows {
		if r.Status == interaction.StatusAssigned.String() {
			return false
		}
	}
	return true
}
