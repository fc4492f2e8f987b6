package desk

import (
	"context"
	"io"
	"iter"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Export returns a learner's attempts as lines of JSON, to import them elsewhere. An examiner can
// ask for everyone's.
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

// Import reads exported attempts: all of them, or none if a line is invalid. Only an examiner can
// import other learners' attempts.
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
