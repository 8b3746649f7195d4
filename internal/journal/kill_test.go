package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// TestKill: what was acknowledged survives kill -9, and is there once.
func TestKill(t *testing.T) {
	if dir := os.Getenv("JOURNAL_TEST_DIR"); dir != "" {
		writeUntilKilled(t, dir)
		return
	}
	dir := folder(t)
	var acked []string
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "JOURNAL_TEST_DIR="+dir, "JOURNAL_TEST_ROUND="+strconv.Itoa(round))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 40*(round+1) && lines.Scan(); n++ {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself before it was killed")
		}
	}
	r := &tape{}
	_, stop := begin(t, dir, r)
	defer stop()
	stored := r.keys()
	slices.Sort(stored)
	if once := slices.Compact(slices.Clone(stored)); len(once) != len(stored) {
		t.Errorf("%d events are stored more than once", len(stored)-len(once))
	}
	for _, k := range acked {
		if _, ok := slices.BinarySearch(stored, k); !ok {
			t.Errorf("%s was acknowledged and is gone", k)
		}
	}
	if len(acked) < 500 {
		t.Errorf("only %d were acknowledged: the test proves little", len(acked))
	}
}

// writeUntilKilled appends from several goroutines and prints what was acknowledged. It
// sends again what the child before it may have had under way.
func writeUntilKilled(t *testing.T, dir string) {
	j, stop := begin(t, dir, &tape{})
	defer stop()
	round, err := strconv.Atoi(os.Getenv("JOURNAL_TEST_ROUND"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 50_000 {
				k := fmt.Sprintf("%d-%d", w, i)
				if _, err := j.Append(context.Background(), record(k, fmt.Sprintf("%s-%d", k, round))); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				fmt.Println(k)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
