package asterisk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// TestWrappings: one event in five wrappings is one event.
func TestWrappings(t *testing.T) {
	names, err := filepath.Glob("testdata/wrapping-*.json")
	if err != nil || len(names) != 5 {
		t.Fatalf("wrappings: %d, %v", len(names), err)
	}
	var first source.Decoded
	for i, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := decoder{}.Decode(delivery(string(b)))
		if err != nil || len(out.Events) != 2 {
			t.Fatalf("%s: %v\n%s", name, err, tell(out))
		}
		if strings.Contains(name, "cloudevent") && out.Events[0].Sequence != 42 {
			t.Errorf("%s: sequence %d", name, out.Events[0].Sequence)
		}
		for j := range out.Events {
			out.Events[j].Sequence = 0
		}
		if i == 0 {
			first = out
		}
		if d := cmp.Diff(tell(first), tell(out)); d != "" {
			t.Errorf("%s (-%s +this):\n%s", name, names[0], d)
		}
	}
}

// TestMember has the states of a queue's member.
func TestMember(t *testing.T) {
	x := decoder{pauses: map[string]interaction.Presence{"Lunch": interaction.Offline}, agents: map[string]string{"PJSIP/202": "Ben"}}
	for _, tc := range []struct{ fields, want string }{
		{`"Event":"QueueMemberStatus","Status":"1","Paused":"0"`, "available"},
		{`"Event":"QueueMemberStatus","Status":1,"Paused":0`, "available"},
		{`"Event":"QueueMemberStatus","Status":"0"`, "available"},
		{`"Event":"QueueMemberStatus","Status":"6"`, "available"},
		{`"Event":"QueueMemberStatus","Status":"2"`, "busy"},
		{`"Event":"QueueMemberStatus","Status":"8"`, "busy"},
		{`"Event":"QueueMemberStatus","Status":"1","InCall":"1"`, "busy"},
		{`"Event":"QueueMemberStatus","Status":"5"`, "offline"},
		{`"Event":"QueueMemberStatus","Status":"1","Paused":"1"`, "away"},
		{`"Event":"QueueMemberPause","Paused":"1","PausedReason":"Wrapup"`, "wrap_up"},
		{`"Event":"QueueMemberPause","Paused":"1","PausedReason":"Lunch"`, "offline"},
		{`"Event":"QueueMemberPause","Paused":"0"`, "available"},
		{`"Event":"QueueMemberAdded","Status":"1","Paused":"0"`, "available"},
		{`"Event":"QueueMemberRemoved","Status":"1","Paused":"0"`, "offline"},
		{`"Event":"QueueMember","Status":"1","Paused":"0"`, "available"},
		{`"Event":"QueueMemberStatus","Status":"99"`, ""},
	} {
		out := event(t, x, tc.fields+`,"Timestamp":"1790000000.001","Interface":"PJSIP/202"`)
		got := ""
		if len(out.Events) == 1 {
			if got = out.Events[0].Presence.String(); out.Events[0].AgentName != "Ben" {
				t.Errorf("%s: %s", tc.fields, tell(out))
			}
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.fields, got, tc.want)
		}
	}
	if out := event(t, x, `"Event":"QueueMember","Location":"PJSIP/203","Name":"Cleo","Status":"1"`); len(out.Events) != 1 || out.Events[0].Agent != "PJSIP/203" || out.Events[0].AgentName != "Cleo" {
		t.Errorf("the list of members: %s", tell(out))
	}
}

// TestTimes: a manager without timestampevents has none, and the same twice is twice then.
func TestTimes(t *testing.T) {
	const join = `"Event":"QueueCallerJoin","Uniqueid":"1.1","Linkedid":"1.1","Queue":"q"`
	out := event(t, decoder{}, join+`,"Timestamp":"1790000000.5"`)
	if at := out.Events[0].At; at != 1790000000_500000 {
		t.Errorf("half a second is %d", at)
	}
	for _, stamp := range []string{"", `,"Timestamp":""`, `,"Timestamp":null`, `,"Timestamp":"yesterday"`, `,"Timestamp":"1790000000.x"`} {
		if at := event(t, decoder{}, join+stamp).Events[0].At; at != received.UnixMicro() {
			t.Errorf("%s is %d", stamp, at)
		}
	}
	wrapped, err := decoder{}.Decode(delivery(`{"timestamp":"2026-09-21T14:13:25.5Z","data":{` + join + `}}`))
	if err != nil || wrapped.Events[0].At != received.UnixMicro()+5_500_000 {
		t.Errorf("the wrapping's time: %v %s", err, tell(wrapped))
	}
	later := delivery("{" + join + "}")
	later.Received = received.Add(1000)
	two, _ := decoder{}.Decode(later)
	if one := event(t, decoder{}, join); one.Events[0].Key == two.Events[0].Key {
		t.Error("two events without a time are one")
	}
}

// TestRingTime: its unit differs by the event, and nothing depends on it.
func TestRingTime(t *testing.T) {
	for _, name := range []string{"AgentConnect", "AgentRingNoAnswer"} {
		var told []string
		for _, ring := range []string{"5", "5000"} {
			out := event(t, decoder{}, `"Event":"`+name+`","Timestamp":"1790000008","Uniqueid":"1.1","Linkedid":"1.1","DestUniqueid":"1.2","Interface":"PJSIP/201","RingTime":"`+ring+`"`)
			for i := range out.Events {
				out.Events[i].Key = ""
			}
			told = append(told, tell(out))
		}
		if told[0] != told[1] {
			t.Errorf("%s: %s", name, strings.Join(told, "and\n"))
		}
	}
}

func TestProblems(t *testing.T) {
	for body, want := range map[string]string{
		`{"Event":"QueueCallerJoin","Queue":"q"}`:                                       "Linkedid and Uniqueid",
		`{"Event":"AgentCalled","Uniqueid":"1.1"}`:                                      "Interface",
		`{"Event":"QueueMemberStatus","Status":"1"}`:                                    "Interface",
		`{"Event":"BlindTransfer","Result":"Success"}`:                                  "TransfererLinkedid",
		`{"Event":"UserEvent","UserEvent":"WallboardFact","Fact":"x","Uniqueid":"1.1"}`: "Fact",
		`{"specversion":"1.0","id":"1","source":"s","type":"org.asterisk.ami.Hangup"}`:  "data",
		`[1]`: "is no object",
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Reason, want) {
			t.Errorf("%s: %v\n%s", body, err, tell(out))
		}
	}
	for body, want := range map[string]error{
		"{": source.ErrMalformed, `{"a":1,"a":2}`: source.ErrMalformed, "[" + strings.Repeat("{},", maxBatch) + "{}]": source.ErrMalformed,
	} {
		if _, err := (decoder{}).Decode(delivery(body)); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if out, err := (decoder{}).Decode(delivery("[" + strings.Repeat("{},", maxBatch-1) + "{}]")); err != nil || out.Ignored["no Event"] != maxBatch {
		t.Errorf("at the limit: %v", err)
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
		`{"Event":"QueueCallerLeave","Uniqueid":"1.1","Linkedid":"1.1"}`: "QueueCallerLeave",
		`{"event":"newchannel"}`:                                   "Newchannel",
		`{"Event":"Ana's event"}`:                                  "other",
		`{"Event":"UserEvent","UserEvent":"Theirs"}`:               "UserEvent",
		`{"Event":"VarSet","Variable":"X","Value":"y"}`:            "VarSet",
		`{"Event":"Newexten","Application":"Playback"}`:            "Newexten",
		`{"Event":"DialEnd","DialStatus":"BUSY","Uniqueid":"1.1"}`: "DialEnd",
		`{"type":1,"data":{"Response":"Success"}}`:                 "no Event",
	} {
		out, err := decoder{}.Decode(delivery(body))
		if err != nil || len(out.Events)+len(out.Problems) > 0 || out.Ignored[want] != 1 {
			t.Errorf("%s: %v\n%s", body, err, tell(out))
		}
	}
}
