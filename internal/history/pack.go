package history

import (
	"encoding/binary"
	"errors"
)

var errPacked = errors.New("numbers are packed wrongly")

// pack writes numbers as the differences of each to the one before, in varints: sorted
// positions and waits take a byte or two each.
func pack(numbers []int64) []byte {
	b := make([]byte, 0, 2*len(numbers))
	last := int64(0)
	for _, n := range numbers {
		b = binary.AppendVarint(b, n-last)
		last = n
	}
	return b
}

// unpack is the inverse of pack.
func unpack(b []byte) ([]int64, error) {
	numbers := make([]int64, 0, len(b)) // a byte each, at least
	last := int64(0)
	for len(b) > 0 {
		d, n := binary.Varint(b)
		if n <= 0 {
			return nil, errPacked
		}
		last += d
		numbers = append(numbers, last)
		b = b[n:]
	}
	return numbers, nil
}
