package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"time"
)

// Page is one page of a list. Next is where the following one begins; it may
// be kept and used after a restart. Empty: this was the last.
type Page[T any] struct {
	Items []T
	Next  string
}

// readTries is how often one page is asked for before its list counts as incomplete.
const readTries = 5

// Pages walks a list from a cursor ("" is its beginning). A page that cannot be
// had, after waiting and asking again as its error suggests, ends the walk with
// the error: what came before is then not the whole list. Nothing but a pair
// whose Next is empty is the end.
func Pages[T any](ctx context.Context, cursor string, read func(context.Context, string) (Page[T], error)) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		for {
			page, err := Retry(ctx, func() (Page[T], error) { return read(ctx, cursor) })
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
			cursor = page.Next
		}
	}
}

// Retry repeats a read while its error is one that passes.
func Retry[T any](ctx context.Context, read func() (T, error)) (T, error) {
	wait := time.Second
	for try := 1; ; try++ {
		v, err := read()
		e, ok := errors.AsType[*Error](err)
		if err == nil || !ok || try == readTries || judge(e).Class != Later {
			return v, err
		}
		pause := wait
		if e.After > 0 { // the governor holds the next call back anyway
			pause = 0
		}
		wait *= 3
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
}

func decode(r io.Reader, out any) error { return json.NewDecoder(r).Decode(out) }
