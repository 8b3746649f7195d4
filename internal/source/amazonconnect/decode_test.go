package amazonconnect

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

func delivery(body string) *source.Delivery {
	return &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

// tell is what a delivery says, one event a line: time, kind, and what is not empty of it.
func tell(out source.Decoded) string {
	var b strings.Builder
	for _, e := range out.Events {
		fmt.Fprintf(&b, "%s %s", time.UnixMicro(e.At).UTC().Format("15:04:05.000"), e.Kind)
		for _, f := range [...]struct{ name, value string }{
			{"interaction", e.Interaction},
			{"leg", e.Leg},
			{"channel", e.Channel.String()},
			{"direction", e.Direction.String()},
			{"role", e.Role.String()},
			{"customer", e.Customer},
			{"queue", e.Queue},
			{"queue_name", e.QueueName},
			{"work", e.Work},
			{"agent", e.Agent},
			{"agent_name", e.AgentName},
			{"why", e.Why.String()},
			{"by", e.By.String()},
			{"cause", e.Cause.String()},
			{"reason", e.Reason},
			{"other", e.Other},
			{"state", e.Presence.String()},
		} {
			if f.value != "" {
				fmt.Fprintf(&b, " %s=%s", f.name, f.value)
			}
		}
		fmt.Fprintf(&b, "\n    key %s\n", e.Key)
	}
	for _, p := range out.Problems {
		fmt.Fprintf(&b, "problem at %d: %s\n", p.Index, p.Reason)
	}
	for name, n := range out.Ignored {
		fmt.Fprintf(&b, "ignored: %s ×%d\n", name, n)
	}
	return b.String()
}

// bodies are the fixtures of one body.
func bodies(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) < 13 {
		t.Fatalf("fixtures: %d, %v", len(names), err)
	}
	more, err := filepath.Glob("testdata/sns/*.json")
	if err != nil || len(more) == 0 {
		t.Fatalf("no SNS fixtures: %v", err)
	}
	m := make(map[string]string)
	for _, n := range append(names, more...) {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		m[n] = string(b)
	}
	return m
}

func TestGolden(t *testing.T) {
	for name, body := range bodies(t) {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		path := strings.TrimSuffix(name, ".json") + ".golden"
		got := tell(out)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: -update writes it anew (-want +got):\n%s", path, d)
		}
	}
}

// TestNobodysNumbers: what tells of a customer is in no event.
func TestNobodysNumbers(t *testing.T) {
	out, err := decoder{}.Decode(delivery(`{"detail-type":"Amazon Connect Contact Event","time":"2026-11-20T09:14:02Z","detail":{
		"eventType":"INITIATED","contactId":"c","channel":"VOICE","initiationMethod":"INBOUND","initiationTimestamp":"2026-11-20T09:14:02.311Z",
		"customerId":"secret-1","customerEndpoint":{"address":"secret-2","type":"TELEPHONE_NUMBER"},"contactDetails":{"name":"secret-3"},
		"tags":{"name":"secret-4"},"segmentAttributes":{"a":{"valueString":"secret-5"}}}}`))
	if err != nil || len(out.Events) != 1 || strings.Contains(fmt.Sprintf("%+v", out), "secret") {
		t.Errorf("%v: %+v", err, out)
	}
}

// TestForms: what says the same in another form decodes to the same.
func TestForms(t *testing.T) {
	const plain = `{"detail-type":"Amazon Connect Contact Event","time":"2026-11-20T09:15:45Z","detail":{"eventType":"DISCONNECTED","contactId":"c",
		"channel":"VOICE","initiationMethod":"INBOUND","initiationTimestamp":"2026-11-20T09:14:02.311Z","disconnectTimestamp":"2026-11-20T09:15:44.902Z",
		"queueInfo":{"queueArn":"arn:aws:connect:eu-west-2:1:instance/i/queue/q","queueType":"STANDARD","enqueueTimestamp":"2026-11-20T09:14:31.870Z"}}}`
	want, err := decoder{}.Decode(delivery(plain))
	if err != nil || len(want.Events) != 3 {
		t.Fatalf("%v: %s", err, tell(want))
	}
	for name, body := range map[string]string{
		"other case": strings.NewReplacer(`"eventType"`, `"EventType"`, `"contactId"`, `"ContactId"`, `"detail"`, `"Detail"`, `"queueInfo"`, `"QueueInfo"`,
			`"queueArn"`, `"QueueARN"`, `DISCONNECTED`, `Disconnected`, `VOICE`, `Voice`, `INBOUND`, `Inbound`).Replace(plain),
		"arrays":          strings.NewReplacer(`{"queueArn"`, `[{"queueArn"`, `870Z"}`, `870Z"}]`).Replace(plain),
		"null is absent":  strings.Replace(plain, `"contactId"`, `"agentInfo":null,"previousContactId":null,"initialContactId":null,"tags":null,"disconnectReason":null,"contactId"`, 1),
		"1970 is never":   strings.Replace(plain, `"contactId"`, `"agentInfo":{"agentArn":"a/agent/x","connectedToAgentTimestamp":"1970-01-01T00:00:00.001Z"},"connectedToSystemTimestamp":"1970-01-01T00:00:00.001Z","contactId"`, 1),
		"unknown fields":  strings.Replace(plain, `"contactId"`, `"routingCriteria":[{"steps":[]}],"new":{"a":[1]},"contactId"`, 1),
		"own root":        strings.Replace(plain, `"contactId"`, `"initialContactId":"c","contactId"`, 1),
		"COMPLETED alone": strings.Replace(plain, `DISCONNECTED`, `COMPLETED`, 1),
		"detail alone":    plain[strings.Index(plain, `{"eventType"`) : len(plain)-1],
		"array of one":    "[" + plain + "]",
		"other ARN":       strings.Replace(plain, "arn:aws:connect", "arn:aws::connect", 1),
	} {
		got, err := decoder{}.Decode(delivery(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(tell(want), tell(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestNotNeeded: what is understood and does not count gives neither event nor problem.
func TestNotNeeded(t *testing.T) {
	for name, body := range map[string]string{
		"another detail-type": `{"detail-type":"Amazon Connect Contact Lens Post Call Rules Matched","detail":{}}`,
		"another eventType":   `{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"AMD_DISABLED","contactId":"c"}}`,
		"a task":              `{"detail-type":"Amazon Connect Contact Event","time":"2026-11-20T09:15:45Z","detail":{"eventType":"INITIATED","contactId":"c","channel":"TASK","initiationMethod":"API"}}`,
		"an e-mail":           `{"detail-type":"Amazon Connect Contact Event","time":"2026-11-20T09:15:45Z","detail":{"eventType":"INITIATED","contactId":"c","channel":"EMAIL","initiationMethod":"INBOUND"}}`,
		"a new channel":       `{"detail-type":"Amazon Connect Contact Event","time":"2026-11-20T09:15:45Z","detail":{"eventType":"INITIATED","contactId":"c","channel":"FAX","initiationMethod":"INBOUND"}}`,
		"an agent event":      `[{"eventSource":"aws:kinesis","data":{"AgentARN":"a/agent/x","EventType":"SOMETHING","EventTimestamp":"2026-11-20T09:15:45Z"}}]`,
		"an unsubscription":   `{"Type":"UnsubscribeConfirmation","TopicArn":"arn:aws:sns:eu-west-2:210987654321:t","Message":"…"}`,
		"no records":          `[]`,
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Events)+len(out.Problems) > 0 || len(out.Ignored) == 0 && name != "no records" {
			t.Errorf("%s: %v %s", name, err, tell(out))
		}
	}
}

func TestProblems(t *testing.T) {
	for body, want := range map[string]string{
		`{"detail-type":"Amazon Connect Contact Event"}`:                                                                       "detail: is missing",
		`{"detail-type":"Amazon Connect Contact Event","detail":{"contactId":"c"}}`:                                            "detail.eventType: is missing",
		`{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"QUEUED"}}`:                                       "detail.contactId: is missing",
		`{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"QUEUED","contactId":"c"}}`:                       "detail.initiationTimestamp: is missing",
		`{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"QUEUED","contactId":"c","ContactId":"d"}}`:       "has a name twice",
		`{"TopicArn":"t","Type":"Notification","Message":"hello"}`:                                                             "Message: is not JSON",
		`{"TopicArn":"t","Type":"Notification","Message":"{\"TopicArn\":\"t\",\"Type\":\"Notification\",\"Message\":\"{}\"}"}`: "is neither an EventBridge event",
		`[{"eventSource":"aws:kinesis","data":"!"}]`:                                                                           "data: is neither JSON nor base64",
		`[{"eventSource":"aws:kinesis","data":{"AgentARN":"a","EventType":"LOGIN"}}]`:                                          "EventTimestamp: is missing",
		`[{"eventSource":"aws:kinesis","data":{"AgentARN":"a","EventTimestamp":"2026-11-20T09:15:45Z"}}]`:                      "EventType: is missing",
		`[1]`: "is neither an EventBridge event", `{"a":1}`: "is neither an EventBridge event",
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Reason, want) {
			t.Errorf("%s: %v\n%swant %s", body, err, tell(out), want)
		}
	}
	for name, tc := range map[string]struct {
		d    *source.Delivery
		want error
	}{
		"no JSON":      {delivery("{"), source.ErrMalformed},
		"a form":       {&source.Delivery{Method: "POST", Body: []byte("{}"), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, source.ErrContentType},
		"not a POST":   {&source.Delivery{Method: "PATCH", Body: []byte("{}")}, source.ErrMethod},
		"a name twice": {delivery(`{"a":1,"a":2}`), source.ErrMalformed},
	} {
		if _, err := (decoder{}).Decode(tc.d); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

// TestLimits: at the limit all is read, beyond it nothing is but the problem told.
func TestLimits(t *testing.T) {
	for n, want := range map[int]int{maxContacts: 0, maxContacts + 1: 1} {
		for _, which := range []string{"Current", "Previous"} {
			contacts := strings.TrimSuffix(strings.Repeat(`{"ContactId":"c"},`, n), ",")
			out, err := decoder{}.Decode(delivery(`{"AgentARN":"a","EventType":"LOGOUT","EventTimestamp":"2026-11-20T09:15:45Z","` + which + `AgentSnapshot":{"Contacts":[` + contacts + `]}}`))
			if err != nil || len(out.Problems) != want || len(out.Events) != 1-want {
				t.Errorf("%d contacts: %v %s", n, err, tell(out))
			}
		}
	}
}

// TestRecordInBase64: Pipes leaves data that it does not take for JSON in base64.
func TestRecordInBase64(t *testing.T) {
	// {"AgentARN":"i/agent/x","EventType":"LOGOUT","EventTimestamp":"2026-11-20T09:15:45Z","EventId":"e"}
	const data = "eyJBZ2VudEFSTiI6ImkvYWdlbnQveCIsIkV2ZW50VHlwZSI6IkxPR09VVCIsIkV2ZW50VGltZXN0YW1wIjoiMjAyNi0xMS0yMFQwOToxNTo0NVoiLCJFdmVudElkIjoiZSJ9"
	out, err := decoder{agents: map[string]string{"x": "Ana"}}.Decode(delivery(`[{"eventSource":"aws:kinesis","data":"` + data + `"}]`))
	if err != nil || len(out.Events) != 1 || out.Events[0].Presence != interaction.Offline || out.Events[0].AgentName != "Ana" {
		t.Errorf("%v: %s", err, tell(out))
	}
}

// TestPresence has the states of an agent.
func TestPresence(t *testing.T) {
	for _, tc := range []struct{ kind, status, slots, state, want string }{
		{"LOGIN", "ROUTABLE", "1", "", "available"},
		{"HEART_BEAT", "ROUTABLE", "1", "", "available"},
		{"STATE_CHANGE", "ROUTABLE", "0", "CONNECTING", "available"},
		{"STATE_CHANGE", "ROUTABLE", "0", "INCOMING", "available"},
		{"STATE_CHANGE", "ROUTABLE", "0", "CONNECTED", "busy"},
		{"STATE_CHANGE", "ROUTABLE", "0", "CONNECTED_ONHOLD", "busy"},
		{"STATE_CHANGE", "CUSTOM", "0", "CONNECTED", "busy"},
		{"STATE_CHANGE", "ROUTABLE", "0", "ENDED", "wrap_up"},
		{"STATE_CHANGE", "ROUTABLE", "0", "MISSED", "away"},
		{"STATE_CHANGE", "ROUTABLE", "0", "", "away"},
		{"STATE_CHANGE", "CUSTOM", "1", "", "away"},
		{"STATE_CHANGE", "OFFLINE", "1", "", "offline"},
		{"LOGOUT", "ROUTABLE", "1", "", "offline"},
		{"STATE_CHANGE", "", "1", "", ""},
	} {
		contacts := "[]"
		if tc.state != "" {
			contacts = `[{"ContactId":"c","Channel":"TASK","State":"` + tc.state + `"}]`
		}
		out, err := decoder{}.Decode(delivery(`{"AgentARN":"i/agent/x","EventId":"e","EventTimestamp":"2026-11-20T09:15:45.123Z","EventType":"` + tc.kind +
			`","CurrentAgentSnapshot":{"AgentStatus":{"Type":"` + tc.status + `"},"Configuration":{"Username":"ana","RoutingProfile":{"Concurrency":[{"Channel":"VOICE","AvailableSlots":` +
			tc.slots + `}]}},"Contacts":` + contacts + `}}`))
		got := ""
		if err == nil && len(out.Events) == 1 && out.Events[0].AgentName == "ana" {
			got = out.Events[0].Presence.String()
		}
		if got != tc.want {
			t.Errorf("%+v: %v %s", tc, err, tell(out))
		}
	}
}

// TestDiff: what became of a contact that is in the former snapshot alone.
func TestDiff(t *testing.T) {
	for state, want := range map[string]string{
		"CONNECTING": "assigned withdrawn", "CONNECTED": "accepted released", "ENDED": "accepted released work_closed",
		"MISSED": "accepted timed_out", "PENDING": "accepted",
	} {
		at := `"2026-11-20T09:15:30.000Z"`
		if state == "CONNECTING" {
			at = "null"
		}
		out, err := decoder{}.Decode(delivery(`{"AgentARN":"i/agent/x","EventId":"e","EventTimestamp":"2026-11-20T09:15:45.123Z","EventType":"STATE_CHANGE",
			"CurrentAgentSnapshot":{"Contacts":[]},"PreviousAgentSnapshot":{"Contacts":[{"ContactId":"c","Channel":"VOICE","InitiationMethod":"INBOUND",
			"State":"` + state + `","StateStartTimestamp":"2026-11-20T09:15:20.000Z","ConnectedToAgentTimestamp":` + at + `}]}}`))
		var kinds []string
		for _, e := range out.Events {
			kinds = append(kinds, e.Kind.String())
		}
		if got := strings.Join(kinds, " "); err != nil || got != want {
			t.Errorf("%s: got %s, want %s (%v)", state, got, want, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	v, err := newSNS([]string{"arn:aws:sns:eu-west-2:210987654321:connect-contact-events"}, newFetcher(refusing{}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := delivery(body)
		one, err := decoder{}.Decode(d)
		two, _ := decoder{}.Decode(d)
		if err == nil && cmp.Diff(one, two) != "" {
			t.Error("the same bytes decode to different events")
		}
		if v.Verify(d) == nil {
			t.Error("it verifies without a certificate")
		}
	})
}
