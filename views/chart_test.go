package views

import "testing"

// TestRungsAreRound: beside the lines of a chart stand short, round numbers. Six tenths of a ratio were
// once written as 60.00000000000001 %, of which the picture showed the end.
func TestRungsAreRound(t *testing.T) {
	for _, percent := range []bool{false, true} {
		for most := 1; most <= 1000; most++ {
			v := float64(most)
			if percent {
				v /= 1000
			}
			c := Chart{Percent: percent, Bars: []Bar{{Value: v}}}
			for _, r := range c.rungs() {
				if text := c.value(r); len(text) > len("0.05 %") {
					t.Errorf("up to %v a rung says %q", v, text)
				}
			}
			if c.top() < v {
				t.Errorf("the top of a chart up to %v is %v", v, c.top())
			}
		}
	}
}
