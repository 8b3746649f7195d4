package views

// PublishedRule is the article whose rules for abandoned interactions are followed here.
const PublishedRule = "https://help.salesforce.com/s/articleView?id=service.omnichannel_abandon_work.htm"

// Verdict is the rule that made an outcome.
type Verdict struct {
	Outcome, Reason string // names as in the API
	// Otherwise says, one sentence each, what would have made another outcome.
	Otherwise []string
}

// rule says in our words which rule made the outcome.
func (v Verdict) rule() string {
	if text, ok := rules[v.Outcome+" "+v.Reason]; ok {
		return text
	}
	return rules[v.Outcome]
}

// published says what the published article has to say to it.
func (v Verdict) published() string { return publishedSays[v.Outcome] }

var rules = map[string]string{
	"open":                       "It has not ended, so there is no outcome yet.",
	"abandoned":                  "The customer left while waiting for an agent.",
	"abandoned no_agent":         "The customer left while waiting in the queue, and no agent had been offered the interaction.",
	"abandoned before_accept":    "The interaction was offered to an agent, and the customer left before the agent accepted.",
	"abandoned after_decline":    "An agent had declined the interaction, let it time out or become unavailable, and the customer left before another accepted.",
	"abandoned after_transfer":   "An agent had accepted and passed the customer on, and the customer left before the next agent accepted.",
	"answered":                   "An agent had the customer when it ended.",
	"answered accepted":          "An agent had accepted, and the customer was with an agent, or passed on outside, when it ended.",
	"answered technical_failure": "An agent had accepted, and a technical failure ended it.",
	"self_served":                "The customer was with self-service when it ended.",
	"self_served voicemail":      "The customer chose to leave a voicemail instead of waiting.",
	"self_served callback":       "The customer asked for a callback instead of waiting.",
	"self_served bot":            "A bot had the customer when it ended.",
	"ended_by_system":            "The customer was waiting, and something other than the customer ended it.",
	"left_in_menu":               "The customer left before reaching any queue.",
	"lost_track":                 "What happened is not known.",
	"lost_track start_unseen":    "Only the end was reported: neither a start, nor a queue, nor an offer.",
	"lost_track silent":          "Nothing was reported for longer than the horizon of its channel. A later event takes it back.",
	"out_of_scope":               "It is no customer's own contact, so the rule does not apply to it.",
	"out_of_scope outbound":      "The contact centre called the customer, so the rule does not apply to it.",
	"out_of_scope callback":      "It is the call that follows a callback request; the request belongs to the customer's own contact.",
	"out_of_scope voicemail":     "It is the follow-up of a voicemail; the choice of voicemail belongs to the customer's own contact.",
}

var publishedSays = map[string]string{
	"abandoned":       "Abandoned: the customer ended it before a service rep accepted.",
	"answered":        "Not abandoned: a service rep accepted, also where technical problems ended it.",
	"self_served":     "Not abandoned: voicemail and callback count like being answered by a bot.",
	"ended_by_system": "The published rule is silent. The policy ended_by_system decides.",
	"left_in_menu":    "The published rule is silent. The policy left_in_menu decides.",
}
