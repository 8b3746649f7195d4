package e2e

import (
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// genesysSource is the source that the recordings of Genesys Cloud are posted to.
const genesysSource = "vendor: genesys, auth: {scheme: header, header: X-Api-Key, secret: genesys-test-key}, " +
	"queues: {9a9a9a9a-0000-4000-8000-00000000000a: Support, 9a9a9a9a-0000-4000-8000-00000000000b: Billing}"

// genesysTime matches a time of the years 2024 to 2033 in milliseconds.
var genesysTime = regexp.MustCompile(`\b1[789]\d{11}\b`)

// shiftGenesys moves every time of a body, in text and in milliseconds.
func shiftGenesys(body string, by time.Duration) (string, error) {
	body, err := shiftConnect(body, by)
	return genesysTime.ReplaceAllStringFunc(body, func(s string) string {
		at, _ := strconv.ParseInt(s, 10, 64) // thirteen digits
		return strconv.FormatInt(at+by.Milliseconds(), 10)
	}), err
}

// TestGenesysAgents: a user's activity and sessions make the agent's state on the board, under
// the name of the settings.
func TestGenesysAgents(t *testing.T) {
	s := startWith(t, "access: {mode: open}\nsources:\n  - {name: gc, "+genesysSource+", agents: {a11ce000-0000-4000-8000-000000000001: Alice}}\n")
	at := time.Now().Add(-time.Minute).UnixMilli()
	post := func(after int64, body string) {
		t.Helper()
		body = strings.ReplaceAll(body, "TIME", strconv.FormatInt(at+after, 10))
		if code := s.do("POST", "/hooks/gc", http.Header{"Content-Type": {"application/json"}, "X-Api-Key": {"genesys-test-key"}}, body, nil); code != 200 {
			t.Errorf("%s got %d", body, code)
		}
	}
	want := func(state string) {
		t.Helper()
		var board struct {
			Agents map[string]int `json:"agents"`
		}
		if code := s.do("GET", "/api/v1/boards/all", nil, "", &board); code != 200 {
			t.Fatalf("the board answers %d", code)
		}
		for name, n := range board.Agents {
			if n != map[bool]int{true: 1}[name == state] {
				t.Errorf("agents are %v, want one %s", board.Agents, state)
			}
		}
	}
	activity := func(after int64, routing, presence string) {
		t.Helper()
		post(after, `{"topic":"v2.users.{id}.activity","userId":"a11ce000-0000-4000-8000-000000000001","eventTime":TIME,"routingStatus":"`+routing+`","systemPresence":"`+presence+`"}`)
	}
	session := func(after int64, state string) {
		t.Helper()
		post(after, `{"detail-type":"v2.detail.events.agent.{id}.state","detail":{"topicName":"v2.detail.events.agent.a11ce000-0000-4000-8000-000000000001.state",
			"eventBody":{"conversationId":"c","sessionId":"s","currentState":"`+state+`","currentStateStart":TIME,"userId":"a11ce000-0000-4000-8000-000000000001","mediaType":"VOICE"}}}`)
	}
	activity(1000, "IDLE", "ON_QUEUE")
	want("available")
	post(1500, `{"topic":"v2.detail.events.conversation.{id}.customer.start","eventTime":TIME,"conversationId":"c","direction":"INBOUND"}`)
	session(2000, "ALERT")
	want("available")
	session(3000, "INTERACT")
	want("busy")
	activity(500, "OFF_QUEUE", "OFFLINE") // late: an older state
	want("busy")
	post(9000, `{"topic":"v2.detail.events.conversation.{id}.user.end","eventTime":TIME,"conversationId":"c","sessionId":"s","userId":"a11ce000-0000-4000-8000-000000000001","disconnectType":"CLIENT","interactingDurationMs":6000}`)
	session(9001, "WRAPUP")
	want("wrap_up")
	activity(12000, "NOT_RESPONDING", "ON_QUEUE")
	want("away")
	activity(13000, "OFF_QUEUE", "OFFLINE")
	want("offline")
	var one struct {
		Works []struct {
			Agent struct {
				Name string `json:"name"`
			} `json:"agent"`
		} `json:"works"`
	}
	if code := s.do("GET", "/api/v1/interactions/gc/c", nil, "", &one); code != 200 || len(one.Works) != 1 || one.Works[0].Agent.Name != "Alice" {
		t.Errorf("the interaction (%d) is %+v", code, one)
	}
}

// TestGenesysPage follows the page of Genesys Cloud: its settings, its sample, its command.
func TestGenesysPage(t *testing.T) {
	b, err := os.ReadFile("../docs/vendors/genesys.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	t.Setenv("GENESYS_KEY", "test-key-of-the-page")
	s := startWith(t, "access: {mode: open}\n"+settingsBlock.FindStringSubmatch(page)[1])
	_, works, _ := strings.Cut(page, "## See that it works")
	if out := documented(t, s, works); !strings.Contains(out, "HTTP/1.1 200") {
		t.Errorf("the documented request:\n%s", out)
	}
	const id = "c0ffee00-0000-4000-8000-000000000201"
	if list := s.list("genesys-eu"); len(list) != 1 || list[0].ID != id || list[0].State != "in_menu" {
		t.Errorf("after the documented request there is %+v", list)
	}
	if !strings.Contains(page, "/interactions/genesys-eu/"+id) || s.do("GET", "/interactions/genesys-eu/"+id, nil, "", nil) != 200 {
		t.Error("the page that the documentation names is not there")
	}
	t.Setenv("GENESYS_KEY", "another-key")
	if out := documented(t, s, works); !strings.Contains(out, "HTTP/1.1 401") {
		t.Errorf("with another key:\n%s", out)
	}
}
