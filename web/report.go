package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/views"
)

// maxReportDays bounds the time of a report.
const maxReportDays = 3660

// question is what a report is asked for.
type question struct {
	scope  history.Scope
	reason int // among interaction.AbandonedReasons; -1 is all
	// was is the first day of the time compared with; compared reports whether there is one.
	was      history.Day
	compared bool
}

// days is how many days the question is about.
func (q *question) days() int { return int(q.scope.To-q.scope.From) + 1 }

// question reads what a request asks for; page, CSV and JSON share it.
func (s *Server) question(q url.Values) (question, error) {
	today := history.DayOf(s.o.Now(), s.zone())
	out := question{
		scope:  history.Scope{From: today - 6, To: today, Source: q.Get("source"), Queue: q.Get("queue"), Channel: q.Get("channel"), Agent: q.Get("agent")},
		reason: -1,
	}
	for name, into := range map[string]*history.Day{"from": &out.scope.From, "to": &out.scope.To} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, v)
		if err != nil || t.Year() < 1970 || t.Year() > 9999 {
			return out, badParameter(name, "is not a day, as 2026-11-23.")
		}
		*into = history.DayOf(t, time.UTC)
	}
	if q.Get("from") != "" && q.Get("to") == "" {
		out.scope.To = max(out.scope.From, today)
	}
	if out.scope.From > out.scope.To {
		return out, badParameter("from", "is after to; change the two.")
	}
	if out.days() > maxReportDays {
		return out, badParameter("from", "is more than ten years before to; ask for less at once.")
	}
	if _, err := interaction.ParseChannel(out.scope.Channel); err != nil {
		return out, badParameter("channel", "is neither voice nor messaging.")
	}
	if r := q.Get("reason"); r != "" {
		if out.reason = slices.Index(interaction.AbandonedReasons[:], r); out.reason < 0 {
			return out, badParameter("reason", "is not one of "+strings.Join(interaction.AbandonedReasons[:], ", ")+".")
		}
	}
	switch q.Get("compare") {
	case "":
	case "previous":
		out.was, out.compared = out.scope.From-history.Day(out.days()), true
	case "year":
		out.was, out.compared = out.scope.From-364, true
	default:
		return out, badParameter("compare", "is not one of previous, year.")
	}
	return out, nil
}

// reports are the answers to a question: of its time, and of that compared with, else nil.
func (s *Server) reports(ctx context.Context, q *question) (is, was *history.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	if is, err = s.o.Past.Report(ctx, q.scope); err == nil && q.compared {
		scope := q.scope
		scope.From, scope.To = q.was, q.was+history.Day(q.days())-1
		was, err = s.o.Past.Report(ctx, scope)
	}
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		err = tooMuch
	}
	return is, was, err
}

// figures are a tally's numbers of one reason, or of all.
type figures struct {
	Abandoned, Wait            int64 // µs, of all
	Known, Returned, Recovered int64
	Bins                       [len(history.WaitEdges) + 1]int64
	Hours                      [24]int64
	// Of all reasons, for rates.
	All, Accepted, Met, AbandonedWithin int64
}

func (q *question) figures(t *history.Tally) figures {
	f := figures{Accepted: t.Accepted, Met: t.Met, AbandonedWithin: t.AbandonedWithin}
	for i := range t.Reasons {
		r := &t.Reasons[i]
		f.All += r.Count
		if q.reason >= 0 && q.reason != i {
			continue
		}
		f.Abandoned += r.Count
		f.Wait += r.Wait
		f.Known += r.Known
		f.Returned += r.Returned
		f.Recovered += r.Recovered
		for j := range r.Bins {
			f.Bins[j] += r.Bins[j]
		}
		for j := range r.Hours {
			f.Hours[j] += r.Hours[j]
		}
	}
	return f
}

func ratioOf(a, b int64) *float64 {
	if b <= 0 {
		return nil
	}
	r := float64(a) / float64(b)
	return &r
}

// rate is the abandoned of the accepted and abandoned.
func (f *figures) rate() *float64 { return ratioOf(f.Abandoned, f.Accepted+f.All) }

// level is the service level by the formula against.
func (f *figures) level() *float64 { return ratioOf(f.Met, f.Accepted+f.All) }

// mean is the mean time to abandon.
func (f *figures) mean() *time.Duration {
	if f.Abandoned <= 0 {
		return nil
	}
	d := time.Duration(f.Wait/f.Abandoned) * time.Microsecond
	return &d
}

// listURL is the list of the abandoned of a report, narrowed further by pairs.
func (s *Server) listURL(q *question, from, to history.Day, pairs ...string) string {
	v := url.Values{"counted": {"1"}, "outcome": {"abandoned"}, "time": {"ended"}}
	v.Set("from", s.local(from.Start(s.zone())))
	v.Set("to", s.local((to + 1).Start(s.zone())))
	for name, value := range map[string]string{"source": q.scope.Source, "queue": q.scope.Queue, "channel": q.scope.Channel} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.reason >= 0 {
		v.Set("reason", interaction.AbandonedReasons[q.reason])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return "" // a list cannot ask for what has no name
		}
		v.Set(pairs[i], pairs[i+1])
	}
	if q.scope.Agent != "" {
		return "" // a list by agent is of all the agent's works
	}
	return "/interactions?" + v.Encode()
}

// reportPage is the report of the abandoned as a page.
func (s *Server) reportPage(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, err := s.question(values)
	if err != nil {
		return err
	}
	is, was, err := s.reports(r.Context(), &q)
	if err != nil {
		return err
	}
	form, err := s.reportForm(r.Context(), values, &q)
	if err != nil {
		return err
	}
	page := views.Report{
		Assets: pageAssets(), Title: "Abandoned interactions", Zone: s.zone().String(), Form: form, Period: period(q.scope.From, q.scope.To),
		CSV: "/reports/abandoned.csv?" + values.Encode(), JSON: "/reports/abandoned.json?" + values.Encode(),
	}
	if was != nil {
		page.Was = period(q.was, q.was+history.Day(q.days())-1)
	}
	s.reportFacts(&page, &q, is, was)
	s.reportCharts(&page, &q, is, was)
	s.reportTables(&page, &q, is)
	return writePage(w, r, views.ReportPage(page))
}

func (s *Server) reportForm(ctx context.Context, v url.Values, q *question) (views.ReportForm, error) {
	queues, agents, err := s.known(ctx)
	form := views.ReportForm{
		Action: "/reports/abandoned", From: day(q.scope.From), To: day(q.scope.To), Source: q.scope.Source, Queue: q.scope.Queue,
		Channel: q.scope.Channel, Agent: q.scope.Agent, Reason: v.Get("reason"), Compare: v.Get("compare"),
		Sources: s.o.Floor.Sources(), Queues: queues, Agents: agents,
	}
	kept := make(url.Values)
	for name, value := range map[string]string{"source": q.scope.Source, "queue": q.scope.Queue, "channel": q.scope.Channel, "agent": q.scope.Agent, "reason": form.Reason, "compare": form.Compare} {
		if value != "" {
			kept.Set(name, value)
		}
	}
	form.Presets = s.presets(form.Action, kept)
	return form, err
}

// presets are the periods that people ask for, of a report with what it is narrowed to.
func (s *Server) presets(action string, kept url.Values) (links []views.ReportLink) {
	today := history.DayOf(s.o.Now(), s.zone())
	monday := today - history.Day((today.Date().Weekday()+6)%7)
	month := today - history.Day(today.Date().Day()-1)
	lastMonth := month - history.Day((month - 1).Date().Day())
	for _, p := range []struct {
		text     string
		from, to history.Day
	}{{"Today", today, today}, {"Yesterday", today - 1, today - 1}, {"This week", monday, today}, {"Last week", monday - 7, monday - 1}, {"This month", month, today}, {"Last month", lastMonth, month - 1}, {"365 days", today - 364, today}} {
		kept.Set("from", day(p.from))
		kept.Set("to", day(p.to))
		links = append(links, views.ReportLink{Text: p.text, URL: action + "?" + kept.Encode()})
	}
	return links
}

func day(d history.Day) string { return d.Date().Format(time.DateOnly) }

func period(from, to history.Day) string {
	if from == to {
		return from.Date().Format("Monday, 2006-01-02")
	}
	return day(from) + " to " + day(to)
}

func (s *Server) reportFacts(page *views.Report, q *question, is, was *history.Report) {
	now := q.figures(&is.Total)
	add := func(label, how, url string, of func(*figures) string) {
		fact := views.ReportFact{Label: label, Value: of(&now), How: how, URL: url}
		if was != nil {
			then := q.figures(&was.Total)
			fact.Was = of(&then)
		}
		page.Facts = append(page.Facts, fact)
	}
	add("Abandoned", "", s.listURL(q, q.scope.From, q.scope.To), func(f *figures) string { return views.FormatCount(f.Abandoned) })
	add("Time to abandon", "mean", "", func(f *figures) string { return views.FormatDuration(f.mean()) })
	if q.scope.Agent == "" {
		add("Abandon rate", "abandoned / (accepted + abandoned)", "", func(f *figures) string { return views.FormatPercent(f.rate()) })
		add("Accepted", "", "", func(f *figures) string { return views.FormatCount(f.Accepted) })
		add("Service level", "answered ≤ T / (answered + abandoned), T by queue", "", func(f *figures) string { return views.FormatPercent(f.level()) })
	}
	add("Came again", "within 24 h, of those whose customer is known", "", func(f *figures) string { return views.FormatPercent(ratioOf(f.Returned, f.Known)) })
	add("Won back", "came again and were answered", "", func(f *figures) string { return views.FormatPercent(ratioOf(f.Recovered, f.Known)) })
}

// byName are a report's parts by name, the most abandoned first.
func byName(q *question, m map[string]*history.Tally) []string {
	var names []string
	for name, t := range m {
		if *t != (history.Tally{}) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := q.figures(m[a]), q.figures(m[b])
		return cmp.Or(cmp.Compare(y.Abandoned, x.Abandoned), cmp.Compare(a, b))
	})
	return names
}
