package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// ask asks a server over one of the round's connections, and retries with a longer timeout
// if the server is slow. Questions that change something, to be rolled back, are asked one
// at a time, because they would wait for each other's locks.
func ask(
	ctx context.Context, site kit.Site, host labs.Host, account Account, changes bool,
	question func(context.Context, *sql.Conn) error,
) error {
	db, err := pool(site, host, account)
	if err != nil {
		return err
	}
	if changes {
		leave, err := enter(ctx, site, host)
		if err != nil {
			return err
		}
		defer leave()
	}
	own, err := addresses(site, host)
	if err != nil {
		return err
	}
	var session atomic.Int64
	return site.Ask(ctx, kit.Question{
		Host: host, Limit: patience,
		Ask: func(ctx context.Context, limit time.Duration) error {
			conn, err := db.Conn(ctx) // what keeps it from connecting is explained already
			if err != nil {
				return err
			}
			defer conn.Close()
			return kit.Within(ctx, limit, func(ctx context.Context) error {
				if err := begin(ctx, conn, limit, &session, own); err != nil {
					return err
				}
				return question(ctx, conn)
			}, explain(host, account.User))
		},
		Watch: func(ctx context.Context) error { return blockerOf(ctx, site, host, session.Load()) },
	})
}

// addresses are the addresses from which the grader connects to a server in this round.
func addresses(site kit.Site, host labs.Host) (*sync.Map, error) {
	return kit.Once(site, "mysql addresses "+host.Name, func() (*sync.Map, error) { return &sync.Map{}, nil })
}

// enter waits until no other look of the round is changing anything on a host.
func enter(ctx context.Context, site kit.Site, host labs.Host) (leave func(), err error) {
	turn, err := kit.Once(site, "mysql changes "+host.Name, func() (chan struct{}, error) { return make(chan struct{}, 1), nil })
	if err != nil {
		return nil, err
	}
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// begin finds out the ID of a connection's session, and sets the server's part of an
// unusual timeout.
func begin(ctx context.Context, conn *sql.Conn, limit time.Duration, session *atomic.Int64, own *sync.Map) error {
	var id int64
	var from string
	if err := conn.QueryRowContext(ctx, "SELECT CONNECTION_ID(), SUBSTRING_INDEX(USER(), '@', -1)").Scan(&id, &from); err != nil {
		return err
	}
	session.Store(id)
	own.Store(from, true)
	if limit == patience {
		return nil
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf("SET lock_wait_timeout = %[1]s, innodb_lock_wait_timeout = %[1]s, max_execution_time = %[2]s",
		lockWait(limit), executionTime(limit)))
	return err
}

// blockers queries the sessions that hold what a session is waiting for, without the
// grader's own. Exclusive locks come first.
const blockers = `
SELECT t.processlist_id, t.processlist_user, t.processlist_command = 'Sleep',
       COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), t.processlist_time, 0), w.what
  FROM (
    SELECT held.owner_thread_id AS thread, CONCAT_WS('.', held.object_schema, held.object_name) AS what,
           held.lock_type IN ('EXCLUSIVE', 'SHARED_NO_READ_WRITE', 'SHARED_NO_WRITE', 'SHARED_READ_ONLY') AS alone
      FROM performance_schema.threads mine
      JOIN performance_schema.metadata_locks wanted ON wanted.owner_thread_id = mine.thread_id AND wanted.lock_status = 'PENDING'
      JOIN performance_schema.metadata_locks held ON held.object_type = wanted.object_type AND held.object_schema <=> wanted.object_schema
           AND held.object_name <=> wanted.object_name AND held.lock_status = 'GRANTED'
     WHERE mine.processlist_id = ?
     UNION ALL
    SELECT waits.blocking_thread_id, CONCAT_WS('.', held.object_schema, held.object_name), TRUE
      FROM performance_schema.threads mine
      JOIN performance_schema.data_lock_waits waits ON waits.requesting_thread_id = mine.thread_id
      JOIN performance_schema.data_locks held ON held.engine_lock_id = waits.blocking_engine_lock_id
     WHERE mine.processlist_id = ?
  ) w
  JOIN performance_schema.threads t ON t.thread_id = w.thread
  LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = t.processlist_id
 WHERE t.processlist_user <> '` + graderName + `' AND NOT FIND_IN_SET(SUBSTRING_INDEX(t.processlist_host, ':', 1), ?)
 ORDER BY w.alone DESC, 4 DESC LIMIT 1`

// sleeping queries whether a session is waiting in a function such as SLEEP(), which none
// of the grader's statements calls.
const sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ? AND state IN ('User sleep', 'User lock')"

// blockerOf returns an obstacle that names what a session of the grader's is waiting for,
// or nil if that can't be seen.
func blockerOf(ctx context.Context, site kit.Site, host labs.Host, session int64) error {
	db, err := kit.Once(site, "mysql watch "+host.Name, func() (*sql.DB, error) {
		db := open(site, host, grader(site), true)
		db.SetMaxOpenConns(1)
		site.OnClose(func() { _ = db.Close() })
		return db, nil
	})
	if err != nil || session == 0 {
		return err
	}
	from, err := addresses(site, host)
	if err != nil {
		return err
	}
	var own []string
	from.Range(func(address, _ any) bool { own = append(own, fmt.Sprint(address)); return true })
	var id int64
	var user, what string
	var idle bool
	var seconds int64
	err = db.QueryRowContext(ctx, blockers, session, session, strings.Join(own, ",")).Scan(&id, &user, &idle, &seconds, &what)
	if err == nil {
		return held(id, user, idle, time.Duration(seconds)*time.Second, what)
	}
	var waits int
	if errors.Is(err, sql.ErrNoRows) {
		err = db.QueryRowContext(ctx, sleeping, session).Scan(&waits)
	}
	if err == nil && waits > 0 {
		return &kit.Obstacle{Message: "The query itself waits: a view, a trigger or a function calls SLEEP() or GET_LOCK()."}
	}
	return err
}

// held says whose session holds a lock, for how long, and what to do about it.
func held(id int64, user string, idle bool, since time.Duration, what string) *kit.Obstacle {
	on, doing := "on the whole server", "has been at work"
	if what != "" {
		on = "on `" + what + "`"
	}
	if idle {
		doing = "has left it there"
	}
	return &kit.Obstacle{Message: fmt.Sprintf(
		"Session %d of `%s` holds a lock %s and %s for %v. Let it finish, or end it: KILL %d;", id, user, on, doing, since, id)}
}
