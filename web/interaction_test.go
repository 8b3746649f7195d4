package web

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// tell posts one neutral event of an interaction, some time before now.
func (h *house) tell(t *testing.T, id, kind string, ago time.Duration, data string) {
	t.Helper()
	h.send(t, "org.wallboard.interaction."+kind, id, kind, ago, data)
}

// send posts an event of any type.
func (h *house) send(t *testing.T, whole, id, kind string, ago time.Duration, data string) {
	t.Helper()
	body := fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"test","type":%q,"subject":%q,"time":%q,"data":{%s}}`,
		id+"/"+kind+ago.String(), whole, id, time.Now().Add(-ago).UTC().Format(time.RFC3339Nano), data)
	r, err := http.NewRequest("POST", h.URL+"/hooks/lab", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/cloudevents+json"}, "X-Token": {testToken}}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s: %d", kind, res.StatusCode)
	}
}

// page is a page's text, of which the markup is left out.
func (h *house) page(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(h.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
	}
	return regexp.MustCompile(`(<[^>]*>|\s)+`).ReplaceAllString(string(b), " ")
}

// newOpenHouse is a house whose floor is not held up.
func newOpenHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	close(h.floor.release)
	go func() {
		for range h.floor.entered { // until the test's end
		}
	}()
	t.Cleanup(func() { close(h.floor.entered) })
	return h
}

// TestInteractionPage: the page tells the rule, what would have changed it, the correction and
// its cause, and the deliveries without the customer.
func TestInteractionPage(t *testing.T) {
	h := newOpenHouse(t)
	h.tell(t, "I1", "started", 9*time.Minute, `"channel":"voice","role":"customer","customer":"+33612345678"`)
	h.tell(t, "I1", "queued", 8*time.Minute, `"queue":"Billing"`)
	h.tell(t, "I1", "disconnected", 5*time.Minute, `"by":"customer"`)
	page := h.page(t, "/interactions/lab/I1")
	for _, want := range []string{
		"no agent had been offered the interaction", "The published rule",
		"Had an agent accepted just before the end, it would be answered (accepted).", "Had the system ended it, it would be ended by system",
		"Queue Billing: waiting", "stored", "•••", "application/cloudevents+json",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page, "612345678") {
		t.Error("the customer's number is on the page")
	}
	h.tell(t, "I1", "assigned", 7*time.Minute, `"work":"w1","agent":"a1"`)
	h.tell(t, "I1", "accepted", 6*time.Minute, `"work":"w1","agent":"a1"`)
	page = h.page(t, "/interactions/lab/I1")
	for _, want := range []string{
		"Corrections 2", "abandoned, no agent abandoned, before accept", "abandoned, before accept answered, accepted accepted, ",
		"Agent a1: talking", "Not abandoned: a service rep accepted",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("after a late accept, %q is not on the page", want)
		}
	}
	if got := h.page(t, "/reports/corrections"); !strings.Contains(got, "abandoned, before accept answered, accepted lab") {
		t.Errorf("the log of corrections does not have it: %s", got)
	}
	if got := h.page(t, "/interactions?corrected=1"); !strings.Contains(got, "1 interaction ") {
		t.Error("the list of the corrected does not have it")
	}
}
