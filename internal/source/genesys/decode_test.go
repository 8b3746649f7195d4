package genesys

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/sourcetest"
)

// named has the configured name of one of the fixtures' users.
var named = decoder{agents: map[string]string{"a11ce000-0000-4000-8000-000000000001": "Alice"}}

func delivery(body string) *source.Delivery {
	return &source.Delivery{Method: "POST", Body: []byte(body), Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
}

// bodies are the fixtures of one body.
func bodies(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) < 21 {
		t.Fatalf("fixtures: %d, %v", len(names), err)
	}
	m := make(map[string]string)
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		m[n] = string(b)
	}
	return m
}

func TestGolden(t *testing.T) { sourcetest.Golden(t, named) }

// kinds are the kinds of the events that a body decodes to.
func kinds(t *testing.T, body string) string {
	t.Helper()
	out, err := named.Decode(delivery(body))
	if err != nil || len(out.Problems) > 0 {
		t.Errorf("%s: %v %+v", body, err, out)
	}
	var all []string
	for _, e := range out.Events {
		all = append(all, e.Kind.String())
	}
	return strings.Join(all, " ")
}

// flat is a data action's body about a conversation.
func flat(kind, more string) string {
	return `{"topic":"v2.detail.events.conversation.{id}.` + kind + `","eventTime":1795166087331,"conversationId":"c","sessionId":"s","mediaType":"VOICE","direction":"INBOUND",` + more + `}`
}

// TestForms: what says the same in another form, or by the other way in, decodes to the same.
func TestForms(t *testing.T) {
	const event = `{"version":"0","id":"e1","detail-type":"v2.detail.events.conversation.{id}.user.end","source":"aws.partner/genesys.com/cloud/o/s","time":"2026-11-20T09:14:47Z",
		"detail":{"topicName":"v2.detail.events.conversation.c.user.end","version":"2","eventBody":{"eventTime":1795166087331,"conversationId":"c","participantId":"p","sessionId":"s",
		"mediaType":"VOICE","direction":"INBOUND","disconnectType":"TRANSFER","userId":"u","queueId":"q","alertingDurationMs":2364,"interactingDurationMs":61990},
		"metadata":{"CorrelationId":"x"},"timestamp":"2026-11-20T09:14:47.395Z"}}`
	want, err := named.Decode(delivery(event))
	if err != nil || len(want.Events) != 5 {
		t.Fatalf("%v: %+v", err, want)
	}
	for name, body := range map[string]string{
		"another event id":       strings.Replace(event, `"e1"`, `"e2"`, 1),
		"other case":             strings.NewReplacer(`"eventTime"`, `"EventTime"`, `"eventBody"`, `"EventBody"`, `TRANSFER`, `transfer`, `"VOICE"`, `"voice"`, `.user.end`, `.User.End`).Replace(event),
		"numbers as strings":     strings.NewReplacer(`1795166087331`, `"1795166087331"`, `61990`, `"61990"`).Replace(event),
		"unknown fields":         strings.Replace(event, `"userId"`, `"new":{"a":[1]},"dnis":null,"userId"`, 1),
		"null is absent":         strings.Replace(event, `"userId"`, `"heldDurationMs":null,"acdOutcome":null,"messageType":null,"userId"`, 1),
		"the id in detail-type":  strings.Replace(event, `{id}`, `c`, 1),
		"no detail-type":         strings.Replace(event, `"detail-type"`, `"detail-kind"`, 1)[strings.Index(event, `{"topicName"`) : len(event)-1],
		"an array of one":        "[" + event + "]",
		"the time of sending":    strings.NewReplacer(`"eventTime":1795166087331,`, "", `395Z`, `331Z`).Replace(event),
		"the conversation above": strings.Replace(event, `"conversationId":"c",`, "", 1),
		"a data action": `{"topic":"v2.detail.events.conversation.{id}.user.end","eventTime":1795166087331,"conversationId":"c","participantId":"p","sessionId":"s","mediaType":"VOICE",
			"direction":"INBOUND","disconnectType":"TRANSFER","userId":"u","queueId":"q","alertingDurationMs":2364,"interactingDurationMs":61990}`,
		"a data action of strings": `{"topic":"v2.detail.events.conversation.{id}.user.end","eventTime":"2026-11-20T09:14:47.331Z","conversationId":"c","participantId":"p","sessionId":"s","mediaType":"VOICE",
			"direction":"INBOUND","disconnectType":"TRANSFER","userId":"u","queueId":"q","alertingDurationMs":"2364","interactingDurationMs":"61990","acdOutcome":"","answeredUserId":"","flowType":""}`,
	} {
		got, err := named.Decode(delivery(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestNobodysNumbers: what tells of a customer is in no event.
func TestNobodysNumbers(t *testing.T) {
	for _, kind := range []string{"customer.start", "acd.start"} {
		out, err := named.Decode(delivery(flat(kind, `"ani":"tel:secret","dnis":"secret","addressFrom":"secret","addressTo":"secret","subject":"secret","callbackUserName":"secret",
			"callbackNumbers":["secret"],"externalContactId":"secret","wrapupNotes":"secret","conversationExternalContactIds":["secret"]`)))
		if err != nil || len(out.Events) != 1 || strings.Contains(fmt.Sprintf("%+v", out), "secret") {
			t.Errorf("%v: %+v", err, out)
		}
	}
}

// TestUnansweredOffers: a user's session without talk is an offer that ended, by its word.
func TestUnansweredOffers(t *testing.T) {
	for _, tc := range []struct{ word, alerting, want string }{
		{"CLIENT", "7421", "assigned declined released leg_ended"},
		{"ENDPOINT", "7421", "assigned declined released leg_ended"},
		{"PEER", "7421", "assigned withdrawn canceled released leg_ended"},
		{"NO_ANSWER_TRANSFER", "7421", "assigned timed_out released leg_ended"},
		{"TIMEOUT", "7421", "assigned timed_out released leg_ended"},
		{"NOT_AVAILABLE_TRANSFER", "7421", "assigned withdrawn agent_unavailable released leg_ended"},
		{"DND_ENDPOINT", "0", "withdrawn agent_unavailable released leg_ended"},
		{"TRANSPORT_FAILURE", "7421", "assigned withdrawn agent_unavailable released leg_ended"},
		{"TAKEOVER", "7421", "assigned withdrawn answered_elsewhere released leg_ended"},
		{"TRANSFER", "7421", "assigned withdrawn unknown released leg_ended"},
		{"FORWARD_TRANSFER", "7421", "assigned withdrawn unknown released leg_ended"},
		{"SYSTEM", "7421", "assigned timed_out unknown released leg_ended"},
		{"", "7421", "assigned timed_out unknown released leg_ended"},
		{"SOMETHING_NEW", "7421", "assigned timed_out unknown released leg_ended"},
		{"CLIENT", "null", "withdrawn unknown released leg_ended"}, // who listened in
		{"CLIENT", "999", "declined released leg_ended"},           // too short to tell of its start
		{"CLIENT", "-5", "withdrawn unknown released leg_ended"},
	} {
		out, err := named.Decode(delivery(flat("user.end", `"userId":"u","disconnectType":"`+tc.word+`","interactingDurationMs":0,"alertingDurationMs":`+tc.alerting)))
		var all []string
		for _, e := range out.Events {
			all = append(all, e.Kind.String())
			if e.Why != 0 {
				all = append(all, e.Why.String())
			}
			if e.Kind == interaction.LegEnded && e.Moved != (tc.word != "PEER") {
				t.Errorf("%s: moved=%t", tc.word, e.Moved)
			}
		}
		if got := strings.Join(all, " "); err != nil || got != tc.want {
			t.Errorf("%s after ringing %s ms: got %s, want %s", tc.word, tc.alerting, got, tc.want)
		}
	}
}

// TestTalk: a user's session with talk in it was accepted, and ends by what its word says.
func TestTalk(t *testing.T) {
	for more, want := range map[string]string{
		`"userId":"u","disconnectType":"PEER","interactingDurationMs":5`:                           "accepted released leg_ended",
		`"userId":"u","disconnectType":"CLIENT","interactingDurationMs":5`:                         "accepted released leg_ended",
		`"userId":"u","disconnectType":"PEER","interactingDurationMs":0,"heldDurationMs":5`:        "accepted released leg_ended",
		`"userId":"u","disconnectType":"CONSULT_TRANSFER","interactingDurationMs":5`:               "accepted transferred transfer_completed released leg_ended",
		`"userId":"u","disconnectType":"CONFERENCE_TRANSFER","interactingDurationMs":5`:            "accepted transferred transfer_completed released leg_ended",
		`"disconnectType":"PEER","interactingDurationMs":5`:                                        "accepted released leg_ended",
		`"userId":"u","disconnectType":"PEER","alertingDurationMs":1,"interactingDurationMs":1e15`: "withdrawn released leg_ended",
	} {
		if got := kinds(t, flat("user.end", more)); got != want {
			t.Errorf("%s: got %s, want %s", more, got, want)
		}
	}
}

// TestParties: who ended the customer's connection, by the word on the customer's session.
func TestParties(t *testing.T) {
	for _, tc := range []struct{ medium, word, want string }{
		{"VOICE", "ENDPOINT", "customer normal ENDPOINT"},
		{"MESSAGE", "CLIENT", "customer normal CLIENT"},
		{"VOICE", "PEER", "agent normal PEER"},
		{"VOICE", "SYSTEM", "system technical SYSTEM"},
		{"VOICE", "ERROR", "system technical ERROR"},
		{"VOICE", "TRANSPORT_FAILURE", "system technical TRANSPORT_FAILURE"},
		{"VOICE", "TIMEOUT", "system normal TIMEOUT"},
		{"CHAT", "TIMEOUT", "unknown inactivity TIMEOUT"},
		{"MESSAGE", "INACTIVITY", "unknown inactivity INACTIVITY"},
		{"MESSAGE", "SESSION_EXPIRED", "unknown inactivity SESSION_EXPIRED"},
		{"VOICE", "OTHER", "system normal OTHER"},
		{"VOICE", "TRANSFER", "system normal TRANSFER"},
		{"VOICE", "SPAM", "system normal SPAM"},
		{"VOICE", "UNKNOWN", "unknown normal UNKNOWN"},
		{"VOICE", "", "unknown normal"},
		{"VOICE", "call 07700 900111", "unknown normal other"},
	} {
		out, err := named.Decode(delivery(`{"topic":"v2.detail.events.conversation.{id}.customer.end","eventTime":1795166087331,"conversationId":"c","mediaType":"` +
			tc.medium + `","direction":"INBOUND","disconnectType":"` + tc.word + `"}`))
		if err != nil || len(out.Events) != 1 {
			t.Errorf("%+v: %v %+v", tc, err, out)
			continue
		}
		e := out.Events[0]
		if got := strings.TrimSpace(e.By.String() + " " + e.Cause.String() + " " + e.Reason); got != tc.want {
			t.Errorf("%s on %s: got %s, want %s", tc.word, tc.medium, got, tc.want)
		}
	}
}

// TestConversation has what the other topics of a conversation say.
func TestConversation(t *testing.T) {
	for body, want := range map[string]string{
		flat("flow.start", `"flowType":"INBOUNDCALL"`):                                "",
		flat("flow.start", `"flowType":"DIGITALBOT"`):                                 "bot_engaged",
		flat("flow.end", `"flowType":"BOT","exitReason":"FLOW_DISCONNECT"`):           "bot_engaged",
		flat("flow.end", `"flowType":"INQUEUECALL","transferType":"ACD_VOICEMAIL"`):   "voicemail_chosen",
		flat("flow.end", `"flowType":"INBOUNDCALL","transferType":"ACD"`):             "",
		flat("flow.end", `"flowType":"INBOUNDCALL","transferType":"NUMBER"`):          "transferred",
		flat("voicemail.start", `"userId":"u"`):                                       "voicemail_chosen",
		flat("acd.end", `"acdOutcome":"ANSWERED"`):                                    "accepted leg_ended",
		flat("acd.end", `"disconnectType":"PEER"`):                                    "leg_ended",
		flat("acd.end", `"acdOutcome":"ABANDON"`):                                     "leg_ended",
		flat("acd.end", `"acdOutcome":"FLOW_OUT"`):                                    "dequeued leg_ended",
		flat("acd.end", `"acdOutcome":"ABANDON","connectedDurationMs":"15520"`):       "queued leg_ended",
		flat("acd.end", `"acdOutcome":"ABANDON","connectedDurationMs":999`):           "leg_ended",
		flat("voicemail.end", `"voicemailDurationMs":22960`):                          "voicemail_chosen leg_ended",
		flat("acw", `"wrapupCode":"x"`):                                               "",
		strings.Replace(flat("customer.start", `"a":1`), "INBOUND", "OUTBOUND", 1):    "started",
		strings.Replace(flat("customer.end", `"a":1`), "INBOUND", "OUTBOUND", 1):      "leg_ended",
		strings.Replace(flat("user.start", `"userId":"u"`), "INBOUND", "OUTBOUND", 1): "started assigned",
		strings.Replace(flat("customer.start", `"a":1`), "VOICE", "CALLBACK", 1):      "started started callback_requested",
		strings.Replace(flat("user.start", `"userId":"u"`), "VOICE", "CALLBACK", 1):   "started started callback_requested assigned",
	} {
		if got := kinds(t, body); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

// TestNotNeeded: what is understood and does not count gives neither event nor problem.
func TestNotNeeded(t *testing.T) {
	for name, body := range map[string]string{
		"another source's":      `{"detail-type":"Amazon Connect Contact Event","detail":{"eventType":"QUEUED"}}`,
		"a queue's snapshot":    `{"topicName":"v2.routing.queues.q.conversations.calls","version":"2","eventBody":{"id":"c","participants":[]}}`,
		"a topic without id":    `{"topic":"v2.users.","userId":"u"}`,
		"attributes":            flat("attributes", `"a":1`),
		"wrapup":                flat("wrapup", `"wrapupCode":"x"`),
		"an e-mail":             strings.Replace(flat("customer.start", `"a":1`), "VOICE", "EMAIL", 1),
		"a shared screen":       strings.Replace(flat("user.end", `"userId":"u"`), "VOICE", "SCREENSHARE", 1),
		"a new medium":          strings.Replace(flat("acd.start", `"queueId":"q"`), "VOICE", "TELEPATHY", 1),
		"a supervisor":          `{"topic":"v2.detail.events.agent.u.state","currentState":"MONITORING","currentStateStart":1795166087331,"conversationId":"c"}`,
		"an activity, no state": `{"topic":"v2.users.u.activity","eventTime":1795166087331}`,
	} {
		out, err := named.Decode(delivery(body))
		if err != nil || len(out.Events)+len(out.Problems) > 0 || len(out.Ignored) != 1 {
			t.Errorf("%s: %v %+v", name, err, out)
		}
	}
}

func TestProblems(t *testing.T) {
	for body, want := range map[string]string{
		`[1]`:     "is neither",
		`{"a":1}`: "names its topic",
		`{"detail-type":"v2.users.{id}.activity","detail":7}`:                                  "detail: is missing",
		`{"topic":"v2.detail.events.conversation.{id}.acd.end"}`:                               "eventBody.conversationId: is missing",
		`{"topic":"v2.detail.events.conversation.{id}.acd.end","conversationId":"c"}`:          "eventBody.eventTime: is missing",
		`{"topic":"v2.detail.events.conversation.c.acd.end","eventTime":7,"EventTime":8}`:      "has a name twice",
		`{"topic":"v2.detail.events.agent.{id}.state","currentState":"ALERT"}`:                 "eventBody.userId: is missing",
		`{"topic":"v2.detail.events.agent.u.state"}`:                                           "eventBody.currentState: is missing",
		`{"topic":"v2.detail.events.agent.u.state","currentState":"ALERT"}`:                    "eventBody.currentStateStart: is missing",
		`{"topic":"v2.users.{id}.activity","routingStatus":"IDLE","eventTime":1795166087331}`:  "eventBody.id: is missing",
		`{"topic":"v2.users.u.activity","routingStatus":{"status":"IDLE","startTime":"soon"}}`: "eventBody.routingStatus.startTime: is missing",
	} {
		out, err := named.Decode(delivery(body))
		if err != nil || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Reason, want) {
			t.Errorf("%s: %v\n%+v\nwant %s", body, err, out, want)
		}
	}
	for name, tc := range map[string]struct {
		d    *source.Delivery
		want error
	}{
		"no JSON":    {delivery("{"), source.ErrMalformed},
		"a form":     {&source.Delivery{Method: "POST", Body: []byte("{}"), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, source.ErrContentType},
		"not a POST": {&source.Delivery{Method: "PATCH", Body: []byte("{}")}, source.ErrMethod},
	} {
		if _, err := named.Decode(tc.d); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

// TestPresence has the states of a user, as objects and as words.
func TestPresence(t *testing.T) {
	for _, tc := range []struct{ routing, presence, want string }{
		{"IDLE", "ON_QUEUE", "available"},
		{"IDLE", "", "available"},
		{"", "ON_QUEUE", "available"},
		{"INTERACTING", "ON_QUEUE", "busy"},
		{"COMMUNICATING", "AWAY", "busy"},
		{"NOT_RESPONDING", "ON_QUEUE", "away"},
		{"NOT_RESPONDING", "", "away"},
		{"OFF_QUEUE", "AVAILABLE", "away"},
		{"OFF_QUEUE", "MEAL", "away"},
		{"IDLE", "IDLE", "away"},
		{"OFF_QUEUE", "OFFLINE", "offline"},
		{"", "OFFLINE", "offline"},
	} {
		objects := `{"detail-type":"v2.users.{id}.activity","detail":{"topicName":"v2.users.u.activity","eventBody":{"routingStatus":{"status":"` + tc.routing +
			`","startTime":"2026-11-20T09:14:47.331Z"},"presence":{"presenceDefinition":{"systemPresence":"` + tc.presence + `"},"modifiedDate":"2026-11-20T08:00:00Z"}}}}`
		words := `{"topic":"v2.users.{id}.activity","userId":"u","eventTime":1795166087331,"routingStatus":"` + tc.routing + `","systemPresence":"` + tc.presence + `"}`
		for _, body := range []string{objects, words} {
			out, err := named.Decode(delivery(body))
			if err != nil || len(out.Events) != 1 || out.Events[0].Presence.String() != tc.want || out.Events[0].Agent != "u" || out.Events[0].At != 1_795_166_087_331_000 {
				t.Errorf("%+v: %v %+v", tc, err, out)
			}
		}
	}
}

// TestSessions has the states of a user's session.
func TestSessions(t *testing.T) {
	for _, tc := range []struct{ state, medium, direction, want string }{
		{"ALERT", "VOICE", "INBOUND", "assigned"},
		{"INTERACT", "VOICE", "INBOUND", "accepted agent_state"},
		{"HOLD", "VOICE", "INBOUND", "accepted agent_state"},
		{"WRAPUP", "VOICE", "INBOUND", "agent_state"},
		{"INTERACT", "VOICE", "OUTBOUND", "started accepted agent_state"},
		{"INTERACT", "EMAIL", "INBOUND", "agent_state"},
		{"BARGING", "VOICE", "INBOUND", ""},
		{"TERMINATED", "VOICE", "INBOUND", ""},
	} {
		if got := kinds(t, `{"topic":"v2.detail.events.agent.{id}.state","userId":"u","conversationId":"c","sessionId":"s","currentState":"`+tc.state+
			`","currentStateStart":1795166087331,"mediaType":"`+tc.medium+`","originatingDirection":"`+tc.direction+`"}`); got != tc.want {
			t.Errorf("%+v: got %q", tc, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		one, err := named.Decode(delivery(body))
		two, _ := named.Decode(delivery(body))
		if err == nil && cmp.Diff(one, two) != "" {
			t.Error("the same bytes decode to different events")
		}
		for _, e := range one.Events {
			if e.Key == "" || e.Kind == 0 {
				t.Errorf("an event without key or kind: %+v", e)
			}
		}
	})
}
