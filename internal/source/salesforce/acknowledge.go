package salesforce

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/wallboard/wallboard/internal/source"
)

// Acknowledge answers as Salesforce itself would, so that a vendor's client or Salesforce's sender
// takes it for done. A call that begins has the vendor's own key for an id here.
func (decoder) Acknowledge(d *source.Delivery) source.Response {
	if c, ok := telephonyCall(d.Path); ok {
		return answer(telephonyAnswer(d, c))
	}
	if isXML(d) {
		return source.Response{
			Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}, Body: []byte(outboundAck),
		}
	}
	return source.Response{Status: http.StatusOK}
}

func telephonyAnswer(d *source.Delivery, c apiCall) any {
	switch {
	case c.verb == "" && c.id == "":
		f, _ := readFields(d.Body)
		return struct {
			VoiceCallID string   `json:"voiceCallId"`
			Errors      []string `json:"errors"`
		}{f.text("vendorcallkey"), []string{}}
	case c.verb == "":
		return struct {
			Status string `json:"status"`
		}{"pending"}
	case c.verb == "routevoicecall" || c.verb == "reroute":
		return struct {
			Status string `json:"status"`
		}{"Success"}
	}
	return struct{}{}
}

func answer(v any) source.Response {
	body, err := json.Marshal(v)
	if err != nil {
		return source.Response{Status: http.StatusOK}
	}
	return source.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
