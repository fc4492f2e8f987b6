package site

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"endstate/labs"
	"endstate/labs/kit"
)

// loan is a host that another command of the round may use until the host's own files come.
// So a repository that only Git can read costs no second host where a program runs too.
type loan struct {
	run     *kit.FreshRun
	started chan struct{} // closed when the host runs, or could not be started
	host    labs.Host
	err     error
	user    sync.WaitGroup
	spoiled bool // a command was left running in the host
}

// offer lets another command of the round use the host that is being started.
func (s *Site) offer(run *kit.FreshRun) *loan {
	l := &loan{run: run, started: make(chan struct{})}
	if run.Lends != "" {
		s.mu.Lock()
		s.loans = append(s.loans, l)
		s.mu.Unlock()
	}
	return l
}

// withdraw ends an offer, and waits until nobody uses the host any more.
func (s *Site) withdraw(l *loan) {
	s.mu.Lock()
	s.loans = slices.DeleteFunc(s.loans, func(one *loan) bool { return one == l })
	s.mu.Unlock()
	l.user.Wait()
}

// borrow starts a command in a host that is offered, and returns nil if there is none.
func (s *Site) borrow(ctx context.Context, run *kit.FreshRun) labs.Process {
	l := s.takeLoan(run)
	if l == nil {
		return nil
	}
	select {
	case <-l.started:
	case <-ctx.Done():
		l.user.Done()
		return nil
	}
	if l.err == nil {
		plan := freshHost(run, s.subject.Images)
		process, err := s.engine.Execute(ctx, l.host, labs.Command{Args: append(plan.Command, "clean"), Environment: plan.Environment, User: plan.User})
		if err == nil {
			return &borrowed{Process: process, loan: l}
		}
	}
	l.user.Done()
	return nil
}

func (s *Site) takeLoan(run *kit.FreshRun) *loan {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.loans, func(l *loan) bool {
		return run.Borrows && l.run.Image == run.Image && l.run.Lends == run.Dir && l.run.Memory >= run.Memory
	})
	if at < 0 {
		return nil
	}
	l := s.loans[at]
	s.loans = slices.Delete(s.loans, at, at+1)
	l.user.Add(1)
	return l
}

// borrowed is a command in a borrowed host, which it gives back when it is closed.
type borrowed struct {
	labs.Process
	loan  *loan
	ended atomic.Bool
	once  sync.Once
}

// Wait waits for the command's end and returns its exit status.
func (b *borrowed) Wait(ctx context.Context) (int, error) {
	status, err := b.Process.Wait(ctx)
	b.ended.Store(err == nil)
	return status, err
}

// Close gives the host back. A command that has not ended spoils it: nobody in a host may kill
// the processes of another user, as this command's are.
func (b *borrowed) Close() error {
	err := b.Process.Close()
	b.once.Do(func() {
		b.loan.spoiled = !b.ended.Load()
		b.loan.user.Done()
	})
	return err
}
