package web

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/views"
)

// part is a day of a report, or several of them where there are many.
type part struct {
	label    string
	from, to history.Day
}

// parts split a time into days, weeks or months, by its length.
func (q *question) parts() []part {
	var list []part
	for d := q.scope.From; d <= q.scope.To; {
		at := d.Date()
		p := part{at.Format("01-02"), d, d}
		switch {
		case q.days() > 400:
			p = part{at.Format("2006-01"), d, history.DayOf(time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC), time.UTC) - 1}
		case q.days() > 62:
			p = part{at.Format("01-02"), d, d + history.Day((7-int(at.Weekday()))%7)}
		}
		p.to = min(p.to, q.scope.To)
		list = append(list, p)
		d = p.to + 1
	}
	return list
}

// partName is what the first column of the parts is called.
func (q *question) partName() string {
	switch {
	case q.days() > 400:
		return "Month from"
	case q.days() > 62:
		return "Week from"
	}
	return "Day"
}

// sum is the tally of a part.
func sum(r *history.Report, p part) *history.Tally {
	t := new(history.Tally)
	for d := p.from; d <= p.to; d++ {
		if of := r.Days[d]; of != nil {
			t.Add(of)
		}
	}
	return t
}

var weekdays = [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// weekday is the place of a day in a week that begins on Monday.
func weekday(d history.Day) int { return (int(d.Date().Weekday()) + 6) % 7 }

// binLabels are the bins of waits in words.
func binLabels() []string {
	var labels []string
	last := int64(0)
	for _, edge := range history.WaitEdges {
		labels = append(labels, fmt.Sprintf("%s–%s", short(last), short(edge)))
		last = edge
	}
	return append(labels, "≥ "+short(last))
}

func short(seconds int64) string {
	if seconds >= 3600 && seconds%3600 == 0 {
		return fmt.Sprintf("%d h", seconds/3600)
	}
	if seconds > 90 {
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d s", seconds)
}

func (s *Server) reportCharts(page *views.Report, q *question, is, was *history.Report) {
	parts := q.parts()
	unit := map[bool]string{true: "Abandoned by day", false: "Abandoned by week"}[q.days() <= 62]
	if q.days() > 400 {
		unit = "Abandoned by month"
	}
	days := views.Chart{Title: unit, Was: page.Was}
	rates := views.Chart{Title: "Abandon rate and service level", Percent: true}
	rate, level := views.Line{Label: "Abandon rate"}, views.Line{Label: "Service level"}
	for _, p := range parts {
		now := q.figures(sum(is, p))
		b := bar(p.label, now.Abandoned)
		if was != nil {
			shift := q.was - q.scope.From
			f := q.figures(sum(was, part{from: p.from + shift, to: p.to + shift}))
			withWas(&b, f.Abandoned)
		}
		days.Bars = append(days.Bars, b)
		rate.Labels, rate.Values = append(rate.Labels, p.label), append(rate.Values, now.rate())
		level.Labels, level.Values = append(level.Labels, p.label), append(level.Values, now.level())
	}
	now := q.figures(&is.Total)
	var before figures
	if was != nil {
		before = q.figures(&was.Total)
	}
	several := func(title, how string, labels []string, is, was []int64) views.Chart {
		c := views.Chart{Title: title, How: how, Was: page.Was}
		for i := range labels {
			b := bar(labels[i], is[i])
			if page.Was != "" {
				withWas(&b, was[i])
			}
			c.Bars = append(c.Bars, b)
		}
		return c
	}
	var hours []string
	for h := range 24 {
		hours = append(hours, fmt.Sprintf("%02d", h))
	}
	week, weekWas := q.week(is), make([]int64, 7)
	if was != nil {
		weekWas = q.week(was)
	}
	page.Charts = append(page.Charts, days)
	if q.scope.Agent == "" {
		rates.Lines = []views.Line{rate, level}
		page.Charts = append(page.Charts, rates)
	}
	page.Charts = append(page.Charts,
		several("Abandoned by hour", "", hours, now.Hours[:], before.Hours[:]),
		several("Abandoned by weekday", "", weekdays[:], week, weekWas),
		several("Time to abandon", "how many left after how long", binLabels(), now.Bins[:], before.Bins[:]))
}

// week is the abandoned by weekday.
func (q *question) week(r *history.Report) []int64 {
	week := make([]int64, 7)
	for d, t := range r.Days {
		f := q.figures(t)
		week[weekday(d)] += f.Abandoned
	}
	return week
}

func bar(label string, n int64) views.Bar {
	return views.Bar{Label: label, Text: views.FormatCount(n), Value: float64(max(0, n))}
}

func withWas(b *views.Bar, n int64) {
	v := float64(max(0, n))
	b.Was, b.WasText = &v, views.FormatCount(n)
}

func (s *Server) reportTables(page *views.Report, q *question, is *history.Report) {
	columns := func(name string) []string {
		c := []string{name, "Abandoned", "Time to abandon"}
		if q.scope.Agent == "" {
			c = append(c, "Abandon rate", "Service level", "Accepted")
		}
		return append(c, "Came again", "Won back")
	}
	row := func(url, name string, t *history.Tally) views.ReportRow {
		f := q.figures(t)
		values := []string{name, views.FormatCount(f.Abandoned), views.FormatDuration(f.mean())}
		if q.scope.Agent == "" {
			values = append(values, views.FormatPercent(f.rate()), views.FormatPercent(f.level()), views.FormatCount(f.Accepted))
		}
		return views.ReportRow{URL: url, Values: append(values, views.FormatCount(f.Returned), views.FormatCount(f.Recovered))}
	}
	for _, x := range []struct {
		title, column, parameter string
		of                       map[string]*history.Tally
	}{{"By queue", "Queue", "queue", is.Queues}, {"By channel", "Channel", "channel", is.Channels}, {"By source", "Source", "source", is.Sources}} {
		t := views.ReportTable{Title: x.title, Columns: columns(x.column)}
		for _, name := range byName(q, x.of) {
			shown := name
			if shown == "" {
				shown = "none"
			}
			t.Rows = append(t.Rows, row(s.listURL(q, q.scope.From, q.scope.To, x.parameter, name), shown, x.of[name]))
		}
		page.Tables = append(page.Tables, t)
	}
	reasons := views.ReportTable{Title: "By reason", Columns: []string{"Reason", "Abandoned", "Time to abandon", "Came again", "Won back"}}
	for i, reason := range views.ReasonKeys {
		one := *q
		one.reason = i
		if q.reason >= 0 && q.reason != i {
			continue
		}
		f := one.figures(&is.Total)
		reasons.Rows = append(reasons.Rows, views.ReportRow{
			URL: s.listURL(&one, q.scope.From, q.scope.To), Values: []string{views.ReasonLabel(reason), views.FormatCount(f.Abandoned), views.FormatDuration(f.mean()), views.FormatCount(f.Returned), views.FormatCount(f.Recovered)},
		})
	}
	days := views.ReportTable{Title: page.Charts[0].Title, Columns: columns(q.partName())}
	for _, p := range q.parts() {
		days.Rows = append(days.Rows, row(s.listURL(q, p.from, p.to), day(p.from), sum(is, p)))
	}
	page.Tables = append(page.Tables, reasons, days, s.offersTable(q, "Offers by agent", "Works of customers' contacts by how they ended, in the time. Those that were accepted are closed or transferred.", "Agent", is.Agents),
		s.offersTable(q, "Offers by queue", "", "Queue", is.Offers))
}

// offersTable tells who declined, and which offers timed out. Two sources may each have an agent of one name.
func (s *Server) offersTable(q *question, title, note, name string, of []history.AgentReport) views.ReportTable {
	t := views.ReportTable{
		Title: title, Note: note,
		Columns: []string{name, "Declined", "Timed out", "Unavailable", "Left while offered", "Canceled", "Closed", "Transferred", "Refused"},
	}
	if name == "Agent" {
		t.Columns, t.Names = slices.Insert(t.Columns, 1, "Source"), 2
	}
	for i := range of {
		a := &of[i]
		refused := a.Declined + a.TimedOut + a.Unavailable
		r := views.ReportRow{Values: []string{agentName(a.Agent, a.Name)}}
		if name == "Queue" {
			r.Values[0] = a.Queue
		} else {
			r.Values = append(r.Values, a.Source)
			r.URL = "/interactions?" + url.Values{
				"agent": {a.Agent}, "source": {a.Source}, "time": {"ended"}, "from": {s.local(q.scope.From.Start(s.zone()))}, "to": {s.local((q.scope.To + 1).Start(s.zone()))},
			}.Encode()
		}
		for _, n := range []int64{a.Declined, a.TimedOut, a.Unavailable, a.Abandoned, a.Canceled, a.Closed, a.Transferred} {
			r.Values = append(r.Values, views.FormatCount(n))
		}
		r.Values = append(r.Values, views.FormatPercent(ratioOf(refused, refused+a.Closed+a.Transferred+a.Abandoned)))
		if r.Values[0] == "" {
			r.Values[0] = "none"
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
