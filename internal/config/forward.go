package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/wallboard/wallboard/internal/source"
)

// Forward is one telephone system whose events are forwarded from this machine.
type Forward struct {
	Name   string
	Vendor string // asterisk or freeswitch
	// Address is the telephone system's socket; Username and Secret are its own, not the hook's.
	Address, Username, Secret string
	Hook, HookSecret          string
}

// fwd is a telephone system as written.
type fwd struct {
	Name       string `yaml:"name"`
	Vendor     string `yaml:"vendor"`
	Address    string `yaml:"address"`
	Username   string `yaml:"username"`
	Secret     string `yaml:"secret"`
	Hook       string `yaml:"hook"`
	HookSecret string `yaml:"hook_secret"`
}

// maxForward bounds the telephone systems of one machine.
const maxForward = 100

// forwards checks the section forward.
func (c *checker) forwards(all []fwd) []Forward {
	if len(all) > maxForward {
		c.fail("forward", "has %d entries, and may have %d; take some out", len(all), maxForward)
		return nil
	}
	var checked []Forward
	seen := make(map[string]bool)
	for i := range all {
		f, path := &all[i], fmt.Sprintf("forward[%d]", i)
		switch {
		case !nameForm.MatchString(f.Name):
			c.fail(path+".name", "is missing, or not of small letters, digits and hyphens; it names the outbox")
		case seen[f.Name]:
			c.fail(path+".name", "is another's name already")
		}
		seen[f.Name] = true
		switch f.Vendor {
		case "asterisk":
			if f.Username == "" {
				c.fail(path+".username", "is missing; it is the section's name in manager.conf")
			}
		case "freeswitch":
			if f.Username != "" {
				c.fail(path+".username", "is not for FreeSWITCH, whose event socket has a password alone; take it out")
			}
		default:
			c.fail(path+".vendor", "is neither asterisk nor freeswitch")
		}
		if host, port, err := net.SplitHostPort(f.Address); err != nil || host == "" || port == "" {
			c.fail(path+".address", "is missing or no address, as 127.0.0.1:5038 of Asterisk or 127.0.0.1:8021 of FreeSWITCH")
		}
		if f.Secret == "" {
			c.fail(path+".secret", "is missing or empty; set it, as in \"${NAME}\" from the environment")
		}
		c.hook(path+".hook", f.Hook)
		if f.HookSecret == "" {
			c.fail(path+".hook_secret", "is missing or empty; it is the secret of the wallboard's source, as in \"${NAME}\" from the environment")
		} else if _, err := source.NewStandardWebhooks(source.Settings{Auth: source.Auth{Secrets: []string{f.HookSecret}}}); err != nil {
			_, why, _ := strings.Cut(err.Error(), ": ")
			c.fail(path+".hook_secret", "%s", why)
		}
		checked = append(checked, Forward(*f))
	}
	return checked
}

// hook checks where events are posted to. They tell who called, so they leave the machine under
// TLS only.
func (c *checker) hook(path, s string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Path, "/hooks/"):
		c.fail(path, "is missing or no URL of a source's hook, as https://wallboard.example.com/hooks/pbx")
	case u.Scheme == "http":
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			c.fail(path, "is http to another machine, and events tell who called; use https")
		}
	}
}
