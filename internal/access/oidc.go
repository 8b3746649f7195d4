package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// providerTimeout is for all that one sign-in asks of the provider.
const providerTimeout = 10 * time.Second

// ErrProvider means that the provider cannot be reached, or says what cannot be accepted.
var ErrProvider = errors.New("the sign-in provider cannot be used now")

// ErrNoRole means that none of the account's groups has a role here.
var ErrNoRole = errors.New("no group of this account has a role here")

// Provider is an OpenID Connect provider, found by discovery when it is first used, so that
// the wallboard starts without it.
type Provider struct {
	// Static after construction.
	o      ProviderOptions
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

// ProviderOptions are the settings of a Provider.
type ProviderOptions struct {
	Issuer, ClientID, ClientSecret string
	// Name is what the sign-in button says.
	Name string
	// RedirectURL is where the provider sends the browser back to.
	RedirectURL string
	Scopes      []string // beside openid, profile and email
	// GroupsClaim is the claim of the ID token that lists groups; "groups" by custom.
	GroupsClaim string
	Roles       map[string]Role // by group; the highest of an account's counts
}

// NewProvider makes a Provider. It asks nothing yet.
func NewProvider(o ProviderOptions) *Provider {
	return &Provider{o: o, client: &http.Client{Timeout: providerTimeout}}
}

// Name is what the sign-in button says.
func (p *Provider) Name() string { return p.o.Name }

// Trip is what a browser keeps while it is at the provider: what comes back must belong to it.
type Trip struct {
	State, Nonce, Verifier string
	// Next is the path to go on to.
	Next string
}

func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.o.Issuer)
		if err != nil {
			return nil, fmt.Errorf("%w: discovery: %w", ErrProvider, err)
		}
		p.found = found
	}
	return p.found, nil
}

func (p *Provider) config(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.o.RedirectURL,
		Scopes: append([]string{oidc.ScopeOpenID, "profile", "email"}, p.o.Scopes...),
	}
}

// Begin returns the provider's URL to send the browser to, by the code flow with PKCE.
func (p *Provider) Begin(ctx context.Context, next string) (url string, trip Trip, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Trip{}, err
	}
	trip = Trip{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next}
	return p.config(found).AuthCodeURL(trip.State, oidc.Nonce(trip.Nonce), oauth2.S256ChallengeOption(trip.Verifier)), trip, nil
}

// Account is who the provider says has signed in.
type Account struct {
	Issuer, Subject, Name string
	Role                  Role
}

// Finish exchanges the code for the account. The error wraps ErrProvider, or
// is ErrNoRole, which comes with the account's issuer and subject.
func (p *Provider) Finish(ctx context.Context, trip Trip, code string) (Account, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return Account{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.config(found).Exchange(ctx, code, oauth2.VerifierOption(trip.Verifier))
	if err != nil {
		return Account{}, fmt.Errorf("%w: the code was not exchanged", ErrProvider) // the cause may hold what the provider sent
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Account{}, fmt.Errorf("%w: it sent no ID token", ErrProvider)
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Account{}, fmt.Errorf("%w: the ID token is refused: %w", ErrProvider, err)
	}
	if id.Nonce != trip.Nonce || trip.Nonce == "" {
		return Account{}, fmt.Errorf("%w: the ID token belongs to another sign-in", ErrProvider)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Account{}, fmt.Errorf("%w: the claims cannot be read", ErrProvider)
	}
	role := p.role(claims[p.o.GroupsClaim])
	if role == "" {
		// Some providers keep groups out of the ID token, to keep it small.
		if info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token)); err == nil && info.Subject == id.Subject {
			var more map[string]any
			if info.Claims(&more) == nil {
				role = p.role(more[p.o.GroupsClaim])
				for _, name := range []string{"preferred_username", "name", "email"} {
					if claims[name] == nil {
						claims[name] = more[name]
					}
				}
			}
		}
	}
	if role == "" {
		return Account{Issuer: id.Issuer, Subject: id.Subject}, ErrNoRole
	}
	account := Account{Issuer: id.Issuer, Subject: id.Subject, Name: id.Subject, Role: role}
	for _, name := range []string{"email", "name", "preferred_username"} {
		if s, ok := claims[name].(string); ok && s != "" {
			account.Name = s
		}
	}
	return account, nil
}

// role is the highest that the groups give, or "".
func (p *Provider) role(claim any) (role Role) {
	var groups []any
	switch c := claim.(type) {
	case []any:
		groups = c
	case string:
		groups = []any{c}
	}
	rank := -1
	for _, g := range groups {
		name, _ := g.(string)
		for i, r := range Roles {
			if p.o.Roles[name] == r && i > rank {
				role, rank = r, i
			}
		}
	}
	return role
}
