package views

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// Assets are the URLs of what a page loads. An empty one is left out.
type Assets struct {
	Style, Script, Icon string
	Pages               string // the style of the pages to read, besides Style
	// Token is the script of pages that a link with a token opens; "" for the others.
	Token string
	// Screen is the script of a board's life on a screen.
	Screen string
	// Editor is the script of a board's form; "" for other pages.
	Editor string
	// Version names all of them together.
	Version string
}

// Board is the view model of one board at one moment. Pointers are nil where a
// number is not known; it then shows as "–".
//
// Customers and Metrics have the fields of the live numbers in their order, so
// that one converts to the other.
type Board struct {
	Assets Assets
	Name   string
	Title  string // shown as the heading; Name if empty
	// LiveURL is the path of the board's websocket; without one the page stays as it is.
	LiveURL string
	// FrameURL is the path of one frame, for where no socket comes through.
	FrameURL string

	// Tiles are what is shown, by their names in settings and in order.
	Tiles []string
	// Locale is the language, one of Locales; "" is the default one.
	Locale string
	// Names is how agents are named, one of the constants; "" is NamesHidden.
	Names string
	// Display is how the screen that asked shows the board. Nothing that frames bring
	// depends on it.
	Display Display

	// AsOf is the time through which deliveries have been applied.
	// Its location should be the board's zone: the clock on the screen follows it.
	AsOf time.Time
	// Age is how old AsOf was when the board was made, by the server's clock.
	Age time.Duration
	// Epoch and Seq name the view, as the frames do. Empty and 0 if unknown.
	Epoch string
	Seq   uint64

	// Unbroken is since when the server has been taking deliveries, in the board's zone; zero
	// if that is longer than the window. Before, vendors may have been turned away.
	Unbroken time.Time

	// Window is the kind of the span over which is counted, and Since its beginning in the
	// board's zone.
	Window string
	Since  time.Time

	Status   [10]int64 // in the order of StatusKeys
	Channels []Channel
	Reasons  [4]int64 // in the order of ReasonKeys
	// Differing is how much of the counts the newest audit found to differ from a recount.
	Differing int
	Customers Customers
	Metrics   Metrics
	Agents    [5]int64 // in the order of AgentKeys
	Sources   []Source
	Queues    []Queue
	Trend     *Trend
	People    []Person
	News      string

	// Formula is the board's service level formula: against, ignore, positive or answered_only.
	Formula string
	// States are "warn" or "alert" by cell id; a cell that is not named is normal.
	States map[string]string
	// Alarms are the numbers beyond their limits, the worst first.
	Alarms []Alarm
	// Limits say by cell id what the cell is judged by.
	Limits map[string]Limit
	// Corrected are by cell id how many of a count changed after they were first shown.
	Corrected map[string]int64
	// Links are by cell id the page that opens the number.
	Links map[string]string
}

// Channel is the Agent Work Status table of one channel; Name is "" for
// contacts whose channel is not known.
type Channel struct {
	Name   string
	Status [10]int64
}

// Customers counts interactions.
type Customers struct {
	OpenAtStart, Started                           int64
	Answered, Abandoned, SelfServed, EndedBySystem int64
	LeftInMenu, Open, LostTrack                    int64
}

// Metrics are the rates and times of the window. Rates are between 0 and 1.
type Metrics struct {
	AbandonRate         *float64
	SpeedOfAnswer       *time.Duration
	TimeToAbandon       *time.Duration
	HandleTime          *time.Duration
	LongestWaitNow      *time.Duration // at AsOf
	LongestWait         *time.Duration // in the window
	LongestWaitTicks    bool           // LongestWait is of one who still waits
	ServiceLevel        *float64
	ServiceLevelSeconds int // T; 0 if it differs by queue
}

// Source is the freshness of one source: Age is how long before AsOf its last
// event was, nil if there was none. Limit is what the vendor does not tell.
type Source struct {
	Name, Vendor string
	Limit        string
	Age          *time.Duration
}

// Queue is one row of the queues' tile. Opened are the works that agents have now.
type Queue struct {
	Name                string
	Waiting             int64
	LongestWaitNow      *time.Duration // at AsOf
	Opened, Abandoned   int64
	ServiceLevel        *float64
	ServiceLevelSeconds int // T
}

// Person is one agent. Its name is shown as the board's Names has it.
type Person struct {
	Name  string
	State string         // one of AgentKeys
	Since *time.Duration // before AsOf; nil if not known
}

// StatusKeys are the rows of the Agent Work Status table by Salesforce's API
// names; the first three are what is so now, the others are of the window.
var StatusKeys = [10]string{
	"Waiting", "Assigned", "Opened", "Closed", "Transferred", "Declined",
	"DeclinedOnPushTimeout", "Unavailable", "Canceled", "Abandoned",
}

// nowRows is how many of StatusKeys are of now.
const nowRows = 3

// ReasonKeys are the reasons of an abandoned interaction in display order.
var ReasonKeys = [4]string{"no_agent", "before_accept", "after_decline", "after_transfer"}

// AgentKeys are the states of agents in display order.
var AgentKeys = [5]string{"available", "busy", "wrap_up", "away", "offline"}

func (b Board) tongue() *tongue { return tongueOf(b.Locale) }

// heading is the board's title.
func (b Board) heading() string {
	if b.Title != "" {
		return b.Title
	}
	return b.Name
}

// offsetSeconds is the board's distance from UTC. It is structure: the script
// adds it to the frames' times, which are UTC.
func (b Board) offsetSeconds() int {
	_, s := b.AsOf.Zone()
	return s
}

// The ages from which on numbers are marked, and not shown. They are those of the script.
const (
	staleAfter = 10 * time.Second
	goneAfter  = time.Minute
)

// freshness is the class of a board that was old already when it was made.
func (b Board) freshness() string {
	switch {
	case b.Age > goneAfter:
		return "stale gone"
	case b.Age > staleAfter:
		return "stale"
	}
	return ""
}

// staleText says it in words, as the script does.
func (b Board) staleText() string {
	key := "connection.gone"
	switch {
	case b.Age <= staleAfter:
		return ""
	case b.Age <= goneAfter:
		key = "connection.stale"
	}
	return b.tongue().say(key, "t", b.AsOf.Format("15:04:05"))
}

// windowText says in words over which span is counted: "today, since 00:00 Europe/Paris".
func (b Board) windowText() string { return WindowText(b.Locale, b.Window, b.Since) }

// WindowText says in words over which span is counted, in the language of a locale.
func WindowText(locale, window string, since time.Time) string {
	return tongueOf(locale).say("window."+windowKeys[window], "t", since.Format("15:04"), "zone", since.Location().String())
}

// windowShort is the same in a word or two, for each tile.
func (b Board) windowShort() string { return b.tongue().say("window.short_" + windowKeys[b.Window]) }

var windowKeys = map[string]string{"last_30m": "half_hour", "last_hour": "hour", "today": "today"}

// FormulaText is the service level's formula as it is printed on the tile.
func (b Board) FormulaText() string {
	t, l := "T", b.tongue()
	if s := b.Metrics.ServiceLevelSeconds; s > 0 {
		t = l.say("level.seconds", "n", fmt.Sprint(s))
	}
	formula := b.Formula
	if formula == "" {
		formula = "against"
	}
	text := l.say("level."+formula, "t", t)
	if t == "T" {
		text = l.say("level.by_queue", "formula", text)
	}
	return text
}

// Layout is a short name of the board's structure: which cells there are and
// what is written around them. It changes only when the structure does; two
// boards of one layout differ in cells alone.
func (b Board) Layout() string {
	h := sha256.New()
	put := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
		_, _ = io.WriteString(h, ";")
	}
	put("2", b.Name, b.heading(), b.Locale, b.windowShort(), b.FormulaText(), b.News, fmt.Sprint(b.offsetSeconds()))
	put(b.Tiles...)
	for _, c := range b.Cells() {
		put(c.ID, b.limitText(c.ID))
	}
	for _, s := range b.Sources {
		put(s.Name, s.Vendor)
	}
	for i := range b.people() {
		put(b.personName(i))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
