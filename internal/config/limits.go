package config

import "fmt"

// Limits of the settings file. They are far above what anybody needs; what exceeds them
// is a mistake, and would cost memory for each list that is looked through.
const (
	maxFile    = 1 << 20 // bytes
	maxSources = 1000
	maxBoards  = 500
	maxNames   = 10_000 // queues, agents and activities, each
	maxFilter  = 1000   // queues, channels and sources of a board, each
	maxSecrets = 10
	maxTopics  = 100
	maxText    = 256 // bytes of a name that is shown
	maxUnknown = 100 // faults after which no more keys are looked at
)

// limits checks the sizes of lists, maps and texts.
func (c *checker) limits(f *file) {
	atMost := func(path string, n, most int) {
		if n > most {
			c.fail(path, "has %d entries, and may have %d; take some out", n, most)
		}
	}
	short := func(path, text string) {
		if len(text) > maxText {
			c.fail(path, "has a text of more than %d bytes; shorten it", maxText)
		}
	}
	names := func(path string, m map[string]string) {
		atMost(path, len(m), maxNames)
		for id, name := range m {
			if len(id) > maxText || len(name) > maxText {
				c.fail(path, "has a text of more than %d bytes; shorten it", maxText)
				break
			}
		}
	}
	atMost("sources", len(f.Sources), maxSources)
	atMost("boards", len(f.Boards), maxBoards)
	atMost("queues", len(f.Queues), maxNames)
	for name := range f.Queues {
		if len(name) > maxText {
			short("queues", name)
			break
		}
	}
	for i := range f.Sources {
		s, path := &f.Sources[i], fmt.Sprintf("sources[%d]", i)
		names(path+".queues", s.Queues)
		names(path+".agents", s.Agents)
		names(path+".activities", s.Activities)
		atMost(path+".auth.secrets", len(s.Auth.Secrets), maxSecrets)
		atMost(path+".auth.topics", len(s.Auth.Topics), maxTopics)
	}
	atMost("access.hosts", len(f.Access.Hosts), maxNames)
	atMost("access.trusted_proxies", len(f.Access.TrustedProxies), maxFilter)
	if f.Access.OIDC != nil {
		names("access.oidc.roles", f.Access.OIDC.Roles)
		atMost("access.oidc.scopes", len(f.Access.OIDC.Scopes), maxFilter)
	}
	for i := range f.Boards {
		b, path := &f.Boards[i], fmt.Sprintf("boards[%d]", i)
		short(path+".title", b.Title)
		atMost(path+".queues", len(b.Queues), maxFilter)
		atMost(path+".channels", len(b.Channels), maxFilter)
		atMost(path+".sources", len(b.Sources), maxFilter)
		atMost(path+".embed", len(b.Embed), maxFilter)
	}
}

// Rate is how many deliveries of a source are taken: so many a second, and a burst above
// them.
type Rate struct {
	PerSecond float64
	Burst     int
}

// defaultRate is more than one machine can make durable for long; it bounds a sender that
// has gone mad, not a busy one.
var defaultRate = Rate{PerSecond: 5000, Burst: 20_000}

// rate checks a source's rate. A burst that is not written is that of four seconds.
func (c *checker) rate(path string, f *rate) Rate {
	r := defaultRate
	if f.PerSecond == nil && f.Burst == nil {
		return r
	}
	if f.PerSecond != nil {
		r.PerSecond = float64(*f.PerSecond)
		if !(r.PerSecond >= 0.1 && r.PerSecond <= 100_000) {
			c.fail(path+".per_second", "is not a number from 0.1 to 100000")
			return defaultRate
		}
		r.Burst = max(1, int(4*r.PerSecond))
	}
	r.Burst = c.whole(path+".burst", f.Burst, r.Burst, 1, 1_000_000)
	return r
}
