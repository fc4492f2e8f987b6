// Package database is how the store talks to the database that it is in. Queries are written once, in
// the SQL that all of these databases take; what differs is a [Kind].
//
// So parameters are $1, $2, …; conditions and arguments for them are 0 or 1, as there are no booleans everywhere;
// the larger of two values is greatest, the smaller one least, and both leave out NULL; a new row's number comes
// from RETURNING id; and ON CONFLICT names the columns.
package database

import (
	"context"
	"database/sql"
	"errors"

	"endstate/labs"
)

// Kind is what differs between databases.
type Kind interface {
	// Arguments returns the arguments of a query as the database takes them.
	Arguments(args []any) []any
	// Patiently does something again that failed because the database can't be reached, if it was not
	// begun. It gives up after some time.
	Patiently(ctx context.Context, do func(context.Context) error) error
	// Lock makes other transactions that lock a row of a table wait until this one has ended. It
	// succeeds if there is no such row.
	Lock(ctx context.Context, tx *sql.Tx, table string, id int64) error
	// Alone makes other transactions that do the same thing wait until this one has ended.
	Alone(ctx context.Context, tx *sql.Tx, what string) error
	// Renumber makes the numbers of new rows of a table come after those of the rows that are there.
	Renumber(ctx context.Context, tx *sql.Tx, table string) error
	// Hold takes a lock that all processes of the store share, unless somebody has it: then it returns nil.
	// Any number of holders can share it. A process that ends loses it.
	Hold(ctx context.Context, name string, share bool) (release func(), err error)
	// Held reports whether somebody, in this process or another, has a lock.
	Held(ctx context.Context, name string) (bool, error)
	// Tell tells the other processes of the store something, if they can be told.
	Tell(ctx context.Context, news string) error
	// Hear calls heard with what other processes tell, until the context is done.
	Hear(ctx context.Context, heard func(news string))
	// Problem returns an error as people are told it. The text of the error itself has no secrets.
	Problem(err error) *labs.Problem
	// Place says where the database is, without secrets.
	Place() string
	// Close closes what the kind opened beside the pool.
	Close() error
}

// DB is an open database.
type DB struct {
	Kind
	Pool *sql.DB
}

// Close closes the database.
func (d *DB) Close() error { return errors.Join(d.Kind.Close(), d.Pool.Close()) }

// ExecContext executes a statement.
func (d *DB) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	err = d.Patiently(ctx, func(ctx context.Context) (err error) {
		result, err = d.Pool.ExecContext(ctx, query, d.Arguments(args)...)
		return err
	})
	return result, err
}

// QueryContext returns the rows of a query.
func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	err = d.Patiently(ctx, func(ctx context.Context) (err error) {
		rows, err = d.Pool.QueryContext(ctx, query, d.Arguments(args)...) //nolint:sqlclosecheck // the caller closes them
		return err
	})
	return rows, err
}

// Row is the row of a query.
type Row func(into ...any) error

// Scan asks the database, and copies the columns of the row.
func (r Row) Scan(into ...any) error { return r(into...) }

// QueryRowContext returns the row of a query. The database is asked when it is scanned.
func (d *DB) QueryRowContext(ctx context.Context, query string, args ...any) Row {
	return func(into ...any) error {
		return d.Patiently(ctx, func(ctx context.Context) error {
			return d.Pool.QueryRowContext(ctx, query, d.Arguments(args)...).Scan(into...)
		})
	}
}

// Change changes several things in a transaction. Of rows that it reads in order to change them it
// should [Tx.Lock] one.
func (d *DB) Change(ctx context.Context, do func(*Tx) error) error {
	return d.transact(ctx, nil, do, (*sql.Tx).Commit)
}

// Look reads several things that fit each other.
func (d *DB) Look(ctx context.Context, do func(*Tx) error) error {
	return d.transact(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, do, (*sql.Tx).Rollback)
}

func (d *DB) transact(ctx context.Context, options *sql.TxOptions, do func(*Tx) error, end func(*sql.Tx) error) error {
	var tx *sql.Tx
	err := d.Patiently(ctx, func(ctx context.Context) (err error) {
		tx, err = d.Pool.BeginTx(ctx, options)
		return err
	})
	if err != nil {
		return err
	}
	if err := do(&Tx{tx, d.Kind}); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return end(tx)
}

// Tx is a transaction.
type Tx struct {
	tx   *sql.Tx
	kind Kind
}

// ExecContext executes a statement.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, t.kind.Arguments(args)...)
}

// QueryContext returns the rows of a query.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, t.kind.Arguments(args)...)
}

// QueryRowContext returns the row of a query.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, t.kind.Arguments(args)...)
}

// Lock makes other transactions that lock a row of a table wait until this one has ended.
func (t *Tx) Lock(ctx context.Context, table string, id int64) error {
	return t.kind.Lock(ctx, t.tx, table, id)
}

// Renumber makes the numbers of new rows of a table come after those of the rows that are there.
func (t *Tx) Renumber(ctx context.Context, table string) error {
	return t.kind.Renumber(ctx, t.tx, table)
}

// Alone makes other transactions that do the same thing wait until this one has ended.
func (t *Tx) Alone(ctx context.Context, what string) error { return t.kind.Alone(ctx, t.tx, what) }
