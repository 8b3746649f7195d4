package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/vendors"
)

// source checks the i-th source and makes its verifier and decoder.
func (c *checker) source(i int, f *src, publicURL string, global classify.Policies, loopback bool, seen map[string]bool) Source {
	path := fmt.Sprintf("sources[%d]", i)
	s := Source{Name: f.Name, Vendor: f.Vendor, Queues: f.Queues, Policies: global}
	c.policies(path+".policies", &f.Policies, &s.Policies)
	s.Rate = c.rate(path+".rate", &f.Rate)
	switch {
	case !nameForm.MatchString(f.Name):
		c.fail(path+".name", "is missing, or not of small letters, digits and hyphens; it is part of the hook's URL")
	case seen["source "+f.Name]:
		c.fail(path+".name", "is another source's name already")
	}
	seen["source "+f.Name] = true
	vendor, ok := vendors.Find(f.Vendor)
	if !ok {
		c.fail(path+".vendor", "is not one of %q", vendorNames())
		return s
	}
	s.Limit = vendor.Limit
	s.Queues = c.ids(path+".queues", f.Queues, vendor.ID)
	set := source.Settings{
		Name: f.Name, PublicURL: publicURL, Activities: make(map[string]interaction.Presence),
		Agents: c.ids(path+".agents", f.Agents, vendor.ID),
		Auth:   source.Auth{Scheme: f.Auth.Scheme, Header: f.Auth.Header, Username: f.Auth.Username, Secrets: f.Auth.Secrets, Topics: f.Auth.Topics},
	}
	for _, name := range slices.Sorted(maps.Keys(f.Activities)) {
		p, err := interaction.ParsePresence(f.Activities[name])
		if err != nil || p == 0 {
			c.fail(path+".activities."+name, "is not one of available, busy, wrap_up, away, offline")
		}
		set.Activities[name] = p
	}
	switch {
	case f.Auth.Secret != "" && len(f.Auth.Secrets) > 0:
		c.fail(path+".auth", "has both secret and secrets; keep one")
	case f.Auth.Secret != "":
		set.Auth.Secrets = []string{f.Auth.Secret}
	}
	if f.Auth.Scheme == "none" && !loopback {
		c.fail(path+".auth.scheme", "is none, and listen is not a loopback address; anybody could send. Use the vendor's own scheme")
	}
	var err error
	if s.Verifier, err = source.NewVerifier(vendor, set); err != nil {
		setting, why, _ := strings.Cut(err.Error(), ": ")
		at := path + "." + setting
		if setting == "public_url" {
			at = setting
		}
		c.fail(at, "%s", why)
	}
	if s.Decoder, err = vendor.NewDecoder(set); err != nil {
		c.fail(path, "%v", err)
	}
	return s
}

// ids puts names under the ids that a vendor's events use.
func (c *checker) ids(path string, names map[string]string, id func(string) string) map[string]string {
	if id == nil {
		return names
	}
	m := make(map[string]string, len(names))
	for _, written := range slices.Sorted(maps.Keys(names)) {
		short := id(written)
		if _, twice := m[short]; twice {
			c.fail(path, "names %s twice, by its ARN and by its id; keep one", short)
		}
		m[short] = names[written]
	}
	return m
}
