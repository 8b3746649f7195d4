package history

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wallboard/wallboard/internal/sqlite/powercut"
)

// TestRetentionPowerCut: whenever the power is cut while contacts are removed, the next start
// finds each whole or not at all, and a recount of everything finds no difference.
func TestRetentionPowerCut(t *testing.T) {
	dir, err := os.MkdirTemp("", "wallboard-history-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := powercut.Record(dir); err != nil {
		t.Fatal(err)
	}
	h := &house{dir: dir, policy: testPolicies(), ctx: t.Context(), retention: testRetention}
	h.at.Store(testNow.UnixMicro())
	h.open(t)
	if _, err := h.db.Write.Exec("PRAGMA wal_autocheckpoint=50"); err != nil {
		t.Fatal(err)
	}
	for day := range 20 {
		for n := range 5 {
			h.append(t, "a", call(fmt.Sprintf("C%d-%d", day, n), h.now(), n == 4))
			h.append(t, "a", call(fmt.Sprintf("C%d-%d", day, n), h.now().Add(time.Minute), false)[:2]) // strays
		}
		h.keeper.Keep(t.Context())
		h.pass(24 * time.Hour)
		h.settle(t)
	}
	h.close(t)
	ops, err := powercut.Stop()
	if err != nil {
		t.Fatal(err)
	}
	const seed, cuts = 20261124, 40
	chance := rand.New(rand.NewPCG(seed, 1))
	from := len(ops) / 4 // contacts are removed from here on
	var disk powercut.Disk
	done, most := from, 0
	for _, op := range ops[:from] {
		disk.Do(op)
	}
	disk.SyncFolder()
	for cut := range cuts {
		until := from + (len(ops)-from)*(cut+1)/cuts
		for _, op := range ops[done:until] {
			disk.Do(op)
		}
		done = until
		most = max(most, afterCut(t, h, &disk, chance))
	}
	if most == 0 || most == 100 {
		t.Errorf("at most %d contacts were left: the test proves nothing", most)
	}
}

// afterCut starts on what a power cut left, and returns how many contacts are stored.
func afterCut(t *testing.T, was *house, disk *powercut.Disk, chance *rand.Rand) int {
	t.Helper()
	dir, err := os.MkdirTemp("", "wallboard-history-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := disk.Cut(dir, chance); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wallboard.exists"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{dir: dir, policy: was.policy, ctx: t.Context(), retention: was.retention}
	h.at.Store(was.at.Load())
	h.open(t)
	defer h.close(t)
	h.keeper.Keep(t.Context())
	if n, of := h.count(t, "seen"), h.count(t, "events"); n != of {
		t.Errorf("%d dedup keys of %d events", n, of)
	}
	v, err := h.keeper.Audit(t.Context(), h.log, true)
	if err != nil || v.Differing != 0 {
		t.Errorf("the audit: %v, %q", err, v.Differences)
	}
	return h.count(t, "contacts")
}
