package views

import (
	"strings"
	"testing"
)

func TestLimitText(t *testing.T) {
	for _, tc := range []struct {
		cell        string
		limit       Limit
		want, signs string
	}{
		{"rate.abandon", Limit{Warn: .05, Alert: new(.1), Clear: new(.05)}, "warn ≥ 5 %, alert ≥ 10 %", "▲ 5 % ◆ 10 %"},
		{"rate.service_level", Limit{Warn: .8, Clear: new(.855), Lower: true}, "warn < 80 %, until ≥ 85.5 %", "▲ 80 % ✓ 85.5 %"},
		{"wait.longest", Limit{Warn: 240, Alert: new(240.), Clear: new(240.)}, "alert ≥ 4:00", "◆ 4:00"},
		{"status.Abandoned", Limit{Warn: 5, Alert: new(10.), Clear: new(4.5)}, "warn ≥ 5, alert ≥ 10, until ≤ 4.5", "▲ 5 ◆ 10 ✓ 4.5"},
	} {
		b := Board{Limits: map[string]Limit{tc.cell: tc.limit}}
		if got := b.limitText(tc.cell); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
		if got := strings.Join(b.limitSigns(tc.cell), " "); got != tc.signs {
			t.Errorf("got %q, want %q", got, tc.signs)
		}
		if b.limitText("agents.away") != "" {
			t.Error("a cell without a limit has one")
		}
	}
}
