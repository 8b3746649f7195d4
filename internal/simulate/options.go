package simulate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options are what a Centre is made from. Only URL or Deliver is required.
type Options struct {
	// Seed makes the run; the same seed and start make the same deliveries.
	Seed uint64
	// URL is the hook to which deliveries are posted.
	URL string
	// Deliver takes the place of posting to URL, so that many days can be played within a
	// process: at is the virtual time at which a delivery is due. An error ends PlayPast, Run
	// and Drain. With a Concurrency of 1 it is called by one after another, in the order of
	// those times.
	Deliver func(ctx context.Context, at time.Time, header http.Header, body []byte) error
	// PublicURL is the URL that the vendor would have been given, which its
	// signature covers. "" means URL.
	PublicURL string
	// Secret signs the deliveries; "" leaves them unsigned.
	Secret string
	// AllowRemote lets URL be something else than a loopback address.
	AllowRemote bool
	// Start is where virtual time begins if PlayPast is not called; zero means when
	// Run is called.
	Start time.Time
	// Zone is where the centre stands: customers come by its time of day, few of them at
	// night. nil means the zone of Start, or of the beginning of PlayPast. ZoneAt makes
	// one in which it is a given time of the day.
	Zone *time.Location
	// Speed is how many virtual seconds Run plays in a second; 0 means 1. Above 1 the
	// vendor's times run ahead of the server's clock.
	Speed float64
	// Rates say how often things happen; the zero value means DefaultRates.
	Rates Rates
	// Concurrency is how many deliveries are under way at once; 0 means 8.
	Concurrency int
	// Attempts is how often a delivery is posted until PlayPast, Run and Drain give
	// up; 0 means 10. Only answers of 429 and 5xx and broken connections are retried.
	Attempts int
	// LongestPause bounds the pause between two attempts; 0 means five seconds.
	LongestPause time.Duration
	// MaxDeliveries ends PlayPast and Run after so many; 0 is no limit.
	MaxDeliveries int
	// Duration ends Run after so much real time; 0 is no limit.
	Duration time.Duration
	// LostVoiceAfter and LostMessagingAfter are the server's horizons, after which truth takes
	// an open contact that nothing came of for lost; 0 means its defaults, 4 and 72 hours. The
	// server counts from the receipt, which is the virtual time only where Deliver makes it so:
	// with URL nobody is lost before the server's own clock says so, and neither by truth.
	LostVoiceAfter, LostMessagingAfter time.Duration
	// Forget lets truth count contacts that were silent for longer than that and list them no
	// more, so that its memory does not grow with the days that are played. With URL those go
	// that are over. Forgotten, if it is set, is told what became of each, in the order of
	// their beginnings within an hour; it must not call the centre.
	Forget    bool
	Forgotten func(Interaction)
	// Format makes the vendor's deliveries, given a number that differs from run to
	// run; nil means Twilio.
	Format func(run uint64) Vendor
}

// Formats are the vendors that a centre can speak as, by their names in the configuration.
func Formats() map[string]func(run uint64) Vendor {
	return map[string]func(run uint64) Vendor{"twilio": Twilio, "amazon-connect": AmazonConnect, "asterisk": Asterisk}
}

// Rates say how often things happen. Those without a unit are probabilities.
type Rates struct {
	// ArrivalsPerHour is the rate of customers at the peak of the day.
	ArrivalsPerHour float64
	// Patience and ChatPatience are the mean times that customers wait.
	Patience, ChatPatience time.Duration
	// Handling and WrapUp are mean times of an agent's part.
	Handling, WrapUp time.Duration
	// OfferTimeout is how long an offer stands.
	OfferTimeout time.Duration
	// BetweenBreaks and Break are mean times of agents.
	BetweenBreaks, Break time.Duration

	Decline     float64 // of an offer
	PushTimeout float64 // of an offer
	BothOffered float64 // of an offer: a second agent gets one, too
	Transfer    float64 // of a conversation
	Warm        float64 // of a transfer, else cold
	ToQueue     float64 // of a cold transfer, else to an agent
	Unanswered  float64 // of a transfer to an agent
	Voicemail   float64 // of a wait: chosen if it lasts
	Callback    float64 // of a wait: chosen if it lasts
	Expire      float64 // of a wait: the system ends it if it lasts
	LineFailure float64 // of a conversation
	LostEnd     float64 // of a customer: the end never comes, nor what would come after it

	Duplicate float64 // of a delivery: it comes twice
	Reorder   float64 // of a delivery: up to three seconds late
	Late      float64 // of a delivery: up to a minute late
}

// DefaultRates are those of a busy day.
func DefaultRates() Rates {
	return Rates{
		ArrivalsPerHour: 250,
		Patience:        3 * time.Minute, ChatPatience: 8 * time.Minute,
		Handling: 4 * time.Minute, WrapUp: 35 * time.Second,
		OfferTimeout:  20 * time.Second,
		BetweenBreaks: 80 * time.Minute, Break: 10 * time.Minute,
		Decline: 0.04, PushTimeout: 0.04, BothOffered: 0.03,
		Transfer: 0.1, Warm: 0.4, ToQueue: 0.4, Unanswered: 0.25,
		Voicemail: 0.05, Callback: 0.06, Expire: 0.02, LineFailure: 0.02,
		Duplicate: 0.03, Reorder: 0.05, Late: 0.01,
	}
}

// ErrRemote says that the hook is no loopback address and that this was not allowed.
var ErrRemote = errors.New("the hook is not a loopback address; simulated deliveries go to others only when that is allowed")

// complete fills in what was left out, and checks the rest. The error names the
// option and never echoes a URL, which may hold a secret.
func (o Options) complete() (Options, error) {
	if o.Deliver == nil {
		u, err := url.Parse(o.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return o, errors.New("simulate: the hook's url is not an http or https url")
		}
		if !o.AllowRemote && !loopback(u.Hostname()) {
			return o, fmt.Errorf("simulate: %w", ErrRemote)
		}
	}
	if o.PublicURL == "" {
		o.PublicURL = o.URL
	}
	if o.Rates == (Rates{}) {
		o.Rates = DefaultRates()
	}
	if err := o.Rates.check(); err != nil {
		return o, err
	}
	if o.Speed < 0 || o.Concurrency < 0 || o.Attempts < 0 || o.LongestPause < 0 || o.LostVoiceAfter < 0 || o.LostMessagingAfter < 0 || o.MaxDeliveries < 0 || o.Duration < 0 {
		return o, errors.New("simulate: speed, concurrency, attempts and limits cannot be negative")
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Concurrency == 0 {
		o.Concurrency = 8
	}
	if o.Attempts == 0 {
		o.Attempts = 10
	}
	if o.LongestPause == 0 {
		o.LongestPause = longestPause
	}
	if o.LostVoiceAfter == 0 {
		o.LostVoiceAfter = 4 * time.Hour
	}
	if o.LostMessagingAfter == 0 {
		o.LostMessagingAfter = 72 * time.Hour
	}
	if o.Format == nil {
		o.Format = Twilio
	}
	return o, nil
}

func (r *Rates) check() error {
	if !(r.ArrivalsPerHour > 0) || r.ArrivalsPerHour > 100_000 {
		return errors.New("simulate: arrivals per hour must be above 0 and at most 100000")
	}
	for _, d := range []time.Duration{r.Patience, r.ChatPatience, r.Handling, r.WrapUp, r.OfferTimeout, r.BetweenBreaks, r.Break} {
		if d <= 0 {
			return errors.New("simulate: the mean times of rates must be above 0")
		}
	}
	for _, p := range []float64{
		r.Decline, r.PushTimeout, r.BothOffered, r.Transfer, r.Warm, r.ToQueue, r.Unanswered, r.Voicemail,
		r.Callback, r.Expire, r.LineFailure, r.LostEnd, r.Duplicate, r.Reorder, r.Late,
	} {
		if !(p >= 0 && p <= 1) {
			return errors.New("simulate: a probability is not between 0 and 1")
		}
	}
	return nil
}

// ZoneAt returns a zone in which it is a given time of the day, such as 11:00, at an
// instant: so that a run has as many customers whenever it is made.
func ZoneAt(now time.Time, clock string) (*time.Location, error) {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return nil, errors.New("simulate: the time of the day is not of the form 11:00")
	}
	u := now.UTC()
	minutes := (t.Hour()-u.Hour())*60 + t.Minute() - u.Minute()
	return time.FixedZone("simulated", minutes*60), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
