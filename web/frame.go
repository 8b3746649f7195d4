package web

import (
	"bytes"
	"context"
	"maps"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/gorilla/websocket"

	"github.com/wallboard/wallboard/static"
	"github.com/wallboard/wallboard/views"
)

// partialAbove is the size in bytes from which on a board's change is also encoded alone,
// for the screens that have the frame before it.
const partialAbove = 4 << 10

// frame is a live message; see SPEC section 6.
type frame struct {
	Epoch  string `json:"epoch"`
	Seq    uint64 `json:"seq"`
	AsOf   string `json:"as_of"`
	AgeMS  int64  `json:"age_ms"`
	Full   bool   `json:"full"`
	Layout string `json:"layout"`
	// Version is that of style and script; a page of another one loads itself anew.
	Version string               `json:"version"`
	Cells   map[string]frameCell `json:"cells"`
	HTML    string               `json:"html,omitempty"`
}

type frameCell struct {
	Text    string `json:"text"`
	State   string `json:"state,omitempty"`
	SinceMS *int64 `json:"since_ms,omitempty"`
	// Corrected is how many of a count changed after the fact.
	Corrected int64 `json:"corrected,omitzero"`
}

func (c frameCell) equal(d frameCell) bool {
	return c.Text == d.Text && c.State == d.State && c.Corrected == d.Corrected && (c.SinceMS == nil) == (d.SinceMS == nil) && (c.SinceMS == nil || *c.SinceMS == *d.SinceMS)
}

// frameCells are the board's cells by id.
func frameCells(b *views.Board) map[string]frameCell {
	cells := make(map[string]frameCell)
	for _, c := range b.Cells() {
		cells[c.ID] = frameCell{c.Text, c.State, c.SinceMS, c.Corrected}
	}
	return cells
}

// changedCells are those of after that differ from before.
func changedCells(before, after map[string]frameCell) map[string]frameCell {
	changed := maps.Clone(after)
	maps.DeleteFunc(changed, func(id string, c frameCell) bool {
		old, ok := before[id]
		return ok && old.equal(c)
	})
	return changed
}

// fullFrame has all cells, and the region as HTML for screens that have another layout.
func (s *Server) fullFrame(ctx context.Context, v *view, withRegion bool) (frame, error) {
	f := s.frame(v, true, v.cells)
	if withRegion {
		var b bytes.Buffer
		if err := views.BoardRegion(v.model).Render(ctx, &b); err != nil {
			return frame{}, err
		}
		f.HTML = b.String()
	}
	return f, nil
}

func (s *Server) frame(v *view, full bool, cells map[string]frameCell) frame {
	age := max(0, s.o.Now().Sub(v.numbers.AsOf))
	return frame{
		Epoch: s.epoch, Seq: v.seq, AsOf: v.numbers.AsOf.UTC().Format(timeForm), AgeMS: age.Milliseconds(),
		Full: full, Layout: v.layout, Version: static.Version(), Cells: cells,
	}
}

// frames are a view's encodings, each made at most once for all screens. partial is nil
// where nobody needs it, or where full is small.
type frames struct {
	full, partial *websocket.PreparedMessage
	hasRegion     bool
	// Sizes of their texts, in bytes.
	fullSize, partialSize int
}

// encode makes the frames that the board's screens need.
func (s *Server) encode(ctx context.Context, p *published, v *view, n needs) (frames, error) {
	fs := frames{hasRegion: n.region}
	f, err := s.fullFrame(ctx, v, n.region)
	if err != nil {
		return fs, err
	}
	body, err := json.Marshal(f)
	if err != nil {
		return fs, err
	}
	p.encodings.Add(1)
	fs.fullSize = len(body)
	if fs.full, err = websocket.NewPreparedMessage(websocket.TextMessage, body); err != nil || !n.partial || len(body) <= partialAbove {
		return fs, err
	}
	if body, err = json.Marshal(s.frame(v, false, v.changed)); err != nil {
		return fs, err
	}
	p.encodings.Add(1)
	fs.partialSize = len(body)
	fs.partial, err = websocket.NewPreparedMessage(websocket.TextMessage, body)
	return fs, err
}

// timeForm is how times are written: RFC 3339 with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(timeForm)
	return &s
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	s := d.Seconds()
	return &s
}
