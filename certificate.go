package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/config"
)

// certificateEvery bounds how often the files are looked at for a renewal.
const certificateEvery = 10 * time.Second

// certificate is that of the settings' files, read again when they change.
type certificate struct {
	// Static after construction.
	files  config.TLS
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	changed [2]time.Time // of the files, when they were read
	looked  time.Time
}

// loadCertificate reads the files; nil where the settings name none.
func loadCertificate(files config.TLS, logger *slog.Logger) (*certificate, error) {
	if files.Certificate == "" {
		return nil, nil
	}
	c := &certificate{files: files, logger: logger, now: time.Now}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("tls: %w; name a certificate chain and its key in PEM form", err)
	}
	return c, nil
}

func (c *certificate) read() error {
	times, err := c.times()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return err
	}
	c.current, c.changed = &pair, times
	return nil
}

func (c *certificate) times() (times [2]time.Time, err error) {
	for i, name := range []string{c.files.Certificate, c.files.Key} {
		info, err := os.Stat(name)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}

// get is the certificate for a handshake. Files that changed are read; where that fails, as
// between the renewal of one and the other, the former certificate stays.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= certificateEvery {
		c.looked = now
		times, err := c.times()
		if err == nil && times != c.changed {
			err = c.read()
		}
		if err != nil {
			c.logger.Error("the certificate was not read again; the former one stays", "cause", err)
		}
	}
	return c.current, nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}
