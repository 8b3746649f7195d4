package salesforce

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/eventbridge"
)

// decoder decodes all five ways in.
type decoder struct {
	agents     map[string]string // configured names by user id
	activities map[string]interaction.Presence
}

// Decode reads one delivery: a request of the telephony API by its path, an Outbound Message by its
// content type, and the JSON of records otherwise.
func (x decoder) Decode(d *source.Delivery) (source.Decoded, error) {
	if c, ok := telephonyCall(d.Path); ok {
		return x.telephony(d, c)
	}
	var out source.Decoded
	if d.Method != http.MethodPost {
		return out, source.ErrMethod
	}
	if isXML(d) {
		return x.outbound(d)
	}
	parts, problem, err := eventbridge.Parts(d, "application/json", "application/cloudevents+json")
	if err != nil {
		return out, err
	}
	if problem != "" {
		out.Problems = []source.Problem{{Reason: problem}}
	}
	for i, p := range parts {
		x.part(&out, i, p, d.Received.UnixMicro())
	}
	return out, nil
}

func isXML(d *source.Delivery) bool {
	t, _, _ := mime.ParseMediaType(d.Header.Get("Content-Type"))
	return t == "text/xml" || t == "application/xml" || t == "application/soap+xml"
}

// part reads one JSON value: a change event in whatever wraps it, a data action, or a record.
func (x decoder) part(out *source.Decoded, i int, v jsontext.Value, received int64) {
	problem := func(why string) { out.Problems = append(out.Problems, source.Problem{Index: i, Reason: why}) }
	f, ok := readFields(v)
	if !ok {
		problem("is no JSON object, or has a name twice")
		return
	}
	if c, ok := findChange(f, 0); ok {
		x.change(out, c, f, received, problem)
		return
	}
	if inner, ok := findAction(f, 0); ok {
		x.dataAction(out, inner, received, problem)
		return
	}
	switch {
	case f["events"].raw.Kind() == '[':
		x.dataActions(out, f["events"].raw, received, problem)
	case f["records"].raw.Kind() == '[':
		x.flowRecords(out, f, received, problem)
	case f.text("detail-type") != "":
		out.Ignore("other detail-type")
	default:
		x.flow(out, f, received, problem)
	}
}

// tell makes the events of a record.
func (x decoder) tell(out *source.Decoded, r record, problem func(string)) {
	if r.id == "" {
		problem("Id: is missing")
		return
	}
	if r.exact == 0 {
		r.exact = r.at
	}
	r.at = second(r.at)
	if r.object == "" {
		r.object = byPrefix[r.id[:min(3, len(r.id))]]
	}
	f := &facts{record: r, agents: x.agents, out: out}
	switch r.object {
	case "voicecall":
		f.voiceCall()
	case "messagingsession":
		f.messagingSession()
	case "agentwork":
		f.agentWork()
	case "pendingservicerouting":
		f.routing()
	case "userservicepresence", "agentservicepresence":
		f.presence(x.activities)
	case "":
		problem("object: is missing; say whose record it is, as VoiceCall")
	default:
		out.Ignore("other object")
	}
}

// byPrefix is whose record an id is, by how it begins.
var byPrefix = map[string]string{"0LQ": "voicecall", "0Mw": "messagingsession", "0Bz": "agentwork", "0JR": "pendingservicerouting"}

// objectName is an object's name without what its kind adds to it: a change event's, a data
// model's, a namespace.
func objectName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.LastIndexAny(s, "/:"); i >= 0 {
		s = s[i+1:]
	}
	for _, prefix := range [...]string{"ssot__", "std__"} {
		s = strings.TrimPrefix(s, prefix)
	}
	for _, suffix := range [...]string{"__dlm", "__dll", "changeevent", "dmo"} {
		s = strings.TrimSuffix(s, suffix)
	}
	s, _, _ = strings.Cut(s, "_") // the name of a data stream's organisation
	return s
}

// stamp is when a record was last written.
func stamp(f fields) int64 { return f.time("systemmodstamp", "lastmodifieddate") }

func missing(field string) string { return fmt.Sprintf("%s: is missing", field) }
