package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/source"
)

// TestTraffic: requests stand in their minute for an hour, and then no more, whatever the
// clock does.
func TestTraffic(t *testing.T) {
	type minutes map[int]Minute // by how long ago
	at := func(s string) time.Time {
		t, err := time.Parse(time.DateTime, "2026-03-02 "+s)
		if err != nil {
			panic(err)
		}
		return t
	}
	refusal := errors.New("unauthenticated: token: is missing")
	var tr traffic
	for _, x := range []struct {
		at   string
		err  error
		want minutes
	}{
		{"10:00:59", nil, minutes{0: {Taken: 1}}},
		{"10:01:00", refusal, minutes{0: {Refused: 1}, 1: {Taken: 1}}},
		{"09:55:00", nil, minutes{0: {Taken: 1, Refused: 1}, 1: {Taken: 1}}}, // set back
		{"10:59:00", nil, minutes{0: {Taken: 1}, 58: {Taken: 1, Refused: 1}, 59: {Taken: 1}}},
		{"11:00:00", nil, minutes{0: {Taken: 1}, 1: {Taken: 1}, 59: {Taken: 1, Refused: 1}}},
		{"23:00:00", nil, minutes{0: {Taken: 1}}},
	} {
		tr.request(at(x.at), x.err)
		var want [TrafficMinutes]Minute
		for ago, m := range x.want {
			want[TrafficMinutes-1-ago] = m
		}
		if diff := cmp.Diff(want, tr.values(at(x.at)).Minutes); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", x.at, diff)
		}
	}
	v := tr.values(at("23:59:59"))
	if v.Minutes[0].Taken != 1 || tr.values(at("23:59:59").Add(time.Second)).Minutes != [TrafficMinutes]Minute{} {
		t.Error("without requests the minutes do not go by")
	}
	if !v.Refused.Equal(at("10:01:00")) || v.Why != refusal.Error() {
		t.Errorf("refused at %s: %s", v.Refused, v.Why)
	}
}

// TestIgnored: what is not needed is counted by its type, in bounds.
func TestIgnored(t *testing.T) {
	in, _, _ := pipeline(t)
	for range 2 {
		if _, err := in.Handle(t.Context(), "s", post("noise")); err != nil {
			t.Fatal(err)
		}
	}
	in.Handle(t.Context(), "s", &source.Delivery{Method: "POST"})
	s := in.Stats()["s"]
	if s.Ignored["noise"] != 2 || s.Why == "" || s.Minutes[TrafficMinutes-1].Taken+s.Minutes[TrafficMinutes-2].Taken != 2 {
		t.Errorf("%+v", s.Traffic)
	}
	var tr traffic
	for i := range maxIgnored + 5 {
		tr.ignore(map[string]int{fmt.Sprint(strings.Repeat("x", 1000*i), i): 1})
	}
	got := tr.values(time.Now()).Ignored
	size := 0
	for name := range got {
		size += len(name)
	}
	if len(got) > maxIgnored+1 || size > (maxIgnored+1)*1000 {
		t.Errorf("%d names of %d bytes", len(got), size)
	}
}
