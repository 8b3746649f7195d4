package freeswitch

import (
	"strings"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
)

// adapter turns one event of FreeSWITCH into ours.
type adapter struct {
	source.Fields
	decoder
	base    interaction.Event
	out     *source.Decoded
	problem func(string)
}

// emit adds an event of a kind. One of FreeSWITCH gives at most one of each kind, so its key and
// the kind are the key.
func (a *adapter) emit(k interaction.Kind, more func(*interaction.Event)) {
	e := a.base
	e.Kind, e.Key = k, e.Key+"/"+k.String()
	if more != nil {
		more(&e)
	}
	a.out.Events = append(a.out.Events, e)
}

// notNeeded are the events that come with what is read, and say nothing for us. Others are
// counted together, so that nobody's names become ours.
var notNeeded = map[string]bool{
	"members-count": true, "agent-state-change": true, "agent-max-no-answer": true, "agent-status-get": true,
	"agent-add": true, "agent-del": true, "vm::maintenance": true, "channel_execute": true, "heartbeat": true, "wallboard::gap": true,
}

func (a *adapter) ignored() {
	name := strings.ToLower(a.First("cc-action", "event-subclass", "event-name"))
	if !notNeeded[name] {
		name = "other"
	}
	a.out.Ignore(name)
}

// known emits what an event says; it is false for those that say nothing for us.
func (a *adapter) known() bool {
	before := len(a.out.Events) + len(a.out.Problems)
	subclass, name := strings.ToLower(a.Fields["event-subclass"]), strings.ToUpper(a.Fields["event-name"])
	switch {
	case subclass == "callcenter::info" || subclass == "" && a.Fields["cc-action"] != "":
		a.callcenter(strings.ToLower(a.Fields["cc-action"]))
	case subclass == "vm::maintenance":
		if strings.EqualFold(a.Fields["vm-action"], "leave-message") && a.session() {
			a.emit(interaction.VoicemailChosen, nil)
		}
	case subclass == "wallboard::fact":
		if a.session() {
			a.fact(strings.ToLower(a.Fields["fact"]))
		}
	case name == "CHANNEL_EXECUTE" || name == "CHANNEL_EXECUTE_COMPLETE":
		if strings.EqualFold(a.Fields["application"], "voicemail") && a.session() {
			a.emit(interaction.VoicemailChosen, nil)
		}
	case name == "CHANNEL_HANGUP_COMPLETE":
		if a.session() {
			a.hangup()
		}
	}
	return len(a.out.Events)+len(a.out.Problems) > before
}

// session makes the caller's channel the interaction. It reports whether there is one.
func (a *adapter) session() bool {
	a.base.Interaction = a.First("cc-member-session-uuid", "unique-id", "channel-call-uuid", "caller-unique-id")
	if a.base.Interaction == "" {
		a.problem("CC-Member-Session-UUID and Unique-ID: are missing")
		return false
	}
	return true
}

// stay is the leg: the stay in a queue, else the session itself.
func (a *adapter) stay() string { return a.First("cc-member-uuid", "cc-member-session-uuid") }

// callcenter emits what mod_callcenter says.
func (a *adapter) callcenter(action string) {
	switch action {
	case "agent-status-change":
		a.status()
		return
	case "member-queue-start", "member-queue-resume", "member-queue-end", "agent-offering", "bridge-agent-start", "bridge-agent-end", "bridge-agent-fail":
	default:
		return
	}
	if !a.session() {
		return
	}
	a.base.Queue = a.Fields["cc-queue"]
	switch action {
	case "member-queue-start", "member-queue-resume":
		a.emit(interaction.Started, a.started)
		a.emit(interaction.Queued, func(e *interaction.Event) {
			e.Leg = a.stay()
			if action == "member-queue-start" {
				// Another stay of a session is how a transfer to a queue is told: the cause by which the
				// agent let go may be a normal one.
				e.Mode = interaction.Cold
			}
		})
	case "agent-offering":
		a.offer(interaction.Assigned, 0)
	case "bridge-agent-start":
		a.offer(interaction.Accepted, 0)
	case "bridge-agent-fail":
		a.failed()
	case "bridge-agent-end":
		a.released()
	case "member-queue-end":
		a.left()
	}
}

func (a *adapter) started(e *interaction.Event) {
	e.Role, e.Direction, e.Queue = interaction.Customer, interaction.Inbound, ""
	n := a.First("cc-member-cid-number", "caller-caller-id-number", "caller-ani")
	switch strings.ToLower(n) {
	case "anonymous", "unknown", "0000000000":
	default:
		e.Customer = n
	}
}

// offer emits what becomes of an offer to an agent.
func (a *adapter) offer(k interaction.Kind, why interaction.Why) {
	agent := a.Fields["cc-agent"]
	if agent == "" {
		a.problem("CC-Agent: is missing")
		return
	}
	a.emit(k, func(e *interaction.Event) {
		e.Work, e.Agent, e.AgentName, e.Why = a.stay()+"/"+agent, agent, a.agents[agent], why
		switch k {
		case interaction.Accepted:
			e.Leg, e.Version = a.stay(), e.At // the same agent may be offered the same stay again
		case interaction.Assigned:
			e.Leg = a.stay()
		case interaction.Transferred:
			e.To, e.Mode, e.Queue = interaction.ToExternal, interaction.Cold, ""
		case interaction.Released:
			if cause := strings.ToUpper(a.Fields["cc-hangup-cause"]); failures[cause] {
				e.By, e.Cause, e.Reason = interaction.BySystem, interaction.Technical, cause
			}
		}
	})
}

// failed emits how an offer ended that nobody answered. A loser of several who rang, and an offer
// that was canceled because the caller left, are no refusals.
func (a *adapter) failed() {
	switch strings.ToUpper(a.Fields["cc-hangup-cause"]) {
	case "LOSE_RACE":
		a.offer(interaction.Withdrawn, interaction.AnsweredElsewhere)
	case "ORIGINATOR_CANCEL":
		a.offer(interaction.Withdrawn, interaction.Canceled)
	case "CALL_REJECTED", "USER_BUSY":
		a.offer(interaction.Declined, 0)
	case "USER_NOT_REGISTERED", "NORMAL_CIRCUIT_CONGESTION":
		a.offer(interaction.Withdrawn, interaction.AgentUnavailable)
	default:
		a.offer(interaction.TimedOut, 0)
	}
}

// released emits that the agent's part is over: by a transfer, where the cause says so. Where to
// is not told: another queue tells itself, and somebody outside of queues is taken to have answered.
// Where the line broke this says it first; the stay's end may tell of a normal one.
func (a *adapter) released() {
	if strings.EqualFold(a.Fields["cc-agent-bridged"], "false") {
		a.notBridged()
		return
	}
	if transferred(a.Fields["cc-hangup-cause"]) {
		a.offer(interaction.Transferred, 0)
		return
	}
	a.offer(interaction.Released, 0)
}

// notBridged takes back that the agent answered: the phone was picked up, and the two were never
// connected. Either the agent was gone again, or the caller just before; what the fold sees
// tells which.
func (a *adapter) notBridged() {
	before := len(a.out.Events)
	a.offer(interaction.Accepted, 0)
	if len(a.out.Events) == before {
		return
	}
	a.out.Events[before].Retracted = true
	a.offer(interaction.Declined, interaction.UnknownWhy)
}
