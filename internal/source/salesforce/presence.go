package salesforce

import (
	"github.com/wallboard/wallboard/internal/interaction"
)

// presence tells the state of a rep. The states' names are the customer's own; the settings say
// what each id means. A state that ends without another one's beginning is a sign-out.
func (f *facts) presence(activities map[string]interaction.Presence) {
	who := f.text("userid")
	if who == "" {
		f.out.Ignore("UserServicePresence without UserId")
		return
	}
	state, known := activities[f.text("servicepresencestatusid")]
	if !known && len(f.text("servicepresencestatusid")) == 18 {
		state, known = activities[f.text("servicepresencestatusid")[:15]]
	}
	switch {
	case f.text("iscurrentstate") != "" && !f.yes("iscurrentstate"):
		state = interaction.Offline
	case f.yes("isaway"):
		state = interaction.Away
	case known:
	case f.created || !f.delta || f.text("servicepresencestatusid") != "" || f.text("isaway") != "":
		state = interaction.Available
	default:
		return
	}
	f.emit(interaction.AgentState, f.exact, f.agent(who), sequence(f.order), func(e *interaction.Event) { e.Presence = state })
}
