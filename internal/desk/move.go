package desk

import (
	"context"
	"io"
	"iter"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Export yields a learner's attempts as lines of JSON, to be imported elsewhere; everyone's,
// if an examiner wants them.
func (d *Desk) Export(ctx context.Context, who labs.Learner, everyone bool) (iter.Seq2[[]byte, error], error) {
	store, err := d.openStore(ctx)
	if err != nil {
		return nil, err
	}
	view := store.Of(who)
	if everyone {
		if view, err = store.Everyone(who); err != nil {
			return nil, err
		}
	}
	return view.Export(ctx), nil
}

// Import reads attempts that were exported: all of them, or none if a line is not an
// attempt. Only an examiner takes in others'.
func (d *Desk) Import(ctx context.Context, who labs.Learner, from io.Reader) (attempts.Imported, error) {
	store, err := d.openStore(ctx)
	if err != nil {
		return attempts.Imported{}, err
	}
	view, err := store.Everyone(who)
	if err != nil {
		view = store.Of(who)
	}
	return view.Import(ctx, from)
}
