package metrics

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/measure"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/web"
)

// maxScrapes bounds the scrapes under way; more get 503.
const maxScrapes = 4

// Options are where the values come from. All are asked at each scrape, by several
// goroutines at once.
type Options struct {
	Version  string
	Intake   func() map[string]intake.Stats
	InFlight func() int
	Journal  func() journal.Stats
	Floor    func() wallboard.Stats
	Site     func() web.Stats
}

// Handler answers scrapes from a registry of its own.
func Handler(o Options) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(&collector{o}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
}

// collector makes metrics of the values.
type collector struct{ o Options }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("wallboard_"+name, help, labels, nil)
}

// The metrics. docs/operations.md says which to watch.
var (
	buildInfo = desc("build_info", "The program that runs; always 1.", "version", "goversion")

	deliveries  = desc("deliveries_total", "Requests to a source's hook, by what became of them.", "source", "result")
	events      = desc("events_total", "Events of acknowledged deliveries: stored, or duplicate.", "source", "result")
	quarantined = desc("quarantined_parts_total", "Parts of deliveries that did not decode and are kept.", "source")
	ignored     = desc("ignored_parts_total", "Parts of deliveries that were understood and not needed, or of a type that is not known.", "source")
	lag         = desc("delivery_lag_seconds", "From the vendor's time of a delivery's newest event to its being counted.", "source")
	lastEvent   = desc("source_last_event_timestamp_seconds", "Time of the source's newest event; 0 if it had none.", "source")
	inFlight    = desc("deliveries_in_flight", "Deliveries that are being handled.")

	ready         = desc("journal_ready", "1 if deliveries can be stored, else 0.")
	pending       = desc("journal_pending_records", "Records that wait for the writer.")
	head          = desc("journal_head_position", "Position of the newest committed record.")
	failedCommits = desc("journal_failed_commits_total", "Groups of records that could not be committed.")
	commitRecords = desc("journal_commit_records", "Records of one commit.")
	commitSeconds = desc("journal_commit_seconds", "Duration of one commit, to the disk.")

	applied  = desc("applied_timestamp_seconds", "Time through which deliveries are counted.")
	contacts = desc("contacts", "Contacts in memory.")
	unkept   = desc("contacts_unkept", "Contacts whose newest change is not in the projections yet.")
	cells    = desc("cells", "Cells of counts: one for each source, channel and queue.")
	agents   = desc("agents", "Agents whose state is known.")

	audited   = desc("audit_timestamp_seconds", "When the counts were last compared with a recount; 0 if they were not yet.")
	differing = desc("audit_differences", "What differed from the recount then; anything but 0 means that boards are wrong.")

	boards     = desc("boards", "Boards that are served.")
	sockets    = desc("sockets", "Screens that are connected.")
	queued     = desc("sockets_queued", "Screens for which something waits to be written.")
	encoded    = desc("frames_encoded_total", "Frames encoded, each for all screens that need it.")
	frames     = desc("frames_sent_total", "Frames written to a screen.")
	frameBytes = desc("frame_bytes_sent_total", "Bytes of the frames written to screens.")
)

// Describe names no metrics, which makes the collector unchecked: what it collects is
// the list above.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect asks all packages.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	histogram := func(d *prometheus.Desc, v measure.Values, labels ...string) {
		ch <- prometheus.MustNewConstHistogram(d, v.Count, v.Sum, v.Buckets, labels...)
	}
	gauge(buildInfo, 1, c.o.Version, runtime.Version())

	for source, s := range c.o.Intake() {
		for _, r := range intake.Results() {
			counter(deliveries, s.Results[r], source, r.String())
		}
		counter(events, s.Events, source, "stored")
		counter(events, s.Duplicates, source, "duplicate")
		counter(quarantined, s.Quarantined, source)
		var parts uint64
		for _, n := range s.Ignored {
			parts += n
		}
		counter(ignored, parts, source)
		histogram(lag, s.Lag, source)
	}
	gauge(inFlight, float64(c.o.InFlight()))

	j := c.o.Journal()
	up := 0.0
	if j.Ready {
		up = 1
	}
	gauge(ready, up)
	gauge(pending, float64(j.Pending))
	gauge(head, float64(j.Head))
	counter(failedCommits, j.Failures)
	histogram(commitRecords, j.CommitRecords)
	histogram(commitSeconds, j.CommitSeconds)

	f := c.o.Floor()
	for source, at := range f.LastEvents {
		gauge(lastEvent, float64(at)/1e6, source)
	}
	gauge(applied, float64(f.AsOf)/1e6)
	gauge(contacts, float64(f.Contacts))
	gauge(unkept, float64(f.Unkept))
	gauge(cells, float64(f.Cells))
	gauge(agents, float64(f.Agents))
	gauge(audited, float64(f.Audited)/1e6)
	gauge(differing, float64(f.Differing))

	s := c.o.Site()
	gauge(boards, float64(s.Boards))
	gauge(sockets, float64(s.Sockets))
	gauge(queued, float64(s.Queued))
	counter(encoded, s.Encoded)
	counter(frames, s.Frames)
	counter(frameBytes, s.Bytes)
}
