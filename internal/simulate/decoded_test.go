package simulate

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/amazonconnect"
	asterisksource "github.com/wallboard/wallboard/internal/source/asterisk"
	twiliosource "github.com/wallboard/wallboard/internal/source/twilio"
)

// TestTruthIsWhatIsTold: each vendor's decoder and the rule find, in what a centre sends,
// what became of every contact, with the rows and their times that truth tells by a logic
// of its own.
func TestTruthIsWhatIsTold(t *testing.T) {
	for _, format := range []struct {
		make   func(run uint64) Vendor
		vendor source.Vendor
	}{
		{Twilio, twiliosource.Vendor},
		{AmazonConnect, amazonconnect.Vendor},
		{Asterisk, asterisksource.Vendor},
	} {
		t.Run(format.vendor.Name, func(t *testing.T) {
			decoder, err := format.vendor.NewDecoder(source.Settings{Name: "s"})
			if err != nil {
				t.Fatal(err)
			}
			for seed := range uint64(3) {
				toldTruth(t, format.make(seed), seed, decoder)
			}
		})
	}
}

func toldTruth(t *testing.T, v Vendor, seed uint64, decoder source.Decoder) {
	t.Helper()
	rates := DefaultRates()
	rates.Transfer, rates.Unanswered = 0.3, 0.5
	v.Adjust(&rates)
	policies := classify.DefaultPolicies()
	book := classify.NewBook(&policies)
	l := newLedger(&Options{})
	l.vendor = v
	f := newFloor(seed, rates, noon, func(f *Fact) {
		messages := v.Encode(f)
		acknowledge := l.record(f, len(messages))
		for range messages {
			acknowledge(f.At)
		}
		for _, m := range messages {
			d := &source.Delivery{Method: http.MethodPost, Header: http.Header{"Content-Type": {m.ContentType}}, Body: m.Body}
			decoded, err := decoder.Decode(d)
			if err != nil || len(decoded.Problems) > 0 {
				t.Fatalf("%s does not decode: %v %v", m.Body, err, decoded.Problems)
			}
			for _, e := range decoded.Events {
				if e.Interaction != "" {
					e.Source = "s"
					book.Apply(e)
				}
			}
		}
	})
	for !f.next().After(noon.Add(90 * time.Minute)) {
		f.step()
	}
	for _, want := range l.truth(0).Interactions {
		c := book.Find(want.ID)
		if c == nil {
			t.Errorf("seed %d: %s is not known", seed, want.ID)
			continue
		}
		in := c.Interaction(0)
		got := []string{fmt.Sprint(in.Outcome, " ", in.Reason, " ", when(in.Ended.At))}
		for _, w := range in.Works {
			got = append(got, fmt.Sprint(w.ID, " ", w.Status, " ", when(w.Assigned.At), when(w.Accepted.At), when(w.Ended.At)))
		}
		told := []string{fmt.Sprint(want.Outcome, " ", want.Reason, " ", clock(want.EndedAt))}
		for _, r := range want.Works {
			told = append(told, fmt.Sprint(r.ID, " ", r.Status, " ", clock(r.AssignedAt), clock(r.AcceptedAt), clock(r.EndedAt)))
		}
		if d := cmp.Diff(told, got); d != "" {
			var script []string
			for _, e := range c.Events() {
				script = append(script, fmt.Sprint(when(e.At), e.Kind, " ", e.Leg, " ", e.Work, " ", e.Queue))
			}
			t.Errorf("seed %d: %s, %s (-truth +decoded):\n%s%s", seed, want.ID, want.Role, d, cmp.Diff(script, []string(nil)))
		}
		if len(got) != c.Len()+len(in.Works) {
			t.Errorf("seed %d: %s is more than one interaction", seed, want.ID)
		}
	}
}

func when(micros int64) string {
	if micros == 0 {
		return clock(time.Time{})
	}
	return clock(time.UnixMicro(micros))
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "- "
	}
	return t.UTC().Format("15:04:05.000 ")
}
