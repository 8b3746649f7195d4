package web

import (
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// assets are what every page loads.
func assets() views.Assets {
	return views.Assets{Style: static.URL("board.css"), Script: static.URL("board.js"), Icon: static.URL("icon.svg"), Screen: static.URL("screen.js"), Version: static.Version()}
}

// pageAssets are what the pages to read load.
func pageAssets() views.Assets {
	a := assets()
	a.Pages = static.URL("pages.css")
	return a
}

// silentAfter is how long a source may say nothing before it is marked. Quiet nights are
// marked too; that nobody called and that no webhook came look alike from here.
const silentAfter = 15 * time.Minute

// boardView makes the model of a board's page and frames. alarms are what each threshold
// remembers, and change here.
func boardView(def *board.Definition, n *wallboard.Numbers, now time.Time, alarms map[string]board.Alarm) views.Board {
	b := views.Board{
		Assets: assets(), Name: def.Name, Title: def.Title, LiveURL: "/boards/" + def.Name + "/live", FrameURL: "/boards/" + def.Name + "/frame",
		AsOf: n.AsOf.In(n.Since.Location()), Age: max(0, now.Sub(n.AsOf)), Window: string(def.Window), Since: n.Since, Formula: string(def.Formula),
		Status: n.Status, Reasons: n.Reasons, Customers: views.Customers(n.Customers), Differing: n.Differing, Metrics: views.Metrics(n.Metrics), Agents: n.Agents,
		States: make(map[string]string), Limits: make(map[string]views.Limit), Links: links(def, n), Corrected: corrected(n),
	}
	for _, ch := range n.StatusByChannel {
		b.Channels = append(b.Channels, views.Channel{Name: ch.Channel.String(), Status: ch.Status})
	}
	for _, s := range n.Sources {
		src := views.Source{Name: s.Name, Vendor: s.Vendor, Limit: s.Limit}
		if !s.LastEvent.IsZero() {
			age := max(0, n.AsOf.Sub(s.LastEvent))
			src.Age = &age
			if age > silentAfter {
				b.States["source."+s.Name] = "warn"
			}
		}
		b.Sources = append(b.Sources, src)
	}
	b.News = def.News
	for _, t := range def.Shown() {
		b.Tiles = append(b.Tiles, string(t))
	}
	for _, q := range n.Queues {
		b.Queues = append(b.Queues, views.Queue{
			Name: q.Name, Waiting: q.Status[interaction.Waiting], LongestWaitNow: q.LongestWaitNow, Opened: q.Status[interaction.Opened],
			Abandoned: q.Status[interaction.StatusAbandoned], ServiceLevel: q.ServiceLevel, ServiceLevelSeconds: q.ServiceLevelSeconds,
		})
	}
	if t := n.Trend; t != nil {
		b.Trend = &views.Trend{Since: t.Since, Started: t.Started, Abandoned: t.Abandoned}
	}
	for _, a := range n.People {
		b.People = append(b.People, views.Person{Name: a.Name, State: a.Presence.String(), Since: a.Since})
	}
	judge(def, n, alarms, now)
	for name, a := range alarms {
		if s := a.State(); s != board.Normal {
			b.States[metricCells[name]] = string(s)
		}
		b.Limits[metricCells[name]] = limitOf(name, def.Thresholds[name])
	}
	b.Alarms = alarmsOf(def, n, alarms)
	return b
}

// corrected are by cell id the counts that changed after they were first shown.
func corrected(n *wallboard.Numbers) map[string]int64 {
	cells := make(map[string]int64)
	for i, outcome := range outcomeKeys {
		cells["customers."+outcome] = n.Corrected.Outcomes[i]
	}
	cells["status."+interaction.StatusAbandoned.String()] = n.Corrected.Outcomes[1]
	for i, reason := range views.ReasonKeys {
		cells["reason."+reason] = n.Corrected.Reasons[i]
	}
	return cells
}

// windowText says a board's window in words.
func windowText(def *board.Definition, since time.Time) string {
	return views.WindowText(def.Locale, string(def.Window), since)
}
