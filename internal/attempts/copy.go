package attempts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"endstate/internal/attempts/database"
	"endstate/internal/attempts/schema"
	"endstate/internal/attempts/sqlite"
	"endstate/labs"
)

// errNotEmpty says that a store can't take the content of another one.
var errNotEmpty = errors.New("it is not empty")

// TakeOver copies everything from a store in a file into this one, which must be empty. It returns how many
// attempts there are. The file stays as it is, except that an older store is converted.
func (s *Store) TakeOver(ctx context.Context, path string) (n int, err error) {
	if _, err := os.Stat(path); err != nil {
		return 0, &labs.Problem{Code: labs.CodeFile, What: "The file can't be read", Advice: "Give the store of a server: endstate.db in its home folder.", Usage: true, Err: err}
	}
	from, err := sqlite.Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	err = s.change(ctx, func(to *database.Tx) error {
		if err := to.Alone(ctx, "take over"); err != nil {
			return err
		}
		return from.Look(ctx, func(from *database.Tx) error {
			for _, table := range schema.Tables {
				if err := copyTable(ctx, from, to, table); err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
			}
			return to.QueryRowContext(ctx, "SELECT count(*) FROM attempts").Scan(&n)
		})
	})
	switch {
	case errors.Is(err, errNotEmpty):
		return 0, &labs.Problem{
			Code: labs.CodeInUse, What: "The store in " + s.Place() + " is not empty; nothing was copied", Usage: true,
			Advice: "Give ENDSTATE_STORE a new database, and copy before anybody uses it.", Err: err,
		}
	case err != nil:
		return 0, s.failed("copy the store", err)
	}
	return n, nil
}

// copyTable copies the rows of a table, with their numbers.
func copyTable(ctx context.Context, from, to *database.Tx, table string) error {
	var some bool
	if err := to.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+")").Scan(&some); err != nil {
		return err
	}
	if some {
		return errNotEmpty
	}
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + parameters(len(columns)) + ")"
	for rows.Next() {
		if err := copyRow(ctx, rows, len(columns), to, query); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || columns[0] != "id" {
		return err
	}
	return to.Renumber(ctx, table)
}

func copyRow(ctx context.Context, rows *sql.Rows, columns int, to *database.Tx, query string) error {
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	_, err := to.ExecContext(ctx, query, values...)
	return err
}

// parameters returns the parameters of a query: $1, $2, …
func parameters(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(all, ", ")
}
