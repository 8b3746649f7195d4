package web

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/sqlite"
	"github.com/wallboard/wallboard/internal/wallboard"
)

var (
	benchInteractions = flag.Int("past.interactions", 50_000, "how many interactions of a year the benchmarks of the past have")
	benchFolder       = flag.String("past.folder", "", "a folder that keeps them for the next run")
)

// benchNow is when the year ends.
var benchNow = time.Date(2026, 11, 23, 14, 2, 7, 0, time.UTC)

// BenchmarkPast asks for pages over a year of interactions. The baseline, named scan, reads
// every interaction once.
func BenchmarkPast(b *testing.B) {
	floor, keeper, db := year(b, *benchInteractions)
	o := Options{
		Floor: floor, Past: keeper, Boards: []*board.Definition{{Name: "all", Title: "All", Window: board.Today, Formula: board.Against}},
		Open: true, Hosts: []string{"wallboard.example.com"}, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return benchNow },
	}
	s := New(o)
	b.Run("scan/interactions", func(b *testing.B) {
		for b.Loop() {
			var n, sum int64
			const query = "SELECT count(*), coalesce(sum(wait), 0) FROM interactions NOT INDEXED WHERE outcome = 'abandoned'"
			if err := db.Read.QueryRow(query).Scan(&n, &sum); err != nil {
				b.Fatal(err)
			}
		}
	})
	first, err := keeper.List(b.Context(), history.Filter{}, 50, "", false)
	if err != nil || len(first.Rows) < 50 {
		b.Fatal(err, len(first.Rows))
	}
	day := "2026-06-15"
	for _, p := range []struct{ name, path string }{
		{"board", "/boards/all"},
		{"list/newest", "/interactions"},
		{"list/next", "/interactions?cursor=" + first.Next},
		{"list/outcome", "/interactions?outcome=abandoned"},
		{"list/reason", "/interactions?outcome=abandoned&reason=after_decline"},
		{"list/queue", "/interactions?queue=Queue+3"},
		{"list/queue-and-outcome", "/interactions?queue=Queue+3&outcome=abandoned"},
		{"list/agent", "/interactions?agent=A17"},
		{"list/agent-and-outcome", "/interactions?agent=A17&outcome=abandoned"},
		{"list/day", "/interactions?from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/ended-in-a-day", "/interactions?time=ended&sort=ended&outcome=abandoned&from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/answered-in-a-day", "/interactions?time=accepted&from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/open-at", "/interactions?time=open_at&from=" + day + "T12:00"},
		{"list/status", "/interactions?status=Declined"},
		{"list/status-and-agent", "/interactions?status=Declined&agent=A17"},
		{"list/longest-wait", "/interactions?outcome=abandoned&sort=wait"},
		{"list/longest-wait-of-all", "/interactions?sort=wait"},
		{"list/long-waits", "/interactions?wait_from=100"},
		{"list/corrected", "/interactions?corrected=1"},
		{"list/board-now", "/interactions?board=all&outcome=abandoned&time=ended"},
		{"list/json-500", "/api/v1/interactions?limit=500"},
		{"one/page", fmt.Sprintf("/interactions/a/C%d", *benchInteractions/4*2)},
		{"one/json", fmt.Sprintf("/api/v1/interactions/a/C%d", *benchInteractions/4*2)},
		{"report/month", "/reports/abandoned?from=2026-06-01&to=2026-06-30&compare=previous"},
		{"report/year", "/reports/abandoned?from=2025-11-24&to=2026-11-23&compare=year"},
		{"report/year-of-queue", "/reports/abandoned?from=2025-11-24&to=2026-11-23&queue=Queue+3"},
		{"report/year-of-agent", "/reports/abandoned?from=2025-11-24&to=2026-11-23&agent=A17"},
	} {
		b.Run(p.name, func(b *testing.B) {
			bytes := int64(0)
			longest, used, n := time.Duration(0), cpu(b), 0
			for b.Loop() {
				began := time.Now()
				bytes = ask(b, s, p.path)
				longest = max(longest, time.Since(began))
				n++
			}
			b.ReportMetric(float64((cpu(b)-used).Microseconds())/1000/float64(n), "cpu-ms")
			b.ReportMetric(float64(longest.Microseconds())/1000, "max-ms")
			b.ReportMetric(float64(bytes), "bytes")
		})
	}
	b.Run("csv/year", func(b *testing.B) {
		var bytes int64
		var peak uint64
		for b.Loop() {
			runtime.GC()
			var before, during runtime.MemStats
			runtime.ReadMemStats(&before)
			w := &counting{header: make(http.Header), each: 1 << 20, look: func() {
				runtime.ReadMemStats(&during)
				peak = max(peak, during.HeapAlloc-min(before.HeapAlloc, during.HeapAlloc))
			}}
			s.ServeHTTP(w, request("/reports/abandoned.csv?from=2025-11-24&to=2026-11-23"))
			bytes = w.bytes
		}
		b.ReportMetric(float64(bytes), "bytes")
		b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	})
}

// cpu is the processor's time that this process used, which a busy machine does not lengthen.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func request(path string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
	return r
}

func ask(b *testing.B, s *Server, path string) int64 {
	w := &counting{header: make(http.Header)}
	s.ServeHTTP(w, request(path))
	if w.status != http.StatusOK {
		b.Fatalf("%s: %d", path, w.status)
	}
	return w.bytes
}

// counting counts an answer's bytes and throws them away.
type counting struct {
	header http.Header
	status int
	bytes  int64
	each   int64 // look is called after about so many bytes
	looked int64
	look   func()
}

func (c *counting) Header() http.Header { return c.header }

func (c *counting) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *counting) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	if c.bytes += int64(len(b)); c.look != nil && c.bytes-c.looked > c.each {
		c.looked = c.bytes
		c.look()
	}
	return len(b), nil
}

// year is a server's state after a year of so many interactions, received when they happened.
func year(b *testing.B, interactions int) (*wallboard.Wallboard, *history.Keeper, *sqlite.DB) {
	b.Helper()
	dir := *benchFolder
	if dir == "" {
		dir = b.TempDir()
	}
	db, err := sqlite.Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	var stored int
	if err := db.Read.QueryRow("SELECT count(*) FROM interactions").Scan(&stored); err != nil {
		b.Fatal(err)
	}
	var clock atomic.Int64
	clock.Store(benchNow.UnixMicro())
	if stored == 0 {
		clock.Store(benchNow.Add(-benchSpan).UnixMicro())
	}
	now := func() time.Time { return time.UnixMicro(clock.Load()) }
	archive := history.Open(context.Background(), db, nil, nil)
	floor := wallboard.New(wallboard.Options{Archive: archive, Now: now, Sources: []wallboard.Source{
		{Name: "a", Vendor: "twilio", Policies: classify.DefaultPolicies()}, {Name: "b", Vendor: "cloudevents", Policies: classify.DefaultPolicies()},
	}})
	keeper := history.NewKeeper(archive, floor)
	log, err := journal.OpenSQLite(db, keeper, journal.Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	through, err := archive.Begin(b.Context(), floor)
	if err != nil {
		b.Fatal(err)
	}
	if err := log.Replay(b.Context(), through); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := errors.Join(log.Close(), db.Close()); err != nil {
			b.Error(err)
		}
	})
	if stored == 0 {
		fill(b, log, interactions, &clock)
		clock.Store(benchNow.UnixMicro())
		floor.Tick(benchNow.UnixMicro())
		keeper.Keep(b.Context())
	}
	return floor, keeper, db
}

const benchSpan = 365 * 24 * time.Hour

// fill appends a year of interactions, in deliveries of many.
func fill(b *testing.B, log *journal.SQLite, interactions int, clock *atomic.Int64) {
	began, start := time.Now(), benchNow.Add(-benchSpan)
	step := benchSpan / time.Duration(interactions)
	const each = 500
	for n := 0; n < interactions; n += each {
		last := min(n+each, interactions)
		at := start.Add(time.Duration(last) * step)
		clock.Store(at.UnixMicro())
		for source := range 2 {
			r := journal.Record{Source: "ab"[source : source+1], Received: at.UnixMicro(), Method: http.MethodPost}
			for i := n + source; i < last; i += 2 {
				r.Events = appendCall(r.Events, i, start.Add(time.Duration(i)*step).Add(-10*time.Minute))
			}
			if _, err := log.Append(b.Context(), r); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Logf("%d interactions stored in %v", interactions, time.Since(began).Round(time.Second))
}

// appendCall adds the events of the i-th call or chat.
func appendCall(events []interaction.Event, i int, at time.Time) []interaction.Event {
	id := fmt.Sprint("C", i)
	channel := interaction.Voice
	if i%5 == 0 {
		channel = interaction.Messaging
	}
	queue := fmt.Sprint("Queue ", i%12)
	add := func(k interaction.Kind, seconds int, work, agent int) {
		e := interaction.Event{
			Interaction: id, Kind: k, Key: fmt.Sprint(id, k, work), At: at.Add(time.Duration(seconds) * time.Second).UnixMicro(),
		}
		switch k {
		case interaction.Started:
			e.Channel, e.Role, e.Direction, e.Customer = channel, interaction.Customer, interaction.Inbound, fmt.Sprintf("%032x", i*7919%(1+*benchInteractions/3))
		case interaction.Queued:
			e.Queue = queue
		case interaction.Disconnected:
			e.By = interaction.ByCustomer
		}
		if work > 0 {
			e.Work, e.Agent, e.AgentName = fmt.Sprint(id, "W", work), fmt.Sprint("A", agent), fmt.Sprint("Agent ", agent)
			e.Queue = queue
		}
		events = append(events, e)
	}
	agent := i * 13 % 60
	add(interaction.Started, 0, 0, 0)
	add(interaction.Queued, 1, 0, 0)
	switch {
	case i%20 == 7: // nobody was offered
		add(interaction.Disconnected, 30+i%90, 0, 0)
	case i%20 == 13: // declined, and left
		add(interaction.Assigned, 10, 1, agent)
		add(interaction.Declined, 20, 1, agent)
		add(interaction.Disconnected, 40+i%200, 0, 0)
	case i%10 == 4: // the second one answered
		add(interaction.Assigned, 10, 1, agent)
		add(interaction.Declined, 15, 1, agent)
		add(interaction.Assigned, 16, 2, (agent+7)%60)
		add(interaction.Accepted, 20, 2, (agent+7)%60)
		add(interaction.Disconnected, 20+i%400, 0, 0)
	default:
		add(interaction.Assigned, 5, 1, agent)
		add(interaction.Accepted, 8+i%30, 1, agent)
		add(interaction.Disconnected, 60+i%400, 0, 0)
	}
	return events
}
