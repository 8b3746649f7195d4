package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/history"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/wallboard"
	"github.com/wallboard/wallboard/views"
)

// Past answers questions about what is stored.
type Past interface {
	List(ctx context.Context, f history.Filter, limit int, cursor string, total bool) (history.List, error)
	Queues(ctx context.Context) ([]string, error)
	Agents(ctx context.Context) ([]history.Agent, error)
	// Deliveries are those that brought events, by the positions of those.
	Deliveries(ctx context.Context, events []int64, limit int) ([]journal.Stored, error)
	Report(ctx context.Context, s history.Scope) (*history.Report, error)
	AsItWas(ctx context.Context, def *board.Definition, at time.Time, then bool) (wallboard.Numbers, error)
	Quarantine(ctx context.Context) ([]history.Held, map[string]int64, error)
	Delivery(ctx context.Context, position int64) (journal.Stored, error)
	// Free takes a delivery out of quarantine.
	Free(ctx context.Context, position int64) error
	Settling(ctx context.Context, from, to history.Day) (*history.Settled, error)
	// Abandoned calls row for each work of each abandoned interaction.
	Abandoned(ctx context.Context, s history.Scope, row func(*history.AbandonedWork) error) error
}

// Limits of a list.
const (
	defaultLimit = 50
	maxLimit     = 500
	// listWithin bounds how long a list may be looked for.
	listWithin = 10 * time.Second
)

func badParameter(field, detail string) *problem {
	return &problem{status: http.StatusBadRequest, title: "Bad parameter", field: field, detail: field + " " + detail}
}

// filter reads the filter that a request asks for; page, JSON and reports share it.
func (s *Server) filter(q url.Values) (history.Filter, error) {
	f := history.Filter{Outcome: q.Get("outcome"), Reason: q.Get("reason"), Agent: q.Get("agent"), Status: q.Get("status")}
	for name, into := range map[string]*[]string{"source": &f.Sources, "queue": &f.Queues, "channel": &f.Channels} {
		if v := q.Get(name); v != "" {
			*into = []string{v}
		}
	}
	if _, err := interaction.ParseOutcome(f.Outcome); err != nil {
		return f, badParameter("outcome", "is not one of open, answered, abandoned, self_served, ended_by_system, left_in_menu, lost_track, out_of_scope.")
	}
	if _, err := interaction.ParseChannel(q.Get("channel")); err != nil {
		return f, badParameter("channel", "is neither voice nor messaging.")
	}
	if f.Status != "" && !slices.Contains(views.StatusKeys[:], f.Status) {
		return f, badParameter("status", "is not one of "+strings.Join(views.StatusKeys[:], ", ")+".")
	}
	var err error
	if f.From, err = s.moment(q, "from"); err != nil {
		return f, err
	}
	if f.To, err = s.moment(q, "to"); err != nil {
		return f, err
	}
	by, ok := byNames[q.Get("time")]
	if !ok {
		return f, badParameter("time", "is not one of started, ended, accepted, open_at, work.")
	}
	final := f.Status != "" && interaction.Status(slices.Index(views.StatusKeys[:], f.Status)).Final()
	switch {
	case by == history.ByWork && !final:
		return f, badParameter("time", "is work only where status is one of a work that is over.")
	case by == history.ByOpenAt && f.From.IsZero() && q.Get("board") == "":
		return f, badParameter("from", "is missing; time=open_at is of that moment.")
	}
	f.By = by
	for name, into := range map[string]**time.Duration{"wait_from": &f.WaitFrom, "wait_to": &f.WaitTo} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(n >= 0 && n <= 1e7) {
			return f, badParameter(name, "is not a number of seconds, as 30.")
		}
		d := time.Duration(n * float64(time.Second))
		*into = &d
	}
	switch q.Get("sort") {
	case "", "started":
	case "ended":
		f.Order = history.ByEnd
	case "wait":
		f.Order = history.ByWait
	default:
		return f, badParameter("sort", "is not one of started, ended, wait.")
	}
	f.Corrected, f.Waits = q.Get("corrected") == "1", q.Get("waits") == "1"
	if q.Get("counted") == "1" {
		f.Counted = true
		if f.By == history.ByStarted {
			f.By = history.ByCame
		}
	}
	if name := q.Get("board"); name != "" {
		p := s.boards.find(name)
		if p == nil {
			return f, badParameter("board", "is not the name of a configured board.")
		}
		if bad := boardFilter(p.def(), &f, q.Get("time"), s.o.Now()); bad != nil {
			return f, bad
		}
	}
	return f, nil
}

// moment reads a time: with its zone, or without, as browsers' forms send it, in the
// installation's.
func (s *Server) moment(q url.Values, name string) (time.Time, error) {
	v := q.Get(name)
	if v == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, v)
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if err == nil {
			break
		}
		t, err = time.ParseInLocation(form, v, s.zone())
	}
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}, badParameter(name, "is not an RFC 3339 time, as 2026-11-23T14:00:00Z.")
	}
	return t, nil
}

// zone is the installation's time zone.
func (s *Server) zone() *time.Location {
	if s.o.Zone == nil {
		return time.UTC
	}
	return s.o.Zone
}

// list reads the list that a request asks for; page and JSON share it. Only the page needs
// the total.
func (s *Server) list(r *http.Request, total bool) (history.List, error) {
	q := r.URL.Query()
	f, err := s.filter(q)
	if err != nil {
		return history.List{}, err
	}
	limit := defaultLimit
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxLimit {
			return history.List{}, badParameter("limit", "is not a number from 1 to 500.")
		}
		limit = n
	}
	ctx, cancel := context.WithTimeout(r.Context(), listWithin)
	defer cancel()
	list, err := s.o.Past.List(ctx, f, limit, q.Get("cursor"), total)
	switch {
	case errors.Is(err, history.ErrCursor):
		return list, badParameter("cursor", "is not one that this list gave.")
	case ctx.Err() != nil && r.Context().Err() == nil:
		return list, tooMuch
	}
	return list, err
}

// tooMuch is the answer to a question that takes too long.
var tooMuch = &problem{
	status: http.StatusServiceUnavailable, title: "Too much at once", field: "from",
	detail: "The answer takes too long. Ask for a shorter time, by from and to.",
}

// listForm is what the form above the list shows.
func (s *Server) listForm(ctx context.Context, q url.Values, f *history.Filter) (form views.ListForm, err error) {
	form = views.ListForm{
		Board: q.Get("board"), Source: q.Get("source"), Queue: q.Get("queue"), Channel: q.Get("channel"), Agent: q.Get("agent"),
		Outcome: q.Get("outcome"), Reason: q.Get("reason"), Status: q.Get("status"), Time: q.Get("time"), Sort: q.Get("sort"),
		WaitFrom: q.Get("wait_from"), WaitTo: q.Get("wait_to"), Waits: f.Waits, Corrected: f.Corrected,
	}
	if form.Board == "" {
		form.From, form.To = s.local(f.From), s.local(f.To)
	}
	for _, def := range s.boards.definitions() {
		form.Boards = append(form.Boards, def.Name)
	}
	slices.Sort(form.Boards)
	form.Sources = s.o.Floor.Sources()
	form.Queues, form.Agents, err = s.known(ctx)
	return form, err
}

// known are the queues and agents that a form offers.
func (s *Server) known(ctx context.Context) (queues []string, agents []views.Agent, err error) {
	if queues, err = s.o.Past.Queues(ctx); err != nil {
		return nil, nil, err
	}
	list, err := s.o.Past.Agents(ctx)
	for _, a := range list {
		agents = append(agents, views.Agent(a))
	}
	return queues, agents, err
}

// local is a time as browsers' forms take it.
func (s *Server) local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone()).Format("2006-01-02T15:04:05")
}

// interactionsPage is the list as a page.
func (s *Server) interactionsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.list(r, true)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f, err := s.filter(q)
	if err != nil {
		return err
	}
	form, err := s.listForm(r.Context(), q, &f)
	if err != nil {
		return err
	}
	page := views.InteractionList{
		Assets: pageAssets(), Form: form, Works: f.Status != "" && f.Status != "Waiting", Total: list.Total,
		More: list.Total >= history.MaxTotal, AsOf: list.AsOf.In(s.zone()), Zone: s.zone().String(),
	}
	if p := s.boards.find(q.Get("board")); p != nil {
		page.Window = windowOf(p.def(), s.o.Now())
		if f.From.IsZero() {
			page.Window = "Now"
		}
	}
	for i := range list.Rows {
		page.Rows = append(page.Rows, s.listRow(&list.Rows[i]))
	}
	if list.Next != "" {
		q.Set("cursor", list.Next)
		page.NextURL = "/interactions?" + q.Encode()
	}
	return writePage(w, r, views.InteractionsPage(page))
}

// interactionURL is the address of an interaction's page.
func interactionURL(source, id string) string {
	return "/interactions/" + url.PathEscape(source) + "/" + strings.ReplaceAll(url.PathEscape(id), "%2F", "/")
}

func (s *Server) listRow(r *history.Row) views.InteractionRow {
	row := views.InteractionRow{
		URL: interactionURL(r.Source, r.ID), ID: r.ID, Source: r.Source, Started: s.in(r.StartedAt), Ended: s.in(r.EndedAt),
		Queue: r.Queue, Channel: r.Channel.String(), State: r.State, Outcome: r.Outcome.String(), Reason: r.Reason, Wait: r.Wait,
		Corrected: r.Corrections > 0,
	}
	work := r.Work
	if work < 0 { // the latest that has an agent
		for i := range r.Works {
			if r.Works[i].Agent != "" {
				work = i
			}
		}
	}
	if work >= 0 {
		k := &r.Works[work]
		row.Agent, row.Status, row.WorkEnded, row.WorkQueue = agentName(k.Agent, k.AgentName), k.Status.String(), s.in(k.EndedAt), k.Queue
	}
	return row
}

func agentName(id, name string) string {
	if name != "" {
		return name
	}
	return id
}

// in is a time in the installation's zone; the zero time stays.
func (s *Server) in(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(s.zone())
}
