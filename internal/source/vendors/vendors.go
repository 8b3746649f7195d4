// Package vendors lists the vendors whose webhooks the wallboard reads.
package vendors

import (
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/aircall"
	"github.com/wallboard/wallboard/internal/source/amazonconnect"
	"github.com/wallboard/wallboard/internal/source/asterisk"
	"github.com/wallboard/wallboard/internal/source/cloudevents"
	"github.com/wallboard/wallboard/internal/source/dialpad"
	"github.com/wallboard/wallboard/internal/source/freeswitch"
	"github.com/wallboard/wallboard/internal/source/genesys"
	"github.com/wallboard/wallboard/internal/source/intercom"
	"github.com/wallboard/wallboard/internal/source/ringcentral"
	"github.com/wallboard/wallboard/internal/source/salesforce"
	"github.com/wallboard/wallboard/internal/source/twilio"
	"github.com/wallboard/wallboard/internal/source/zendesk"
	"github.com/wallboard/wallboard/internal/source/zoom"
)

// All returns the vendors.
func All() []source.Vendor {
	return []source.Vendor{
		aircall.Vendor,
		amazonconnect.Vendor,
		asterisk.Vendor,
		cloudevents.Vendor,
		dialpad.Vendor,
		freeswitch.Vendor,
		genesys.Vendor,
		intercom.Vendor,
		ringcentral.Vendor,
		salesforce.Vendor,
		twilio.Vendor,
		zendesk.Vendor,
		zoom.Vendor,
	}
}

// Find returns the vendor of a name.
func Find(name string) (source.Vendor, bool) {
	for _, v := range All() {
		if v.Name == name {
			return v, true
		}
	}
	return source.Vendor{}, false
}
