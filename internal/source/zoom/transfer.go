package zoom

import (
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// target is where a transfer goes: by its level, else by what it names.
func (a *adapter) target() interaction.Target {
	switch a.TransferLevel.Lower() {
	case "queue", "flow", "inbox":
		return interaction.ToQueue
	case "user", "agent":
		return interaction.ToAgent
	case "number", "phone_number", "external", "address_book", "zoom_phone":
		return interaction.ToExternal
	}
	switch {
	case a.TransferToUser != "":
		return interaction.ToAgent
	case a.TransferToQueue == "" && a.TransferToFlow == "" && a.TransferToInbox == "" && a.TransferToNumber != "":
		return interaction.ToExternal
	}
	return interaction.ToQueue
}

// transferred is the agent passing the customer on.
func (a *adapter) transferred() {
	a.emit(interaction.Transferred, func(e *interaction.Event) {
		e.Agent, e.To = string(a.User), a.target()
		switch e.To {
		case interaction.ToAgent:
			e.ToID = string(a.TransferToUser)
		case interaction.ToQueue:
			e.ToID, e.QueueName = string(a.TransferToQueue), source.Clip(string(a.TransferToQueueName))
		}
		switch a.TransferType.Lower() {
		case "warm":
			e.Mode = interaction.Warm
		case "cold", "blind", "direct":
			e.Mode = interaction.Cold
		case "consult":
			e.Mode = interaction.ConsultTransfer
		default:
			e.Mode = interaction.UnknownMode
		}
	})
}

// transferRefused is one agent who does not take a transfer. One that went to that agent
// has failed by it; one that went to a queue goes on to the next agent.
func (a *adapter) transferRefused() {
	if a.target() == interaction.ToAgent {
		a.emit(interaction.TransferFailed, nil)
	}
}
