package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// A copy that takes longer than copyPatience is not the engine's fault if the engine
// copies a file that no learner can have changed far faster: by copyRatio.
const (
	copyPatience = 4 * time.Second
	copyRatio    = 40
	// plainFile exists on every host, and only root can write it.
	plainFile = "/etc/passwd"
)

// Files copies a file or folder out of a host into memory, once per round. The host is
// frozen during the copy. The error is a [kit.Obstacle] if the file does not exist, is too
// large, or contains something that can't be read, such as a named pipe.
func (s *Site) Files(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	entries, err := s.filesAndPipes(ctx, host, root)
	if i := slices.IndexFunc(entries, isPipe); i >= 0 {
		return nil, cannotRead(root, notAFile(entries[i].Path))
	}
	return entries, err
}

func isPipe(entry kit.Entry) bool { return entry.Mode&fs.ModeNamedPipe != 0 }

// filesAndPipes is like [Site.Files], but the entries may be named pipes, too.
func (s *Site) filesAndPipes(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	return kit.Once(s, "files "+host.Name+" "+root, func() ([]kit.Entry, error) { return s.files(ctx, host, root) })
}

// files copies a file or folder. It tries twice, because it may change during the first copy.
func (s *Site) files(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	entries, err := s.copyOut(ctx, host, root)
	if s.isRace(ctx, err) {
		entries, err = s.copyOut(ctx, host, root)
	}
	var refused *labs.Unreadable
	switch {
	case errors.Is(err, labs.ErrNotFound):
		return nil, &kit.Obstacle{Message: fmt.Sprintf("There is no `%s` on `%s`.", root, host.Name), Err: err}
	case errors.As(err, &refused):
		return nil, cannotRead(root, refused)
	case s.isRace(ctx, err):
		return nil, s.obstacleFor(ctx, host, root, err)
	}
	return entries, err
}

func cannotRead(root string, refused *labs.Unreadable) error {
	return &kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: %s.", root, refused.Reason), Err: refused}
}

// isRace reports whether a copy may have failed because its source changed during it.
func (s *Site) isRace(ctx context.Context, err error) bool {
	var obstacle *kit.Obstacle
	var refused *labs.Unreadable
	return err != nil && ctx.Err() == nil && !errors.Is(err, labs.ErrNotFound) && !errors.As(err, &obstacle) && !errors.As(err, &refused)
}

// obstacleFor turns an error that happened twice into an obstacle if the engine can copy
// another file out of the same host: then the cause is what the learner has there.
func (s *Site) obstacleFor(ctx context.Context, host labs.Host, root string, err error) error {
	if plainErr := s.readPlain(ctx, host); plainErr != nil {
		return fmt.Errorf("copy %s out of host %s: %w", root, host.Name, errors.Join(err, plainErr))
	}
	return &kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: something in it can't be copied, or keeps changing.", root), Err: err}
}

// readPlain copies out a file that no learner can have changed.
func (s *Site) readPlain(ctx context.Context, host labs.Host) error {
	archive, err := s.engine.CopyOut(ctx, host, plainFile)
	if err != nil {
		return err
	}
	defer archive.Close()
	_, err = ReadArchive(ctx, archive, kit.NewBudget(plainFile, kit.FileLimits))
	return err
}

// copyOut copies a file or folder out of a host, which it freezes if it can.
func (s *Site) copyOut(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	// A host that can't be frozen because it is not running can't change either.
	if thaw, err := s.engine.Freeze(ctx, host, false); err == nil {
		defer func() { s.finish(thaw) }()
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.watchCopy(ctx, host, root, stop)
	archive, err := s.engine.CopyOut(ctx, host, root)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	budget := s.Budget("`"+root+"`", kit.FileLimits)
	entries, err := ReadArchive(ctx, archive, budget)
	if err != nil {
		budget.Release()
	}
	return entries, err
}

// finish starts work in the background. [Site.Close] waits for its end.
func (s *Site) finish(work func() error) {
	wait := InBackground(work)
	s.OnClose(func() { _ = wait() })
}

// watchCopy stops a copy that takes too long, once it is clear that the engine is not the
// cause.
func (s *Site) watchCopy(ctx context.Context, host labs.Host, root string, stop context.CancelCauseFunc) {
	for sleep(ctx, copyPatience) {
		begun := time.Now()
		if err := s.readPlain(ctx, host); err == nil && time.Since(begun) < copyPatience/copyRatio {
			stop(&kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: copying it takes longer than %v.", root, copyPatience)})
			return
		}
	}
}
