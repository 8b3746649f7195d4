package e2e

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	event "github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/simulate"
	"github.com/wallboard/wallboard/internal/source"
	asterisksource "github.com/wallboard/wallboard/internal/source/asterisk"
	freeswitchsource "github.com/wallboard/wallboard/internal/source/freeswitch"
)

// telephoneSystem is one that forwarders listen to. It lists what there is by what it told, and
// keeps nothing for who is not connected.
type telephoneSystem interface {
	Address() string
	Logins() <-chan struct{}
	Listed() bool // to who listens
	Tell(event map[string]string) int
	Miss(events ...map[string]string) // which nobody hears
	Finish()                          // ends all connections
	Close() error
}

// telephoneVendors are those whose recordings are played through the forwarder.
var telephoneVendors = []struct {
	vendor   *vendor
	decoder  source.Vendor
	begin    func() (telephoneSystem, error)
	login    string            // in the forwarder's settings
	sentinel map[string]string // tells of an agent of whom no recording does
}{
	{
		&asterisk, asterisksource.Vendor,
		func() (telephoneSystem, error) {
			return simulate.NewManager("127.0.0.1:0", "wallboard", "test-ami-secret")
		},
		`username: wallboard, secret: test-ami-secret`,
		map[string]string{"Event": "QueueMemberStatus", "Queue": "support", "Interface": "PJSIP/299", "MemberName": "Zoe", "Status": "1", "Paused": "0"},
	},
	{
		&freeswitch, freeswitchsource.Vendor,
		func() (telephoneSystem, error) { return simulate.NewSwitch("127.0.0.1:0", "test-esl-secret") },
		`secret: test-esl-secret`,
		map[string]string{
			"Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info", "CC-Action": "agent-status-change", "CC-Agent": "1099", "CC-Agent-Status": "Available",
		},
	},
}

// TestForwardedRecordings plays every recording as its telephone system would, each on a socket of
// its own, to the real forwarder, and compares what becomes of it with what the recording expects,
// as TestSequences does of what is posted to the hook. The connection ends after every event, and
// the lists that the forwarder asks for then are those of that moment; now and then it does not even get them. In the middle third the
// wallboard is away, killed, and at its end the forwarder is killed too. In the end every event is
// stored, and no one twice.
func TestForwardedRecordings(t *testing.T) {
	for i := range telephoneVendors {
		tv := &telephoneVendors[i]
		t.Run(tv.vendor.folder, func(t *testing.T) {
			t.Parallel() // it mostly waits for connections to be made again
			all := recordings(t, tv.vendor)
			s := startWith(t, settings(tv.vendor, all)+"  - {name: every}\n")
			plays, config := make(map[string]*play), new(strings.Builder)
			fmt.Fprintf(config, "data_dir: %s\nforward:\n", filepath.Join(filepath.Dir(s.config), "forward"))
			names := slices.Sorted(maps.Keys(all))
			shift := time.Since(time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)).Truncate(time.Second) - 10*time.Minute
			for _, name := range names {
				system, err := tv.begin()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { system.Close() })
				plays[name] = newPlay(t, tv.vendor, system, all[name], name, shift)
				fmt.Fprintf(config, "  - {name: %s, vendor: %s, address: %q, %s, hook: \"http://%s/hooks/%[1]s\", hook_secret: %[6]q}\n",
					name, tv.vendor.folder, system.Address(), tv.login, s.address, secret)
			}
			f := &forwarder{t: t, vendor: tv.vendor.folder, config: filepath.Join(filepath.Dir(s.config), "forward.yaml")}
			if err := os.WriteFile(f.config, []byte(config.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.kill() })
			third := func(n int) {
				t.Helper()
				var group errgroup.Group
				for _, p := range plays {
					group.Go(func() error { return p.third(n) })
				}
				if err := group.Wait(); err != nil {
					t.Fatal(err)
				}
			}
			everybody := func(do func(*play) error) {
				t.Helper()
				for _, name := range names {
					if err := do(plays[name]); err != nil {
						t.Fatal(err)
					}
				}
			}

			f.begin()
			everybody((*play).heard)
			works := func(p *play) error { // a dialplan does something before the first call, too
				p.system.Tell(map[string]string{"Event": "Newexten", "Uniqueid": "1.1", "Linkedid": "1.1", "Application": "NoOp"})
				return nil
			}
			everybody(works)
			third(0)
			s.cmd.Process.Kill()
			s.cmd.Wait()
			third(1)
			f.kill()
			f.begin()
			s.launch()
			everybody((*play).heard)
			everybody(works)
			third(2)
			everybody(func(p *play) error { p.system.Tell(maps.Clone(tv.sentinel)); return nil })
			s.untilOf("every", "the last event of each has come", func(b board) bool { return b.Agents["available"] == int64(len(names)) })
			lists := make(map[string][]interaction)
			for _, name := range names {
				lists[name] = s.list(name)
				plays[name].expected().check(s, name, lists[name], false)
			}
			recount(s, lists)
			s.stop()
			everyEventOnce(t, tv.decoder, plays, filepath.Join(filepath.Dir(s.config), "data"))
		})
	}
}

// play is a recording on the socket of a telephone system.
type play struct {
	system telephoneSystem
	name   string
	q      *recording
	bodies []string            // as they would be posted to the hook
	events []map[string]string // as the telephone system tells them
	unseen bool                // some of it happens while nobody listens
}

func newPlay(t *testing.T, v *vendor, system telephoneSystem, q *recording, name string, shift time.Duration) *play {
	t.Helper()
	p := &play{system: system, name: name, q: q}
	for i := range q.Deliveries {
		d, err := q.delivery(v, name, i, shift)
		if err != nil {
			t.Fatal(err)
		}
		var outer struct {
			Data map[string]string `json:"data"`
		}
		var event map[string]string
		if json.Unmarshal([]byte(d.body), &outer); outer.Data != nil {
			event = outer.Data // of one of the wrappings
		} else if err := json.Unmarshal([]byte(d.body), &event); err != nil {
			t.Fatalf("%s, delivery %d: %v", name, i+1, err)
		}
		for key, value := range event {
			if spelling := managerSpelling[key]; spelling != "" {
				event[spelling] = value
				delete(event, key)
			}
		}
		p.bodies, p.events = append(p.bodies, d.body), append(p.events, event)
		p.unseen = p.unseen || event["WallboardSnapshot"] == "yes" || event["Wallboard-Snapshot"] == "yes"
	}
	return p
}

// managerSpelling is that of a manager for keys in small letters, as one of the wrappings has them.
var managerSpelling = map[string]string{
	"event": "Event", "timestamp": "Timestamp", "channel": "Channel", "uniqueid": "Uniqueid", "linkedid": "Linkedid", "destchannel": "DestChannel",
	"destuniqueid": "DestUniqueid", "destlinkedid": "DestLinkedid", "interface": "Interface", "membername": "MemberName", "queue": "Queue",
}

// heard waits until a forwarder listens.
func (p *play) heard() error {
	select {
	case <-p.system.Logins():
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("%s: no forwarder listens", p.name)
	}
}

// listed waits until the forwarder that listens has the lists that it asked for.
func (p *play) listed() error {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); !p.system.Listed(); <-look.C {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: no forwarder takes stock", p.name)
		}
	}
	return nil
}

// third plays the n-th third. After every event the connection ends and is made again.
func (p *play) third(n int) error {
	for i := n * len(p.events) / 3; i < (n+1)*len(p.events)/3; i++ {
		if err := p.tell(p.events[i]); err != nil {
			return err
		}
		p.system.Finish()
		if err := p.heard(); err != nil {
			return err
		}
		if i%4 != 3 { // of the others the next event and the end come first
			if err := p.listed(); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell tells an event. Where a recording has what a forwarder finds after an absence, that happens
// while nobody listens.
func (p *play) tell(e map[string]string) error {
	switch {
	case e["Event"] == "QueueEntry":
		at, err := strconv.ParseFloat(e["Timestamp"], 64)
		wait, err2 := strconv.ParseFloat(e["Wait"], 64)
		if err = errors.Join(err, err2); err != nil {
			return err
		}
		e = maps.Clone(e)
		e["Event"], e["Timestamp"] = "QueueCallerJoin", fmt.Sprintf("%.6f", at-wait)
		p.system.Miss(e)
	case e["Event"] == "WallboardLost":
		gone := []map[string]string{{"Event": "Hangup", "Uniqueid": e["Uniqueid"]}}
		for _, earlier := range p.events {
			if earlier["Linkedid"] == e["Linkedid"] && earlier["DestUniqueid"] != "" {
				gone = append(gone, map[string]string{"Event": "Hangup", "Uniqueid": earlier["DestUniqueid"]})
			}
		}
		p.system.Miss(gone...)
	case e["Fact"] == "lost":
		var gone []map[string]string
		for _, earlier := range p.events {
			if earlier["CC-Member-Session-UUID"] == e["Unique-ID"] {
				gone = append(gone, map[string]string{"CC-Action": "member-queue-end", "CC-Member-UUID": earlier["CC-Member-UUID"], "CC-Cause": "Terminated"})
			}
		}
		p.system.Miss(gone...)
	case e["Wallboard-Snapshot"] == "yes":
		p.system.Miss(e)
	default:
		if n := p.system.Tell(e); n != 1 {
			return fmt.Errorf("%s: %d forwarders hear %v", p.name, n, e)
		}
	}
	return nil
}

// expected is what the recording expects. Of a wait that was found in a list only whole seconds are known.
func (p *play) expected() *recording {
	q := *p.q
	if p.unseen {
		q.Interactions = slices.Clone(q.Interactions)
		for i := range q.Interactions {
			q.Interactions[i].WaitSeconds = nil
		}
	}
	return &q
}

// everyEventOnce compares what a server has stored, in its order, with what the hook would have made
// of what was told. Agents' states are told again with every list, and are left out.
func everyEventOnce(t *testing.T, v source.Vendor, plays map[string]*play, dir string) {
	t.Helper()
	fact := func(e event.Event) string {
		if plays[e.Source].unseen {
			e.At, e.Version = 0, 0 // those of the list
		}
		e.Key, e.Sequence, e.Received, e.Position, e.Customer = "", 0, 0, 0, ""
		return fmt.Sprintf("%+v", e)
	}
	want, got, n := make(map[string][]string), make(map[string][]string), 0
	for name, p := range plays {
		decoder, err := v.NewDecoder(source.Settings{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range p.bodies {
			decoded, err := decoder.Decode(&source.Delivery{Method: http.MethodPost, Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range decoded.Events {
				// What happens to calls that come to no queue stays with the telephone system.
				private := name == "t-calls-to-no-queue" && e.Interaction != p.q.Interactions[0].ID
				if e.Source = name; !private && e.Kind != event.AgentState {
					want[name] = append(want[name], fact(e))
					n++
				}
			}
		}
	}
	for _, e := range storedEvents(t, dir) {
		if e.Kind != event.AgentState {
			got[e.Source] = append(got[e.Source], fact(e))
		}
	}
	for name, p := range plays {
		if p.unseen { // a list may come later
			slices.Sort(want[name])
			slices.Sort(got[name])
		}
		if d := cmp.Diff(want[name], got[name]); d != "" {
			t.Errorf("%s: stored events (-told +stored):\n%s", name, d)
		}
	}
	if n < 200 {
		t.Errorf("only %d events: the test proves little", n)
	}
}
