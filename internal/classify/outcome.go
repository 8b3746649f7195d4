package classify

import "github.com/wallboard/wallboard/internal/interaction"

// outcome names what became of the interaction and by which rule: the first
// that matches, in the order of SPEC section 3. The reason is "" where the
// rule gives none.
func (s *state) outcome() (interaction.Outcome, string) {
	e := &s.end
	switch {
	case !e.is():
		return interaction.Open, ""
	case !s.seen:
		return interaction.LostTrack, "start_unseen"
	case s.role != 0 && s.role != interaction.Customer:
		return interaction.OutOfScope, s.role.String()
	case e.reported != 0:
		return s.reportedOutcome()
	case e.holder == inSelfService:
		return interaction.SelfServed, e.self
	case e.holder == withAgent || e.holder == outside:
		if e.cause == interaction.Technical {
			return interaction.Answered, "technical_failure"
		}
		return interaction.Answered, "accepted"
	case e.holder == inQueue:
		if s.policies.endedByCustomer(e.by, e.cause) || s.policies.EndedBySystem == "abandoned" {
			return interaction.Abandoned, s.abandonedReason()
		}
		return interaction.EndedBySystem, e.word
	case s.policies.LeftInMenu == "abandoned":
		return interaction.Abandoned, "no_agent"
	}
	return interaction.LeftInMenu, ""
}

func (s *state) abandonedReason() string {
	switch {
	case !s.accepted.IsZero():
		return "after_transfer"
	case s.declinedBefore():
		return "after_decline"
	case s.end.offered:
		return "before_accept"
	}
	return "no_agent"
}

// reportedOutcome takes the vendor's word, with our reason where the facts
// give one.
func (s *state) reportedOutcome() (interaction.Outcome, string) {
	switch o := s.end.reported; o {
	case interaction.Abandoned:
		return o, s.abandonedReason()
	case interaction.Answered:
		return o, "accepted"
	case interaction.SelfServed:
		return o, s.end.self
	default:
		return o, ""
	}
}
