// Package postgres keeps a store in a database of PostgreSQL, which several servers can use at once.
package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"endstate/internal/attempts/database"
	"endstate/internal/attempts/schema"
)

// IsURL reports whether the place of a store is a database of PostgreSQL.
func IsURL(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

const (
	// patience is how long to wait for a database that can't be reached.
	patience = 5 * time.Second
	// connectTimeout is how long to wait for a connection, unless the URL says something else.
	connectTimeout = 5 * time.Second

	connections     = 20 // of a process, at most
	idleConnections = 4
	idleTime        = 5 * time.Minute
)

// A transaction whose process or machine is gone must not make others wait for long; and nobody waits
// forever for one that is there.
const session = `SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '20s';
	SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`

type server struct {
	config *pgx.ConnConfig
	pool   *sql.DB
	locks  *locks
	id     string // of this process, among those that tell news
	told   atomic.Int64
}

// Open opens the store in a database, creating or migrating its tables as needed.
func Open(ctx context.Context, url string) (*database.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, malformed()
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "endstate"
	}
	config.AfterConnect = prepare
	pool := stdlib.OpenDB(*config, stdlib.OptionShouldPing(func(_ context.Context, p stdlib.ShouldPingParams) bool { return p.IdleDuration > 50*time.Millisecond }))
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(idleConnections)
	pool.SetConnMaxIdleTime(idleTime)
	s := &server{config: config, pool: pool, id: rand.Text()}
	db := &database.DB{Kind: s, Pool: pool}
	var namespace string
	err = patiently(ctx, func(ctx context.Context) error {
		return pool.QueryRowContext(ctx, "SELECT coalesce(current_schema(), '')").Scan(&namespace)
	})
	s.locks = newLocks(config, namespace)
	if err == nil {
		err = migrate(ctx, db)
	}
	if err != nil {
		return nil, errors.Join(s.Problem(err), db.Close())
	}
	return db, nil
}

// prepare prepares a new connection.
func prepare(ctx context.Context, conn *pgconn.PgConn) error {
	if encoding := conn.ParameterStatus("server_encoding"); encoding != "UTF8" {
		return errEncoding(encoding)
	}
	return conn.Exec(ctx, session).Close()
}

func migrate(ctx context.Context, db *database.DB) error {
	if version, err := versionOf(ctx, db.QueryRowContext(ctx, "SELECT version FROM store_version")); err != nil || version == len(schema.Migrations) {
		return err
	}
	return db.Change(ctx, func(tx *database.Tx) error {
		if err := tx.Alone(ctx, "migration"); err != nil {
			return err
		}
		// Another process may have migrated the store meanwhile.
		if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS store_version (version BIGINT NOT NULL)"); err != nil {
			return err
		}
		version, err := versionOf(ctx, tx.QueryRowContext(ctx, "SELECT version FROM store_version"))
		if err != nil {
			return err
		}
		for _, migration := range schema.Postgres(version) {
			if _, err := tx.ExecContext(ctx, migration); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM store_version"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO store_version (version) VALUES ($1)", len(schema.Migrations))
		return err
	})
}

// versionOf returns the version in a row; 0: there is none.
func versionOf(_ context.Context, row interface{ Scan(...any) error }) (version int, err error) {
	err = row.Scan(&version)
	if errors.Is(err, sql.ErrNoRows) || code(err) == undefinedTable {
		return 0, nil
	}
	if err == nil {
		err = schema.Check(version)
	}
	return version, err
}

// Patiently does something again as long as the database can't be reached, for some seconds: it may be
// starting again, or another one may take its place.
func (s *server) Patiently(ctx context.Context, do func(context.Context) error) error {
	return patiently(ctx, do)
}

func patiently(ctx context.Context, do func(context.Context) error) error {
	pause := 20 * time.Millisecond
	for begun := time.Now(); ; pause = min(2*pause, 500*time.Millisecond) {
		err := do(ctx)
		if !mayPass(err) || time.Since(begun) > patience {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errors.Join(err, context.Cause(ctx))
		}
	}
}

// Arguments returns arguments as PostgreSQL takes them: conditions as numbers, and texts without the
// characters that it can't keep.
func (s *server) Arguments(args []any) []any {
	all := make([]any, len(args))
	for i, arg := range args {
		switch value := arg.(type) {
		case bool:
			all[i] = 0
			if value {
				all[i] = 1
			}
		case string:
			all[i] = strings.ReplaceAll(strings.ToValidUTF8(value, "\ufffd"), "\x00", "\ufffd")
		default:
			all[i] = arg
		}
	}
	return all
}

// Lock locks a row.
func (s *server) Lock(ctx context.Context, tx *sql.Tx, table string, id int64) error {
	_, err := tx.ExecContext(ctx, "SELECT 1 FROM "+pgx.Identifier{table}.Sanitize()+" WHERE id = $1 FOR NO KEY UPDATE", id)
	return err
}

// Alone takes a lock until the transaction ends.
func (s *server) Alone(ctx context.Context, tx *sql.Tx, what string) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", s.locks.key("alone: "+what))
	return err
}

// Renumber sets the numbers that new rows get.
func (s *server) Renumber(ctx context.Context, tx *sql.Tx, table string) error {
	_, err := tx.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), coalesce(max(id), 0) + 1, false) FROM "+pgx.Identifier{table}.Sanitize(), table)
	return err
}

// Hold takes a lock.
func (s *server) Hold(ctx context.Context, name string, share bool) (release func(), err error) {
	return s.locks.hold(ctx, name, share)
}

// Held looks for a lock without taking it, so that nobody who wants to take it finds it taken.
func (s *server) Held(ctx context.Context, name string) (held bool, err error) {
	key := uint64(s.locks.key(name))
	err = s.Patiently(ctx, func(ctx context.Context) error {
		return s.pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = $1 AND objid = $2)`, uint32(key>>32), uint32(key)).Scan(&held)
	})
	return held, err
}

// Close gives up all locks.
func (s *server) Close() error {
	if s.locks == nil {
		return nil
	}
	return s.locks.close()
}

// Place says where the database is. There may be a password in the URL.
func (s *server) Place() string {
	return fmt.Sprintf("PostgreSQL, database %s at %s", s.config.Database, address(s.config))
}

func address(config *pgx.ConnConfig) string {
	if strings.HasPrefix(config.Host, "/") {
		return config.Host
	}
	return fmt.Sprintf("%s:%d", config.Host, config.Port)
}

// keyOf returns the number of a lock.
func keyOf(namespace, name string) int64 {
	sum := sha256.Sum256([]byte("endstate\x00" + namespace + "\x00" + name))
	return int64(binary.BigEndian.Uint64(sum[:]))
}
