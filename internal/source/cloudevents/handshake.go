package cloudevents

import (
	"net/http"
	"regexp"

	"github.com/wallboard/wallboard/internal/source"
)

// originForm is a DNS name, as the webhook specification has it; rateForm are requests
// per minute. Nothing else is said back.
var (
	originForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)
	rateForm   = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
)

// Handshake answers a sender that asks, before it delivers, whether its deliveries are
// wanted. They are, from whoever has the secret: the consent authenticates nobody. A
// callback that the sender names is never called, for then anybody could have this
// server call anywhere.
func (decoder) Handshake(d *source.Delivery) (source.Response, bool) {
	origin, rate := d.Header.Get("Webhook-Request-Origin"), d.Header.Get("Webhook-Request-Rate")
	if d.Method != http.MethodOptions || !originForm.MatchString(origin) {
		return source.Response{}, false
	}
	h := http.Header{"Allow": {"OPTIONS, POST"}, "Webhook-Allowed-Origin": {origin}}
	if rateForm.MatchString(rate) {
		h.Set("WebHook-Allowed-Rate", rate)
	} else if rate != "" {
		h.Set("WebHook-Allowed-Rate", "*")
	}
	return source.Response{Status: http.StatusOK, Header: h}, true
}
