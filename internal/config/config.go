package config

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/wallboard/wallboard/internal/board"
	"github.com/wallboard/wallboard/internal/classify"
	"github.com/wallboard/wallboard/internal/source"
	"github.com/wallboard/wallboard/internal/source/vendors"
)

// serviceLevelSeconds is T of a queue that is in the settings without one.
const serviceLevelSeconds = 20

// dedupDays is the least retention: duplicates are known as long as events are kept, and
// vendors retry for days.
const dedupDays = 7

// Config is the checked settings.
type Config struct {
	Listen, PublicURL, DataDir string
	TimeZone                   *time.Location
	DayStart                   time.Duration
	Access                     Access
	TLS                        TLS
	RetentionDays, RawDays     int
	Sources                    []Source
	ServiceLevelSeconds        map[string]int // by queue name
	Boards                     []*board.Definition
	Forward                    []Forward
}

// ForwardsOnly reports whether the settings are those of a machine that forwards, and serves
// nothing.
func (c *Config) ForwardsOnly() bool { return c.Listen == "" }

// Source is one configured source, with its verifier and decoder.
type Source struct {
	Name, Vendor string
	Limit        string // what the vendor does not tell, for readers of a board
	Queues       map[string]string
	Policies     classify.Policies // the global ones with the source's own
	Verifier     source.Verifier
	Decoder      source.Decoder
	Rate         Rate
}

// Load reads and checks a file. getenv is os.LookupEnv or a test's.
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read (%w)", path, err)
	}
	return Parse(path, b, getenv)
}

// checker collects what is wrong.
type checker struct {
	name  string
	tree  *ast.File
	unset map[ast.Node]bool // values that the environment lacks; what is wrong with them follows from it
	errs  []error
}

// fail notes what is wrong at a YAML path ("sources[0].auth"), at its line or, where it
// is missing, that of the nearest part above it.
func (c *checker) fail(path, format string, args ...any) {
	line := 1
	for p := path; ; {
		if y, err := yaml.PathString("$." + p); err == nil {
			if n, err := y.FilterFile(c.tree); err == nil && n != nil && n.GetToken() != nil {
				if p == path && c.unset[n] {
					return
				}
				line = n.GetToken().Position.Line
				break
			}
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	c.errs = append(c.errs, &Problem{c.name, line, path, fmt.Sprintf(format, args...)})
}

// Parse checks the content of a file of this name.
func Parse(name string, data []byte, getenv func(string) (string, bool)) (cfg *Config, err error) {
	// The YAML package panics at some malformed files, as one with an empty tag.
	defer func() {
		if recover() != nil {
			cfg, err = nil, fmt.Errorf("%s: cannot be read as YAML; compare it with the example settings", name)
		}
	}()
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: is larger than %d bytes; take something out", name, maxFile)
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("%s:%s; the file is not YAML as it stands", name, plain(err))
	}
	c := &checker{name: name, tree: tree, unset: make(map[ast.Node]bool)}
	var f file
	if len(tree.Docs) > 1 {
		return nil, fmt.Errorf("%s: holds several documents; keep one, without a line of ---", name)
	}
	if len(tree.Docs) > 0 && tree.Docs[0].Body != nil {
		ast.Walk(&expander{c: c, getenv: getenv}, tree.Docs[0].Body)
		if err := c.decode(tree.Docs[0].Body, &f); err != nil {
			return nil, errors.Join(append(c.errs, fmt.Errorf("%s:%s; see the example settings", name, plain(err)))...)
		}
	}
	faults := len(c.errs)
	if c.limits(&f); len(c.errs) > faults {
		return nil, errors.Join(c.errs...)
	}
	cfg = c.check(&f)
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return cfg, nil
}

// decode reads a node, noting every key that is none of its place.
func (c *checker) decode(n ast.Node, into any) error {
	before := len(c.errs)
	c.unknown("", n, reflect.TypeOf(into))
	if len(c.errs) > before {
		return yaml.NodeToValue(n, into)
	}
	return yaml.NodeToValue(n, into, yaml.Strict())
}

// plain is a YAML error in one line "line: what", without the text around it, which may
// hold a secret.
func plain(err error) string {
	s := yaml.FormatError(err, false, false)
	if m := position.FindStringSubmatch(s); m != nil {
		s = m[1] + ": " + s[len(m[0]):]
	}
	return strings.TrimSpace(strings.SplitN(s, "\n", 2)[0])
}

var (
	position = regexp.MustCompile(`^\[(\d+):\d+\] `)
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

// expander puts the environment into the values.
type expander struct {
	c      *checker
	getenv func(string) (string, bool)
}

// Visit replaces ${NAME} in a text. Keys stay as they are, because errors print them.
func (x *expander) Visit(n ast.Node) ast.Visitor {
	if pair, ok := n.(*ast.MappingValueNode); ok {
		ast.Walk(x, pair.Value)
		return nil
	}
	s, ok := n.(*ast.StringNode)
	if !ok {
		return x
	}
	s.Value = variable.ReplaceAllStringFunc(s.Value, func(m string) string {
		name := m[2 : len(m)-1]
		v, ok := x.getenv(name)
		if !ok {
			x.c.unset[s] = true
			x.c.errs = append(x.c.errs, fmt.Errorf("%s:%d: the environment variable %s is not set; set it, or write the value here", x.c.name, s.GetToken().Position.Line, name))
		}
		return v
	})
	return x
}

func (c *checker) check(f *file) *Config {
	cfg := &Config{
		Listen: f.Listen, DataDir: f.DataDir, PublicURL: strings.TrimRight(f.PublicURL, "/"),
		ServiceLevelSeconds: make(map[string]int),
	}
	cfg.RetentionDays = c.whole("retention.days", f.Retention.Days, 400, dedupDays, 36500)
	cfg.RawDays = c.whole("retention.raw_days", f.Retention.RawDays, min(14, cfg.RetentionDays), 0, cfg.RetentionDays)
	cfg.Forward = c.forwards(f.Forward)
	if f.DataDir == "" {
		c.fail("data_dir", "is missing; name a folder for the database, as ./data")
	}
	if f.Listen == "" && len(f.Sources) == 0 && len(f.Forward) > 0 {
		return cfg // of a machine that has the telephone system and no wallboard
	}
	loopback := c.listen(f.Listen)
	if u, err := url.Parse(f.PublicURL); f.PublicURL != "" && (err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		c.fail("public_url", "is not an http or https URL without user, query and fragment, as https://wallboard.example.com")
	}
	cfg.TimeZone, cfg.DayStart = c.zone("time_zone", f.TimeZone, time.UTC), c.clock("day_start", f.DayStart, 0)
	cfg.Access, cfg.TLS = c.access(&f.Access, cfg.PublicURL, loopback), c.tls(&f.TLS)
	global := classify.DefaultPolicies()
	c.policies("policies", &f.Policies, &global)
	for _, name := range slices.Sorted(maps.Keys(f.Queues)) {
		cfg.ServiceLevelSeconds[name] = c.whole("queues."+name+".service_level_seconds", f.Queues[name].ServiceLevelSeconds,
			serviceLevelSeconds, 1, 86400)
	}
	if len(f.Sources) == 0 {
		c.fail("sources", "is missing; name at least one source with its vendor and auth")
	}
	seen := make(map[string]bool)
	for i := range f.Sources {
		cfg.Sources = append(cfg.Sources, c.source(i, &f.Sources[i], cfg.PublicURL, global, loopback, seen))
	}
	c.boards(f, cfg, seen)
	return cfg
}

// listen checks the address and tells whether it is on loopback. So is none, as far as other
// settings are concerned.
func (c *checker) listen(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		c.fail("listen", "is missing or no address, as 127.0.0.1:8080")
		return true
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// whole checks a whole number, and returns the default where it is not written or
// impossible.
func (c *checker) whole(path string, n *number, or, least, most int) int {
	if n == nil {
		return or
	}
	v := float64(*n)
	if !(v >= float64(least) && v <= float64(most)) || v != math.Trunc(v) {
		c.fail(path, "is not a whole number from %d to %d", least, most)
		return or
	}
	return int(v)
}

func (c *checker) zone(path, s string, or *time.Location) *time.Location {
	if s == "" {
		return or
	}
	z, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		c.fail(path, "is no time zone of the IANA list, as Europe/Paris")
		return or
	}
	return z
}

func (c *checker) clock(path, s string, or time.Duration) time.Duration {
	if s == "" {
		return or
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		c.fail(path, "is no time of day in quotes, as \"06:30\"")
		return or
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// policies puts the written policies over p.
func (c *checker) policies(path string, f *policies, p *classify.Policies) {
	for _, x := range []struct {
		name, value string
		into        *string
		allowed     []string
	}{
		{"left_in_menu", f.LeftInMenu, &p.LeftInMenu, []string{"separate", "abandoned"}},
		{"ended_by_system", f.EndedBySystem, &p.EndedBySystem, []string{"separate", "abandoned"}},
		{"unknown_party", f.UnknownParty, &p.UnknownParty, []string{"customer", "system"}},
		{"warm_transfer", f.WarmTransfer, &p.WarmTransfer, []string{"first_agent_holds", "waiting"}},
		{"rerouted_after_accept", f.ReroutedAfterAccept, &p.ReroutedAfterAccept, []string{"answered", "waiting"}},
		{"inactivity_close", f.InactivityClose, &p.InactivityClose, []string{"customer", "system"}},
	} {
		if x.value == "" {
			continue
		}
		if !slices.Contains(x.allowed, x.value) {
			c.fail(path+"."+x.name, "is not one of %q", x.allowed)
		}
		*x.into = x.value
	}
	p.ShortAbandonSeconds = c.whole(path+".short_abandon_seconds", f.ShortAbandonSeconds, p.ShortAbandonSeconds, 0, 86400)
	for _, channel := range slices.Sorted(maps.Keys(f.LostTrackAfter)) {
		d, err := time.ParseDuration(f.LostTrackAfter[channel])
		at := path + ".lost_track_after." + channel
		switch {
		case err != nil || d < time.Minute:
			c.fail(at, "is no duration of at least a minute, as 4h")
		case channel == "voice":
			p.LostTrackAfterVoice = d
		case channel == "messaging":
			p.LostTrackAfterMessaging = d
		default:
			c.fail(at, "is neither voice nor messaging")
		}
	}
}

// vendorNames are the values of vendor.
func vendorNames() []string {
	var names []string
	for _, v := range vendors.All() {
		names = append(names, v.Name)
	}
	return names
}
