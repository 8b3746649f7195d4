package freeswitch

import (
	"errors"
	"strings"
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// TestLeft has the ways in which a stay ends, and who ended it.
func TestLeft(t *testing.T) {
	for _, tc := range []struct{ fields, want string }{
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"BREAK_OUT","Answer-State":"hangup"`, "leg_ended customer normal "},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"BREAK_OUT","Channel-Call-State":"HANGUP"`, "leg_ended customer normal "},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"NONE","Channel-State":"CS_HANGUP"`, "leg_ended customer normal "},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"BREAK_OUT"`, "leg_ended customer normal "},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"BREAK_OUT","Answer-State":"answered"`, "dequeued leg_ended system normal BREAK_OUT"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"NONE","Answer-State":"answered"`, "dequeued leg_ended system normal BREAK_OUT"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"TIMEOUT","Answer-State":"hangup"`, "dequeued timeout leg_ended system normal TIMEOUT"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"NO_AGENT_TIMEOUT"`, "dequeued empty leg_ended system normal NO_AGENT_TIMEOUT"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"EXIT_WITH_KEY"`, "dequeued exit_key leg_ended system normal EXIT_WITH_KEY"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"their own"`, "dequeued leg_ended system normal other"},
		{`"CC-Cause":"Cancel","CC-Cancel-Reason":"BREAK_OUT","Answer-State":"hangup","Hangup-Cause":"MEDIA_TIMEOUT"`, "leg_ended system technical MEDIA_TIMEOUT"},
		{`"CC-Cause":"Terminated"`, "leg_ended unknown normal "},
		{`"CC-Cause":"Terminated","CC-Agent":"1001"`, "released leg_ended unknown normal "},
		{`"CC-Cause":"Terminated","CC-Agent":"1001","CC-Hangup-Cause":"BLIND_TRANSFER"`, "leg_ended unknown normal "},
		{`"CC-Cause":"Terminated","CC-Hangup-Cause":"NETWORK_OUT_OF_ORDER"`, "leg_ended system technical NETWORK_OUT_OF_ORDER"},
	} {
		out := event(t, decoder{}, `"Event-Subclass":"callcenter::info","Event-Name":"CUSTOM","Event-Date-Timestamp":1790000000000000,"CC-Action":"member-queue-end","CC-Member-UUID":"m","CC-Member-Session-UUID":"s",`+tc.fields)
		var got []string
		for _, e := range out.Events {
			got = append(got, e.Kind.String())
			if e.Kind == interaction.LegEnded {
				got = append(got, e.By.String(), e.Cause.String(), e.Reason)
			} else if e.Why != 0 {
				got = append(got, e.Why.String())
			}
		}
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.fields, got, tc.want)
		}
	}
}

// TestStatus has the statuses of an agent.
func TestStatus(t *testing.T) {
	x := decoder{agents: map[string]string{"1001": "Ada"}, statuses: map[string]interaction.Presence{"Lunch": interaction.Away}}
	for status, want := range map[string]string{
		"Available": "available", "Available (On Demand)": "available", "On Break": "away", "Logged Out": "offline", "Lunch": "away", "Else": "",
	} {
		out := event(t, x, `"CC-Action":"agent-status-change","CC-Agent":"1001","CC-Agent-Status":"`+status+`"`)
		got := ""
		if len(out.Events) == 1 && out.Events[0].AgentName == "Ada" {
			got = out.Events[0].Presence.String()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q\n%s", status, got, want, tell(out))
		}
	}
}

// TestKeys: the core's own number names an event, and its content where there is none.
func TestKeys(t *testing.T) {
	const start = `"CC-Action":"member-queue-start","CC-Member-UUID":"m","CC-Member-Session-UUID":"s"`
	key := func(more string) string { return event(t, decoder{}, start+more).Events[0].Key }
	if got := key(`,"Core-UUID":"c","Event-Sequence":"7"`); got != "c/7/started" {
		t.Errorf("got %s", got)
	}
	if key(`,"Event-Date-Timestamp":"1790000000000000"`) == key(`,"Event-Date-Timestamp":"1790000000000001"`) {
		t.Error("two events of other times are one")
	}
	if key(`,"event-date-timestamp":"1790000000000000"`) != key(`,"Event-Date-Timestamp":"1790000000000000"`) {
		t.Error("the case of a name makes another event")
	}
}

func TestProblems(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: "Event-Name", `[1]`: "is no object", `{"specversion":"1.0","id":"1","data":7}`: "data",
		`{"CC-Action":"member-queue-start"}`:                                                     "CC-Member-Session-UUID",
		`{"CC-Action":"agent-offering","CC-Member-Session-UUID":"s"}`:                            "CC-Agent",
		`{"CC-Action":"agent-status-change","CC-Agent":"1001"}`:                                  "CC-Agent-Status",
		`{"Event-Name":"CUSTOM","Event-Subclass":"wallboard::fact","Unique-ID":"s","Fact":"no"}`: "Fact",
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Reason, want) {
			t.Errorf("%s: %v\n%s", body, err, tell(out))
		}
	}
	for body, want := range map[string]error{
		"{": source.ErrMalformed, "[" + strings.Repeat("{},", maxBatch) + "{}]": source.ErrMalformed,
	} {
		if _, err := (decoder{}).Decode(delivery(body)); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	d := delivery("{}")
	d.Method = "PUT"
	if _, err := (decoder{}).Decode(d); !errors.Is(err, source.ErrMethod) {
		t.Errorf("PUT: %v", err)
	}
}

// TestNotNeeded: what comes along is acknowledged, counted, and under no name of its sender's.
func TestNotNeeded(t *testing.T) {
	for body, want := range map[string]string{
		`{"Event-Name":"CUSTOM","Event-Subclass":"callcenter::info","CC-Action":"members-count","CC-Count":"2"}`: "members-count",
		`{"CC-Action":"agent-state-change","CC-Agent":"1001","CC-Agent-State":"Waiting"}`:                        "agent-state-change",
		`{"Event-Name":"CHANNEL_EXECUTE","Application":"playback","Unique-ID":"s"}`:                              "channel_execute",
		`{"Event-Name":"CUSTOM","Event-Subclass":"vm::maintenance","VM-Action":"folder-summary"}`:                "vm::maintenance",
		`{"Event-Name":"CUSTOM","Event-Subclass":"their::own"}`:                                                  "other",
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Events)+len(out.Problems) > 0 || out.Ignored[want] != 1 {
			t.Errorf("%s: %v\n%s", body, err, tell(out))
		}
	}
}
