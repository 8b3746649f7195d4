package history

import (
	"slices"
	"sort"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// WaitEdges are where the bins of waits end, in seconds; the last bin has no end.
var WaitEdges = [11]int64{5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1200}

// Outcomes are those that tallies count, in the order of Tally.Outcomes.
var Outcomes = [6]interaction.Outcome{
	interaction.Answered, interaction.Abandoned, interaction.SelfServed, interaction.EndedBySystem, interaction.LeftInMenu, interaction.LostTrack,
}

// Tally sums up a time. Everything in it counts as on boards: a start when it began, an
// answer at the first accept, an outcome at the end.
type Tally struct {
	Started  int64
	Outcomes [len(Outcomes)]int64
	// Accepted are those answered, and Met those of them within the service level.
	// AbandonedWithin are those abandoned within it.
	Accepted, Met, AbandonedWithin int64
	// Reasons split Abandoned, in the order of interaction.AbandonedReasons.
	Reasons [4]Abandons
	// Hours are those of the local day.
	Hours [24]Hour
	// Corrections are those that became known then.
	Corrections int64
}

// Abandons sums up the abandoned of one reason.
type Abandons struct {
	Count int64
	Wait  int64 // µs, of all
	Bins  [len(WaitEdges) + 1]int64
	Hours [24]int64
	// Known are those whose customer is known, Returned those of them who came again within a
	// day, and Recovered those of them who were answered then.
	Known, Returned, Recovered int64
}

// Hour is what rates need of one hour.
type Hour struct{ Accepted, Met, AbandonedWithin int64 }

// Abandoned is the number of the abandoned, of all reasons.
func (t *Tally) Abandoned() int64 { return t.Outcomes[1] }

// each calls f with each number, always in the same order. New numbers go to the end.
func (t *Tally) each(f func(*int64)) {
	f(&t.Started)
	for i := range t.Outcomes {
		f(&t.Outcomes[i])
	}
	f(&t.Accepted)
	f(&t.Met)
	f(&t.AbandonedWithin)
	for i := range t.Reasons {
		r := &t.Reasons[i]
		f(&r.Count)
		f(&r.Wait)
		for j := range r.Bins {
			f(&r.Bins[j])
		}
		for j := range r.Hours {
			f(&r.Hours[j])
		}
		f(&r.Known)
		f(&r.Returned)
		f(&r.Recovered)
	}
	for i := range t.Hours {
		f(&t.Hours[i].Accepted)
		f(&t.Hours[i].Met)
		f(&t.Hours[i].AbandonedWithin)
	}
	f(&t.Corrections)
}

// Add adds another tally. A report of a year does so a hundred thousand times, hence not by each.
func (t *Tally) Add(o *Tally) {
	t.Started += o.Started
	for i := range t.Outcomes {
		t.Outcomes[i] += o.Outcomes[i]
	}
	t.Accepted += o.Accepted
	t.Met += o.Met
	t.AbandonedWithin += o.AbandonedWithin
	for i := range t.Reasons {
		t.Reasons[i].add(&o.Reasons[i])
	}
	for i := range t.Hours {
		t.Hours[i].Accepted += o.Hours[i].Accepted
		t.Hours[i].Met += o.Hours[i].Met
		t.Hours[i].AbandonedWithin += o.Hours[i].AbandonedWithin
	}
	t.Corrections += o.Corrections
}

func (a *Abandons) add(o *Abandons) {
	if *o == (Abandons{}) {
		return
	}
	a.Count += o.Count
	a.Wait += o.Wait
	for i := range a.Bins {
		a.Bins[i] += o.Bins[i]
	}
	for i := range a.Hours {
		a.Hours[i] += o.Hours[i]
	}
	a.Known += o.Known
	a.Returned += o.Returned
	a.Recovered += o.Recovered
}

// tallySize is how many numbers a tally has.
const tallySize = 1 + len(Outcomes) + 3 + 4*(2+len(WaitEdges)+1+24+3) + 24*3 + 1

func (t *Tally) pack() []byte {
	numbers := make([]int64, 0, tallySize)
	t.each(func(n *int64) { numbers = append(numbers, *n) })
	return pack(numbers)
}

// unpackTally adds a packed tally to t.
func (t *Tally) unpack(b []byte) error {
	numbers, err := unpack(b)
	if err != nil || len(numbers) != tallySize {
		return errPacked
	}
	i := 0
	t.each(func(n *int64) { *n += numbers[i]; i++ })
	return nil
}

// Day is a day of the installation's calendar: days since 1970-01-01.
type Day int64

// DayOf is the day of an instant in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Date is the day's midnight in UTC: its date, weekday and month are those of the day.
func (d Day) Date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the day's first instant in a zone.
func (d Day) Start(zone *time.Location) time.Time {
	y, m, day := d.Date().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, zone)
}

// counted is what tallies need of one interaction.
type counted struct {
	source, channel, queue string
	outcome, reason        string
	counts, within         bool
	came, over, answered   int64
	wait                   int64 // µs
	customer               string
	returned               int
	corrections            []int64 // when they became known
	works                  []countedWork
}

type countedWork struct {
	agent, name, queue, status string
	at                         int64
}

// reasonIndex is the place of a reason among those of the abandoned.
func reasonIndex(reason string) int { return slices.Index(interaction.AbandonedReasons[:], reason) }

// tallyOf puts an interaction into tallies, or takes it out: at returns that of an instant.
func (c *counted) tallyOf(sign int64, zone *time.Location, at func(micros int64) *Tally) {
	for _, x := range c.corrections {
		at(x).Corrections += sign
	}
	if !c.counts {
		return
	}
	at(c.came).Started += sign
	if c.answered > 0 {
		t := at(c.answered)
		h := &t.Hours[hour(c.answered, zone)]
		t.Accepted += sign
		h.Accepted += sign
		if c.within {
			t.Met += sign
			h.Met += sign
		}
	}
	if c.over == 0 {
		return
	}
	t := at(c.over)
	for i, o := range Outcomes {
		if c.outcome == o.String() {
			t.Outcomes[i] += sign
		}
	}
	if c.outcome != interaction.Abandoned.String() {
		return
	}
	of := hour(c.over, zone)
	if c.within {
		t.AbandonedWithin += sign
		t.Hours[of].AbandonedWithin += sign
	}
	i := reasonIndex(c.reason)
	if i < 0 {
		return
	}
	r := &t.Reasons[i]
	waited := max(0, c.wait)
	r.Count += sign
	r.Wait += sign * waited
	r.Bins[bin(waited)] += sign
	r.Hours[of] += sign
	if c.customer != "" {
		r.Known += sign
	}
	if c.returned > 0 {
		r.Returned += sign
	}
	if c.returned > 1 {
		r.Recovered += sign
	}
}

func hour(micros int64, zone *time.Location) int { return time.UnixMicro(micros).In(zone).Hour() }

// bin is the place of a wait (µs) among the bins.
func bin(waited int64) int {
	return sort.Search(len(WaitEdges), func(i int) bool { return waited < WaitEdges[i]*1_000_000 })
}
