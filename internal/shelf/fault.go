package shelf

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wallboard/wallboard/internal/board"
)

// wrapped says whose error it is; faults stay what they are.
func wrapped(err error) error {
	if err == nil || len(faults(err)) > 0 {
		return err
	}
	return fmt.Errorf("boards: %w", err)
}

// faults are those of an error, none if it is another one.
func faults(err error) board.Faults {
	var f board.Faults
	errors.As(err, &f)
	return f
}

// withoutIndex names the fields of the only board of a list as its own.
func withoutIndex(f board.Faults) board.Faults {
	for i := range f {
		f[i].Field = strings.TrimPrefix(f[i].Field, "boards[0].")
	}
	return f
}
