package salesforce

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"
)

func soap(body string) string {
	return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>` +
		`<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><SessionId>test-session</SessionId>` + body + `</notifications></e:Body></e:Envelope>`
}

const oneNotification = `<Notification><Id>04l%d</Id><sObject xsi:type="sf:AgentWork" xmlns:sf="urn:sobject.partner.soap.sforce.com">` +
	`<sf:Id>0Bz1</sf:Id><sf:Status>Opened</sf:Status></sObject></Notification>`

// TestOutboundLimits: as many notifications as Salesforce sends and no more, nothing nested deeper, and
// no document type, by which a body could make itself grow.
func TestOutboundLimits(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, oneNotification, i)
		}
		return soap(b.String())
	}
	for name, tc := range map[string]struct {
		body             string
		events, problems int
		refused          bool
	}{
		"none":               {soap(""), 0, 0, false},
		"one":                {many(1), 1, 0, false},
		"a hundred":          {many(maxNotifications), maxNotifications, 0, false},
		"more":               {many(maxNotifications + 1), 0, 1, false},
		"an entity":          {`<!DOCTYPE e [<!ENTITY a "b">]>` + many(1), 0, 0, true},
		"unknown entity":     {strings.Replace(many(1), "Opened", "&a;", 1), 0, 0, true},
		"deep":               {strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), 0, 0, true},
		"not closed":         {strings.TrimSuffix(many(1), "</e:Envelope>"), 0, 0, true},
		"another charset":    {`<?xml version="1.0" encoding="UTF-7"?>` + many(1), 0, 0, true},
		"another language":   {strings.Replace(many(1), "2005/09/outbound", "x", 1), 0, 0, true},
		"no id":              {strings.Replace(many(1), "<sf:Id>0Bz1</sf:Id>", "", 1), 0, 1, false},
		"no type, but an id": {strings.Replace(many(1), ` xsi:type="sf:AgentWork"`, "", 1), 1, 0, false},
	} {
		out, err := lab.Decode(delivery("POST", "", "text/xml; charset=utf-8", tc.body))
		if len(out.Events) != tc.events || len(out.Problems) != tc.problems || (err != nil) != tc.refused {
			t.Errorf("%s: %d events, %v, %v", name, len(out.Events), out.Problems, err)
		}
	}
}

// TestAck: only this answer ends the retries.
func TestAck(t *testing.T) {
	r := lab.Acknowledge(delivery("POST", "", "text/xml", soap("")))
	var e struct {
		Ack string `xml:"Body>notificationsResponse>Ack"`
	}
	if err := xml.Unmarshal(r.Body, &e); err != nil || e.Ack != "true" || r.Status != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/xml") ||
		!bytes.Contains(r.Body, []byte(outboundNamespace)) {
		t.Errorf("%d %v %s: %v", r.Status, r.Header, r.Body, err)
	}
}

// TestSession: a session may be good for the whole of the API, so it is kept nowhere.
func TestSession(t *testing.T) {
	b, err := os.ReadFile("testdata/outbound.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{string(b), soap(""), soap("<SessionId >test-session</SessionId>"), soap("<x:SessionId>test-session"), "test-session"[:0] + "<SessionId>test-session"} {
		d := delivery("POST", "", "text/xml", body)
		if kept := string(lab.Redacted(d)); strings.Contains(kept, "test-session") || len(kept) == 0 {
			t.Errorf("kept: %s", kept)
		}
	}
	out, err := lab.Decode(delivery("POST", "", "text/xml", string(b)))
	if err != nil || strings.Contains(tell(out), "test-session") {
		t.Errorf("%v: %s", err, tell(out))
	}
	if d := post(`{"SessionId":"x"}`); string(lab.Redacted(d)) != string(d.Body) {
		t.Error("a body without a session was changed")
	}
}
