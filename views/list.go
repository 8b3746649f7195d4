package views

import (
	"strings"
	"time"
)

// InteractionList is a list of interactions, or of their works.
type InteractionList struct {
	Assets Assets
	Form   ListForm
	// Window says in words over which time a board's number counts; "" where the list is
	// of no board.
	Window string
	Works  bool // the rows are works
	Rows   []InteractionRow
	Total  int
	More   bool // there are more than Total
	AsOf   time.Time
	Zone   string
	// NextURL is "" when there are no more.
	NextURL string
}

// InteractionRow is one interaction in a list. Texts may be empty where nothing is known.
type InteractionRow struct {
	URL, ID, Source        string
	Started, Ended         time.Time
	Queue, Channel         string
	State, Outcome, Reason string // names as in the API
	Wait                   *time.Duration
	Corrected              bool
	// Agent, Status, WorkEnded and WorkQueue are of the work that the row is about, or of
	// the latest that has an agent.
	Agent, Status, WorkQueue string
	WorkEnded                time.Time
}

// ListForm is what a list is narrowed to, and what may be chosen. Values are those of
// the URL.
type ListForm struct {
	Board, Source, Queue, Channel, Agent   string
	Outcome, Reason, Status                string
	Time, From, To, WaitFrom, WaitTo, Sort string
	Waits, Corrected                       bool
	Boards, Sources, Queues                []string
	Agents                                 []Agent
}

// Agent is one whom a form offers, by id; Name may be "".
type Agent struct{ ID, Name string }

// choice is one value of a form's field, with its label.
type choice struct{ value, label string }

func choices(any string, values ...string) []choice {
	all := []choice{{"", any}}
	for _, v := range values {
		all = append(all, choice{v, sentence(v)})
	}
	return all
}

// plain are choices whose values are names.
func plain(any string, values []string) []choice {
	all := []choice{{"", any}}
	for _, v := range values {
		all = append(all, choice{v, v})
	}
	return all
}

func outcomeChoices() []choice {
	return choices("any", "open", "answered", "abandoned", "self_served", "ended_by_system", "left_in_menu", "lost_track", "out_of_scope")
}

func reasonChoices() []choice {
	return choices("any", "no_agent", "before_accept", "after_decline", "after_transfer", "accepted", "technical_failure",
		"voicemail", "callback", "bot", "start_unseen", "silent")
}

func statusChoices() []choice {
	all := []choice{{"", "any, list interactions"}}
	for _, k := range StatusKeys {
		all = append(all, choice{k, statusLabel(k)})
	}
	return all
}

func timeChoices() []choice {
	return []choice{{"", "Started"}, {"ended", "Ended"}, {"accepted", "First accepted"}, {"open_at", "Open at"}, {"work", "Work ended"}}
}

func sortChoices() []choice {
	return []choice{{"", "Newest start"}, {"ended", "Newest end"}, {"wait", "Longest wait"}}
}

// sentence is an API name as a label: "After decline".
func sentence(name string) string {
	w := word(name)
	if w == "" || w == Unknown {
		return w
	}
	return strings.ToUpper(w[:1]) + w[1:]
}

// heading says what the list is of, as a number: "7 works, Abandoned".
func (l InteractionList) heading() string {
	n := FormatCount(int64(l.Total))
	if l.More {
		n += " or more"
	}
	what := "interactions"
	switch {
	case l.Works && l.Total == 1:
		what = "work"
	case l.Works:
		what = "works"
	case l.Total == 1:
		what = "interaction"
	}
	return n + " " + what
}

// filters are in words what the list is narrowed to.
func (f ListForm) filters() []string {
	var list []string
	for _, x := range []struct{ label, value string }{
		{"Board", f.Board},
		{"Source", f.Source},
		{"Queue", f.Queue},
		{"Channel", f.Channel},
		{"Agent", f.Agent},
		{"Outcome", word(f.Outcome)},
		{"Reason", word(f.Reason)},
		{"Status", statusLabel(f.Status)},
		{"From", strings.ReplaceAll(f.From, "T", " ")},
		{"To", strings.ReplaceAll(f.To, "T", " ")},
		{"Waited at least, s", f.WaitFrom},
		{"Waited less than, s", f.WaitTo},
	} {
		if x.value != "" && x.value != Unknown {
			list = append(list, x.label+" "+x.value)
		}
	}
	if f.Waits {
		list = append(list, "Waits now")
	}
	if f.Corrected {
		list = append(list, "Corrected")
	}
	return list
}

func among(value string, of []choice) bool {
	for _, c := range of {
		if c.value == value {
			return true
		}
	}
	return false
}

func flagValue(set bool) string {
	if set {
		return "1"
	}
	return ""
}
