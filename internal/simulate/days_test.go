package simulate

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/source"
	twiliosource "github.com/wallboard/wallboard/internal/source/twilio"
	"github.com/wallboard/wallboard/internal/wallboard"
)

const days = 4

// playDays plays four days of a small centre, in which every tenth customer's end never comes, into a
// wallboard within the process whose clock is the virtual time.
func playDays(t *testing.T, forget bool) (Truth, *wallboard.Wallboard) {
	t.Helper()
	now := noon
	floor := wallboard.New(wallboard.Options{
		Sources: []wallboard.Source{{Name: "s", Vendor: "twilio", Policies: classify.DefaultPolicies()}}, Now: func() time.Time { return now },
	})
	decoder, err := twiliosource.Vendor.NewDecoder(source.Settings{Name: "s"})
	if err != nil {
		t.Fatal(err)
	}
	rates := DefaultRates()
	rates.ArrivalsPerHour, rates.LostEnd = 12, 0.1
	c := New(Options{
		Seed: 9, Rates: rates, Concurrency: 1, Forget: forget,
		Deliver: func(_ context.Context, at time.Time, h http.Header, body []byte) error {
			if at.Before(now) {
				t.Errorf("a delivery of %v comes after %v", at, now)
			}
			now = at
			decoded, err := decoder.Decode(&source.Delivery{Received: at, Method: http.MethodPost, Header: h, Body: body})
			for i := range decoded.Events {
				decoded.Events[i].Source, decoded.Events[i].Received = "s", at.UnixMicro()
			}
			floor.Apply("s", at.UnixMicro(), decoded.Events)
			floor.Tick(at.UnixMicro())
			return err
		},
	})
	end := noon.Add(days * 24 * time.Hour)
	if err := c.PlayPast(t.Context(), noon, end); err != nil {
		t.Fatal(err)
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A minute later both look for what fell silent.
	now = now.Add(time.Minute)
	floor.Tick(now.UnixMicro())
	c.ledger.reached(now)
	return c.Truth(), floor
}

// TestDaysWithLostEnds: the contacts whose end never comes are open until the horizon, and
// lost after it. Truth counts the same where it forgets what is over, and lists less.
func TestDaysWithLostEnds(t *testing.T) {
	truth, floor := playDays(t, false)
	if lost := truth.Outcomes["lost_track"]; lost < truth.Started/20 || truth.Started < days*100 || truth.Open == 0 {
		t.Errorf("%d of %d were lost, %d are open: the test proves little", lost, truth.Started, truth.Open)
	}
	want := make(map[string]string)
	for _, in := range truth.Interactions {
		want[in.ID] = in.Outcome + " " + in.Reason
	}
	got := make(map[string]string)
	for _, in := range floor.All() {
		got[in.ID] = in.Outcome.String() + " " + in.Reason
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-truth +wallboard):\n%s", d)
	}

	counted, _ := playDays(t, true)
	if listed := len(counted.Interactions); listed == 0 || listed*2 > len(truth.Interactions) {
		t.Errorf("%d of %d interactions are listed, want some and less than half", listed, len(truth.Interactions))
	}
	truth.Interactions, counted.Interactions = nil, nil
	if d := cmp.Diff(truth, counted); d != "" {
		t.Errorf("what truth forgets (-whole +counted):\n%s", d)
	}
}
