package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/history"
)

// BenchmarkPast asks for each page over a simulated past; see the flags. The baseline, named
// scan, reads every interaction once.
func BenchmarkPast(b *testing.B) {
	dir := *pastFolder
	if dir == "" {
		dir = b.TempDir()
	}
	p := openPast(b, dir, *pastInteractions)
	s := p.site(Options{Boards: []*board.Definition{{Name: "all", Title: "All", Window: board.Today, Formula: board.Against}}})
	b.Run("scan/interactions", func(b *testing.B) {
		for b.Loop() {
			var n, sum int64
			const query = "SELECT count(*), coalesce(sum(within), 0) FROM interactions WHERE +outcome = 'abandoned'" // no index has within
			if err := p.db.Read.QueryRow(query).Scan(&n, &sum); err != nil {
				b.Fatal(err)
			}
		}
	})
	first, err := p.keeper.List(b.Context(), history.Filter{}, 50, "", false)
	if err != nil || len(first.Rows) < 50 {
		b.Fatal(err, len(first.Rows))
	}
	half := p.start.Add(pastNow.Sub(p.start) / 2)
	day, month := half.Format(time.DateOnly), half.AddDate(0, 0, 29).Format(time.DateOnly)
	year := "from=" + p.start.Format(time.DateOnly) + "&to=" + pastNow.Format(time.DateOnly)
	var agent, source, id string
	for query, into := range map[string][]any{
		"SELECT agent FROM works GROUP BY agent ORDER BY count(*) DESC LIMIT 1":                                       {&agent},
		"SELECT source, id FROM interactions ORDER BY abs(started - (SELECT avg(started) FROM interactions)) LIMIT 1": {&source, &id},
	} {
		if err := p.db.Read.QueryRow(query).Scan(into...); err != nil {
			b.Fatal(err)
		}
	}
	one := source + "/" + url.PathEscape(id)
	for _, p := range []struct{ name, path string }{
		{"board", "/boards/all"},
		{"board/then", "/boards/all/was?at=" + day + "T14:00:00Z"},
		{"board/then-as-known-now", "/boards/all/was?known=now&at=" + day + "T14:00:00Z"},
		{"list/newest", "/interactions"},
		{"list/next", "/interactions?cursor=" + first.Next},
		{"list/outcome", "/interactions?outcome=abandoned"},
		{"list/most-common-outcome", "/interactions?outcome=answered"},
		{"list/rare-outcome", "/interactions?outcome=self_served"},
		{"list/reason", "/interactions?outcome=abandoned&reason=after_decline"},
		{"list/queue", "/interactions?queue=Billing"},
		{"list/queue-and-outcome", "/interactions?queue=Billing&outcome=abandoned"},
		{"list/source-and-channel", "/interactions?source=connect&channel=messaging"},
		{"list/agent", "/interactions?agent=" + url.QueryEscape(agent)},
		{"list/agent-and-outcome", "/interactions?agent=" + url.QueryEscape(agent) + "&outcome=abandoned"},
		{"list/day", "/interactions?from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/ended-in-a-day", "/interactions?time=ended&sort=ended&outcome=abandoned&from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/ended-in-a-year", "/interactions?counted=1&time=ended&outcome=abandoned&" + year},
		{"list/last-ended", "/interactions?time=ended&sort=ended"},
		{"list/answered-in-a-day", "/interactions?time=accepted&from=" + day + "T00:00&to=" + day + "T23:59"},
		{"list/answered-in-a-year", "/interactions?time=accepted&" + year},
		{"list/open-at", "/interactions?time=open_at&from=" + day + "T12:00"},
		{"list/status", "/interactions?status=Declined"},
		{"list/most-common-status", "/interactions?status=Closed&source=twilio"},
		{"list/status-and-agent", "/interactions?status=Declined&agent=" + url.QueryEscape(agent)},
		{"list/status-and-outcome", "/interactions?status=Declined&outcome=answered"},
		{"list/who-waits", "/interactions?status=Waiting"},
		{"list/longest-wait", "/interactions?outcome=abandoned&sort=wait"},
		{"list/longest-wait-of-all", "/interactions?sort=wait"},
		{"list/long-waits", "/interactions?wait_from=100"},
		{"list/longer-than-any", "/interactions?wait_from=1000000"},
		{"list/corrected", "/interactions?corrected=1"},
		{"list/board-now", "/interactions?board=all&outcome=abandoned&time=ended"},
		{"list/json-500", "/api/v1/interactions?limit=500"},
		{"list/json-500-long-ago", "/api/v1/interactions?limit=500&to=" + day + "T12:00"},
		{"one/page", "/interactions/" + one},
		{"one/json", "/api/v1/interactions/" + one},
		{"report/month", "/reports/abandoned?compare=previous&from=" + day + "&to=" + month},
		{"report/year", "/reports/abandoned?compare=year&" + year},
		{"report/year-of-queue", "/reports/abandoned?queue=Billing&" + year},
		{"report/year-of-agent", "/reports/abandoned?agent=" + url.QueryEscape(agent) + "&" + year},
		{"report/year-json", "/reports/abandoned.json?" + year},
		{"report/corrections", "/reports/corrections?" + year},
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
			s.ServeHTTP(w, request("/reports/abandoned.csv?"+year))
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
