package simulate

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wallboard/wallboard/internal/interaction"
)

// TestSignTwilioForm holds the vendor's published vectors.
func TestSignTwilioForm(t *testing.T) {
	const call = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
	tests := []struct{ url, body, want string }{
		{"https://mycompany.com/myapp.php?foo=1&bar=2", call, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"https://mycompany.com:443/myapp.php?foo=1&bar=2", call, "kvajT1Ptam85bY51eRf/AJRuM3w="},
		{"http://mycompany.com:1234/myapp.php?foo=1&bar=2", call, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
		{"https://mycompany.com/myapp.php?foo=1&bar=2", call + "&Reason=Participant&ReasonConferenceEnded=test", "vOEb5UThFn24KEfnOFLQY2AE5FY="},
		{"https://mycompany.com/myapp.php?foo=1&bar=2", "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
	}
	for _, tt := range tests {
		if got := SignTwilioForm(tt.url, tt.body, "12345"); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.url, tt.body, got, tt.want)
		}
	}
}

func TestTwilioEncodesAnOffer(t *testing.T) {
	f := &Fact{
		Number: 1003, Kind: Offered, At: time.UnixMilli(1795166044007),
		Contact: Contact{
			ID: 1, Origin: 1, Role: interaction.Customer, Channel: interaction.Voice, Queue: Queue{ID: 3, Name: "Support"},
			Customer: "+447700900111", Began: time.Unix(1795166042, 0), Entered: time.Unix(1795166042, 0), Stage: Ringing, Version: 1,
		},
		Work: Work{ID: 2, Agent: Agent{ID: 1, Name: "Ana", Activity: Available}, Timeout: 20 * time.Second},
	}
	got := Twilio(5).Encode(f)
	if len(got) != 1 {
		t.Fatalf("%d messages, want 1", len(got))
	}
	form, err := url.ParseQuery(string(got[0].Body))
	if err != nil {
		t.Fatal(err)
	}
	flat := make(map[string]string)
	for n, vs := range form {
		if len(vs) != 1 {
			t.Errorf("%s is given %d times", n, len(vs))
		}
		flat[n] = vs[0]
	}
	want := map[string]string{
		"AccountSid": "AC0000000000000000000000000000005a", "WorkspaceSid": "WS0000000000000000000000000000001b",
		"WorkspaceName": "Flex Task Assignment", "EventType": "reservation.created", "ResourceType": "reservation",
		"ResourceSid": "WR00000000000000050000000000000002", "Sid": "EV000000000000000500000000000003eb",
		"Timestamp": "1795166044", "TimestampMs": "1795166044007", "OperatingUnitSid": "OU0000000000000000000000000000009f",
		"EventDescription": "reservation.created WR00000000000000050000000000000002",
		"TaskSid":          "WT00000000000000050000000000000001",
		"TaskAttributes": `{"call_sid":"CA00000000000000050000000000000001","from":"+447700900111","to":"+442079460123",` +
			`"direction":"inbound","conversations":{"conversation_id":"WT00000000000000050000000000000001"}}`,
		"TaskAge": "2", "TaskPriority": "0", "TaskAssignmentStatus": "reserved", "TaskVersion": "1",
		"TaskDateCreated": "1795166042", "TaskChannelSid": "TC00000000000000000000000000000001", "TaskChannelUniqueName": "voice",
		"TaskQueueSid": "WQ00000000000000000000000000000003", "TaskQueueName": "Support", "TaskQueueEnteredDate": "1795166042",
		"WorkflowSid": "WW0000000000000000000000000000002c", "WorkflowName": "Assign to Anyone",
		"ReservationSid": "WR00000000000000050000000000000002", "WorkerSid": "WK00000000000000000000000000000001", "WorkerName": "Ana",
		"WorkerAttributes": "{}", "WorkerActivitySid": "WA00000000000000000000000000000001", "WorkerActivityName": "Available",
		"ReservationTimeout": "20",
	}
	if diff := cmp.Diff(want, flat); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestTwilioMarksFollowUps(t *testing.T) {
	c := Contact{ID: 4, Origin: 3, Role: interaction.Voicemail, Channel: interaction.Voice}
	for _, tt := range []struct {
		fact Fact
		want map[string]string
	}{
		{Fact{Kind: VoicemailChosen, Contact: Contact{ID: 3, Origin: 3, Role: interaction.Customer}}, map[string]string{
			"EventType": "task.canceled", "TaskCanceledReason": "Opted to leave a voicemail",
			"TaskAttributes": `{"call_sid":"CA00000000000000010000000000000003","from":"","to":"+442079460123","direction":"inbound",` +
				`"conversations":{"conversation_id":"WT00000000000000010000000000000003","abandoned":"Follow-Up"}}`,
		}},
		{Fact{Kind: Arrived, Contact: c}, map[string]string{
			"EventType": "task.created", "TaskSid": "WT00000000000000010000000000000004",
			"TaskAttributes": `{"call_sid":"CA00000000000000010000000000000003","from":"","to":"+442079460123","direction":"inbound",` +
				`"conversations":{"conversation_id":"WT00000000000000010000000000000003"},"taskType":"voicemail"}`,
		}},
	} {
		form, err := url.ParseQuery(string(Twilio(1).Encode(&tt.fact)[0].Body))
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range tt.want {
			if got := form.Get(n); got != want {
				t.Errorf("%s: %s is %s, want %s", tt.want["EventType"], n, got, want)
			}
		}
	}
}
