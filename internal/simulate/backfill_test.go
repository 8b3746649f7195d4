package simulate

import (
	"bytes"
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"
)

// backfill plays four days to a server that takes everything, and returns the truth, and how many
// accounts the ledger holds in the end.
func backfill(t *testing.T, forgotten func(Interaction)) (Truth, int) {
	t.Helper()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer hook.Close()
	rates := DefaultRates()
	rates.ArrivalsPerHour = 12
	c := New(Options{Seed: 9, Rates: rates, URL: hook.URL, Forget: forgotten != nil, Forgotten: forgotten})
	if err := c.PlayPast(t.Context(), noon, noon.Add(days*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, a := range c.ledger.accounts {
		if a != nil {
			held++
		}
	}
	return c.Truth(), held
}

// TestBackfillForgets: what truth forgets while it posts is told once, and all in all it is what a truth
// says that forgets nothing; the file has the same JSON.
func TestBackfillForgets(t *testing.T) {
	want, all := backfill(t, nil)
	var file bytes.Buffer
	w := NewTruthWriter(&file)
	told := 0
	counted, held := backfill(t, func(in Interaction) {
		told++
		w.Add(in)
	})
	if told+held != all || held*2 > all || held == 0 {
		t.Errorf("%d of %d are told before the end and %d held, want most of them told and the others held", told, all, held)
	}
	if err := w.Close(counted); err != nil {
		t.Fatal(err)
	}
	var got, whole Truth
	var b bytes.Buffer
	if err := want.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		from []byte
		into *Truth
	}{{file.Bytes(), &got}, {b.Bytes(), &whole}} {
		if err := json.Unmarshal(x.from, x.into, json.RejectUnknownMembers(true)); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(x.into.Interactions, func(a, b Interaction) int { return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID)) })
	}
	if d := gocmp.Diff(whole, got); d != "" {
		t.Errorf("(-whole +told):\n%s", d)
	}
}
