package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// holdPause is how often a process that has locks looks whether its connection still has them.
	holdPause = 2 * time.Second
	// holdTimeout limits how long PostgreSQL may take to answer about locks.
	holdTimeout = 5 * time.Second
)

// locks are the locks of this process. One connection has all of them, so that PostgreSQL takes them
// away when the process or its machine is gone. PostgreSQL gives one connection the same lock as often
// as it likes, so who in this process has which is counted here.
type locks struct {
	config    *pgx.ConnConfig
	namespace string

	mu     sync.Mutex
	conn   *pgx.Conn
	held   map[string]int // how many share a lock; -1: somebody has it alone
	watch  bool           // a goroutine looks after the connection
	closed chan struct{}
}

func newLocks(config *pgx.ConnConfig, namespace string) *locks {
	return &locks{config: config, namespace: namespace, held: map[string]int{}, closed: make(chan struct{})}
}

func (l *locks) key(name string) int64 { return keyOf(l.namespace, name) }

func (l *locks) hold(ctx context.Context, name string, share bool) (release func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.held[name]
	switch {
	case n < 0 || n > 0 && !share:
		return nil, nil
	case n > 0:
		l.held[name]++
	default:
		taken, err := l.take(ctx, name, share)
		if err != nil || !taken {
			return nil, err
		}
		l.held[name] = 1
		if !share {
			l.held[name] = -1
		}
	}
	if !l.watch {
		l.watch = true
		go l.lookAfter()
	}
	return sync.OnceFunc(func() { l.release(name) }), nil
}

// take asks for a lock, with a new connection if the last one is lost.
func (l *locks) take(ctx context.Context, name string, share bool) (taken bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, holdTimeout)
	defer cancel()
	err = patiently(ctx, func(ctx context.Context) error {
		if err := l.connect(ctx); err != nil {
			return err
		}
		taken, err = l.ask(ctx, name, share)
		return err
	})
	return taken, err
}

func (l *locks) ask(ctx context.Context, name string, share bool) (taken bool, err error) {
	query := "SELECT pg_try_advisory_lock($1)"
	if share {
		query = "SELECT pg_try_advisory_lock_shared($1)"
	}
	err = l.conn.QueryRow(ctx, query, l.key(name)).Scan(&taken)
	return taken, err
}

// connect makes sure of a connection that has the locks of this process. A lock that somebody else has
// taken while there was none is theirs now.
func (l *locks) connect(ctx context.Context) error {
	if l.conn != nil && !l.conn.IsClosed() && l.conn.Ping(ctx) == nil {
		return nil
	}
	l.drop()
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return err
	}
	l.conn = conn
	for name, n := range l.held {
		if _, err := l.ask(ctx, name, n > 0); err != nil {
			l.drop()
			return err
		}
	}
	return nil
}

func (l *locks) drop() {
	if l.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = l.conn.Close(ctx)
		l.conn = nil
	}
}

func (l *locks) release(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.held[name]
	if n > 1 {
		l.held[name]--
		return
	}
	delete(l.held, name)
	if l.conn == nil || l.conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), holdTimeout)
	defer cancel()
	query := "SELECT pg_advisory_unlock($1)"
	if n > 0 {
		query = "SELECT pg_advisory_unlock_shared($1)"
	}
	if _, err := l.conn.Exec(ctx, query, l.key(name)); err != nil {
		l.drop() // with which it loses the lock
	}
}

// lookAfter takes the locks again if their connection was lost.
func (l *locks) lookAfter() {
	tick := time.NewTicker(holdPause)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-l.closed:
			return
		}
		l.mu.Lock()
		if len(l.held) > 0 {
			ctx, cancel := context.WithTimeout(context.Background(), holdTimeout)
			_ = l.connect(ctx) // the next round tries again
			cancel()
		}
		l.mu.Unlock()
	}
}

func (l *locks) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		return errors.New("the locks are closed already")
	default:
		close(l.closed)
	}
	l.drop()
	return nil
}
