package config

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Access is who may look, and from where.
type Access struct {
	Mode string // "required" or "open"
	// Hosts are names under which the server may be called, beside those of listen and
	// public_url.
	Hosts []string
	// Proxies are the networks of reverse proxies, whose X-Forwarded-For and
	// X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
	// OIDC is nil where there is no OpenID Connect.
	OIDC *OIDC
}

// OIDC is an OpenID Connect provider where people can sign in.
type OIDC struct {
	Issuer, ClientID, ClientSecret, Name, GroupsClaim string
	Scopes                                            []string
	Roles                                             map[string]string // by group
}

// TLS are the files of a certificate, for those without a proxy; both are "" for none.
type TLS struct{ Certificate, Key string }

// access is the section as written.
type access struct {
	Mode           string   `yaml:"mode"`
	Hosts          []string `yaml:"hosts"`
	TrustedProxies []string `yaml:"trusted_proxies"`
	OIDC           *oidc    `yaml:"oidc"`
}

type oidc struct {
	Issuer       string            `yaml:"issuer"`
	ClientID     string            `yaml:"client_id"`
	ClientSecret string            `yaml:"client_secret"`
	Name         string            `yaml:"name"`
	GroupsClaim  string            `yaml:"groups_claim"`
	Scopes       []string          `yaml:"scopes"`
	Roles        map[string]string `yaml:"roles"`
}

type tlsFiles struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// roles are what a group may be given.
var roles = []string{"viewer", "supervisor", "admin"}

func (c *checker) access(f *access, publicURL string, loopback bool) Access {
	a := Access{Mode: f.Mode}
	switch a.Mode {
	case "":
		a.Mode = "required"
	case "required":
	case "open":
		if !loopback {
			c.fail("access.mode", "is open, and listen is not a loopback address; use required, or listen on 127.0.0.1")
		}
	default:
		c.fail("access.mode", "is neither required nor open")
	}
	for i, h := range f.Hosts {
		if u, err := url.Parse("//" + h); err != nil || u.Hostname() != h || h == "" || strings.ContainsAny(h, "*/ ") {
			c.fail(fmt.Sprintf("access.hosts[%d]", i), "is no host name without a port, as wallboard.lan")
		}
		a.Hosts = append(a.Hosts, strings.ToLower(h))
	}
	for i, s := range f.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if ip, single := netip.ParseAddr(s); single == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil || p.Bits() == 0 {
			c.fail(fmt.Sprintf("access.trusted_proxies[%d]", i), "is no network of a proxy, as 127.0.0.1 or 10.1.0.0/16")
			continue
		}
		a.Proxies = append(a.Proxies, p.Masked())
	}
	if f.OIDC != nil {
		a.OIDC = c.oidc(f.OIDC, publicURL)
	}
	return a
}

func (c *checker) oidc(f *oidc, publicURL string) *OIDC {
	o := &OIDC{
		Issuer: f.Issuer, ClientID: f.ClientID, ClientSecret: f.ClientSecret, Name: f.Name, GroupsClaim: f.GroupsClaim, Scopes: f.Scopes, Roles: f.Roles,
	}
	u, err := url.Parse(f.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		c.fail("access.oidc.issuer", "is missing or no https URL, as https://login.example.com")
	}
	if f.ClientID == "" {
		c.fail("access.oidc.client_id", "is missing; take it from the provider's page of this application")
	}
	if f.ClientSecret == "" {
		c.fail("access.oidc.client_secret", "is missing; set it, as in \"${NAME}\" from the environment")
	}
	if publicURL == "" {
		c.fail("access.oidc", "needs public_url, to which the provider sends people back")
	}
	if o.Name == "" && err == nil {
		o.Name = u.Hostname()
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	if len(f.Roles) == 0 {
		c.fail("access.oidc.roles", "is missing; give at least one group of the provider a role, as staff: viewer")
	}
	for _, group := range slices.Sorted(maps.Keys(f.Roles)) {
		if !slices.Contains(roles, f.Roles[group]) {
			c.fail("access.oidc.roles", "gives a group what is not one of %q", roles)
		}
	}
	return o
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// tls checks that both files are named; serve reads them.
func (c *checker) tls(f *tlsFiles) TLS {
	if (f.Certificate == "") != (f.Key == "") {
		c.fail("tls", "names one file of two; name certificate and key")
	}
	return TLS{f.Certificate, f.Key}
}

// embed checks the origins whose pages may show a board within theirs.
func (c *checker) embed(path string, origins []string) []string {
	for i, o := range origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || o != u.Scheme+"://"+u.Host || strings.ContainsAny(o, "*;, '\"") {
			c.fail(fmt.Sprintf("%s.embed[%d]", path, i), "is no origin, as https://intranet.example.com")
		}
	}
	return origins
}
