package powercut

// #cgo LDFLAGS: -Wl,--unresolved-symbols=ignore-in-object-files
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Kind says what an operation does.
type Kind uint8

// The kinds of operations.
const (
	Write    Kind = C.OP_WRITE
	Truncate Kind = C.OP_TRUNCATE
	Sync     Kind = C.OP_SYNC // everything done to the file before is on the disk
	Delete   Kind = C.OP_DELETE
	Mark     Kind = C.OP_MARK // a word of the caller's
)

// Op is one operation on a file.
type Op struct {
	Kind Kind
	// Name is that of the file, below the folder, or the word of a mark.
	Name string
	// Offset is where Data was written, or the length to which the file was cut.
	Offset int64
	Data   []byte
}

// Record begins to write down what SQLite does to files below dir, in this process. The
// program must have SQLite's driver linked in.
func Record(dir string) error {
	name := C.CString(dir + "/")
	defer C.free(unsafe.Pointer(name))
	if rc := C.powercut_begin(name); rc != 0 {
		return fmt.Errorf("powercut: cannot record: SQLite's code %d", rc)
	}
	return nil
}

// Say puts a mark into the order of operations.
func Say(word string) error {
	w := C.CString(word)
	defer C.free(unsafe.Pointer(w))
	if rc := C.powercut_mark(w); rc != 0 {
		return fmt.Errorf("powercut: cannot mark: SQLite's code %d", rc)
	}
	return nil
}

// Stop ends the recording and returns the operations in their order. The databases must
// be closed.
func Stop() ([]Op, error) {
	if rc := C.powercut_end(); rc != 0 {
		return nil, fmt.Errorf("powercut: a file is still open, or nothing was recorded: SQLite's code %d", rc)
	}
	var length C.size_t
	text := C.powercut_log(&length)
	log := unsafe.Slice((*byte)(unsafe.Pointer(text)), int(length))
	var ops []Op
	take := func(n int) []byte {
		var b []byte
		b, log = log[:n], log[n:]
		return b
	}
	for len(log) > 0 {
		var h C.op_head
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&h)), int(unsafe.Sizeof(h))), take(int(unsafe.Sizeof(h))))
		ops = append(ops, Op{
			Kind: Kind(h.kind), Name: string(take(int(h.name_length))), Offset: int64(h.offset),
			Data: append([]byte(nil), take(int(h.data_length))...),
		})
	}
	return ops, nil
}
