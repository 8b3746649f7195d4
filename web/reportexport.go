package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/views"
)

// exportWithin bounds how long one slice of an export may take to be written.
const exportWithin = time.Minute

// csvColumns are those of calls and messaging sessions joined with their works.
var csvColumns = []string{
	"channel", "interaction", "source", "queue", "started", "ended", "wait_seconds", "reason", "corrections", "customer_came_again",
	"work", "work_queue", "agent", "agent_name", "work_status", "work_ended",
}

var cameAgain = [3]string{"no", "yes", "answered"}

// reportCSV streams a line for each work of each abandoned interaction.
func (s *Server) reportCSV(w http.ResponseWriter, r *http.Request) error {
	q, err := s.question(r.URL.Query())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="abandoned-`+day(q.scope.From)+"-"+day(q.scope.To)+`.csv"`)
	connection := http.NewResponseController(w)
	out := csv.NewWriter(w)
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	lines := 0
	err = s.o.Past.Abandoned(r.Context(), q.scope, func(a *history.AbandonedWork) error {
		if q.reason >= 0 && a.Reason != interaction.AbandonedReasons[q.reason] {
			return nil
		}
		if lines++; lines%1000 == 1 { // each thousand has its time; a server that cannot set it has none
			_ = connection.SetWriteDeadline(time.Now().Add(exportWithin))
		}
		return out.Write(safeLine(
			a.Channel, a.ID, a.Source, a.Queue, a.Started.Format(time.RFC3339Nano), a.Ended.Format(time.RFC3339Nano),
			strconv.FormatFloat(float64(a.Wait.Microseconds())/1e6, 'f', -1, 64), a.Reason, strconv.Itoa(a.Corrections), cameAgain[min(2, max(0, a.Returned))],
			a.Work, a.WorkQueue, a.Agent, a.AgentName, a.Status, a.At.Format(time.RFC3339Nano),
		))
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil && lines > 0 {
		panic(http.ErrAbortHandler) // the status was sent already; a cut connection tells that it is not all
	}
	return err
}

// safeLine keeps spreadsheets from taking a vendor's text for a formula.
func safeLine(values ...string) []string {
	for i, v := range values {
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			values[i] = "'" + v
		}
	}
	return values
}

// reportJSON is the report as numbers.
func (s *Server) reportJSON(w http.ResponseWriter, r *http.Request) error {
	q, err := s.question(r.URL.Query())
	if err != nil {
		return err
	}
	is, was, err := s.reports(r.Context(), &q)
	if err != nil {
		return err
	}
	out := s.reportObject(&q, is, q.scope.From, q.scope.To)
	if was != nil {
		out["compared_with"] = s.reportObject(&q, was, q.was, q.was+history.Day(q.days())-1)
	}
	return writeJSON(w, out)
}

func (s *Server) reportObject(q *question, r *history.Report, from, to history.Day) map[string]any {
	type object = map[string]any
	tally := func(t *history.Tally) object {
		f := q.figures(t)
		return object{
			"abandoned": f.Abandoned, "average_time_to_abandon_seconds": seconds(f.mean()), "abandon_rate": f.rate(), "service_level": f.level(),
			"accepted": f.Accepted, "customer_known": f.Known, "came_again": f.Returned, "won_back": f.Recovered, "corrections": t.Corrections,
		}
	}
	named := func(key string, m map[string]*history.Tally) []object {
		list := []object{}
		for _, name := range byName(q, m) {
			o := tally(m[name])
			o[key] = orNull(name)
			list = append(list, o)
		}
		return list
	}
	days, reasons, agents, bins := []object{}, object{}, []object{}, []object{}
	for d := from; d <= to; d++ {
		t := r.Days[d]
		if t == nil {
			t = new(history.Tally)
		}
		o := tally(t)
		o["day"] = day(d)
		days = append(days, o)
	}
	for i, reason := range views.ReasonKeys {
		reasons[reason] = r.Total.Reasons[i].Count
	}
	for i := range r.Agents {
		a := &r.Agents[i]
		agents = append(agents, object{
			"source": a.Source, "agent": object{"id": a.Agent, "name": orNull(a.Name)}, "closed": a.Closed, "transferred": a.Transferred,
			"declined": a.Declined, "timed_out": a.TimedOut, "unavailable": a.Unavailable, "canceled": a.Canceled, "abandoned": a.Abandoned,
		})
	}
	f := q.figures(&r.Total)
	for i, n := range f.Bins {
		b := object{"from_seconds": int64(0), "to_seconds": nil, "abandoned": n}
		if i > 0 {
			b["from_seconds"] = history.WaitEdges[i-1]
		}
		if i < len(history.WaitEdges) {
			b["to_seconds"] = history.WaitEdges[i]
		}
		bins = append(bins, b)
	}
	return object{
		"from": day(from), "to": day(to), "time_zone": s.zone().String(), "total": tally(&r.Total), "by_day": days, "by_hour": f.Hours,
		"by_weekday": q.week(r), "by_queue": named("queue", r.Queues), "by_channel": named("channel", r.Channels),
		"by_source": named("source", r.Sources), "by_reason": reasons, "by_agent": agents, "time_to_abandon": bins,
	}
}
