package views

import (
	"fmt"
	"math"
	"strconv"
)

// Chart is a picture of numbers, drawn on the server. Each bar or point tells its value as a
// text, so that nothing is told by the picture alone.
type Chart struct {
	Title, How string
	// Bars stand beside each other; where lines are set, they are drawn over them.
	Bars  []Bar
	Lines []Line
	// Percent says that the values are ratios.
	Percent bool
	// Was names the second value of each bar, "" where there is none.
	Was string
}

// Bar is one value, with that of the period compared with.
type Bar struct {
	Label, Text string
	Value       float64
	Was         *float64
	WasText     string
}

// Line is a series of values; nil is a gap.
type Line struct {
	Label  string
	Labels []string
	Values []*float64
}

// Sizes of a chart, in its own units.
const (
	chartHeight = 190
	chartLeft   = 46
	chartTop    = 12
	chartBase   = 160
)

func (c Chart) viewBox() string { return fmt.Sprintf("0 0 %d %d", chartWidth, chartHeight) }

// top is the value at the upper edge: a round number.
func (c Chart) top() float64 {
	most := 0.0
	for _, b := range c.Bars {
		most = max(most, b.Value)
		if b.Was != nil {
			most = max(most, *b.Was)
		}
	}
	for _, l := range c.Lines {
		for _, v := range l.Values {
			if v != nil {
				most = max(most, *v)
			}
		}
	}
	switch {
	case !c.Percent && most < 2:
		return 2
	case most <= 0:
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	for _, f := range []float64{1, 2, 4, 6, 8} { // whose half is as round
		if f*unit >= most {
			return f * unit
		}
	}
	return 10 * unit
}

func (c Chart) y(v float64) float64 { return chartBase - v/c.top()*(chartBase-chartTop) }

// slots is how many labels stand beside each other.
func (c Chart) slots() int {
	n := len(c.Bars)
	for _, l := range c.Lines {
		n = max(n, len(l.Values))
	}
	return max(1, n)
}

func (c Chart) slot() float64 { return float64(chartWidth-chartLeft-6) / float64(c.slots()) }

func (c Chart) left(i int) float64 { return chartLeft + float64(i)*c.slot() }

// bar is the place of a bar; was is the one beside it.
func (c Chart) bar(i int, v float64, was bool) (x, y, width, height string) {
	w := c.slot() * 0.8
	left := c.left(i) + c.slot()*0.1
	if c.Was != "" {
		w /= 2
		if was {
			left += w
		}
	}
	return number(left), number(c.y(v)), number(max(0.5, w)), number(chartBase - c.y(v))
}

// every is at which distance labels stand, so that they do not touch.
func (c Chart) every() int {
	longest := 1
	for i := range c.slots() {
		longest = max(longest, len(c.label(i)))
	}
	return max(1, int(math.Ceil(float64(longest)*7.5/c.slot())))
}

func (c Chart) label(i int) string {
	if i < len(c.Bars) {
		return c.Bars[i].Label
	}
	if len(c.Lines) > 0 && i < len(c.Lines[0].Labels) {
		return c.Lines[0].Labels[i]
	}
	return ""
}

// rungs are the values beside the lines across.
func (c Chart) rungs() []float64 { return []float64{0, c.top() / 2, c.top()} }

// value is what stands beside a rung. It is round, and six tenths are not exact in binary: three digits
// have room beside the picture.
func (c Chart) value(v float64) string {
	if c.Percent {
		return strconv.FormatFloat(v*100, 'g', 3, 64) + " %"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// path is a line with its gaps.
func (c Chart) path(l Line) string {
	path, pen := "", "M"
	for i, v := range l.Values {
		if v == nil {
			pen = "M"
			continue
		}
		path += pen + number(c.left(i)+c.slot()/2) + " " + number(c.y(*v)) + " "
		pen = "L"
	}
	return path
}
