package web

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestQuarantine: what an old decoder did not understand is shown with its reason, and brings
// its events once the new one decodes it again, under the time at which it first came.
func TestQuarantine(t *testing.T) {
	h := newOpenHouse(t)
	h.old.Store(true)
	h.tell(t, "I1", "queued", time.Minute, `"queue":"Billing"`)
	if page := h.page(t, "/sources"); !strings.Contains(page, "type: is not known") || !strings.Contains(page, "1 acknowledged") {
		t.Errorf("the sources page: %s", page)
	}
	again := func() string {
		res, err := http.Post(h.URL+"/sources/deliveries/1", "application/x-www-form-urlencoded", nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("decoding again: %d", res.StatusCode)
		}
		return h.page(t, "/sources")
	}
	if page := again(); !strings.Contains(page, "type: is not known") {
		t.Error("it left quarantine, and still does not decode")
	}
	h.old.Store(false)
	if page := h.page(t, "/sources/deliveries/1"); !strings.Contains(page, "queued queue Billing new") {
		t.Errorf("the preview: %s", page)
	}
	if page := again(); !strings.Contains(page, "There is nothing in quarantine") {
		t.Error("it decodes, and is in quarantine still")
	}
	var in interactionJSON
	getJSON(t, h.URL+"/api/v1/interactions/lab/I1", &in)
	if in.State != "waiting" || len(in.Events) != 1 {
		t.Errorf("%+v", in)
	}
	again() // a second time changes nothing
	getJSON(t, h.URL+"/api/v1/interactions/lab/I1", &in)
	if len(in.Events) != 1 {
		t.Errorf("decoded twice, it has %d events", len(in.Events))
	}
	if res, err := http.Get(h.URL + "/sources/deliveries/99"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("no delivery: %v, %v", res, err)
	}
}

// TestSources: the page tells what came to a source, what it did not need, and why it refused.
func TestSources(t *testing.T) {
	h := newOpenHouse(t)
	if page := h.page(t, "/sources"); strings.Contains(page, "refused") || !strings.Contains(page, "0 taken") {
		t.Errorf("before anything came: %s", page)
	}
	h.tell(t, "I1", "queued", time.Minute, `"queue":"Billing"`)
	h.send(t, "com.example.weather", "x", "weather", time.Minute, "")
	res, err := http.Post(h.URL+"/hooks/lab", "application/cloudevents+json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	page := h.page(t, "/sources")
	for _, want := range []string{"2 taken, 1 refused", "2 acknowledged", "1 unauthenticated", "1 other", "lab refused", "the secret is missing or wrong"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page: %s", want, page)
		}
	}
}
