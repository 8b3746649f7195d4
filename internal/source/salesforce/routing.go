package salesforce

import (
	"cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// routing tells what is known of a PendingServiceRouting: that a work item waits in a queue. It is
// deleted when a rep accepts and when the customer has left, so that its end says nothing, and
// some are left behind.
func (f *facts) routing() {
	queue := f.text("groupid", "queueid")
	if !f.created && (f.delta && queue == "" || f.text("workitemid") == "" && queue == "") {
		f.out.Ignore("PendingServiceRouting change")
		return
	}
	f.item(f.text("workitemid"))
	if f.isBot() {
		return
	}
	// It is known by the routing's own id, under which a bot's work takes it back.
	named := func(e *interaction.Event) { e.Interaction, e.Leg, e.Queue = f.id, "", queue }
	if f.created || !f.delta {
		f.emit(interaction.Queued, cmp.Or(f.time("createddate"), f.at), named, versioned(1))
	} else {
		f.emit(interaction.Queued, f.at, named)
	}
}
