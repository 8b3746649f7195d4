//go:build image

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestPowerCutImage cuts the power of the real program on a real file system: while it runs,
// the image of its disk is copied without what the kernel has not written yet, and started
// on. Everything acknowledged is there; in the control, whose syncs do nothing, it is not.
// It mounts, so that it needs to be root: make powercut. What anybody can run is TestPowerCut
// of internal/journal.
func TestPowerCutImage(t *testing.T) {
	for round := range 3 {
		if lost, acked := cutImage(t, nil); lost > 0 {
			t.Errorf("round %d: %d of %d acknowledged were lost", round, lost, acked)
		} else {
			t.Logf("round %d: all %d acknowledged were there", round, acked)
		}
	}
	t.Run("control", func(t *testing.T) {
		library := filepath.Join(t.TempDir(), "nosync.so")
		source := filepath.Join(t.TempDir(), "nosync.c")
		if err := os.WriteFile(source, []byte("int fsync(int f) { return 0; }\nint fdatasync(int f) { return 0; }\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, "gcc", "-shared", "-fPIC", "-o", library, source)
		t.Setenv("LD_PRELOAD", library)
		// What the start made is brought to the disk, else the gate refuses what is left.
		started := func(disk string) { run(t, "sync", "-f", disk) }
		if lost, acked := cutImage(t, started); lost == 0 {
			t.Errorf("all %d acknowledged were there without any sync: the test proves nothing", acked)
		}
	})
}

// cutImage acknowledges deliveries, cuts the power, starts again, and counts what is gone.
// started is called with the folder of the disk once the program takes deliveries.
func cutImage(t *testing.T, started func(disk string)) (lost, acked int) {
	t.Helper()
	dir := t.TempDir()
	image, crash := filepath.Join(dir, "disk.img"), filepath.Join(dir, "crash.img")
	run(t, "truncate", "-s", "64M", image)
	run(t, "mkfs.ext4", "-q", image)
	disk := mount(t, image, filepath.Join(dir, "disk"))
	s := serveOn(t, disk)
	if started != nil {
		started(disk)
	}
	var keys []string
	var mu sync.Mutex
	var senders sync.WaitGroup
	start := time.Now()
	for w := range 4 {
		senders.Go(func() {
			for i := range 150 {
				key := fmt.Sprintf("%d-%d", w, i)
				if s.post(key, "started", key, start, `{"channel":"voice","direction":"inbound","role":"customer"}`)/100 == 2 {
					mu.Lock()
					keys = append(keys, key)
					mu.Unlock()
				}
			}
		})
	}
	senders.Wait()
	run(t, "cp", image, crash)
	s.cmd.Process.Kill()
	s.cmd.Wait()

	again := serveOn(t, mount(t, crash, filepath.Join(dir, "crash")))
	there := again.interactions()
	for _, k := range keys {
		if _, ok := there[k]; !ok {
			lost++
		}
	}
	if len(keys) < 500 {
		t.Errorf("only %d were acknowledged: the test proves little", len(keys))
	}
	again.stop()
	return lost, len(keys)
}

// serveOn runs a wallboard whose data is on a disk.
func serveOn(t *testing.T, disk string) *server {
	t.Helper()
	s := &server{t: t, config: filepath.Join(t.TempDir(), "wallboard.yaml"), address: "127.0.0.1:0"}
	s.write(fmt.Sprintf("data_dir: %s/data\naccess: {mode: open}\nsources: [{name: lab, vendor: cloudevents, auth: {secret: %q}}]\n", disk, secret))
	s.launch()
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	return s
}

// mount mounts an image until the test's end.
func mount(t *testing.T, image, at string) string {
	t.Helper()
	if err := os.Mkdir(at, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, "mount", "-o", "loop", image, at)
	t.Cleanup(func() { run(t, "umount", at) })
	return at
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}
