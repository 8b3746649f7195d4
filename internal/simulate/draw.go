package simulate

import (
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// draw is a seeded stream of chance. Its durations are whole milliseconds.
type draw struct {
	source rand.Source
	rand   *rand.Rand
}

func newDraw(seed, stream uint64) *draw {
	s := rand.NewPCG(seed, stream)
	return &draw{source: s, rand: rand.New(s)}
}

func (d *draw) chance(p float64) bool { return d.rand.Float64() < p }

func (d *draw) between(low, high time.Duration) time.Duration {
	return milliseconds(distuv.Uniform{Min: low.Seconds(), Max: high.Seconds(), Src: d.source}.Rand())
}

func (d *draw) exponential(mean time.Duration) time.Duration {
	return milliseconds(distuv.Exponential{Rate: 1 / mean.Seconds(), Src: d.source}.Rand())
}

// logNormal draws from a distribution with the given mean, which spreads by sigma on
// the scale of logarithms.
func (d *draw) logNormal(mean time.Duration, sigma float64) time.Duration {
	mu := math.Log(mean.Seconds()) - sigma*sigma/2
	return milliseconds(distuv.LogNormal{Mu: mu, Sigma: sigma, Src: d.source}.Rand())
}

func milliseconds(seconds float64) time.Duration {
	return time.Duration(seconds*1000) * time.Millisecond
}

// intraday is how busy each hour of the day is at its beginning, relative to the peak.
var intraday = [24]float64{
	0.30, 0.27, 0.25, 0.25, 0.26, 0.30, 0.40, 0.58, 0.82, 0.97, 1.00, 0.98,
	0.88, 0.86, 0.93, 0.97, 0.95, 0.88, 0.76, 0.64, 0.54, 0.46, 0.39, 0.34,
}

// busy is how busy the centre is at an instant, relative to the peak.
func busy(t time.Time) float64 {
	hour := t.Hour()
	part := float64(t.Minute()*60+t.Second()) / 3600
	return intraday[hour]*(1-part) + intraday[(hour+1)%24]*part
}

// arrival draws the next arrival after t from a Poisson process whose rate follows the
// time of day: candidates come at the peak's rate, and those above the curve are
// thinned out.
func (d *draw) arrival(t time.Time, perHour float64) time.Time {
	mean := time.Duration(float64(time.Hour) / perHour)
	for {
		t = t.Add(d.exponential(mean) + time.Millisecond)
		if d.chance(busy(t)) {
			return t
		}
	}
}
