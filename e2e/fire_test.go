package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	event "github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/simulate"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/amazonconnect"
	"github.com/wallboard/wallboard/internal/source/twilio"
	"github.com/wallboard/wallboard/internal/sqlite"
)

// How a run of TestUnderFire is chosen: go test ./e2e -run UnderFire -fire.seed 7, or
// -fire.seeds 10 for the first ten.
var (
	fireSeed  = flag.Uint64("fire.seed", 0, "play this seed only")
	fireSeeds = flag.Int("fire.seeds", 2, "play so many seeds")
)

// fireSource is one source under load. Several runs may post to it.
type fireSource struct {
	name   string
	vendor source.Vendor
	format func(run uint64) simulate.Vendor
	auth   string // in the settings
}

const fireSecret = "test-secret-under-fire"

var fireSources = []fireSource{
	{"north", twilio.Vendor, simulate.Twilio, "{scheme: twilio, secret: " + fireSecret + "}"},
	{"south", amazonconnect.Vendor, simulate.AmazonConnect, "{scheme: header, header: " + simulate.ConnectHeader + ", secret: " + fireSecret + "}"},
}

// TestUnderFire kills the program again and again while vendors post, late, twice and out
// of order, and one of them a backlog of eight hours ago. In the end everything that was
// acknowledged is stored, once, and every number and every interaction is the truth that
// was played.
func TestUnderFire(t *testing.T) {
	if *fireSeed != 0 {
		t.Run(fmt.Sprint(*fireSeed), func(t *testing.T) { underFire(t, *fireSeed) })
		return
	}
	for seed := range *fireSeeds {
		t.Run(fmt.Sprint(seed+1), func(t *testing.T) { underFire(t, uint64(seed+1)) })
	}
}

func underFire(t *testing.T, seed uint64) {
	t.Logf("play this again with -fire.seed %d", seed)
	now := time.Now()
	s, dir := startUnderFire(t, now)

	centres := make(map[string][]*simulate.Centre)
	sent := &sentBodies{bodies: make(map[string][]simulate.Message)}
	load, ctx := errgroup.WithContext(t.Context())
	begin := func(src fireSource, seed uint64, from, to time.Time) {
		zone, err := simulate.ZoneAt(to, "11:00")
		if err != nil {
			t.Fatal(err)
		}
		rates := simulate.DefaultRates()
		rates.Duplicate, rates.Reorder, rates.Late = 0.1, 0.1, 0.05
		c := simulate.New(simulate.Options{
			Seed: seed, URL: "http://" + s.address + "/hooks/" + src.name, PublicURL: "https://wallboard.example.org/hooks/" + src.name,
			Secret: fireSecret, Rates: rates, Zone: zone, Concurrency: 4, Attempts: 10_000, LongestPause: 50 * time.Millisecond,
			Format: func(run uint64) simulate.Vendor { return recorded{src.format(run), sent, src.name} },
		})
		centres[src.name] = append(centres[src.name], c)
		load.Go(func() error {
			if err := c.PlayPast(ctx, from, to); err != nil {
				return err
			}
			return c.Drain(ctx)
		})
	}
	for i, src := range fireSources {
		begin(src, seed*10+uint64(i), now.Add(-time.Hour), now)
	}
	backlog := now.Add(-8 * time.Hour)
	begin(fireSources[0], seed*10+9, backlog.Add(-90*time.Minute), backlog)
	s.killUntil(load.Wait, rand.New(rand.NewPCG(seed, 1)))

	truths := make(map[string]simulate.Truth) // by board
	for name, cs := range centres {
		for _, c := range cs {
			truth := c.Truth()
			if !truth.Settled || truth.Started < 100 {
				t.Fatalf("%s: settled %t, %d interactions", name, truth.Settled, truth.Started)
			}
			truths[name] = sum(truths[name], truth)
			truths["all"] = sum(truths["all"], truth)
		}
	}
	s.checkTruth(truths)
	s.checkRecount()
	s.stop()
	checkStored(t, dir, sent)
	s.checkRecount()
	s.launch()
	s.checkTruth(truths)
	s.stop()
}

// checkRecount lets the program count everything stored anew: in the running server, else by
// itself.
func (s *server) checkRecount() {
	s.t.Helper()
	out, err := exec.Command(binary, "recount", "--config", s.config).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(" 0 differences")) {
		s.t.Errorf("recount: %v: %s", err, out)
	}
}

// startUnderFire runs a wallboard whose day began at least ten hours ago, whatever the
// time is, with a board of everything and one for each source.
func startUnderFire(t *testing.T, now time.Time) (s *server, dir string) {
	t.Helper()
	offset := 18 - now.UTC().Hour() // it is about six in the evening
	if offset > 12 {
		offset -= 24
	}
	settings := fmt.Sprintf("public_url: https://wallboard.example.org\ntime_zone: Etc/GMT%+d\naccess: {mode: open}\nsources:\n", -offset)
	boards := "boards:\n  - {name: all, window: today}\n"
	for _, src := range fireSources {
		settings += fmt.Sprintf("  - {name: %s, vendor: %s, auth: %s}\n", src.name, src.vendor.Name, src.auth)
		boards += fmt.Sprintf("  - {name: %s, window: today, sources: [%[1]s]}\n", src.name)
	}
	s = startWith(t, settings+boards)
	return s, filepath.Join(filepath.Dir(s.config), "data")
}

// mostKills bounds how often the program is killed, so that the load gets through within
// seconds also where starting is slow.
const mostKills = 12

// killUntil kills the program at random moments and starts it again, while the load is on.
func (s *server) killUntil(load func() error, chance *rand.Rand) {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- load() }()
	for kills := 0; ; kills++ {
		lives := time.NewTimer(time.Duration(50+chance.IntN(400)) * time.Millisecond)
		if kills == mostKills {
			lives.Stop()
		}
		select {
		case err := <-done:
			lives.Stop()
			if err != nil {
				s.t.Fatal(err)
			}
			if kills < 3 {
				s.t.Errorf("the load was through after %d kills: the test proves little", kills)
			}
			s.t.Logf("%d kills", kills)
			return
		case <-lives.C:
		}
		if err := s.cmd.Process.Kill(); err != nil {
			s.t.Fatal(err)
		}
		s.cmd.Wait()
		s.launch()
	}
}

// stop ends the program as an operator does.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatalf("it did not stop well: %v", err)
	}
}

// checkTruth compares what the server says with what was played: each board's numbers, its
// first frame, and each interaction.
func (s *server) checkTruth(truths map[string]simulate.Truth) {
	s.t.Helper()
	for name, truth := range truths {
		var b board
		if code := s.do("GET", "/api/v1/boards/"+name, nil, "", &b); code != http.StatusOK {
			s.t.Fatalf("board %s answers %d", name, code)
		}
		customers := map[string]int64{
			"open_at_start": 0, "started": int64(truth.Started), "open": int64(truth.Open), "left_in_menu": 0, "lost_track": 0,
		}
		maps.Copy(customers, wide(truth.Outcomes))
		if d := cmp.Diff(customers, b.Customers); d != "" {
			s.t.Errorf("board %s, customers (-truth +server):\n%s", name, d)
		}
		if d := cmp.Diff(wide(truth.Status), b.Status); d != "" {
			s.t.Errorf("board %s, agent work status (-truth +server):\n%s", name, d)
		}
		if d := cmp.Diff(wide(truth.Abandoned), b.Reasons); d != "" {
			s.t.Errorf("board %s, abandoned (-truth +server):\n%s", name, d)
		}
		shown := make(map[string]string)
		first := s.firstFrame(name)
		for key := range b.Status {
			shown[key] = first.Cells["status."+key].Text
		}
		if first.Epoch != b.Epoch {
			s.t.Errorf("board %s: the first frame is of another run than the JSON", name)
		}
		want := make(map[string]string)
		for key, n := range b.Status {
			want[key] = strconv.FormatInt(n, 10)
		}
		if d := cmp.Diff(want, shown); d != "" {
			s.t.Errorf("board %s (-JSON +first frame):\n%s", name, d)
		}
	}
	want := make(map[string]string)
	for _, in := range truths["all"].Interactions {
		told := told{ID: in.ID, Outcome: in.Outcome, Reason: in.Reason}
		for _, r := range in.Works {
			told.Works = append(told.Works, toldWork{r.Status})
		}
		want[in.ID] = line(told)
	}
	if d := cmp.Diff(want, s.interactions()); d != "" {
		s.t.Errorf("interactions (-truth +server):\n%s", d)
	}
}

func wide(in map[string]int) map[string]int64 {
	out := make(map[string]int64)
	for k, n := range in {
		out[k] = int64(n)
	}
	return out
}

// sum adds the counts and joins the interactions of two truths.
func sum(a, b simulate.Truth) simulate.Truth {
	plus := func(a, b map[string]int) map[string]int {
		out := maps.Clone(b)
		for k, n := range a {
			out[k] += n
		}
		return out
	}
	return simulate.Truth{
		Started: a.Started + b.Started, Open: a.Open + b.Open, Outcomes: plus(a.Outcomes, b.Outcomes),
		Abandoned: plus(a.Abandoned, b.Abandoned), Status: plus(a.Status, b.Status),
		Interactions: append(a.Interactions[:len(a.Interactions):len(a.Interactions)], b.Interactions...),
	}
}

// recorded is a vendor's format that keeps what was sent in it.
type recorded struct {
	simulate.Vendor
	sent   *sentBodies
	source string
}

// sentBodies are what was sent to each source; all of it is acknowledged once the load is
// through.
type sentBodies struct {
	mu     sync.Mutex
	bodies map[string][]simulate.Message
}

func (r recorded) Encode(f *simulate.Fact) []simulate.Message {
	m := r.Vendor.Encode(f)
	r.sent.mu.Lock()
	r.sent.bodies[r.source] = append(r.sent.bodies[r.source], m...)
	r.sent.mu.Unlock()
	return m
}

// checkStored finds each acknowledged event in the database, once, and nothing else.
func checkStored(t *testing.T, dir string, sent *sentBodies) {
	t.Helper()
	want := make(map[string]int)
	for _, src := range fireSources {
		decoder, err := src.vendor.NewDecoder(source.Settings{Name: src.name})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sent.bodies[src.name] {
			d := &source.Delivery{Method: http.MethodPost, Header: http.Header{"Content-Type": {m.ContentType}}, Body: m.Body}
			decoded, err := decoder.Decode(d)
			if err != nil || len(decoded.Problems) > 0 {
				t.Fatalf("what was sent does not decode: %v %v", err, decoded.Problems)
			}
			for _, e := range decoded.Events {
				want[src.name+" "+e.Key] = 1
			}
		}
	}
	got := make(map[string]int)
	for _, e := range storedEvents(t, dir) {
		got[e.Source+" "+e.Key]++
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("stored events (-acknowledged +stored):\n%s", d)
	}
	if len(want) < 1000 {
		t.Errorf("only %d events: the test proves little", len(want))
	}
	t.Logf("%d events", len(want))
}

// storedEvents are those in the database of a server that was stopped.
func storedEvents(t *testing.T, dir string) []event.Event {
	t.Helper()
	db, err := sqlite.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log, err := journal.OpenSQLite(db, nil, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var all []event.Event
	for b, err := range log.Read(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Events...)
	}
	return all
}
