package simulate

import (
	"fmt"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
)

// What a simulated instance of Amazon Connect is called.
const (
	connectAccount    = "210987654321"
	connectRegion     = "eu-west-2"
	connectInstanceID = "6f0d2c1e-77aa-4b8e-9a55-0c2d3e4f5a61"
	connectInstance   = "arn:aws:connect:" + connectRegion + ":" + connectAccount + ":instance/" + connectInstanceID
)

var connectChannels = map[interaction.Channel]string{interaction.Voice: "VOICE", interaction.Messaging: "CHAT"}

func arn(kind, id string) string { return connectInstance + "/" + kind + "/" + id }

// connectID is the id of something that every run has: a queue by its number, an agent by
// its own.
func connectID(n int) string { return fmt.Sprintf("0a1b2c3d-0000-4000-8000-%012x", n) }

// ConnectQueueID is the id of a queue of the simulated instance, whose events name queues by
// ids alone. ConnectQueues has the names.
func ConnectQueueID(n int) string { return fmt.Sprintf("b1c2d3e4-0000-4000-8000-%012x", n) }

// ConnectQueues are the names of the simulated instance's queues by their ids.
func ConnectQueues() map[string]string {
	names := make(map[string]string)
	for _, q := range queues() {
		names[ConnectQueueID(q.ID)] = q.Name
	}
	return names
}

// stamp is a time as Connect writes it; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

type connectEvent struct {
	Version    string        `json:"version"`
	ID         string        `json:"id"`
	DetailType string        `json:"detail-type"`
	Source     string        `json:"source"`
	Account    string        `json:"account"`
	Time       string        `json:"time"`
	Region     string        `json:"region"`
	Resources  []string      `json:"resources"`
	Detail     connectDetail `json:"detail"`
}

type connectDetail struct {
	EventType           string            `json:"eventType"`
	ContactID           string            `json:"contactId"`
	InitialContactID    string            `json:"initialContactId,omitzero"`
	PreviousContactID   string            `json:"previousContactId,omitzero"`
	Channel             string            `json:"channel"`
	InstanceARN         string            `json:"instanceArn"`
	InitiationMethod    string            `json:"initiationMethod"`
	InitiationTimestamp string            `json:"initiationTimestamp"`
	QueueInfo           *connectQueueInfo `json:"queueInfo,omitzero"`
	AgentInfo           *connectAgentInfo `json:"agentInfo,omitzero"`
	DisconnectTimestamp string            `json:"disconnectTimestamp,omitzero"`
	DisconnectReason    string            `json:"disconnectReason,omitzero"`
	Tags                map[string]string `json:"tags"`
}

type connectQueueInfo struct {
	QueueARN         string `json:"queueArn"`
	QueueType        string `json:"queueType"`
	EnqueueTimestamp string `json:"enqueueTimestamp"`
}

type connectAgentInfo struct {
	AgentARN                       string `json:"agentArn"`
	ConnectedToAgentTimestamp      string `json:"connectedToAgentTimestamp,omitzero"`
	AfterContactWorkStartTimestamp string `json:"afterContactWorkStartTimestamp,omitzero"`
	AfterContactWorkEndTimestamp   string `json:"afterContactWorkEndTimestamp,omitzero"`
}

type connectRecord struct {
	KinesisSchemaVersion        string            `json:"kinesisSchemaVersion"`
	PartitionKey                string            `json:"partitionKey"`
	SequenceNumber              string            `json:"sequenceNumber"`
	Data                        connectAgentEvent `json:"data"`
	ApproximateArrivalTimestamp float64           `json:"approximateArrivalTimestamp"`
	EventSource                 string            `json:"eventSource"`
	EventVersion                string            `json:"eventVersion"`
	EventName                   string            `json:"eventName"`
	AWSRegion                   string            `json:"awsRegion"`
	EventSourceARN              string            `json:"eventSourceARN"`
}

type connectAgentEvent struct {
	AccountID      string          `json:"AWSAccountId"`
	AgentARN       string          `json:"AgentARN"`
	Current        connectSnapshot `json:"CurrentAgentSnapshot"`
	Previous       connectSnapshot `json:"PreviousAgentSnapshot"`
	EventID        string          `json:"EventId"`
	EventTimestamp string          `json:"EventTimestamp"`
	EventType      string          `json:"EventType"`
	InstanceARN    string          `json:"InstanceARN"`
	Version        string          `json:"Version"`
}

type connectSnapshot struct {
	AgentStatus   connectStatus `json:"AgentStatus"`
	Configuration struct {
		Username       string `json:"Username"`
		RoutingProfile struct {
			Concurrency []connectSlots `json:"Concurrency"`
		} `json:"RoutingProfile"`
	} `json:"Configuration"`
	Contacts []connectContact `json:"Contacts"`
}

type connectStatus struct {
	Name           string `json:"Name"`
	StartTimestamp string `json:"StartTimestamp"`
	Type           string `json:"Type"`
}

type connectSlots struct {
	Channel        string `json:"Channel"`
	AvailableSlots int    `json:"AvailableSlots"`
	MaximumSlots   int    `json:"MaximumSlots"`
}

type connectContact struct {
	ContactID                 string        `json:"ContactId"`
	InitialContactID          string        `json:"InitialContactId,omitzero"`
	Channel                   string        `json:"Channel"`
	InitiationMethod          string        `json:"InitiationMethod"`
	State                     string        `json:"State"`
	StateStartTimestamp       string        `json:"StateStartTimestamp"`
	ConnectedToAgentTimestamp string        `json:"ConnectedToAgentTimestamp,omitzero"`
	QueueTimestamp            string        `json:"QueueTimestamp,omitzero"`
	Queue                     *connectQueue `json:"Queue,omitzero"`
}

type connectQueue struct {
	ARN  string `json:"ARN"`
	Name string `json:"Name"`
}
