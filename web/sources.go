package web

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/intake"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/views"
)

var noDelivery = &problem{status: http.StatusNotFound, title: "No such delivery", field: "position", detail: "No delivery is stored under this number."}

// sourcesPage tells what became of the deliveries of each source.
func (s *Server) sourcesPage(w http.ResponseWriter, r *http.Request) error {
	held, counts, err := s.o.Past.Quarantine(r.Context())
	if err != nil {
		return err
	}
	page := views.SourcesList{Assets: pageAssets(), Zone: s.zone().String(), Began: s.in(s.began)}
	stats := s.o.Intake.Stats()
	n := s.o.Floor.Numbers(&board.Definition{Window: board.LastHour})
	for _, src := range n.Sources {
		st := stats[src.Name]
		row := views.SourceRow{Name: src.Name, Vendor: src.Vendor, Events: st.Events, Duplicates: st.Duplicates, Quarantined: counts[src.Name], Refused: s.since(st.Refused), Why: st.Why}
		if !src.LastEvent.IsZero() {
			age := max(0, n.AsOf.Sub(src.LastEvent))
			row.Last = &age
		}
		for _, m := range st.Minutes {
			row.Hour = append(row.Hour, views.Minute(m))
		}
		for _, name := range slices.Sorted(maps.Keys(st.Ignored)) {
			row.Ignored = append(row.Ignored, views.ReportFact{Label: name, Value: views.FormatCount(int64(st.Ignored[name]))})
		}
		for _, result := range intake.Results() {
			if c := st.Results[result]; c > 0 {
				row.Results = append(row.Results, views.ReportFact{Label: result.String(), Value: views.FormatCount(int64(c))})
			}
		}
		page.Rows = append(page.Rows, row)
	}
	for i := range held {
		h := &held[i]
		page.Quarantine = append(page.Quarantine, views.HeldRow{
			URL: deliveryURL(h.Delivery), Received: s.in(h.Received), Source: h.Source, Part: h.Part, Reason: h.Reason,
		})
	}
	return writePage(w, r, views.SourcesPage(page))
}

func deliveryURL(position int64) string {
	return "/sources/deliveries/" + strconv.FormatInt(position, 10)
}

// stored is the delivery that a request's path names.
func (s *Server) stored(r *http.Request) (journal.Stored, error) {
	position, err := strconv.ParseInt(r.PathValue("position"), 10, 64)
	if err != nil || position <= 0 {
		return journal.Stored{}, noDelivery
	}
	d, err := s.o.Past.Delivery(r.Context(), position)
	if errors.Is(err, journal.ErrMissing) {
		return d, noDelivery
	}
	return d, err
}

// deliveryPage shows a delivery with what decoding it again would bring.
func (s *Server) deliveryPage(w http.ResponseWriter, r *http.Request) error {
	d, err := s.stored(r)
	if err != nil {
		return err
	}
	return s.writeDelivery(w, r, &d, "")
}

func (s *Server) writeDelivery(w http.ResponseWriter, r *http.Request, d *journal.Stored, said string) error {
	page := views.DeliveryDetail{
		Assets: pageAssets(), Zone: s.zone().String(), Source: d.Source, URL: deliveryURL(d.Position), Said: said, MayAgain: !d.Removed,
	}
	page.Row = s.delivery(d, func(e *interaction.Event) string {
		if e.Kind == interaction.AgentState {
			return "of an agent"
		}
		in, ok, err := s.o.Floor.Interaction(d.Source, e.Interaction)
		if err != nil || !ok {
			return "new"
		}
		for i := range in.Events {
			if in.Events[i].Key == e.Key {
				return "stored"
			}
		}
		return "new"
	})
	return writePage(w, r, views.DeliveryPage(page))
}

// decodeAgain stores what is new in a delivery to the decoder of today, and frees it from
// quarantine where all of it decodes.
func (s *Server) decodeAgain(w http.ResponseWriter, r *http.Request) error {
	d, err := s.stored(r)
	if err != nil {
		return err
	}
	if d.Removed {
		return noDelivery
	}
	reading, fresh, err := s.o.Intake.Again(r.Context(), &d)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("New events that were stored: %d.", fresh)
	switch {
	case len(reading.Problems) > 0:
		said += fmt.Sprintf(" Parts that still do not decode: %d.", len(reading.Problems))
	default:
		if err := s.o.Past.Free(r.Context(), d.Position); err != nil {
			return err
		}
		said += " It is out of quarantine."
	}
	return s.writeDelivery(w, r, &d, said)
}
