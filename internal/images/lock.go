package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"endstate/labs"
)

// lock lets one process at a time build images. The others wait, and then find them.
func (l *Library) lock(ctx context.Context, emit labs.Emit) (unlock func(), err error) {
	if err := os.MkdirAll(l.locks, 0o700); err != nil {
		return nil, &labs.Problem{Code: labs.CodeFile, What: "The folder for locks can't be created", Advice: "Set ENDSTATE_HOME to a writable folder.", Err: err}
	}
	lock := flock.New(filepath.Join(l.locks, "images.lock"))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the images: %w", err)
	}
	if !locked {
		end := emit.Step(labs.AwaitImages, "")
		_, err = lock.TryLockContext(ctx, time.Second)
		end(err)
		if err != nil {
			return nil, err
		}
	}
	return func() { _ = lock.Unlock() }, nil
}
