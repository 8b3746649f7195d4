package config

import (
	"fmt"
	"math"
	"strconv"
)

// file is the settings file as written.
type file struct {
	Listen    string           `yaml:"listen"`
	PublicURL string           `yaml:"public_url"`
	DataDir   string           `yaml:"data_dir"`
	TimeZone  string           `yaml:"time_zone"`
	DayStart  string           `yaml:"day_start"`
	Access    access           `yaml:"access"`
	TLS       tlsFiles         `yaml:"tls"`
	Policies  policies         `yaml:"policies"`
	Retention retention        `yaml:"retention"`
	Sources   []src            `yaml:"sources"`
	Queues    map[string]queue `yaml:"queues"`
	Boards    []brd            `yaml:"boards"`
	Forward   []fwd            `yaml:"forward"`
}

type policies struct {
	LeftInMenu          string            `yaml:"left_in_menu"`
	EndedBySystem       string            `yaml:"ended_by_system"`
	UnknownParty        string            `yaml:"unknown_party"`
	WarmTransfer        string            `yaml:"warm_transfer"`
	ReroutedAfterAccept string            `yaml:"rerouted_after_accept"`
	InactivityClose     string            `yaml:"inactivity_close"`
	ShortAbandonSeconds *number           `yaml:"short_abandon_seconds"`
	LostTrackAfter      map[string]string `yaml:"lost_track_after"`
}

type retention struct {
	Days    *number `yaml:"days"`
	RawDays *number `yaml:"raw_days"`
}

type src struct {
	Name       string            `yaml:"name"`
	Vendor     string            `yaml:"vendor"`
	Auth       auth              `yaml:"auth"`
	Queues     map[string]string `yaml:"queues"`
	Agents     map[string]string `yaml:"agents"`
	Policies   policies          `yaml:"policies"`
	Activities map[string]string `yaml:"activities"`
	Rate       rate              `yaml:"rate"`
}

type rate struct {
	PerSecond *number `yaml:"per_second"`
	Burst     *number `yaml:"burst"`
}

type auth struct {
	Scheme   string   `yaml:"scheme"`
	Header   string   `yaml:"header"`
	Username string   `yaml:"username"`
	Secret   string   `yaml:"secret"`
	Secrets  []string `yaml:"secrets"`
	Topics   []string `yaml:"topics"`
}

type queue struct {
	ServiceLevelSeconds *number `yaml:"service_level_seconds"`
}

type brd struct {
	Name         string               `yaml:"name"`
	Title        string               `yaml:"title"`
	Queues       []string             `yaml:"queues"`
	Channels     []string             `yaml:"channels"`
	Sources      []string             `yaml:"sources"`
	Window       string               `yaml:"window"`
	TimeZone     string               `yaml:"time_zone"`
	DayStart     string               `yaml:"day_start"`
	ServiceLevel serviceLevel         `yaml:"service_level"`
	Thresholds   map[string]threshold `yaml:"thresholds"`
	Tiles        []string             `yaml:"tiles"`
	News         string               `yaml:"news"`
	AgentNames   string               `yaml:"agent_names"`
	Language     string               `yaml:"language"`
	Embed        []string             `yaml:"embed"`
}

type serviceLevel struct {
	Formula string `yaml:"formula"`
}

type threshold struct {
	Warn           *number `yaml:"warn"`
	Alert          *number `yaml:"alert"`
	Clear          *number `yaml:"clear"`
	AlertClear     *number `yaml:"alert_clear"`
	Minimum        *number `yaml:"minimum"`
	PendingSeconds *number `yaml:"pending_seconds"`
}

// number is a number that may also be written as text, since it may come from the
// environment.
type number float64

// UnmarshalYAML reads both forms.
func (n *number) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	f, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		f = math.NaN() // no check lets it pass, and they know the place
	}
	*n = number(f)
	return nil
}

// or is the number, or a default.
func (n *number) or(d float64) float64 {
	if n == nil {
		return d
	}
	return float64(*n)
}
