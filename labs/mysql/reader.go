package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"

	driver "github.com/go-sql-driver/mysql"

	"endstate/labs"
	"endstate/labs/kit"
)

// reader reads from a server over one session, within the round's limits.
type reader struct {
	conn   *sql.Conn
	budget func(kit.Limits) *kit.Budget
}

// visit is [ask] with a reader. It may call the question more than once.
func visit(
	ctx context.Context, site kit.Site, host labs.Host, account Account, changes bool, question func(context.Context, reader) error,
) error {
	return ask(ctx, site, host, account, changes, func(ctx context.Context, conn *sql.Conn) error {
		return explainRow(site, host, question(ctx, reader{conn: conn, budget: func(limits kit.Limits) *kit.Budget {
			return site.Budget(fmt.Sprintf("What was asked of `%s`", host.Name), limits)
		}}))
	})
}

// use selects a database. A database that does not exist, or that the account may not use, is
// not an error: it only matters to statements that need it. missing then says so.
func (r reader) use(ctx context.Context, database string) (missing, err error) {
	_, err = r.conn.ExecContext(ctx, "USE "+quote(database))
	var refused *driver.MySQLError
	if errors.As(err, &refused) && (refused.Number == codeNoSuchDatabase || refused.Number == codeDatabaseDenied) {
		return err, nil
	}
	return nil, err
}

// end rolls back. If the learner's programs ran in the session, it is not reused, because
// they may have set variables.
func (r reader) end(ctx context.Context, spent bool) {
	_, err := r.conn.ExecContext(ctx, "ROLLBACK")
	if spent || err != nil {
		_ = r.conn.Raw(func(any) error { return sqldriver.ErrBadConn })
	}
}

// each asks, and calls read for every row. It prepares the statement, because then values
// come in the server's binary form; as text, a FLOAT has only six digits.
func (r reader) each(ctx context.Context, statement string, args []any, read func(*sql.Rows) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	prepared, err := r.conn.PrepareContext(ctx, statement)
	var refused *driver.MySQLError
	if errors.As(err, &refused) && refused.Number == codeNotPrepared {
		rows, err := r.conn.QueryContext(ctx, statement, args...)
		return eachRow(rows, err, read, stop)
	}
	if err != nil {
		return err
	}
	defer prepared.Close()
	rows, err := prepared.QueryContext(ctx, args...)
	return eachRow(rows, err, read, stop)
}

// eachRow reads rows. If it stops early, it does not wait for the rest.
func eachRow(rows *sql.Rows, err error, read func(*sql.Rows) error, stop func()) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			stop()
			return err
		}
	}
	// A procedure may fail after its first result.
	for rows.Err() == nil && rows.NextResultSet() {
	}
	return rows.Err()
}
