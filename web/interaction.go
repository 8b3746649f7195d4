package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/access"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// maxDeliveries bounds the deliveries that an interaction's page shows, and maxText the
// letters of each.
const (
	maxDeliveries = 50
	maxText       = 16 << 10
)

// mayReadDeliveries reports whether a request may see what vendors delivered.
func mayReadDeliveries(r *http.Request) bool {
	v := visitorOf(r)
	return v.May(access.Admin)
}

// interactionPage is one interaction as a page.
func (s *Server) interactionPage(w http.ResponseWriter, r *http.Request) error {
	in, ok, err := s.o.Floor.Interaction(r.PathValue("source"), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return noInteraction
	}
	page := views.InteractionDetail{
		Assets: pageAssets(), Zone: s.zone().String(), Row: s.listRow(&history.Row{Interaction: in, Work: -1}), Vendor: in.Vendor,
		Direction: in.Direction.String(), Corrected: in.Corrections, Verdict: verdict(&in), Timeline: s.timeline(&in),
		Hidden: !mayReadDeliveries(r),
	}
	for _, k := range in.Works {
		row := views.WorkRow{
			ID: k.ID, Queue: k.Queue, Agent: agentName(k.Agent, k.AgentName), Status: k.Status.String(),
			Assigned: s.in(k.AssignedAt), Accepted: s.in(k.AcceptedAt), Ended: s.in(k.EndedAt),
		}
		if k.Agent != "" {
			row.AgentURL = "/interactions?" + url.Values{"agent": {k.Agent}}.Encode()
		}
		page.Works = append(page.Works, row)
	}
	byPosition := make(map[int64]int)
	for i := range in.Events {
		e := &in.Events[i]
		row := s.eventRow(e)
		row.ID = "event-" + strconv.Itoa(i+1)
		byPosition[e.Position] = i
		page.Events = append(page.Events, row)
	}
	if !page.Hidden {
		if err := s.deliveries(r.Context(), &in, &page, byPosition); err != nil {
			return err
		}
	}
	for _, c := range in.Log {
		row := views.CorrectionRow{
			At: s.micro(c.At), Outcome: c.Outcome.String(), Reason: c.Reason, NewOutcome: c.NewOutcome.String(), NewReason: c.NewReason,
		}
		if i, ok := byPosition[c.Position]; ok {
			row.Event = &page.Events[i]
		}
		page.Corrections = append(page.Corrections, row)
	}
	return writePage(w, r, views.InteractionPage(page))
}

func (s *Server) micro(at int64) time.Time { return time.UnixMicro(at).In(s.zone()) }

func (s *Server) eventRow(e *interaction.Event) views.EventRow {
	j := eventToJSON(e)
	return views.EventRow{At: s.micro(e.At), Received: s.micro(e.Received), Kind: j.Kind, Details: details(&j)}
}

// details are an event's arguments in words, by their names in the API.
func details(e *eventJSON) string {
	var words []string
	v := reflect.ValueOf(*e)
	for i := 3; i < v.NumField(); i++ { // after kind, at and received_at
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch f := v.Field(i); {
		case f.Kind() == reflect.String && f.String() != "":
			words = append(words, name+" "+f.String())
		case f.Kind() == reflect.Bool && f.Bool():
			words = append(words, name)
		}
	}
	return strings.Join(words, ", ")
}

// deliveries puts the deliveries that brought an interaction's events on its page.
func (s *Server) deliveries(ctx context.Context, in *wallboard.Interaction, page *views.InteractionDetail, byPosition map[int64]int) error {
	var positions []int64
	for position := range byPosition {
		positions = append(positions, position)
	}
	slices.Sort(positions)
	stored, err := s.o.Past.Deliveries(ctx, positions, maxDeliveries+1)
	if err != nil {
		return err
	}
	if len(stored) > maxDeliveries {
		stored, page.More = stored[:maxDeliveries], true
	}
	keys := make(map[string]int64) // of the interaction's events
	for i := range in.Events {
		keys[in.Events[i].Key] = in.Events[i].Position
	}
	for i := range stored {
		d := &stored[i]
		for _, e := range d.Events {
			page.Events[byPosition[e]].Delivery = d.Position
		}
		page.Deliveries = append(page.Deliveries, s.delivery(d, func(e *interaction.Event) string {
			switch position, ok := keys[e.Key]; {
			case ok && slices.Contains(d.Events, position):
				return "stored"
			case ok:
				return "known from another delivery"
			}
			return "of another interaction, or not stored"
		}))
	}
	return nil
}

// delivery is a stored delivery as pages show it: masked, and decoded as the decoder of
// today does. fate says what became of an event.
func (s *Server) delivery(d *journal.Stored, fate func(*interaction.Event) string) views.DeliveryRow {
	row := views.DeliveryRow{
		Position: d.Position, Received: s.micro(d.Received), Method: d.Method, Path: cmp.Or(d.Path, "/"), Type: d.Headers["Content-Type"],
		Bytes: len(d.Body), Removed: d.Removed,
	}
	if d.Removed {
		return row
	}
	reading, err := s.o.Intake.Read(d)
	if err != nil {
		row.Undecoded = err.Error()
	}
	for i := range reading.Events {
		e := eventToJSON(&reading.Events[i])
		row.Decoded = append(row.Decoded, views.DecodedRow{Kind: e.Kind, Details: details(&e), Fate: fate(&reading.Events[i])})
	}
	for _, p := range reading.Problems {
		row.Problems = append(row.Problems, p.Reason)
	}
	for name, n := range reading.Ignored {
		row.Ignored = append(row.Ignored, clean(name)+", "+strconv.Itoa(n))
	}
	slices.Sort(row.Ignored)
	row.Text, row.Cut = readable(d.Headers["Content-Type"], d.Body, reading.Customers, maxText)
	return row
}

// verdict is the rule that made an interaction's outcome, and what would have made another.
func verdict(in *wallboard.Interaction) views.Verdict {
	v := views.Verdict{Outcome: in.Outcome.String(), Reason: in.Reason}
	if in.State == "lost_track" && in.Reason == "silent" {
		return v
	}
	for _, o := range in.Otherwise {
		then := "it would be " + strings.ReplaceAll(o.Outcome.String(), "_", " ")
		if o.Reason != "" {
			then += " (" + strings.ReplaceAll(o.Reason, "_", " ") + ")"
		}
		text := changes[o.Change]
		if o.Policy != "" {
			text = "With the policy " + o.Policy + ": " + o.Value
		}
		v.Otherwise = append(v.Otherwise, text+", "+then+".")
	}
	return v
}

// changes say what could have happened instead.
var changes = map[string]string{
	classify.IfAccepted:   "Had an agent accepted just before the end",
	classify.IfVoicemail:  "Had the customer chosen voicemail just before the end",
	classify.IfCallback:   "Had the customer asked for a callback just before the end",
	classify.IfByCustomer: "Had the customer ended it",
	classify.IfBySystem:   "Had the system ended it",
	classify.IfTechnical:  "Had a technical failure ended it",
}

// stageLanes are the lane and the kind of a state in which no agent has the customer.
var stageLanes = map[string][2]string{
	"in_menu": {"Menu", "menu"}, "waiting": {"", "waiting"}, "assigned": {"", "waiting"},
	"self_service": {"Self-service", "self_service"}, "outside": {"Outside", "outside"},
}

// timeline is an interaction lane by lane.
func (s *Server) timeline(in *wallboard.Interaction) views.Timeline {
	t := views.Timeline{From: s.in(in.StartedAt), To: s.in(in.EndedAt)}
	if t.To.IsZero() {
		t.To = s.o.Now().In(s.zone())
	}
	for i := range in.Events {
		if at := s.micro(in.Events[i].At); in.EndedAt.IsZero() && at.After(t.To) || !in.EndedAt.IsZero() && in.Events[i].Kind == interaction.WorkClosed && at.After(t.To) {
			t.To = at
		}
	}
	lane := func(label string, span views.Span) {
		i := slices.IndexFunc(t.Lanes, func(l views.Lane) bool { return l.Label == label })
		if i < 0 {
			i = len(t.Lanes)
			t.Lanes = append(t.Lanes, views.Lane{Label: label})
		}
		spans := &t.Lanes[i].Spans
		if n := len(*spans); n > 0 && (*spans)[n-1].Kind == span.Kind && (*spans)[n-1].To.Equal(span.From) && span.Kind == "waiting" {
			(*spans)[n-1].To, (*spans)[n-1].Open = span.To, span.Open
			return
		}
		*spans = append(*spans, span)
	}
	for i, stage := range in.Course {
		x, ok := stageLanes[stage.State]
		if !ok {
			continue
		}
		span := views.Span{From: s.in(stage.From), To: t.To, Kind: x[1], Open: in.EndedAt.IsZero()}
		if i+1 < len(in.Course) {
			span.To, span.Open = s.in(in.Course[i+1].From), false
		}
		label := x[0]
		if label == "" {
			label = "Queue " + stage.Queue
		}
		lane(label, span)
	}
	for _, k := range in.Works {
		s.workSpans(in, &k, t.To, lane)
	}
	for i := range in.Events {
		if e := &in.Events[i]; e.Kind == interaction.Transferred {
			t.Marks = append(t.Marks, views.Mark{At: s.micro(e.At), Label: strings.TrimSpace("transferred " + e.Mode.String())})
		}
	}
	if !in.EndedAt.IsZero() {
		t.Marks = append(t.Marks, views.Mark{At: s.in(in.EndedAt), Label: strings.ReplaceAll(in.Outcome.String(), "_", " "), End: true})
	}
	return t
}

// workSpans are the ringing and the talking of one work.
func (s *Server) workSpans(in *wallboard.Interaction, k *wallboard.Work, end time.Time, lane func(string, views.Span)) {
	if k.Agent == "" && k.ID == "" {
		return
	}
	label := "Agent " + cmp.Or(k.AgentName, k.Agent, "not known")
	over := func(open bool) (time.Time, bool) {
		if k.EndedAt.IsZero() {
			return end, open && in.EndedAt.IsZero()
		}
		return s.in(k.EndedAt), false
	}
	if !k.AssignedAt.IsZero() {
		span := views.Span{From: s.in(k.AssignedAt), To: s.in(k.AcceptedAt), Kind: "ringing"}
		if k.AcceptedAt.IsZero() {
			span.To, span.Open = over(true)
			if k.Status.Final() {
				span.Note = strings.ToLower(k.Status.String())
			}
		}
		lane(label, span)
	}
	if !k.AcceptedAt.IsZero() {
		span := views.Span{From: s.in(k.AcceptedAt), Kind: "talking"}
		span.To, span.Open = over(true)
		if k.Status == interaction.StatusTransferred {
			span.Note = "transferred"
		}
		lane(label, span)
	}
}
