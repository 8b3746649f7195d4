package classify

import (
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// Policies settle what the published rule leaves open. The zero value of each
// field counts as its default, which is the first value named.
type Policies struct {
	// LeftInMenu says what a customer is who leaves before any queue:
	// "separate" (left_in_menu) or "abandoned" (reason no_agent).
	LeftInMenu string
	// EndedBySystem says what a waiting customer is whom the system ends:
	// "separate" (ended_by_system) or "abandoned".
	EndedBySystem string
	// UnknownParty says who ended it where nothing tells: "customer" or "system".
	UnknownParty string
	// WarmTransfer says who holds the customer during a warm transfer:
	// "first_agent_holds", or "waiting", which treats it as a cold one.
	WarmTransfer string
	// ReroutedAfterAccept says what a reroute after an accept is: "answered"
	// (nothing after it changes the holder) or "waiting".
	ReroutedAfterAccept string
	// InactivityClose says who ended a contact that was closed for inactivity:
	// "customer" or "system".
	InactivityClose string
	// ShortAbandonSeconds splits the display of abandons; it never changes
	// an outcome.
	ShortAbandonSeconds int
	// LostTrackAfterVoice and LostTrackAfterMessaging are how long an open
	// interaction may be silent before it is lost_track: 4 and 72 hours.
	LostTrackAfterVoice     time.Duration
	LostTrackAfterMessaging time.Duration
}

// DefaultPolicies returns the policies that follow the published rule.
func DefaultPolicies() Policies {
	return Policies{
		LeftInMenu: "separate", EndedBySystem: "separate", UnknownParty: "customer",
		WarmTransfer: "first_agent_holds", ReroutedAfterAccept: "answered", InactivityClose: "customer",
		LostTrackAfterVoice: 4 * time.Hour, LostTrackAfterMessaging: 72 * time.Hour,
	}
}

// LostTrackAfter is the horizon of a channel. A contact of unknown channel
// has the longer one, so that nothing is given up too early.
func (p *Policies) LostTrackAfter(c interaction.Channel) time.Duration {
	voice, messaging := p.LostTrackAfterVoice, p.LostTrackAfterMessaging
	if voice <= 0 {
		voice = 4 * time.Hour
	}
	if messaging <= 0 {
		messaging = 72 * time.Hour
	}
	switch c {
	case interaction.Voice:
		return voice
	case interaction.Messaging:
		return messaging
	}
	return max(voice, messaging)
}

// endedByCustomer says whether an end of this party and cause counts as the
// customer's own leaving. A technical failure is nobody's wish; inactivity and an
// unknown party are settled by policy.
func (p *Policies) endedByCustomer(by interaction.Party, cause interaction.Cause) bool {
	switch cause {
	case interaction.Technical:
		return false
	case interaction.Inactivity:
		return p.InactivityClose != "system"
	}
	switch by {
	case interaction.ByCustomer:
		return true
	case interaction.ByUnknown, 0:
		return p.UnknownParty != "system"
	}
	return false
}
