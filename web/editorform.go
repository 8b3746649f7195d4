package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/views"
)

// thresholdFields are the parts of a threshold in a form, as the settings file names them.
var thresholdFields = []string{"warn", "alert", "clear", "alert_clear", "minimum", "pending_seconds"}

// partOf is one part of a threshold by its name.
func partOf(t *board.DraftThreshold, field string) *string {
	return map[string]*string{
		"warn": &t.Warn, "alert": &t.Alert, "clear": &t.Clear, "alert_clear": &t.AlertClear, "minimum": &t.Minimum, "pending_seconds": &t.PendingSeconds,
	}[field]
}

// draftOf reads the form of a board. What is no number of a place is a fault; all else is
// for the shelf to check.
func draftOf(f url.Values) (board.Draft, board.Faults) {
	d := board.Draft{
		Name: f.Get("name"), Title: strings.TrimSpace(f.Get("title")), Window: f.Get("window"), TimeZone: strings.TrimSpace(f.Get("time_zone")),
		DayStart: f.Get("day_start"), Formula: f.Get("formula"), News: strings.TrimSpace(f.Get("news")), AgentNames: f.Get("agent_names"), Language: f.Get("language"),
		Queues: append(texts(f["queue"]), lines(f.Get("queues"))...), Channels: texts(f["channel"]), Sources: texts(f["source"]), Embed: lines(f.Get("embed")),
	}
	var faults board.Faults
	type placed struct {
		tile  string
		place int
	}
	var tiles []placed
	for _, t := range board.Tiles {
		text := strings.TrimSpace(f.Get("tile." + string(t)))
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 99 {
			faults = append(faults, board.Fault{Field: "tiles." + string(t), Detail: "is no place from 1 to 99; leave it empty for a tile that is not shown"})
		}
		tiles = append(tiles, placed{string(t), n})
	}
	slices.SortStableFunc(tiles, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	for _, t := range tiles {
		d.Tiles = append(d.Tiles, t.tile)
	}
	if slices.Equal(d.Tiles, tileNames(board.DefaultTiles)) {
		d.Tiles = nil // what is usual stays so when more becomes usual
	}
	for _, metric := range metricNames() {
		var t board.DraftThreshold
		for _, field := range thresholdFields {
			*partOf(&t, field) = strings.ReplaceAll(strings.TrimSpace(f.Get("threshold."+metric+"."+field)), ",", ".")
		}
		if t != (board.DraftThreshold{}) {
			if d.Thresholds == nil {
				d.Thresholds = make(map[string]board.DraftThreshold)
			}
			d.Thresholds[metric] = t
		}
	}
	return d, faults
}

// texts are those that are not empty, each once.
func texts(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func lines(text string) []string { return texts(strings.Split(text, "\n")) }

func tileNames(tiles []board.Tile) []string {
	names := make([]string, 0, len(tiles))
	for _, t := range tiles {
		names = append(names, string(t))
	}
	return names
}

// metricNames are the numbers that may have thresholds, in the order of the form.
func metricNames() []string {
	return []string{"abandoned", "abandon_rate", "waiting", "longest_wait_seconds", "service_level", "average_speed_of_answer_seconds"}
}

// boardForm shows a draft in its form.
func (s *Server) boardForm(w http.ResponseWriter, r *http.Request, d *board.Draft, page views.BoardForm, status int) error {
	if err := s.fill(r.Context(), &page, d); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src 'self'")
	return writePageStatus(w, r, views.BoardFormPage(page), status)
}

// fill puts a draft into its form, and what there is to choose from.
func (s *Server) fill(ctx context.Context, page *views.BoardForm, d *board.Draft) error {
	queues, err := s.o.Past.Queues(ctx)
	if err != nil {
		return err
	}
	page.Assets = editorAssets()
	page.Name, page.Title, page.Window, page.TimeZone, page.DayStart = d.Name, d.Title, d.Window, d.TimeZone, d.DayStart
	page.Formula, page.News, page.AgentNames, page.Language, page.Embed = d.Formula, d.News, d.AgentNames, d.Language, strings.Join(d.Embed, "\n")
	page.Queues = choices(queues, d.Queues)
	page.Channels = choices([]string{"voice", "messaging"}, d.Channels)
	page.Sources = choices(s.o.Floor.Sources(), d.Sources)
	page.Zone, page.Languages = s.zone().String(), board.Locales
	shown := d.Tiles
	if len(shown) == 0 {
		shown = tileNames(board.DefaultTiles)
	}
	for _, t := range board.Tiles {
		row := views.TileRow{Name: string(t)}
		if i := slices.Index(shown, string(t)); i >= 0 {
			row.Place = strconv.Itoa(i + 1)
		}
		page.Tiles = append(page.Tiles, row)
	}
	slices.SortStableFunc(page.Tiles, func(a, b views.TileRow) int { return cmp.Compare(placeOf(a), placeOf(b)) })
	for _, metric := range metricNames() {
		t := d.Thresholds[metric]
		row := views.ThresholdRow{Metric: metric}
		for _, field := range thresholdFields {
			row.Parts = append(row.Parts, views.ThresholdPart{Field: field, Value: *partOf(&t, field)})
		}
		page.Thresholds = append(page.Thresholds, row)
	}
	page.PreviewURL = "/editor/preview?" + formOf(page).Encode()
	return nil
}

func placeOf(t views.TileRow) int {
	n, err := strconv.Atoi(t.Place)
	if err != nil {
		return len(board.Tiles) + 1
	}
	return n
}

// choices are all names, those that are chosen marked; what is chosen and not known is one too.
func choices(all, chosen []string) (list []views.Choice) {
	for _, name := range texts(append(slices.Clone(all), chosen...)) {
		list = append(list, views.Choice{Name: name, Chosen: slices.Contains(chosen, name)})
	}
	return list
}

// formOf is what a browser would send of the form as it is shown.
func formOf(page *views.BoardForm) url.Values {
	f := url.Values{
		"name": {page.Name}, "title": {page.Title}, "window": {page.Window}, "time_zone": {page.TimeZone}, "day_start": {page.DayStart}, "formula": {page.Formula},
		"news": {page.News}, "agent_names": {page.AgentNames}, "language": {page.Language}, "embed": {page.Embed},
	}
	for name, list := range map[string][]views.Choice{"queue": page.Queues, "channel": page.Channels, "source": page.Sources} {
		for _, c := range list {
			if c.Chosen {
				f.Add(name, c.Name)
			}
		}
	}
	for _, t := range page.Tiles {
		f.Set("tile."+t.Name, t.Place)
	}
	for _, t := range page.Thresholds {
		for _, p := range t.Parts {
			f.Set("threshold."+t.Metric+"."+p.Field, p.Value)
		}
	}
	for name, v := range f {
		if len(v) == 1 && v[0] == "" {
			f.Del(name)
		}
	}
	return f
}
