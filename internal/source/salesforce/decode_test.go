package salesforce

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// received is when the deliveries of these tests came.
var received = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

var lab = decoder{
	agents:     map[string]string{"005000000000001AAA": "Ana"},
	activities: map[string]interaction.Presence{"0N5000000000009AAA": interaction.Away},
}

func delivery(method, path, contentType, body string) *source.Delivery {
	return &source.Delivery{Method: method, Path: path, Body: []byte(body), Header: http.Header{"Content-Type": {contentType}}, Received: received}
}

func post(body string) *source.Delivery {
	return delivery("POST", "", "application/json; charset=utf-8", body)
}

// fixtures are the deliveries of testdata. A telephony body's name says what is asked with it.
func fixtures(t testing.TB) map[string]*source.Delivery {
	t.Helper()
	all := make(map[string]*source.Delivery)
	for _, pattern := range []string{"testdata/*.json", "testdata/*.xml", "testdata/telephony/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no fixtures %s: %v", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d := post(string(b))
			if strings.HasSuffix(name, ".xml") {
				d.Header.Set("Content-Type", "text/xml; charset=utf-8")
			}
			if filepath.Dir(name) == "testdata/telephony" {
				method, rest, _ := strings.Cut(filepath.Base(name), "-")
				d.Method, d.Path = method, "/telephony/v1/voiceCalls"
				if method == "PATCH" {
					d.Path += "/" + strings.Join(strings.Split(strings.TrimSuffix(rest, ".json"), "-")[:3], "-")
				}
			}
			all[name] = d
		}
	}
	return all
}

// tell is what a delivery says, one event a line, with every field that says something.
func tell(out source.Decoded) string {
	var s strings.Builder
	for _, e := range out.Events {
		fmt.Fprintf(&s, "%s %s", time.UnixMicro(e.At).UTC().Format("2006-01-02T15:04:05.000Z"), e.Kind)
		v := reflect.ValueOf(e)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if f := v.Field(i); name != "At" && name != "Kind" && !f.IsZero() {
				fmt.Fprintf(&s, " %s=%q", name, fmt.Sprint(f.Interface()))
			}
		}
		s.WriteString("\n")
	}
	for _, p := range out.Problems {
		fmt.Fprintf(&s, "problem at %d: %s\n", p.Index, p.Reason)
	}
	for _, name := range slices.Sorted(maps.Keys(out.Ignored)) {
		fmt.Fprintf(&s, "ignored: %s ×%d\n", name, out.Ignored[name])
	}
	return s.String()
}

func TestGolden(t *testing.T) {
	for name, d := range fixtures(t) {
		out, err := lab.Decode(d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		path := name + ".golden"
		if *update {
			if err := os.WriteFile(path, []byte(tell(out)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), tell(out)); d != "" {
			t.Errorf("%s: -update writes it anew (-want +got):\n%s", path, d)
		}
	}
}

// TestForms: a change event says the same in whatever wraps it.
func TestForms(t *testing.T) {
	const change = `{"ChangeEventHeader":{"entityName":"AgentWork","recordIds":["0Bz000000000001AAA"],"changeType":"UPDATE","transactionKey":"t","sequenceNumber":1,
		"commitTimestamp":1795442578000,"commitNumber":7,"changedFields":["Status"]},"Status":"Opened","AcceptDateTime":"2026-11-23T14:02:58.000Z"}`
	want, err := lab.Decode(post(change))
	if err != nil || len(want.Events) != 1 || want.Events[0].Kind != interaction.Accepted {
		t.Fatalf("%v: %s", err, tell(want))
	}
	for name, body := range map[string]string{
		"CometD":             `{"channel":"/data/AgentWorkChangeEvent","data":{"schema":"s","event":{"replayId":1},"payload":` + change + `}}`,
		"CometD, inside":     `{"schema":"s","event":{"replayId":1},"payload":` + change + `}`,
		"EventBridge":        `{"detail-type":"AgentWorkChangeEvent","time":"2026-11-23T14:02:59Z","detail":{"payload":` + change + `}}`,
		"EventBridge, plain": `{"detail-type":"AgentWorkChangeEvent","detail":` + change + `}`,
		"as text":            `{"payload":` + fmt.Sprintf("%q", strings.Join(strings.Fields(change), " ")) + `}`,
		"an array":           `[` + change + `]`,
		"other case":         strings.NewReplacer("entityName", "EntityName", `"Status"`, `"status"`, "UPDATE", "Update").Replace(change),
		"Avro's time":        strings.Replace(change, `"2026-11-23T14:02:58.000Z"`, `1795442578000`, 1),
		"another offset":     strings.Replace(change, `14:02:58.000Z`, `15:02:58.000+0100`, 1),
		"accepted":           strings.Replace(change, `"Opened"`, `"Accepted"`, 1),
		"unchanged nulls":    strings.Replace(change, `"Status":"Opened"`, `"WorkItemId":null,"BotId":null,"new":{"a":[1]},"Status":"Opened"`, 1),
		"numbers as text":    strings.NewReplacer(`1795442578000,"c`, `"1795442578000","c`, `"commitNumber":7`, `"commitNumber":"7"`).Replace(change),
	} {
		got, err := lab.Decode(post(body))
		if d := cmp.Diff(tell(want), tell(got)); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, d)
		}
	}
}

// TestOrder: a newer commit has a greater version, and in one transaction the later place.
func TestOrder(t *testing.T) {
	orders := []int64{
		0, commitOrder(1, 0), commitOrder(1, 1), commitOrder(2, 0), commitOrder(11523987345, 1), commitOrder(11523987345, 2),
		commitOrder(11523987346, 0), commitOrder(1<<50-1, 5000), commitOrder(1<<60, 0),
	}
	if !slices.IsSorted(orders) || len(slices.Compact(slices.Clone(orders))) != len(orders) || orders[len(orders)-1] >= final {
		t.Errorf("%v", orders)
	}
	if commitOrder(-5, -5) != 0 {
		t.Error("a negative number has an order")
	}
}

// TestLongID: the checksum is Salesforce's.
func TestLongID(t *testing.T) {
	for short, long := range map[string]string{
		"001D000000IRFma": "001D000000IRFmaIAH", "a0B5g00000KPxYZ": "a0B5g00000KPxYZEA1", "000000000000000": "000000000000000AAA",
		"0LQ000000000001AAA": "0LQ000000000001AAA", "c0a8-7f11-00001": "c0a8-7f11-00001", "": "",
	} {
		if got := longID(short); got != long {
			t.Errorf("%q becomes %q, want %q", short, got, long)
		}
	}
}

// TestProblems: what is authentic and not understood is told apart from what is not needed.
func TestProblems(t *testing.T) {
	const header = `{"ChangeEventHeader":{"entityName":"AgentWork","recordIds":["0Bz1"],"changeType":"UPDATE","commitTimestamp":1795442578000,"commitNumber":7}`
	for name, tc := range map[string]struct{ body, problem, ignored string }{
		"no object":             {`7`, "is no JSON object", ""},
		"a name twice":          {`[{"a":1,"A":2}]`, "name twice", ""},
		"nothing":               {`{}`, "Id: is missing", ""},
		"no object's name":      {`{"record":{"Id":"x"}}`, "object: is missing", ""},
		"another object":        {`{"object":"Account","record":{"Id":"0Bz1"}}`, "", "other object"},
		"no entity":             {strings.Replace(header, "entityName", "x", 1) + `}`, "entityName: is missing", ""},
		"no records":            {strings.Replace(header, `"0Bz1"`, ``, 1) + `}`, "recordIds: is missing", ""},
		"too many records":      {strings.Replace(header, `"0Bz1"`, `"x"`+strings.Repeat(`,"x"`, maxRecords), 1) + `}`, "recordIds: are more", ""},
		"another kind":          {strings.Replace(header, "UPDATE", "MERGE", 1) + `}`, "changeType", ""},
		"a gap":                 {strings.Replace(header, "UPDATE", "GAP_OVERFLOW", 1) + `}`, "", "GAP"},
		"a wildcard":            {strings.Replace(header, "0Bz1", "0Bz*", 1) + `}`, "", "wildcard of records"},
		"another status":        {header + `,"Status":"Snoozed"}`, "", "other AgentWork.Status"},
		"another event":         {`{"detail-type":"Order__e","detail":{"payload":{}}}`, "", "other detail-type"},
		"no payload":            {`{"events":[{"SourceObjectDeveloperName":"x"}]}`, "PayloadCurrentValue", ""},
		"no events":             {`{"events":[7]}`, "no object", ""},
		"a presence of nobody":  {`{"object":"UserServicePresence","record":{"Id":"0Up1"}}`, "", "UserServicePresence without UserId"},
		"a routing's push":      {strings.Replace(header, "AgentWork", "PendingServiceRouting", 1) + `,"IsPushed":true}`, "", "PendingServiceRouting change"},
		"of records, no object": {`{"object":"AgentWork","records":[7]}`, "no object", ""},
	} {
		out, err := lab.Decode(post(tc.body))
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case tc.problem != "" && (len(out.Problems) == 0 || !strings.Contains(out.Problems[0].Reason, tc.problem)),
			tc.ignored != "" && (out.Ignored[tc.ignored] != 1 || len(out.Problems) > 0), len(out.Events) > 0:
			t.Errorf("%s: %s", name, tell(out))
		}
	}
}

// TestRecords: what single records say.
func TestRecords(t *testing.T) {
	for name, tc := range map[string]struct{ body, want string }{
		"the bot has handed over": {
			`{"object":"MessagingSession","time":"2026-11-23T14:02:59Z","record":{"Id":"0Mw1","Status":"Active","AgentType":"BotToAgent"}}`,
			"14:02:59 queued unknown",
		},
		"an error is an end when it has one": {
			`{"object":"MessagingSession","record":{"Id":"0Mw1","Status":"Error","EndTime":"2026-11-23T14:02:59Z"}}`, "14:02:59 disconnected",
		},
		"an error alone":        {`{"object":"MessagingSession","record":{"Id":"0Mw1","Status":"Error"}}`, ""},
		"inactive":              {`{"object":"MessagingSession","record":{"Id":"0Mw1","Status":"Inactive"}}`, ""},
		"an object by its id":   {`{"Id":"0Mw1","Status":"Ended","EndTime":"2026-11-23T14:02:59Z"}`, "14:02:59 disconnected"},
		"wrapped as by the bus": {`{"schema":"s","payload":{"ActionDeveloperName":"a","SourceObjectDeveloperName":"MessagingSession_00Dx__dll","PayloadCurrentValue":"{\"Id__c\":\"0Mw1\",\"Status__c\":\"Ended\",\"EndTime__c\":\"2026-11-23T14:02:59Z\"}"}}`, "14:02:59 disconnected"},
		"offered, undated": {
			`{"Id":"0Bz1","Status":"Assigned","WorkItemId":"0LQ1","RequestDateTime":"2026-11-23T14:02:59Z"}`,
			"15:00:00 linked, 14:02:59 queued unknown, 14:02:59 assigned",
		},
		"a case": {
			`{"Id":"0Bz1","Status":"Closed","WorkItemId":"5001","CloseDateTime":"2026-11-23T14:02:59Z"}`,
			"15:00:00 linked, 15:00:00 started, 14:02:59 released, 14:02:59 work_closed",
		},
		"two names of a call": {
			`{"Id":"0LQ1","VendorCallKey":"k","CallType":"Coach","CallStartDateTime":"2026-11-23T14:02:59Z"}`, "14:02:59 started, 14:02:59 linked",
		},
		"a call's reason alone": {`{"Id":"0LQ1","DisconnectReason":"AGENT_DISCONNECT"}`, "15:00:00 leg_ended, 15:00:00 released"},
		"a customer's, alone":   {`{"Id":"0LQ1","DisconnectReason":"CUSTOMER_DISCONNECT"}`, ""},
	} {
		out, err := lab.Decode(post(tc.body))
		var told []string
		for _, e := range out.Events {
			told = append(told, strings.TrimSpace(time.UnixMicro(e.At).UTC().Format("15:04:05 ")+e.Kind.String()+" "+e.Why.String()))
		}
		if got := strings.Join(told, ", "); err != nil || got != tc.want || len(out.Problems) > 0 {
			t.Errorf("%s: %q, want %q; %v %v", name, got, tc.want, out.Problems, err)
		}
	}
}

// TestRefused: what is not even what it says it is.
func TestRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		d    *source.Delivery
		want error
	}{
		"a GET":               {delivery("GET", "", "application/json", "{}"), source.ErrMethod},
		"a PATCH of a record": {delivery("PATCH", "", "application/json", "{}"), source.ErrMethod},
		"a form":              {delivery("POST", "", "application/x-www-form-urlencoded", "a=b"), source.ErrContentType},
		"no JSON":             {post("{"), source.ErrMalformed},
		"no XML":              {delivery("POST", "", "text/xml", "<a"), source.ErrMalformed},
		"another XML":         {delivery("POST", "", "text/xml", "<a/>"), source.ErrMalformed},
		"a PATCH of no call":  {delivery("PATCH", "/telephony/v1/voiceCalls", "application/json", "{}"), source.ErrMethod},
		"a call in XML":       {delivery("POST", "/telephony/v1/voiceCalls", "application/xml", "<a/>"), source.ErrContentType},
		"a call in no JSON":   {delivery("POST", "/voiceCalls", "application/json", "{"), source.ErrMalformed},
	} {
		if _, err := lab.Decode(tc.d); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode: no body of any way in makes the decoder panic, or an event that has no key or time.
func FuzzDecode(f *testing.F) {
	for _, d := range fixtures(f) {
		f.Add(d.Method, d.Path, d.Header.Get("Content-Type"), string(d.Body))
	}
	f.Add("PATCH", "/telephony/v1/voiceCalls/k/omniFlow", "application/json", "{}")
	f.Fuzz(func(t *testing.T, method, path, contentType, body string) {
		d := delivery(method, path, contentType, body)
		out, err := lab.Decode(d)
		if err != nil && len(out.Events) > 0 {
			t.Fatal("an error and events")
		}
		for _, e := range out.Events {
			if e.Key == "" || len(e.Key) > interaction.MaxKey || e.At == 0 || e.Kind == 0 {
				t.Fatalf("%+v", e)
			}
		}
		lab.Acknowledge(d)
		again, _ := lab.Decode(delivery(method, path, contentType, string(lab.Redacted(d))))
		if d := cmp.Diff(tell(out), tell(again)); d != "" {
			t.Fatalf("kept, it says something else:\n%s", d)
		}
	})
}
