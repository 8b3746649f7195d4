package salesforce

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestAsked: what each request says, and the answer that the vendor's client waits for.
func TestAsked(t *testing.T) {
	for name, tc := range map[string]struct {
		method, path, body string
		kinds              string
		answer             string
	}{
		"begins":            {"POST", "/telephony/v1/voiceCalls", `{"vendorCallKey":"k\"1","initiationMethod":"Inbound"}`, "started", `{"voiceCallId":"k\"1","errors":[]}`},
		"without the base":  {"POST", "/voiceCalls/", `{"vendorCallKey":"k"}`, "started", `{"voiceCallId":"k","errors":[]}`},
		"transferred":       {"POST", "/v1/voiceCalls", `{"vendorCallKey":"k","initiationMethod":"Transfer","parentVoiceCallId":"p"}`, "queued linked", `{"voiceCallId":"k","errors":[]}`},
		"begins, a mail":    {"POST", "/telephony/v1/voiceCalls", `{"vendorCallKey":"k","initiationMethod":"Inbound","callOrigin":"Voicemail"}`, "started voicemail_chosen", `{"voiceCallId":"k","errors":[]}`},
		"tied":              {"PATCH", "/telephony/v1/voiceCalls/0LQ1", `{"vendorCallKey":"k","isActiveCall":true}`, "linked", `{"status":"pending"}`},
		"empty update":      {"PATCH", "/telephony/v1/voiceCalls/k", `{}`, "leg_ended released", `{"status":"pending"}`},
		"no body":           {"PATCH", "/telephony/v1/voiceCalls/k", ``, "leg_ended released", `{"status":"pending"}`},
		"goes on":           {"PATCH", "/telephony/v1/voiceCalls/k", `{"isActiveCall":true,"endTime":"2026-11-23T14:02:31Z"}`, "", `{"status":"pending"}`},
		"goes on, accepted": {"PATCH", "/telephony/v1/voiceCalls/k", `{"isActiveCall":"true","acceptTime":"2026-11-23T14:02:31Z"}`, "accepted", `{"status":"pending"}`},
		"reason as text":    {"PATCH", "/telephony/v1/voiceCalls/k", `{"disconnectReason":"callback"}`, "callback_requested leg_ended released", `{"status":"pending"}`},
		"nulls":             {"PATCH", "/telephony/v1/voiceCalls/k", `{"acceptTime":null,"endTime":null,"disconnectReason":null,"isActiveCall":true}`, "", `{"status":"pending"}`},
		"routed":            {"PATCH", "/telephony/v1/voiceCalls/k/omniFlow", `{"dialedNumber":"+15550100900"}`, "queued", `{}`},
		"routed, unified":   {"POST", "/telephony/v1/voiceCalls/k/routeVoiceCall", `{"routingTarget":"00G1"}`, "queued", `{"status":"Success"}`},
		"callback":          {"POST", "/telephony/v1/voiceCalls/k/requestCallback", `{"callbackNumber":"+15550100001"}`, "callback_requested", `{}`},
		"rerouted":          {"POST", "/telephony/v1/voiceCalls/k/reroute", ``, "rerouted", `{"status":"Success"}`},
		"routing cleared":   {"PATCH", "/telephony/v1/voiceCalls/k/clearRouting", ``, "leg_ended", `{}`},
		"transcript":        {"POST", "/telephony/v1/voiceCalls/k/messages", `{"content":"secret"}`, "", `{}`},
		"transcripts":       {"POST", "/telephony/v1/voiceCalls/messages", `{"content":"secret"}`, "", `{}`},
	} {
		d := delivery(tc.method, tc.path, "application/json", tc.body)
		out, err := lab.Decode(d)
		var kinds []string
		for _, e := range out.Events {
			kinds = append(kinds, e.Kind.String())
		}
		if got := strings.Join(kinds, " "); err != nil || got != tc.kinds || len(out.Problems) > 0 {
			t.Errorf("%s: %q, want %q; %v %v", name, got, tc.kinds, out.Problems, err)
		}
		r := lab.Acknowledge(d)
		if r.Status != 200 || string(r.Body) != tc.answer || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: answers %d %s", name, r.Status, r.Body)
		}
	}
	if out, err := lab.Decode(delivery("POST", "/telephony/v1/voiceCalls", "application/json", `{"from":"+15550100001"}`)); err != nil || len(out.Problems) != 1 {
		t.Errorf("a call without a key: %v, %s", err, tell(out))
	}
}

// TestPath: the vendor's key is taken out of the path as it was put in.
func TestPath(t *testing.T) {
	for path, want := range map[string]apiCall{
		"/telephony/v1/voiceCalls/a%2Fb%20c/omniFlow": {"a/b c", "omniflow"},
		"/voicecalls/k": {"k", ""},
		"/telephony/v1/voiceCalls/k/CLEARROUTING": {"k", "clearrouting"},
		"/telephony/v1/voiceCalls/%zz":            {"%zz", ""},
	} {
		if got, ok := telephonyCall(path); !ok || got != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	for _, path := range []string{"", "/", "/events", "/a/b/c/voiceCalls"} {
		if c, ok := telephonyCall(path); ok {
			t.Errorf("%q is taken for %+v", path, c)
		}
	}
}

// TestDisconnect: isError says nothing, and no word but ours is passed on.
func TestDisconnect(t *testing.T) {
	for reason, want := range map[string]disconnect{
		"customer disconnect":     {interaction.ByCustomer, interaction.Normal, "CUSTOMER_DISCONNECT"},
		"Telecom-Problem":         {interaction.BySystem, interaction.Technical, "TELECOM_PROBLEM"},
		"":                        {interaction.ByUnknown, interaction.Normal, ""},
		"rita@acme.example spoke": {interaction.ByUnknown, interaction.Normal, "other"},
	} {
		if d := cmp.Diff(want, parties(reason), cmp.AllowUnexported(disconnect{})); d != "" {
			t.Errorf("%q: %s", reason, d)
		}
	}
}
