package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/views"
)

// settlingPage tells how late events came, and which outcomes they corrected.
func (s *Server) settlingPage(w http.ResponseWriter, r *http.Request) error {
	q, err := s.question(r.URL.Query())
	if err != nil {
		return err
	}
	settled, err := s.o.Past.Settling(r.Context(), q.scope.From, q.scope.To)
	if err != nil {
		return err
	}
	page := views.Report{
		Assets: pageAssets(), Title: "Corrections", Zone: s.zone().String(), Period: period(q.scope.From, q.scope.To),
		Form: views.ReportForm{Action: "/reports/corrections", From: day(q.scope.From), To: day(q.scope.To), Plain: true, Presets: s.presets("/reports/corrections", make(url.Values))},
	}
	chart := views.Chart{Title: "Corrections by day", How: "by when they became known"}
	table := views.ReportTable{Title: "Corrections by day and source", Columns: []string{"Day", "Source", "Corrections"}, Names: 2}
	for d := q.scope.From; d <= q.scope.To; d++ {
		sum := int64(0)
		var sources []string
		for name, n := range settled.Corrections[d] {
			sum += n
			sources = append(sources, name)
		}
		slices.Sort(sources)
		for _, name := range sources {
			table.Rows = append(table.Rows, views.ReportRow{Values: []string{day(d), name, views.FormatCount(settled.Corrections[d][name])}})
		}
		chart.Bars = append(chart.Bars, bar(d.Date().Format("01-02"), sum))
	}
	page.Charts = append(page.Charts, chart)
	page.Tables = append(page.Tables, lateTable(settled.Late), table, logTable(settled.Log))
	return writePage(w, r, views.ReportPage(page))
}

// lateTable tells by source how long after the vendor's time events were received.
func lateTable(late []history.Late) views.ReportTable {
	t := views.ReportTable{
		Title: "How late events came", Note: "Events by how long after the vendor's own time they were received.", Columns: []string{"Source", "Events"},
	}
	for _, edge := range history.LateEdges {
		t.Columns = append(t.Columns, "< "+short(edge))
	}
	t.Columns = append(t.Columns, "later")
	sums := make(map[string]*history.Lateness)
	for i := range late {
		sum := sums[late[i].Source]
		if sum == nil {
			sum = new(history.Lateness)
			sums[late[i].Source] = sum
		}
		for j, n := range late[i].Counts {
			sum[j] += n
		}
	}
	for name, sum := range sums {
		all := int64(0)
		for _, n := range sum {
			all += n
		}
		row := views.ReportRow{Values: []string{name, views.FormatCount(all)}}
		for _, n := range sum {
			row.Values = append(row.Values, views.FormatPercent(ratioOf(n, all)))
		}
		t.Rows = append(t.Rows, row)
	}
	slices.SortFunc(t.Rows, func(a, b views.ReportRow) int { return cmp.Compare(a.Values[0], b.Values[0]) })
	return t
}

// logTable are the newest corrections.
func logTable(log []history.Corrected) views.ReportTable {
	t := views.ReportTable{Title: "Newest corrections", Columns: []string{"Known since", "Before", "After", "Source"}, Names: 4}
	text := func(outcome, reason string) string {
		return strings.ReplaceAll(strings.TrimSuffix(outcome+", "+reason, ", "), "_", " ")
	}
	for i := range log {
		c := &log[i]
		t.Rows = append(t.Rows, views.ReportRow{
			URL: interactionURL(c.Source, c.ID), Values: []string{views.FormatTime(c.At), text(c.Outcome, c.Reason), text(c.NewOutcome, c.NewReason), c.Source},
		})
	}
	return t
}
