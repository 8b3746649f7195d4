package forward

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
)

// socketServer is a FreeSWITCH's event socket: it takes a password, lists what it is told to, and
// tells events.
type socketServer struct {
	net.Listener
	mu       sync.Mutex
	conn     net.Conn
	on       chan struct{} // one token for each subscription
	lists    map[string]string
	password string
}

func newSocketServer(t *testing.T) *socketServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &socketServer{Listener: l, on: make(chan struct{}, 10), password: "test-esl-secret", lists: map[string]string{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	t.Cleanup(func() { l.Close(); s.cut() })
	return s
}

func (s *socketServer) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
}

func (s *socketServer) list(command, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[command] = answer
}

func (s *socketServer) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "Content-Type: auth/request\n\n")
	scanner := bufio.NewScanner(conn)
	for scanner.Scan() {
		command := scanner.Text()
		s.mu.Lock()
		switch {
		case command == "":
		case strings.HasPrefix(command, "auth "):
			reply := "-ERR invalid"
			if command == "auth "+s.password {
				reply = "+OK accepted"
			}
			fmt.Fprintf(conn, "Content-Type: command/reply\nReply-Text: %s\n\n", reply)
		case command == subscription:
			fmt.Fprint(conn, "Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n")
		case strings.HasPrefix(command, "api callcenter_config "):
			what := strings.TrimPrefix(command, "api callcenter_config ")
			body := s.lists[what]
			fmt.Fprintf(conn, "Content-Type: api/response\nContent-Length: %d\n\n%s", len(body), body)
			if what == "queue list members support@default" {
				s.conn = conn
				s.on <- struct{}{}
			}
		default:
			fmt.Fprint(conn, "Content-Type: command/reply\nReply-Text: -ERR command not found\n\n")
		}
		s.mu.Unlock()
	}
}

func (s *socketServer) tell(t *testing.T, fields ...string) {
	t.Helper()
	m := map[string]string{"Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info", "Event-Date-Timestamp": "1790000000000000", "variable_secret": "nobody's business"}
	for i := 0; i+1 < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.conn, "Content-Length: %d\nContent-Type: text/event-json\n\n%s", len(b), b)
}

const (
	agentList  = "name|instance_id|uuid|type|contact|status|state\n1001|single_box||callback|x|Available|Waiting\n+OK\n"
	queueList  = "name|strategy\nsupport@default|longest-idle-agent\n+OK\n"
	memberList = "queue|instance_id|uuid|session_uuid|cid_number|cid_name|system_epoch|joined_epoch|rejoined_epoch|bridge_epoch|abandoned_epoch|base_score|skill_score|serving_agent|serving_system|state|score\n"
)

func member(session, agent, state string) string {
	return "support@default|single_box|m-" + session + "|" + session + "|4155550134|x|1|1790000000|0|0|0|0|0|" + agent + "|single_box|" + state + "|1\n"
}

// TestFreeswitch: events in order and once, over a cut and a restart; what is found and what is
// gone after an absence; and nothing of calls that came to no queue.
func TestFreeswitch(t *testing.T) {
	s, w, dir := newSocketServer(t), newWallboard(t), t.TempDir()
	s.list("agent list", agentList)
	s.list("queue list", queueList)
	s.list("queue list members support@default", memberList+"+OK\n")
	o := Options{Vendor: "freeswitch", Address: s.Addr().String(), Secret: "test-esl-secret", Hook: w.URL + "/hooks/fs", DataDir: dir}
	r := run(t, o)
	<-s.on
	s.tell(t, "CC-Action", "member-queue-start", "CC-Queue", "support@default", "CC-Member-Session-UUID", "s1")
	s.tell(t, "CC-Action", "member-queue-start", "CC-Queue", "support@default", "CC-Member-Session-UUID", "s2")
	s.tell(t, "CC-Action", "bridge-agent-start", "CC-Agent", "1001", "CC-Queue", "support@default", "CC-Member-Session-UUID", "s2")
	s.tell(t, "CC-Action", "member-queue-start", "CC-Queue", "support@default", "CC-Member-Session-UUID", "s3")
	s.tell(t, "Event-Name", "CHANNEL_HANGUP_COMPLETE", "Event-Subclass", "", "Unique-ID", "other")
	s.tell(t, "Event-Subclass", "vm::maintenance", "VM-Action", "leave-message", "Unique-ID", "other")
	s.tell(t, "CC-Action", "members-count")
	s.tell(t, "Event-Name", "HEARTBEAT", "Event-Subclass", "")
	w.has(t, 5)
	s.list("queue list members support@default", memberList+member("s3", "", "Waiting")+member("s4", "", "Trying")+member("s5", "1001", "Answered")+member("s6", "", "Abandoned")+"+OK\n")
	s.cut()
	<-s.on
	s.tell(t, "CC-Action", "member-queue-end", "CC-Cause", "Cancel", "CC-Queue", "support@default", "CC-Member-Session-UUID", "s3", "Answer-State", "hangup")
	w.until(t, func(names []string) bool { return strings.HasPrefix(names[len(names)-1], "member-queue-end s3") })
	r.stop(t)
	want := []string{
		"agent-status-change 1001", "member-queue-start s1", "member-queue-start s2", "bridge-agent-start s2 1001", "member-queue-start s3",
		"", "agent-status-change 1001", "member-queue-start s4", "bridge-agent-start s5 1001", "lost s1 waiting", "lost s2 talking", "member-queue-end s3",
	}
	if got := w.names(); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, e := range w.got {
		if e.Data["variable_secret"] != "" {
			t.Error("it forwards what nobody asked for")
		}
		if e.Data["CC-Member-Session-UUID"] == "s4" && e.Data["Event-Date-Timestamp"] != "1790000000000000" {
			t.Errorf("a caller who was found came at %s", e.Data["Event-Date-Timestamp"])
		}
	}
}

func TestFreeswitchRefuses(t *testing.T) {
	s, w := newSocketServer(t), newWallboard(t)
	f, err := New(Options{
		Name: "fs", Vendor: "freeswitch", Address: s.Addr().String(), Secret: "wrong", Hook: w.URL + "/hooks/fs", HookSecret: hookSecret,
		DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.connect(t.Context()); !errors.Is(err, errRefused) {
		t.Errorf("got %v", err)
	}
}
