package simulate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestJudge holds the rule against scripts that were written by hand.
func TestJudge(t *testing.T) {
	type step struct {
		kind Kind
		work uint64
		from uint64
		warm bool
	}
	begin := []step{{kind: Arrived}, {kind: Queued}}
	offer := func(w uint64) step { return step{kind: Offered, work: w} }
	tests := []struct {
		name    string
		steps   []step
		outcome string
		rows    string
		waiting bool
	}{
		{"waits", nil, "open", "", true},
		{"rings", []step{offer(1)}, "open", "Assigned", false},
		{"declined, waits", []step{offer(1), {kind: Declined, work: 1}}, "open", "Declined", true},
		{"hangs up while ringing", []step{offer(1), {kind: HungUp}, {kind: OfferCanceled, work: 1}}, "abandoned/before_accept", "Abandoned", false},
		{"hangs up in the queue", []step{{kind: HungUp}}, "abandoned/no_agent", "Abandoned", false},
		{"hangs up after a refusal", []step{offer(1), {kind: TimedOut, work: 1}, {kind: HungUp}}, "abandoned/after_decline", "DeclinedOnPushTimeout Abandoned", false},
		{"two ring, hangs up", []step{offer(1), offer(2), {kind: HungUp}}, "abandoned/before_accept", "Canceled Abandoned", false},
		{"two ring, one takes it", []step{offer(1), offer(2), {kind: Accepted, work: 2}, {kind: AnsweredElsewhere, work: 1}, {kind: Released, work: 2}}, "answered/accepted", "Canceled Closed", false},
		{"talks", []step{offer(1), {kind: Accepted, work: 1}}, "open", "Opened", false},
		{"talks and ends", []step{offer(1), {kind: Accepted, work: 1}, {kind: Released, work: 1}, {kind: Wrapping}, {kind: Done, work: 1}, {kind: Completed}}, "answered/accepted", "Closed", false},
		{"line fails", []step{offer(1), {kind: Accepted, work: 1}, {kind: Completed}}, "answered/accepted", "Closed", false},
		{"voicemail while ringing", []step{offer(1), {kind: VoicemailChosen}, {kind: OfferCanceled, work: 1}}, "self_served/voicemail", "Canceled", false},
		{"callback", []step{{kind: CallbackChosen}}, "self_served/callback", "", false},
		{"expired", []step{{kind: Expired}}, "ended_by_system/" + taskTTL, "", false},
		{"cold, second rings, hangs up", []step{
			offer(1),
			{kind: Accepted, work: 1},
			{kind: TransferBegan, work: 1, from: 1},
			{kind: Released, work: 1},
			offer(2),
			{kind: HungUp},
		}, "abandoned/after_transfer", "Transferred Abandoned", false},
		{"cold, fails, hangs up", []step{
			offer(1),
			{kind: Accepted, work: 1},
			{kind: TransferBegan, work: 1, from: 1},
			{kind: Released, work: 1},
			offer(2),
			{kind: TimedOut, work: 2},
			{kind: TransferFailed, from: 1},
			{kind: HungUp},
		}, "abandoned/after_transfer", "Transferred DeclinedOnPushTimeout Abandoned", false},
		{"cold, taken", []step{
			offer(1),
			{kind: Accepted, work: 1},
			{kind: TransferBegan, work: 1, from: 1},
			{kind: Released, work: 1},
			offer(2),
			{kind: Accepted, work: 2},
			{kind: TransferDone, from: 1},
			{kind: Released, work: 2},
		}, "answered/accepted", "Transferred Closed", false},
		{"warm, taken", []step{
			offer(1),
			{kind: Accepted, work: 1},
			{kind: TransferBegan, work: 1, from: 1, warm: true},
			offer(2),
			{kind: Accepted, work: 2},
			{kind: TransferDone, from: 1, warm: true},
			{kind: Released, work: 1},
			{kind: Released, work: 2},
		}, "answered/accepted", "Transferred Closed", false},
		{"warm, fails", []step{
			offer(1),
			{kind: Accepted, work: 1},
			{kind: TransferBegan, work: 1, from: 1, warm: true},
			offer(2),
			{kind: Declined, work: 2},
			{kind: TransferFailed, from: 1, warm: true},
			{kind: Released, work: 1},
		}, "answered/accepted", "Closed Declined", false},
		{"warm, under way", []step{
			offer(1), {kind: Accepted, work: 1}, {kind: TransferBegan, work: 1, from: 1, warm: true}, offer(2),
		}, "open", "Opened Assigned", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &account{contact: Contact{ID: 1, Role: interaction.Customer, Channel: interaction.Voice, Began: noon}}
			for i, s := range append(slices.Clone(begin), tt.steps...) {
				at := noon.Add(time.Duration(i) * time.Second)
				a.entries = append(a.entries, &entry{kind: s.kind, at: at, work: Work{ID: s.work}, warm: s.warm, from: s.from})
			}
			d := judge(Twilio(1), a, len(a.entries))
			outcome := "open"
			if d.ended {
				outcome = d.Outcome + "/" + d.Reason
			}
			var rows []string
			for _, r := range d.Works {
				rows = append(rows, r.Status)
			}
			if got := strings.Join(rows, " "); outcome != tt.outcome || got != tt.rows || d.waits() != tt.waiting {
				t.Errorf("got %s, rows %q, waits %t; want %s, %q, %t", outcome, got, d.waits(), tt.outcome, tt.rows, tt.waiting)
			}
		})
	}
}
