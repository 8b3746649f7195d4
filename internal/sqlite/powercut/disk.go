package powercut

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sector is what a disk writes wholly or not at all, in bytes.
const sector = 512

// Disk is the state of the files at one point of a recording.
type Disk struct {
	files map[string]*contents
}

// contents are one file's.
type contents struct {
	exists  bool
	durable []byte
	pending []Op // since the last sync
}

// Do carries the disk on by one operation.
func (d *Disk) Do(op Op) {
	if op.Kind == Mark {
		return
	}
	if d.files == nil {
		d.files = make(map[string]*contents)
	}
	f := d.files[op.Name]
	if f == nil {
		f = &contents{}
		d.files[op.Name] = f
	}
	f.pending = append(f.pending, op)
	if op.Kind == Sync {
		made := !f.exists && !strings.HasSuffix(op.Name, ".db")
		f.exists, f.durable = f.after(f.pending, always)
		f.pending = nil
		if made { // SQLite syncs the folder with the first sync of a log or a journal.
			d.SyncFolder()
		}
	}
}

// SyncFolder makes the removal of files durable.
func (d *Disk) SyncFolder() {
	for _, f := range d.files {
		for i := len(f.pending) - 1; i >= 0; i-- {
			if f.pending[i].Kind == Delete {
				f.exists, f.durable = false, nil
				f.pending = f.pending[i+1:]
				break
			}
		}
	}
}

func always() bool { return true }

// Cut writes the files that a power cut would leave now into dir. Chance decides what of
// the unsynced is there: nothing, all of it, or each sector by itself. nil is nothing.
func (d *Disk) Cut(dir string, chance *rand.Rand) error {
	survives := func() bool { return false }
	if chance != nil {
		// The first draw is how much survives.
		share := float64(chance.IntN(5)) / 4
		survives = func() bool { return chance.Float64() < share }
	}
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		f := d.files[name]
		was := contents{exists: f.exists, durable: append([]byte(nil), f.durable...)}
		exists, bytes := was.after(f.pending, survives)
		if !exists {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), bytes, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// after is the file once those of the changes have happened that survive. It may change
// the durable bytes in place.
func (f *contents) after(changes []Op, survives func() bool) (exists bool, bytes []byte) {
	exists, bytes = f.exists, f.durable
	for _, op := range changes {
		switch op.Kind {
		case Write:
			for data, at := op.Data, op.Offset; len(data) > 0; {
				n := min(len(data), int(sector-at%sector))
				if survives() {
					exists, bytes = true, put(bytes, data[:n], at)
				}
				data, at = data[n:], at+int64(n)
			}
		case Truncate:
			if survives() && op.Offset < int64(len(bytes)) {
				bytes = bytes[:op.Offset]
			}
		case Delete:
			if survives() {
				exists, bytes = false, nil
			}
		}
	}
	return exists, bytes
}

// put writes data at an offset; a gap before it is filled with zeros.
func put(bytes, data []byte, at int64) []byte {
	if end := at + int64(len(data)); end > int64(len(bytes)) {
		bytes = append(bytes, make([]byte, end-int64(len(bytes)))...)
	}
	copy(bytes[at:], data)
	return bytes
}
