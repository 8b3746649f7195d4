package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/config"
)

// writePair writes a certificate of its own signature and its key.
func writePair(t *testing.T, files config.TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "wallboard.example.com"}, DNSNames: []string{"wallboard.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{files.Certificate: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCertificate (A38): a renewed pair is used without a restart, one that does not fit
// leaves the former in use, and old versions of TLS are refused.
func TestCertificate(t *testing.T) {
	dir := t.TempDir()
	files := config.TLS{Certificate: filepath.Join(dir, "chain.pem"), Key: filepath.Join(dir, "key.pem")}
	if _, err := loadCertificate(files, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("it starts without its files")
	}
	writePair(t, files, 1)
	c, err := loadCertificate(files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c.now = func() time.Time { return now }
	listener, err := tls.Listen("tcp", "127.0.0.1:0", c.config())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func(conn net.Conn) {
				conn.(*tls.Conn).Handshake()
				conn.Close()
			}(conn)
		}
	}()
	serial := func(most uint16) (int64, error) {
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, MaxVersion: most})
		if err != nil {
			return 0, err
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
	}
	check := func(what string, want int64) {
		t.Helper()
		now = now.Add(certificateEvery)
		if got, err := serial(0); got != want || err != nil {
			t.Errorf("%s: certificate %d, %v; want %d", what, got, err, want)
		}
	}
	check("at first", 1)
	later := func(name string) {
		now := time.Now().Add(time.Duration(c.changed[0].Second()+2) * time.Second)
		if err := os.Chtimes(name, now, now); err != nil {
			t.Fatal(err)
		}
	}
	writePair(t, files, 2)
	later(files.Certificate)
	check("renewed", 2)
	if err := os.WriteFile(files.Certificate, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("broken", 2)
	if _, err := serial(tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}
