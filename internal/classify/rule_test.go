package classify

import (
	"testing"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestPublishedRule has each sentence of the published rule as a case.
func TestPublishedRule(t *testing.T) {
	const begin = "0 started; 1 queued q=Q; "
	run(t, []ruleCase{
		{
			"A1 assigned, the customer disconnects before the rep accepts", begin + "2 assigned w=W1 a=A; 9 disconnected by=customer",
			"abandoned/before_accept W1:Abandoned",
		},
		{
			"A2 no rep is available, the customer disconnects", begin + "9 disconnected by=customer",
			"abandoned/no_agent -:Abandoned",
		},
		{
			"A3 accepted, transferred, the customer disconnects before the second accepts",
			begin + "2 assigned w=W1 a=A; 3 accepted w=W1 a=A; 8 transferred w=W1 to=agent mode=cold; 8.1 released w=W1; 9 assigned w=W2 a=B; 12 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{
			"A4 declined, rerouted, the customer disconnects before the second picks up",
			begin + "2 assigned w=W1 a=A; 3 declined w=W1; 4 assigned w=W2 a=B; 9 disconnected by=customer",
			"abandoned/after_decline W1:Declined W2:Abandoned",
		},
		{
			"A4 by time-out", begin + "2 assigned w=W1 a=A; 3 timed_out w=W1; 9 disconnected by=customer",
			"abandoned/after_decline W1:DeclinedOnPushTimeout -:Abandoned",
		},
		{
			"N1 accepted, the customer disconnects", begin + "2 assigned w=W1 a=A; 3 accepted w=W1 a=A; 9 disconnected by=customer",
			"answered/accepted W1:Closed",
		},
		{
			"N2 accepted, a technical problem, the call drops", begin + "2 assigned w=W1 a=A; 3 accepted w=W1; 9 disconnected by=system cause=technical",
			"answered/technical_failure W1:Closed",
		},
		{"N3 voicemail while waiting", begin + "4 voicemail_chosen; 9 disconnected by=customer", "self_served/voicemail"},
		{"N3 callback while waiting", begin + "4 callback_requested; 9 disconnected by=customer", "self_served/callback"},
		{"the update comes late: voicemail", begin + "9 disconnected by=customer; 39 voicemail_chosen", "self_served/voicemail"},
		{"the update comes late: voicemail with an open offer", begin + "2 assigned w=W1 a=A; 9 disconnected by=customer; 39 voicemail_chosen", "self_served/voicemail W1:Canceled"},
	})
}

// TestHolder has the rows of the table of effects, and shapes that vendors send.
func TestHolder(t *testing.T) {
	const talk = "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 3 accepted w=W1 a=A; "
	run(t, []ruleCase{
		{
			"who has the customer and is given him again keeps him", talk + "5 transferred to=agent to_id=A mode=cold; 5 assigned w=W1 a=A; 9 disconnected by=system cause=inactivity",
			"answered/accepted W1:Closed",
		},
		{
			"given to another agent the customer waits", talk + "5 transferred to=agent to_id=B mode=cold; 5 assigned w=W2 a=B; 9 disconnected by=system cause=inactivity",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{"left in the menu", "0 started; 5 disconnected by=customer", "left_in_menu"},
		{"bot from the menu", "0 started; 1 bot_engaged; 5 disconnected by=customer", "self_served/bot"},
		{"bot, then a queue", "0 started; 1 bot_engaged; 2 queued q=Q; 5 disconnected by=customer", "abandoned/no_agent -:Abandoned"},
		{"bot in the queue changes nothing", "0 started; 1 queued q=Q; 2 bot_engaged; 5 disconnected by=customer", "abandoned/no_agent -:Abandoned"},
		{"system ends the wait", "0 started; 1 queued q=Q; 5 disconnected by=system word=ttl", "ended_by_system/ttl"},
		{"technical failure while waiting is not the customer's leaving", "0 started; 1 queued q=Q; 5 disconnected by=customer cause=technical", "ended_by_system"},
		{"unknown party while waiting", "0 started; 1 queued q=Q; 5 disconnected", "abandoned/no_agent -:Abandoned"},
		{"inactivity while waiting", "0 started; 1 queued q=Q; 5 disconnected by=system cause=inactivity", "abandoned/no_agent -:Abandoned"},
		{"start unseen", "3 accepted w=W1 a=A; 9 disconnected by=customer", "lost_track/start_unseen W1:Closed"},
		{"outbound", "0 started role=outbound; 1 queued q=Q; 9 disconnected by=customer", "out_of_scope/outbound"},
		{"dequeued still waits", "0 started; 1 queued q=Q; 2 dequeued why=timeout; 9 disconnected by=customer", "abandoned/no_agent -:Abandoned"},
		{"self-service is final until an accept", "0 started; 1 queued q=Q; 2 voicemail_chosen; 3 queued q=Q; 9 disconnected by=customer", "self_served/voicemail"},
		{"an accept takes self-service back", "0 started; 1 queued q=Q; 2 voicemail_chosen; 3 accepted w=W1 a=A; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"voicemail while an agent talks changes nothing", talk + "5 voicemail_chosen; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"wrap-up is the end", talk + "9 released w=W1", "answered/accepted W1:Closed"},
		{"a known party beats unknown", talk + "9 released w=W1; 10 disconnected by=system cause=technical", "answered/technical_failure W1:Closed"},
		{"warm transfer, the first agent holds", talk + "5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 9 disconnected by=customer", "answered/accepted W1:Closed W2:Canceled"},
		{
			"warm transfer, the first agent leaves", talk + "5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 7 released w=W1; 9 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{
			"warm transfer completed", talk + "5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 7 accepted w=W2 a=B; 8 transfer_completed; 9 released w=W1; 20 released w=W2",
			"answered/accepted W1:Transferred W2:Closed",
		},
		{
			"warm transfer accepted, never completed", talk + "5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 7 accepted w=W2 a=B; 9 released w=W1; 20 released w=W2",
			"answered/accepted W1:Transferred W2:Closed",
		},
		{
			"warm transfer failed", talk + "5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 7 timed_out w=W2; 7.1 transfer_failed; 20 released w=W1",
			"answered/accepted W1:Closed W2:DeclinedOnPushTimeout",
		},
		{
			"cold transfer failed, the agent keeps the customer", talk + "5 transferred w=W1 to=agent mode=cold; 6 assigned w=W2 a=B; 7 declined w=W2; 7.1 transfer_failed; 20 disconnected by=customer",
			"answered/accepted W1:Closed W2:Declined",
		},
		{
			"cold transfer failed, the agent had left", talk + "5 transferred w=W1 to=agent mode=cold; 5.1 released w=W1; 6 assigned w=W2 a=B; 7 declined w=W2; 7.1 transfer_failed; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Declined -:Abandoned",
		},
		{
			"the agent leaves a moment before the cold transfer shows", talk + "4.9 released w=W1; 5 transferred w=W1 to=queue mode=cold; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred -:Abandoned",
		},
		{
			"the second agent takes the customer before the cold transfer shows", talk + "4 assigned w=W2 a=B; 4.5 accepted w=W2 a=B; 5 transferred w=W1 to=agent to_id=B mode=cold; 20 disconnected by=customer",
			"answered/accepted W1:Transferred W2:Closed",
		},
		{"queued anew, which shows that the agent passed the customer on", talk + "5 released w=W1; 6 queued q=R mode=cold; 20 disconnected by=customer", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"queued anew, and nothing shows how the agent let go", talk + "5 released w=W1; 6 queued q=R; 20 disconnected by=customer", "abandoned/after_transfer W1:Closed -:Abandoned"},
		{
			"queued anew twice: the latest who talked passed the customer on", talk + "5 released w=W1; 6 queued q=R mode=cold; 7 assigned w=W2 a=B; 8 accepted w=W2; 9 released w=W2; 10 queued q=S mode=cold; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Transferred -:Abandoned",
		},
		{"queued, and nobody had the customer before", "0 started; 1 queued q=Q mode=cold; 2 assigned w=W1 a=A; 3 declined w=W1; 4 queued q=R mode=cold; 20 disconnected by=customer", "abandoned/after_decline W1:Declined -:Abandoned"},
		{"queued while an agent talks is a transfer", talk + "5 queued q=R; 6 released w=W1; 20 disconnected by=customer", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"external transfer", talk + "5 transferred w=W1 to=external mode=cold; 6 released w=W1; 20 disconnected by=customer", "answered/accepted W1:Transferred"},
		{"passed on to nobody that shows", talk + "5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer", "answered/accepted W1:Transferred"},
		{
			"passed on to whom an offer was made", talk + "4 assigned w=W2 a=B; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{
			"passed on to whom an offer is made later", talk + "5 transferred w=W1; 5 transfer_completed; 6 assigned w=W2 a=B; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{
			"passed on to a queue where the customer waits", talk + "4 queued q=R leg=b; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred -:Abandoned",
		},
		{
			"passed on to a queue whose leg has ended", talk + "3.5 queued q=R leg=b; 4 leg_ended leg=b; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"answered/accepted W1:Transferred",
		},
		{
			"passed on, and nothing told that the first queue's leg ended", "0 started; 1 queued q=Q leg=a; 2 assigned w=W1 a=A; 3 accepted w=W1 a=A; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"answered/accepted W1:Transferred",
		},
		{
			"told again that the first agent talks, and then passed on", talk + "4 assigned w=W2 a=B; 4.5 accepted w=W1 a=A; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{
			"told again that the first agent talks, and then passed on to a queue", talk + "4 queued q=R leg=b; 4.5 accepted w=W1 a=A; 5 transferred w=W1; 5 transfer_completed; 20 disconnected by=customer",
			"abandoned/after_transfer W1:Transferred -:Abandoned",
		},
		{
			"passed on to one who talks", talk + "4 assigned w=W2 a=B; 5 accepted w=W2 a=B; 6 transferred w=W1; 6 transfer_completed; 19 released w=W2; 20 disconnected by=agent",
			"answered/accepted W1:Transferred W2:Closed",
		},
		{"rerouted after the accept", talk + "5 rerouted; 6 queued q=Q; 7 assigned w=W2 a=B; 20 disconnected by=customer", "answered/accepted W1:Closed W2:Canceled"},
		{
			"ring-all", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 2 assigned w=W2 a=B; 2 assigned w=W3 a=C; 5 accepted w=W2 a=B; 5.1 withdrawn w=W1 why=answered_elsewhere; 9 disconnected by=customer",
			"answered/accepted W1:Canceled W2:Closed W3:Canceled",
		},
		{
			"ring-all, the customer leaves", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 2 assigned w=W3 a=C; 2 assigned w=W2 a=B; 5 disconnected by=customer",
			"abandoned/before_accept W1:Canceled W2:Canceled W3:Abandoned",
		},
		{"an offer taken back just before the end was open", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 5 withdrawn w=W1 why=canceled; 5.5 disconnected by=customer", "abandoned/before_accept W1:Abandoned"},
		{"an offer taken back long before was not", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 5 withdrawn w=W1 why=canceled; 6.5 disconnected by=customer", "abandoned/before_accept W1:Canceled -:Abandoned"},
		{"the end of an offer after the end changes nothing", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 5 disconnected by=customer; 5.1 declined w=W1", "abandoned/before_accept W1:Abandoned"},
		{
			"of two endings the stronger wins", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 3 withdrawn w=W1 why=canceled; 3.1 declined w=W1; 3.2 timed_out w=W1; 9 disconnected by=customer",
			"abandoned/after_decline W1:Declined -:Abandoned",
		},
		{"an accept without a work takes the open offer", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 3 accepted a=A; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"re-opened by a queue", "0 started; 1 queued q=Q; 5 disconnected by=customer; 6 queued q=R; 7 assigned w=W1 a=A; 8 accepted w=W1 a=A; 9 released w=W1", "answered/accepted W1:Closed"},
		{"re-opened, not ended", "0 started; 1 queued q=Q; 5 disconnected by=customer; 6 queued q=R", "open"},
		{"reported where nothing else shows the end", "0 started; 1 queued q=Q; 5 reported outcome=abandoned", "abandoned/no_agent -:Abandoned"},
		{"reported gives way", "0 started; 1 queued q=Q; 5 reported outcome=abandoned; 6 disconnected by=system word=full", "ended_by_system/full"},
		{"a work offered again", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 3 declined w=W1; 4 assigned w=W1 a=A; 9 disconnected by=customer", "abandoned/after_decline W1:Declined W1:Abandoned"},
	})
}

// TestPhones has what a phone system tells of phones, which only the fold can make something of.
func TestPhones(t *testing.T) {
	const begin = "0 started leg=u; 1 queued q=Q leg=u; 2 assigned w=W1 a=A leg=u; "
	const talk = begin + "3 accepted a=A; "
	run(t, []ruleCase{
		{"hung up on an offer", begin + "4 timed_out w=W1; 4.1 released w=W1 by=agent; 9 leg_ended leg=u by=customer", "abandoned/after_decline W1:Declined -:Abandoned"},
		{"hung up before the offer's end shows", begin + "4 released w=W1 by=agent; 4.1 timed_out w=W1; 9 leg_ended leg=u by=customer", "abandoned/after_decline W1:Declined -:Abandoned"},
		{"an offer's phone hung up by the system", begin + "8.9 released w=W1; 9 leg_ended leg=u by=customer", "abandoned/before_accept W1:Abandoned"},
		{"a phone that is no offer's", begin + "4 released w=X by=agent; 4 leg_ended leg=X; 9 leg_ended leg=u by=customer", "abandoned/before_accept W1:Abandoned"},
		{"hung up after the talk", talk + "8 released w=W1 by=agent; 9 leg_ended leg=u by=customer", "answered/accepted W1:Closed"},
		{"picked up, and the line breaks", begin + "4 transfer_completed w=W1 to=external; 4.1 leg_ended leg=u by=customer", "answered/accepted W1:Closed"},
		{"picked up and hung up again", begin + "4 transfer_completed w=W1 to=external; 4.1 declined w=W1; 9 leg_ended leg=u by=customer", "abandoned/after_decline W1:Declined -:Abandoned"},
		{"picked up, then accepted", begin + "4 transfer_completed w=W1 to=external; 4.1 accepted a=A; 8 released a=A; 9 leg_ended leg=u by=customer", "answered/accepted W1:Closed"},
		{"put through outside the queue", begin + "4 timed_out w=W1; 5 transfer_completed w=X to=external; 9 leg_ended leg=u by=customer", "answered/accepted W1:DeclinedOnPushTimeout"},
		{"let go by the queue, then put through", begin + "4 timed_out w=W1; 5 leg_ended leg=u by=system word=TIMEOUT; 6 transfer_completed w=X to=external", "open W1:DeclinedOnPushTimeout"},
		{"let go by the queue", begin + "4 timed_out w=W1; 5 leg_ended leg=u by=system word=TIMEOUT; 6 leg_ended leg=u by=customer", "ended_by_system/TIMEOUT W1:DeclinedOnPushTimeout"},
		{"picked up elsewhere while an agent talks", talk + "5 transfer_completed w=X to=external; 8 released w=W1; 9 leg_ended leg=u by=customer", "answered/accepted W1:Closed"},
		{"put through, and never a customer", "5 transfer_completed w=X to=external; 9 leg_ended leg=u by=customer", "lost_track/start_unseen"},
		{"a transfer told twice", talk + "5 transferred w=W1 mode=cold; 5.1 transferred a=A mode=cold; 5.2 released w=W1; 9 leg_ended leg=u by=customer", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"a transfer told again after the end", talk + "5 transferred w=W1 mode=cold; 6 leg_ended leg=u; 7 transferred w=W1 mode=cold; 9 disconnected by=customer", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"a transfer told twice, the second time where to", talk + "5 transferred a=A mode=cold; 5.1 transferred w=W1 to=external; 9 leg_ended leg=u by=customer", "answered/accepted W1:Transferred"},
		{"a transfer told twice, the first time where to", talk + "5 transferred w=W1 to=external; 5.1 transferred a=A mode=cold; 9 leg_ended leg=u by=customer", "answered/accepted W1:Transferred"},
		{"an offer's own phone inside a Local channel", begin + "4 transfer_completed w=X to=external mode=unknown; 9 leg_ended leg=u by=customer", "abandoned/before_accept W1:Abandoned"},
		{"transferred, and picked up inside a Local channel", talk + "5 transferred w=W1 mode=cold; 8 transfer_completed w=X to=external mode=unknown; 9 leg_ended leg=u by=customer", "answered/accepted W1:Transferred"},
		{
			"a consultation by way of a queue, completed", talk + "5 queued q=R leg=v; 6 assigned w=W2 a=B leg=v; 7 accepted a=B; 8 transfer_completed; 8 transferred w=W1 to=external mode=warm to_id=v; 8.1 leg_ended leg=v; " +
				"9 released a=B; 9 leg_ended leg=u by=customer", "answered/accepted W1:Transferred W2:Closed",
		},
		{
			"a consultation by way of a queue, completed while it rings", talk + "5 queued q=R leg=v; 6 assigned w=W2 a=B leg=v; 8 transfer_completed; 8 transferred w=W1 to=external mode=warm to_id=v; 8.1 leg_ended leg=v; " +
				"9 leg_ended leg=u by=customer", "abandoned/after_transfer W1:Transferred W2:Abandoned",
		},
		{"transferred to a phone that is picked up", talk + "5 transferred w=W1 mode=cold; 8 transfer_completed w=X to=external; 9 leg_ended leg=u by=customer", "answered/accepted W1:Transferred"},
	})
}

// TestRecords has what a vendor tells of records, each in part: of a leg without its agents, of a
// wait without its beginning, of an accept without who accepted.
func TestRecords(t *testing.T) {
	const talk = "0 started leg=u; 1 queued q=Q leg=u; 2 assigned w=W1 a=A leg=u; 3 accepted w=W1; "
	const second = talk + "5 queued leg=v; 6 assigned w=W2 a=B leg=v; "
	run(t, []ruleCase{
		{"an accept on the leg, by somebody else", talk + "3.5 accepted a=B leg=u v=7; 4 released w=W1; 9 released a=B", "answered/accepted W1:Closed -:Closed"},
		{"waited by then", "0 started; 4 queued why=unknown; 9 disconnected by=customer", "abandoned/no_agent -:Abandoned"},
		{"waited, told after the end", "0 started; 9 disconnected by=customer; 20 queued why=unknown", "abandoned/no_agent -:Abandoned"},
		{"waited, told alone after the end", "9 disconnected by=customer; 20 queued why=unknown", "abandoned/no_agent -:Abandoned"},
		{"waited after a bot, told after the end", "0 started; 1 bot_engaged; 9 disconnected by=customer; 20 queued why=unknown", "abandoned/no_agent -:Abandoned"},
		{"waited, and chose voicemail", "0 started; 1 voicemail_chosen; 9 disconnected by=customer; 20 queued why=unknown", "self_served/voicemail"},
		{"waited, told while an agent talks", talk + "5 queued why=unknown; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"waited, told after an answered end", talk + "9 disconnected by=customer; 20 queued why=unknown", "answered/accepted W1:Closed"},
		{"a leg's agents are released", talk + "9 leg_ended leg=u; 9 released leg=u by=customer", "answered/accepted W1:Closed"},
		{"a leg's agents are released by a broken line", talk + "9 released leg=u by=system cause=technical", "answered/technical_failure W1:Closed"},
		{"another leg's agents", talk + "9 released leg=v by=customer", "open W1:Opened"},
		{"a leg that was passed on", second + "7 released leg=u; 7 leg_ended leg=u; 9 leg_ended leg=v by=customer; 9 released leg=v", "abandoned/after_transfer W1:Transferred W2:Abandoned"},
		{"both legs end at once", second + "9 leg_ended leg=v; 9.1 released leg=u by=customer; 9.2 leg_ended leg=u", "answered/accepted W1:Closed W2:Canceled"},
		{"an accept told again", talk + "3.5 accepted leg=u v=7; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"an accept told first by the leg", "0 started leg=u; 2 assigned w=W1 a=A leg=u; 2.5 accepted leg=u v=7; 3 accepted w=W1; 9 disconnected by=customer", "answered/accepted W1:Closed"},
		{"the second leg's accept told again", second + "7 transferred w=W1; 7 transfer_completed; 8 accepted w=W2; 8.5 accepted leg=v v=7; 9 disconnected by=customer", "answered/accepted W1:Transferred W2:Closed"},
		{"a leg of two names", "0 started leg=u; 0 linked leg=u other=x; 1 queued q=Q leg=u; 9 leg_ended leg=x by=customer", "abandoned/no_agent -:Abandoned"},
		{"a leg of two names, talking", talk + "4 linked leg=u other=x; 9 leg_ended leg=x; 9 released leg=x by=customer", "answered/accepted W1:Closed"},
		{"a leg of two names, told late", "0 started leg=u; 1 queued q=Q leg=x; 2 linked leg=u other=x; 9 leg_ended leg=u by=customer", "abandoned/no_agent -:Abandoned"},
		{"a name that two legs have is the first one's", second + "5 linked leg=u other=x; 5 linked leg=v other=x; 7 released leg=x; 7 leg_ended leg=x; 9 leg_ended leg=v by=customer", "abandoned/after_transfer W1:Transferred W2:Abandoned"},
		{"passed on, and told so after the end", talk + "5 assigned w=W2 a=B; 9 disconnected by=customer; 10 transferred w=W1 why=unknown; 10 transfer_completed", "abandoned/after_transfer W1:Transferred W2:Abandoned"},
		{"passed on to nobody yet, and told so after the end", talk + "9 disconnected by=customer; 10 transferred w=W1 why=unknown", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"passed on and taken, and told so after the end", talk + "5 assigned w=W2 a=B; 6 accepted w=W2; 8 released w=W1; 9 released w=W2; 10 transferred w=W1 why=unknown; 10 transfer_completed", "answered/accepted W1:Transferred W2:Closed"},
		{"passed on, told after the end, and offered again", talk + "9 disconnected by=customer; 10 transferred w=W1 why=unknown; 11 assigned w=W2 a=B; 12 accepted w=W2", "open W1:Transferred W2:Opened"},
		{"an accept taken back", "0 started leg=u; 1 queued q=Q leg=u; 3 accepted leg=u v=7; 20 accepted leg=u v=8 retracted; 9 leg_ended leg=u by=customer", "abandoned/no_agent -:Abandoned"},
		{"passed on, and told so after the second accepted", talk + "4 assigned w=W2 a=B; 5 accepted w=W2; 6 transferred w=W1; 6 transfer_completed; 9 released leg=u; 9 released w=W2", "answered/accepted W1:Transferred W2:Closed"},
		{"passed on, and told so when the first had let go", talk + "4 released w=W1; 5 assigned w=W2 a=B; 6 accepted w=W2; 7 transferred w=W1; 9 disconnected by=customer", "answered/accepted W1:Transferred W2:Closed"},
	})
}

// TestLegs has chains of legs, in which the one that ends last decides.
func TestLegs(t *testing.T) {
	const talk = "0 started leg=a; 1 queued q=Q leg=a; 3 accepted w=W1 a=A leg=a; "
	run(t, []ruleCase{
		{"one leg, left waiting", "0 started leg=a; 1 queued q=Q leg=a; 9 leg_ended leg=a", "abandoned/no_agent -:Abandoned"},
		{"moved on: not over", "0 started leg=a; 1 queued q=Q leg=a; 9 leg_ended leg=a moved", "open"},
		{"moved on, then the next leg ends", "0 started leg=a; 1 queued q=Q leg=a; 9 leg_ended leg=a moved; 10 queued q=R leg=b; 15 leg_ended leg=b", "abandoned/no_agent -:Abandoned"},
		{"cold: the unanswered second leg abandons", talk + "5 queued q=R leg=b; 6 released w=W1 leg=a; 6 leg_ended leg=a; 9 leg_ended leg=b", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"warm: the unanswered consult leg, ended first, does not", talk + "5 queued q=R leg=b; 8 leg_ended leg=b; 9 released w=W1 leg=a; 9 leg_ended leg=a", "answered/accepted W1:Closed"},
		{"warm by name", talk + "5 transferred w=W1 to=agent mode=consult; 6 assigned w=W2 a=B leg=b; 8 leg_ended leg=b; 9 released w=W1; 9 leg_ended leg=a", "answered/accepted W1:Closed W2:Canceled"},
		{"parties without the customer's", "0 started; 1 queued q=Q leg=q; 2 assigned w=W1 a=A leg=p; 9 leg_ended leg=q; 9 leg_ended leg=p", "abandoned/before_accept W1:Abandoned"},
		{"a leg that is another by the time it is let go", "0 started leg=a; 1 queued q=Q leg=a; 9 dequeued leg=b; 9.1 leg_ended leg=b", "abandoned/no_agent -:Abandoned"},
		{"a leg is let go and goes on", "0 started leg=a; 1 queued q=Q leg=a; 9 dequeued leg=a; 9.1 leg_ended leg=x", "open"},
		{"an agent still talks, and the line broke", talk + "9 leg_ended leg=a by=system cause=technical; 9.1 released w=W1", "answered/technical_failure W1:Closed"},
		{"an agent still talks", talk + "9 leg_ended leg=a", "open W1:Opened"},
	})
}

func TestVersions(t *testing.T) {
	run(t, []ruleCase{
		{"a later version overwrites the time", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 5 accepted w=W1 v=1; 9 accepted w=W1 v=2; 7 disconnected by=customer", "open W1:Opened"},
		{"a later version retracts", "0 started; 1 queued q=Q; 2 assigned w=W1 a=A; 5 accepted w=W1 v=1; 5 accepted w=W1 v=2 retracted; 7 disconnected by=customer", "abandoned/before_accept W1:Abandoned"},
		{"a lower version does nothing", "0 started; 1 queued q=Q; 5 accepted w=W1 v=2; 5 accepted w=W1 v=1 retracted; 7 disconnected by=customer", "answered/accepted W1:Closed"},
	})
}

type ruleCase struct{ name, events, want string }

// TestVendorsLegs has what a vendor shows who makes a leg of every transfer and tells with
// each how it ended, but not why an offer was missed.
func TestVendorsLegs(t *testing.T) {
	const wait, talk = "0 started leg=a; 1 queued q=Q leg=a; ", "0 started leg=a; 1 queued q=Q leg=a; 3 accepted w=W1 a=A leg=a; "
	run(t, []ruleCase{
		{"a technical end of the agent's part", talk + "9 released w=W1 by=system cause=technical word=dropped", "answered/technical_failure W1:Closed"},
		{"a technical end of a part that nobody talked in", wait + "2 assigned w=W1 a=A; 5 released w=W1 by=system cause=technical; 9 disconnected by=customer", "abandoned/before_accept W1:Abandoned"},
		{"the last leg says who ended it", wait + "9 leg_ended leg=a by=system word=flow", "ended_by_system/flow"},
		{"a technical end of the only leg", talk + "9 released w=W1; 9 leg_ended leg=a by=system cause=technical", "answered/technical_failure W1:Closed"},
		{"the first leg's end is not the contact's", talk + "5 queued leg=b; 6 released w=W1; 6 leg_ended leg=a by=agent; 9 leg_ended leg=b", "abandoned/after_transfer W1:Transferred -:Abandoned"},
		{"a consulted leg that ends first", talk + "5 queued leg=b; 6 leg_ended leg=b by=customer; 9 released w=W1; 9 leg_ended leg=a", "answered/accepted W1:Closed"},
		{"a consulted leg that begins before it is queued", talk + "5 started leg=b; 6 queued leg=b; 8 leg_ended leg=b; 9 released w=W1; 9 leg_ended leg=a", "answered/accepted W1:Closed"},
		{"missed long before the end", wait + "2 assigned w=W1 a=A; 4 timed_out w=W1 why=unknown; 9 leg_ended leg=a", "abandoned/after_decline W1:DeclinedOnPushTimeout -:Abandoned"},
		{"missed just before the end", wait + "2 assigned w=W1 a=A; 8.9 timed_out w=W1 why=unknown; 9 leg_ended leg=a", "abandoned/before_accept W1:Abandoned"},
		{"missed, and missed just before the end", wait + "2 assigned w=W1 a=A; 4 declined w=W1 why=unknown; 5 assigned w=W2 a=B; 8.5 timed_out w=W2 why=unknown; 9 leg_ended leg=a", "abandoned/after_decline W1:Declined W2:Abandoned"},
		{"a stated time-out just before the end", wait + "2 assigned w=W1 a=A; 8.9 timed_out w=W1; 9 leg_ended leg=a", "abandoned/after_decline W1:DeclinedOnPushTimeout -:Abandoned"},
	})
}

func run(t *testing.T, cases []ruleCase) {
	t.Helper()
	p := DefaultPolicies()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if got := tell(fold(script(t, tc.events), &p).Interaction(0)); got != tc.want {
				t.Errorf("got %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	const waiting = "0 started; 1 queued q=Q; "
	const warm = waiting + "2 assigned w=W1 a=A; 3 accepted w=W1; 5 transferred w=W1 to=agent mode=warm; 6 assigned w=W2 a=B; 9 disconnected by=customer"
	for _, tc := range []struct {
		name   string
		change func(*Policies)
		events string
		want   string
	}{
		{"left_in_menu", func(p *Policies) { p.LeftInMenu = "abandoned" }, "0 started; 5 disconnected by=customer", "abandoned/no_agent -:Abandoned"},
		{"ended_by_system", func(p *Policies) { p.EndedBySystem = "abandoned" }, waiting + "5 disconnected by=system", "abandoned/no_agent -:Abandoned"},
		{"unknown_party", func(p *Policies) { p.UnknownParty = "system" }, waiting + "5 disconnected", "ended_by_system"},
		{"inactivity_close", func(p *Policies) { p.InactivityClose = "system" }, waiting + "5 disconnected by=agent cause=inactivity", "ended_by_system"},
		{"warm_transfer", func(p *Policies) { p.WarmTransfer = "waiting" }, warm, "abandoned/after_transfer W1:Transferred W2:Abandoned"},
		{
			"rerouted_after_accept", func(p *Policies) { p.ReroutedAfterAccept = "waiting" },
			waiting + "2 assigned w=W1 a=A; 3 accepted w=W1; 4 rerouted; 9 disconnected by=customer", "abandoned/after_transfer W1:Closed -:Abandoned",
		},
		{"the zero value is the default", func(p *Policies) { *p = Policies{} }, waiting + "5 disconnected", "abandoned/no_agent -:Abandoned"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := DefaultPolicies()
			tc.change(&p)
			if got := tell(fold(script(t, tc.events), &p).Interaction(0)); got != tc.want {
				t.Errorf("got %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestMessagingBeginsAgain: a messaging id lives for ever.
func TestMessagingBeginsAgain(t *testing.T) {
	p := DefaultPolicies()
	c := fold(script(t, "0 started channel=messaging; 1 queued q=Q; 5 disconnected by=customer; 90 started channel=messaging; 91 queued q=Q"), &p)
	if c.Len() != 2 {
		t.Fatalf("got %d interactions, want 2", c.Len())
	}
	if got := c.Interaction(0); got.ID != "I" || tell(got) != "abandoned/no_agent -:Abandoned" {
		t.Errorf("first: %s %s", got.ID, tell(got))
	}
	if got := c.Interaction(1); got.ID != "I/2" || got.State != "waiting" {
		t.Errorf("second: %s %s", got.ID, got.State)
	}
}

// TestReleasedByAgent: a release that names the agent alone takes the work back from a failed
// transfer as one that names the work does.
func TestReleasedByAgent(t *testing.T) {
	run(t, []ruleCase{
		{"agent only", "0 started; 1 queued q=Q; 2 accepted a=A; 10 transferred a=A mode=cold to=queue; 11 released a=A; 12 transfer_failed; 20 disconnected by=customer", "abandoned/after_transfer -:Transferred -:Abandoned"},
		{"by its work", "0 started; 1 queued q=Q; 2 accepted w=W a=A; 10 transferred w=W mode=cold to=queue; 11 released w=W; 12 transfer_failed; 20 disconnected by=customer", "abandoned/after_transfer W:Transferred -:Abandoned"},
	})
}

// TestSessions: where ids live for ever, each started after an end begins an interaction, also
// when the first began unseen; each has its own events, wait and after-contact work.
func TestSessions(t *testing.T) {
	p := DefaultPolicies()
	c := fold(script(t, "-5 queued q=Q channel=messaging; 0 disconnected by=customer; 100 started channel=messaging; 101 queued q=Q; 110 accepted w=W a=A; "+
		"120 released w=W; 200 started channel=messaging; 210 work_closed w=W"), &p)
	if c.Len() != 3 {
		t.Fatalf("got %d interactions, want 3", c.Len())
	}
	first, second := c.Interaction(0), c.Interaction(1)
	if first.Outcome != interaction.Abandoned || first.LastWait() != 5e6 {
		t.Errorf("the first: %v after %d µs, want abandoned after 5 s", first.Outcome, first.LastWait())
	}
	if second.Outcome != interaction.Answered || second.AnswerWait() != 9e6 || second.Works[0].HandledUntil.At != second.Started.At+110e6 {
		t.Errorf("the second: %+v, want it answered after 9 s and its work done at 110 s", second)
	}
	if n := []int{len(c.EventsOf(0)), len(c.EventsOf(1)), len(c.EventsOf(2))}; n[0] != 2 || n[1] != 4 || n[2] != 2 {
		t.Errorf("events %v, want 2, 4 and 2", n)
	}
}

// TestReopenedWait: the wait of a contact that was re-opened begins there, and not before its
// former end.
func TestReopenedWait(t *testing.T) {
	p := DefaultPolicies()
	c := fold(script(t, "0 started; 1 queued q=Q; 11 disconnected by=customer; 100 queued q=Q; 130 disconnected by=customer"), &p)
	if in := c.Interaction(0); in.LastWait() != 30e6 {
		t.Errorf("the last wait is %d µs, want 30 s", in.LastWait())
	}
}
