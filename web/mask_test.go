package web

import (
	"strings"
	"testing"
)

// TestMasked: what tells who a customer is, or what was said, is not on a page, however the
// vendor writes it down; what tells how the interaction went is.
func TestMasked(t *testing.T) {
	for name, x := range map[string]struct {
		contentType, body string
		customers         []string
		hidden, shown     []string
	}{
		"form with JSON in it": {
			"application/x-www-form-urlencoded", "EventType=task.created&TaskAttributes=%7B%22from%22%3A%2207700900111%22%2C%22to%22%3A%22%2B442079460123%22%2C%22call_sid%22%3A%22CA01%22%7D&TaskQueueName=Support",
			nil,
			[]string{"07700900111", "442079460123"},
			[]string{"EventType: task.created", "CA01", "Support"},
		},
		"JSON": {
			"application/json", `{"event":"call.created","data":{"raw_digits":"+33 6 12 34 56 78","user":{"email":"ana@example.com"},"queue":"Billing","time":1795166042000}}`,
			nil,
			[]string{"6 12 34", "ana@"},
			[]string{`"queue": "Billing"`, "1795166042000", "call.created"},
		},
		"names and texts": {
			"application/json", `{"customer_name":"Zoé Martin","message":"my card is 4111","display_name": "Zoé","agent":"WK01"}`,
			nil,
			[]string{"Zoé", "4111"},
			[]string{"WK01"},
		},
		"secrets": {
			"application/json", `{"token":"test-token-1","data":{"client_secret":"test-secret-2"},"id":7}`,
			nil,
			[]string{"test-token-1", "test-secret-2"},
			[]string{`"id": 7`},
		},
		"what the decoder found": {
			"application/json", `{"who":"visitor-771","peer":"sip:771@example.com;x=1","what":"queued"}`,
			[]string{"visitor-771"},
			[]string{"771"},
			[]string{"queued"},
		},
		"escaped JSON in JSON": {
			"application/json", `{"Message":"{\"from\":\"07700900111\",\"state\":\"ended\"}"}`, nil, []string{"07700900111"}, []string{"Message"},
		},
		"no JSON": {"text/plain", "caller: 07700900111\nstate: ended", nil, []string{"07700900111"}, []string{"state: ended"}},
	} {
		t.Run(name, func(t *testing.T) {
			text, cut := readable(x.contentType, []byte(x.body), x.customers, 10_000)
			if cut {
				t.Error("it was cut")
			}
			for _, h := range x.hidden {
				if strings.Contains(text, h) {
					t.Errorf("%q is in\n%s", h, text)
				}
			}
			for _, s := range x.shown {
				if !strings.Contains(text, s) {
					t.Errorf("%q is not in\n%s", s, text)
				}
			}
		})
	}
	if text, cut := readable("text/plain", []byte("é1é2é3"), nil, 4); text != "é1" || !cut {
		t.Errorf("cut to %q, %t", text, cut)
	}
}
