package sqlite

import (
	"context"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Held tries to take a lock.
func (f file) Held(ctx context.Context, name string) (bool, error) {
	release, err := f.Hold(ctx, name, false)
	if release != nil {
		release()
	}
	return err == nil && release == nil, err
}

// Hold takes a lock, which is a file below the store's folder.
func (f file) Hold(_ context.Context, name string, share bool) (release func(), err error) {
	path := filepath.Join(filepath.Dir(f.path), filepath.FromSlash(name))
	_ = os.MkdirAll(filepath.Dir(path), 0o700) // taking the lock reports the error
	lock := flock.New(path)
	take := lock.TryLock
	if share {
		take = lock.TryRLock
	}
	if taken, err := take(); err != nil || !taken {
		_ = lock.Close()
		return nil, err
	}
	return func() { _ = lock.Close() }, nil
}
