package salesforce

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wallboard/wallboard/internal/source"
)

// Limits of an Outbound Message. Salesforce puts at most 100 notifications into one.
const (
	maxNotifications = 100
	maxDepth         = 16
)

const outboundNamespace = "http://soap.sforce.com/2005/09/outbound"

// outboundAck is the only answer that Salesforce takes for done.
const outboundAck = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
	`<notificationsResponse xmlns="` + outboundNamespace + `"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>`

// outbound reads an Outbound Message: notifications with the record as it is when it is sent, which
// may be later than what happened.
func (x decoder) outbound(d *source.Delivery) (source.Decoded, error) {
	var out source.Decoded
	notifications, err := readNotifications(d.Body)
	switch {
	case errors.Is(err, errTooMany):
		out.Problems = []source.Problem{{Reason: err.Error()}}
		return out, nil
	case err != nil:
		return out, fmt.Errorf("%w: the body is no XML of an Outbound Message", source.ErrMalformed)
	}
	for i, n := range notifications {
		n.record.stamp(stamp(n.record.fields), d.Received.UnixMicro())
		x.tell(&out, n.record, func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) })
	}
	return out, nil
}

// notification is one Notification element.
type notification struct{ record record }

var (
	errTooMany = fmt.Errorf("notifications: are more than %d", maxNotifications)
	errForeign = errors.New("no notifications")
)

// readNotifications reads the notifications token by token. A document type, by which a document
// may name entities of its own, is refused, and so is what is nested deeper than a message is.
func readNotifications(body []byte) ([]notification, error) {
	var (
		all   []notification
		path  []xml.Name
		now   *notification
		field string
		text  strings.Builder
		found bool
	)
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errForeign }
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, errForeign
		case xml.StartElement:
			if len(path) == maxDepth {
				return nil, errForeign
			}
			path = append(path, t.Name)
			parent := ""
			if len(path) > 1 {
				parent = path[len(path)-2].Local
			}
			text.Reset()
			field = ""
			switch {
			case t.Name.Local == "notifications" && t.Name.Space == outboundNamespace:
				found = true
			case !found:
			case t.Name.Local == "Notification" && parent == "notifications":
				if len(all) == maxNotifications {
					return nil, errTooMany
				}
				all = append(all, notification{record{fields: make(fields)}})
				now = &all[len(all)-1]
			case now == nil:
			case t.Name.Local == "sObject" && parent == "Notification":
				now.record.object = objectName(attribute(t, "type"))
			case t.Name.Local == "Id" && parent == "Notification":
				field = "/"
			case parent == "sObject":
				field = strings.ToLower(t.Name.Local)
				now.record.fields[field] = value{null: attribute(t, "nil") == "true" || attribute(t, "nil") == "1"}
			}
		case xml.CharData:
			if field != "" {
				text.Write(t)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
			switch said := strings.TrimSpace(text.String()); {
			case field == "/":
				now.record.nonce = said
			case field != "":
				v := now.record.fields[field]
				v.text = said
				now.record.fields[field] = v
				if field == "id" {
					now.record.id = said
				}
			}
			field = ""
		}
	}
	if !found || len(path) != 0 {
		return nil, errForeign
	}
	return all, nil
}

// attribute is an attribute of the XML Schema instance, whatever its prefix.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Redacted takes the session out of an Outbound Message; nothing else has one.
func (decoder) Redacted(d *source.Delivery) []byte {
	if !isXML(d) {
		return d.Body
	}
	return withoutSession(d.Body)
}

// withoutSession is an Outbound Message without what stands in its SessionId, which may be a token
// that is good for the whole of the API.
func withoutSession(body []byte) []byte {
	const name = "SessionId"
	var kept []byte
	for rest := body; ; {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return append(kept, rest...)
		}
		end := bytes.IndexByte(rest[i:], '>')
		if end < 0 {
			return append(kept, rest[:i+len(name)]...)
		}
		end += i + 1
		kept = append(kept, rest[:end]...)
		rest = rest[end:]
		if next := bytes.IndexByte(rest, '<'); next >= 0 {
			rest = rest[next:]
		} else {
			rest = nil
		}
	}
}
