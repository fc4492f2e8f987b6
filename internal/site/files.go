package site

import (
	"context"
	"errors"
	"fmt"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// What is copied out of a host that takes longer than this is not the engine's doing if,
// meanwhile, a file that nobody can have changed takes far less.
const (
	copyPatience = 4 * time.Second
	copyRatio    = 40
	// A file of every host, which root alone can write.
	plainFile = "/etc/passwd"
)

// Files copies a file or folder out of a host into memory, once a round. While it is
// copied, the host is frozen. An [Obstacle]: it is not there, is too large, or holds what
// can't be read.
func (s *Site) Files(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	return kit.Once(s, "files "+host.Name+" "+root, func() ([]kit.Entry, error) { return s.files(ctx, host, root) })
}

// files copies once more what could not be read: it may have changed meanwhile.
func (s *Site) files(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	entries, err := s.readOut(ctx, host, root)
	if s.isRace(ctx, err) {
		entries, err = s.readOut(ctx, host, root)
	}
	var refused *labs.Unreadable
	switch {
	case errors.Is(err, labs.ErrNotFound):
		return nil, &kit.Obstacle{Message: fmt.Sprintf("There is no `%s` on `%s`.", root, host.Name), Err: err}
	case errors.As(err, &refused):
		return nil, &kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: %s.", root, refused.Reason), Err: err}
	case s.isRace(ctx, err):
		return nil, s.blame(ctx, host, root, err)
	}
	return entries, err
}

// isRace reports whether an error may be one of a copy whose source changed meanwhile.
func (s *Site) isRace(ctx context.Context, err error) bool {
	var obstacle *kit.Obstacle
	var refused *labs.Unreadable
	return err != nil && ctx.Err() == nil && !errors.Is(err, labs.ErrNotFound) && !errors.As(err, &obstacle) && !errors.As(err, &refused)
}

// blame makes an obstacle of what could not be copied twice, if the engine copies another
// file out of the same host: then it is what the learner has there.
func (s *Site) blame(ctx context.Context, host labs.Host, root string, err error) error {
	if plainErr := s.readPlain(ctx, host); plainErr != nil {
		return fmt.Errorf("copy %s out of host %s: %w", root, host.Name, errors.Join(err, plainErr))
	}
	return &kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: something in it can't be copied, or changes all the time.", root), Err: err}
}

// readPlain copies a file out that no learner can have changed.
func (s *Site) readPlain(ctx context.Context, host labs.Host) error {
	archive, err := s.engine.CopyOut(ctx, host, plainFile)
	if err != nil {
		return err
	}
	defer archive.Close()
	_, err = ReadArchive(ctx, archive, kit.NewBudget(plainFile, kit.FileLimits))
	return err
}

// readOut copies out of a host that is frozen meanwhile, if it can be.
func (s *Site) readOut(ctx context.Context, host labs.Host, root string) ([]kit.Entry, error) {
	// A host that does not run can't change either.
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

// finish has work done in the background, for which the round's end waits.
func (s *Site) finish(work func() error) {
	wait := InBackground(work)
	s.OnClose(func() { _ = wait() })
}

// watchCopy stops a copy that takes too long, as soon as it is seen that the engine is
// not what it waits for.
func (s *Site) watchCopy(ctx context.Context, host labs.Host, root string, stop context.CancelCauseFunc) {
	for paused(ctx, copyPatience) {
		begun := time.Now()
		if err := s.readPlain(ctx, host); err == nil && time.Since(begun) < copyPatience/copyRatio {
			stop(&kit.Obstacle{Message: fmt.Sprintf("`%s` can't be read: to copy it takes longer than %v.", root, copyPatience)})
			return
		}
	}
}
