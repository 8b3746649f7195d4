package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/wallboard"
)

// fact is one event of a contact, some time before now. The zero party and queue are none.
type fact struct {
	ago   time.Duration
	kind  interaction.Kind
	queue string
	work  string
	by    interaction.Party
}

// crowd are contacts that make every number of a board differ from the ones beside it: in
// two channels and queues, at both edges of the window, over several works.
func crowd(floor *wallboard.Wallboard, now time.Time, edge time.Duration) {
	const (
		min = time.Minute
		sec = time.Second
	)
	for i, c := range []struct {
		channel interaction.Channel
		facts   []fact
	}{
		{interaction.Voice, []fact{{50 * min, interaction.Queued, "Q", "", 0}, {10 * min, interaction.Disconnected, "", "", interaction.ByCustomer}}},
		{interaction.Voice, []fact{{12 * min, interaction.Queued, "Q", "", 0}, {11 * min, interaction.Assigned, "Q", "w1", 0}, {10 * min, interaction.Declined, "", "w1", 0}, {9 * min, interaction.Assigned, "Q", "w2", 0}, {8 * min, interaction.Declined, "", "w2", 0}, {7 * min, interaction.Disconnected, "", "", interaction.ByCustomer}}},
		{interaction.Voice, []fact{{50 * min, interaction.Queued, "Q", "", 0}, {edge + sec, interaction.Disconnected, "", "", interaction.ByCustomer}}},                                                                   // ended just before the window
		{interaction.Voice, []fact{{50 * min, interaction.Queued, "Q", "", 0}, {edge, interaction.Disconnected, "", "", interaction.ByCustomer}}},                                                                         // at its first instant
		{interaction.Voice, []fact{{12 * min, interaction.Queued, "R", "", 0}, {11 * min, interaction.Disconnected, "", "", interaction.ByCustomer}}},                                                                     // of another queue
		{interaction.Voice, []fact{{12 * min, interaction.Queued, "R", "", 0}, {11 * min, interaction.Assigned, "R", "w1", 0}, {10 * min, interaction.Declined, "", "w1", 0}, {9 * min, interaction.Queued, "Q", "", 0}}}, // moved, and waits
		{interaction.Messaging, []fact{{9 * min, interaction.Queued, "Q", "", 0}, {8 * min, interaction.Assigned, "Q", "w1", 0}}},
		{interaction.Messaging, []fact{{9 * min, interaction.Queued, "Q", "", 0}, {8 * min, interaction.Assigned, "Q", "w1", 0}, {7 * min, interaction.Accepted, "", "w1", 0}}},
		{interaction.Messaging, []fact{{9 * min, interaction.Queued, "Q", "", 0}, {8 * min, interaction.Assigned, "Q", "w1", 0}, {7 * min, interaction.Accepted, "", "w1", 0}, {6 * min, interaction.Disconnected, "", "", interaction.ByAgent}}},
		{interaction.Voice, []fact{{9 * min, interaction.Queued, "Q", "", 0}, {8 * min, interaction.VoicemailChosen, "", "", 0}, {6 * min, interaction.Disconnected, "", "", interaction.ByCustomer}}},
		{interaction.Voice, []fact{{9 * min, interaction.Queued, "Q", "", 0}, {6 * min, interaction.Disconnected, "", "", interaction.BySystem}}},
		{interaction.Voice, []fact{{9 * min, interaction.Started, "", "", 0}, {6 * min, interaction.Disconnected, "", "", interaction.ByCustomer}}},
		{interaction.Voice, []fact{{5 * time.Hour, interaction.Queued, "Q", "", 0}}}, // silence made it lost_track an hour ago
	} {
		var events []interaction.Event
		for j, x := range c.facts {
			at := now.Add(-x.ago).UnixMicro()
			e := interaction.Event{
				Interaction: fmt.Sprint("I", i), Kind: x.kind, Queue: x.queue, By: x.by, Channel: c.channel,
				At: at, Received: at, Key: fmt.Sprint(i, "/", j),
			}
			if x.work != "" {
				e.Work, e.Agent = fmt.Sprint(i, x.work), "Ana"
			}
			events = append(events, e)
		}
		floor.Apply("lab", now.UnixMicro(), events)
	}
}

var firstWait = regexp.MustCompile(`State Source [-0-9]+ [:0-9]+ open – ([:0-9]+) `) // below the list's head

var dataTotal = regexp.MustCompile(`data-total="(\d+)"`)

// total is the number of rows that a list's page says it has.
func total(t *testing.T, web *httptest.Server, link string) int64 {
	t.Helper()
	res, err := http.Get(web.URL + link)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := dataTotal.FindSubmatch(body)
	if m == nil {
		t.Fatalf("%s: %d and no total", link, res.StatusCode)
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNumbersOpen: the link of each number leads to as many rows as it counts: those of the
// board's queues and channels, with the window's edges, by work or by interaction.
func TestNumbersOpen(t *testing.T) {
	// The window's edge is 30 minutes and seven seconds ago.
	now := time.Now().Truncate(10 * time.Second).Add(7 * time.Second)
	clock := func() time.Time { return now }
	floor := wallboard.New(wallboard.Options{
		Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}, Now: clock,
	})
	defs := []*board.Definition{
		{Name: "all", Window: board.Last30m, Formula: board.Against},
		{Name: "q", Queues: []string{"Q"}, Window: board.Last30m, Formula: board.Against},
		{Name: "chat", Channels: []string{"messaging"}, Window: board.Last30m, Formula: board.Against},
	}
	web := serve(t, Options{Floor: floor, Boards: defs, Now: clock})
	crowd(floor, now, 30*time.Minute+7*time.Second)
	// Who waited longer, and is with an agent by now.
	var answered []interaction.Event
	for i, e := range []interaction.Event{{Kind: interaction.Queued, Queue: "Q"}, {Kind: interaction.Assigned, Work: "late", Agent: "Ana"}, {Kind: interaction.Accepted, Work: "late", Agent: "Ana"}} {
		e.Interaction, e.Key, e.Channel = "late", fmt.Sprint("late/", i), interaction.Messaging
		e.At = now.Add(time.Duration(10*i-25) * time.Minute).UnixMicro()
		answered = append(answered, e)
	}
	floor.Apply("lab", now.UnixMicro(), answered)
	floor.Tick(now.UnixMicro())
	for _, def := range defs {
		n := floor.Numbers(def)
		model := boardView(def, &n, now, nil)
		counts := make(map[string]int64)
		longest := ""
		for _, c := range model.Cells() {
			if c.ID == "wait.longest" {
				longest = c.Text
			}
			if v, err := strconv.ParseInt(c.Text, 10, 64); err == nil {
				counts[c.ID] = v
			}
		}
		opened := 0
		for id, link := range links(def, &n) {
			want, ok := counts[id]
			if !ok {
				if strings.HasPrefix(id, "status.") || strings.HasPrefix(id, "customers.") {
					t.Errorf("%s has a link and no number", id)
				}
				continue
			}
			opened++
			if got := total(t, web, link); got != want {
				t.Errorf("%s: %s leads to %d, the number is %d", id, link, got, want)
			}
		}
		// Who has waited longest leads the list, also while an agent is being offered that customer.
		page := (&house{Server: web}).page(t, links(def, &n)["wait.longest"])
		if m := firstWait.FindStringSubmatch(page); m == nil || m[1] != longest {
			t.Errorf("%s: the longest wait is %s, and its list begins with %q", def.Name, longest, m)
		}
		if opened < 30 || def.Name == "all" && (counts["status.Declined"] != 3 || counts["status.Abandoned"] != 4 || counts["customers.lost_track"] != 0) {
			t.Errorf("%s: %d numbers of %v", def.Name, opened, counts)
		}
	}
}

// TestListPages: pages of one walk through the whole list, by interaction and by work.
func TestListPages(t *testing.T) {
	floor := wallboard.New(wallboard.Options{Sources: []wallboard.Source{{Name: "lab", Vendor: "cloudevents", Policies: classify.DefaultPolicies()}}})
	web := serve(t, Options{Floor: floor, Boards: []*board.Definition{{Name: "all", Window: board.LastHour}}})
	crowd(floor, time.Now(), 40*time.Minute)
	for query, want := range map[string]int{
		"?": 13, "?board=all&status=Declined": 3, "?sort=wait": 13, "?sort=ended&outcome=abandoned": 5, "?agent=Ana": 5, "?status=Declined&agent=Ben": 0,
		"?wait_from=60&wait_to=120": 1, "?wait_from=60&wait_to=121": 3, "?channel=messaging": 3, "?queue=R": 1,
	} {
		var list struct {
			Interactions []struct{ ID string }
			Next         *string
		}
		got := 0
		for cursor := ""; ; cursor = *list.Next {
			list.Next, list.Interactions = nil, nil
			getJSON(t, web.URL+"/api/v1/interactions"+query+"&limit=1&cursor="+cursor, &list)
			got += len(list.Interactions)
			if list.Next == nil {
				break
			}
		}
		if got != want {
			t.Errorf("%s: walked over %d, want %d", query, got, want)
		}
	}
}
