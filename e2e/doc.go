// Package e2e tests the real binary: real deliveries in, real sockets and a real
// Chromium out.
package e2e
