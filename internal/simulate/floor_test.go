package simulate

import (
	"regexp"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// simulated plays a span without a server, acknowledges everything, and returns what
// was played and the truth.
func simulated(seed uint64, r Rates, d time.Duration) ([]*Fact, Truth) {
	l := newLedger(&Options{})
	l.vendor = Twilio(seed)
	var facts []*Fact
	f := newFloor(seed, r, noon, func(f *Fact) {
		facts = append(facts, f)
		l.record(f, 1)(f.At)
	})
	for !f.next().After(noon.Add(d)) {
		f.step()
	}
	return facts, l.truth(0)
}

// check holds what is always so of a truth.
func check(t *testing.T, truth Truth) {
	t.Helper()
	ended := 0
	for _, n := range truth.Outcomes {
		ended += n
	}
	if truth.Started != ended+truth.Open {
		t.Errorf("started %d, but %d ended and %d are open", truth.Started, ended, truth.Open)
	}
	reasons := 0
	for _, n := range truth.Abandoned {
		reasons += n
	}
	abandoned := truth.Outcomes["abandoned"]
	if reasons != abandoned || truth.Status["Abandoned"] != abandoned {
		t.Errorf("abandoned %d, by reason %d, rows %d; want the same", abandoned, reasons, truth.Status["Abandoned"])
	}
	if got := truth.Started + truth.OutOfScope; got != len(truth.Interactions) {
		t.Errorf("%d interactions are listed, %d counted", len(truth.Interactions), got)
	}
	for _, in := range truth.Interactions {
		rows := make(map[string]int)
		accepted := false
		for _, w := range in.Works {
			rows[w.Status]++
			accepted = accepted || !w.AcceptedAt.IsZero()
			status := w.Status
			final := status != "Assigned" && status != "Opened"
			if final == w.EndedAt.IsZero() {
				t.Errorf("%s: a row is %s and ended at %v", in.ID, status, w.EndedAt)
			}
			if w.EndedAt.Before(w.AcceptedAt) && final || w.AcceptedAt.Before(w.AssignedAt) && !w.AcceptedAt.IsZero() {
				t.Errorf("%s: a row goes back in time", in.ID)
			}
			if !in.EndedAt.IsZero() && w.EndedAt.After(in.EndedAt) {
				t.Errorf("%s: a row ends after the interaction", in.ID)
			}
		}
		over := in.Outcome != "open"
		if over && rows["Assigned"]+rows["Opened"] != 0 {
			t.Errorf("%s: over with rows %v", in.ID, rows)
		}
		if over == in.EndedAt.IsZero() {
			t.Errorf("%s: outcome %s, ended at %v", in.ID, in.Outcome, in.EndedAt)
		}
		want := 0
		if in.Outcome == "abandoned" {
			want = 1
		}
		if rows["Abandoned"] != want {
			t.Errorf("%s: %s with %d Abandoned rows", in.ID, in.Outcome, rows["Abandoned"])
		}
		switch in.Outcome {
		case "answered":
			if !accepted {
				t.Errorf("%s: answered by nobody", in.ID)
			}
		case "abandoned":
			if accepted != (in.Reason == "after_transfer") {
				t.Errorf("%s: abandoned %s, accepted %t", in.ID, in.Reason, accepted)
			}
		}
	}
}

func TestManySeedsAgreeWithThemselves(t *testing.T) {
	outcomes, statuses, kinds := make(map[string]int), make(map[string]int), make(map[Kind]int)
	for seed := range uint64(25) {
		facts, truth := simulated(seed, DefaultRates(), 3*time.Hour)
		check(t, truth)
		last := make(map[uint64]time.Time)
		for _, f := range facts {
			kinds[f.Kind]++
			if f.Kind == ActivityChanged {
				continue
			}
			if !f.At.After(last[f.Contact.ID]) || !f.At.Equal(f.At.Truncate(time.Millisecond)) {
				t.Fatalf("seed %d: fact %d of contact %d is at %v after %v", seed, f.Number, f.Contact.ID, f.At, last[f.Contact.ID])
			}
			last[f.Contact.ID] = f.At
		}
		for _, in := range truth.Interactions {
			outcomes[in.Outcome+"/"+in.Reason]++
		}
		for s, n := range truth.Status {
			statuses[s] += n
		}
	}
	for _, want := range []string{
		"answered/accepted", "abandoned/no_agent", "abandoned/before_accept", "abandoned/after_decline",
		"abandoned/after_transfer", "self_served/voicemail", "self_served/callback",
		"ended_by_system/" + taskTTL, "out_of_scope/voicemail", "out_of_scope/callback", "open/",
	} {
		if outcomes[want] == 0 {
			t.Errorf("nobody ended as %s; there are %v", want, outcomes)
		}
	}
	for _, s := range interaction.Statuses() {
		// Nothing in this script makes an agent unavailable for an offer.
		if statuses[s.String()] == 0 && s != interaction.Unavailable {
			t.Errorf("no row is %s; there are %v", s, statuses)
		}
	}
	for k := Arrived; k <= ActivityChanged; k++ {
		if kinds[k] == 0 {
			t.Errorf("nothing was a fact of kind %d", k)
		}
	}
}

// TestFactsOfAWorkFollowEachOther holds that no agent has two customers at once, and
// that nothing happens to a work out of turn.
func TestFactsOfAWorkFollowEachOther(t *testing.T) {
	before := map[Kind][]Kind{
		Offered: {0}, Accepted: {Offered}, Declined: {Offered}, TimedOut: {Offered}, OfferCanceled: {Offered},
		AnsweredElsewhere: {Offered}, Released: {Accepted, TransferBegan}, Done: {Released}, TransferBegan: {Accepted},
	}
	for seed := range uint64(10) {
		facts, _ := simulated(seed, DefaultRates(), 2*time.Hour)
		reached := make(map[uint64]Kind)
		for _, f := range facts {
			if f.Work.ID == 0 {
				continue
			}
			ok := false
			for _, k := range before[f.Kind] {
				ok = ok || reached[f.Work.ID] == k
			}
			if !ok {
				t.Fatalf("seed %d: work %d went from %d to %d", seed, f.Work.ID, reached[f.Work.ID], f.Kind)
			}
			reached[f.Work.ID] = f.Kind
		}
	}
}

func TestArrivalsFollowTheTimeOfDay(t *testing.T) {
	d := newDraw(1, 1)
	midnight := noon.Add(-12 * time.Hour)
	var hours [24]int
	const days, perHour = 40, 100
	for at := d.arrival(midnight, perHour); at.Before(midnight.AddDate(0, 0, days)); at = d.arrival(at, perHour) {
		hours[at.Hour()]++
	}
	for h, n := range hours {
		want := days * perHour * (intraday[h] + intraday[(h+1)%24]) / 2
		if got := float64(n); got < want*0.9 || got > want*1.1 {
			t.Errorf("hour %d: %v arrivals, want about %.0f", h, n, want)
		}
	}
}

func TestMeansAreAsAsked(t *testing.T) {
	d := newDraw(1, 1)
	const n = 20_000
	var exponential, logNormal time.Duration
	for range n {
		exponential += d.exponential(time.Minute)
		logNormal += d.logNormal(time.Minute, 0.7)
	}
	for name, sum := range map[string]time.Duration{"exponential": exponential, "log-normal": logNormal} {
		if got := sum / n; got < 57*time.Second || got > 63*time.Second {
			t.Errorf("%s: mean %v, want about a minute", name, got)
		}
	}
}

func TestNumbersAreNobodys(t *testing.T) {
	number := regexp.MustCompile(`^\+447700900\d{3}$`)
	facts, _ := simulated(1, DefaultRates(), time.Hour)
	for _, f := range facts {
		if f.Kind != ActivityChanged && !number.MatchString(f.Contact.Customer) {
			t.Fatalf("a customer's number is out of the reserved range")
		}
	}
}

func TestBadRatesAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Rates){
		"no arrivals":      func(r *Rates) { r.ArrivalsPerHour = 0 },
		"no patience":      func(r *Rates) { r.Patience = 0 },
		"beyond certainty": func(r *Rates) { r.Decline = 1.5 },
	} {
		r := DefaultRates()
		change(&r)
		if err := New(Options{URL: "http://127.0.0.1/", Rates: r}).Drain(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
