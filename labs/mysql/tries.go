package mysql

import (
	"context"
	"errors"
	"slices"

	driver "github.com/go-sql-driver/mysql"
)

// try runs each statement separately, and rolls it back before the next. It observes
// {statement, accepted, code, changed}.
func (r reader) try(ctx context.Context, statements []string) ([]any, error) {
	observed := []any{}
	for _, statement := range statements {
		if _, err := r.conn.ExecContext(ctx, "SAVEPOINT tried"); err != nil {
			return nil, err
		}
		changed, refusal, err := r.attempt(ctx, statement)
		if err != nil {
			return nil, err
		}
		if _, err := r.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT tried"); err != nil {
			return nil, err
		}
		observed = append(observed, map[string]any{
			"statement": statement, "accepted": refusal == 0, "code": refusal, "changed": changed,
		})
	}
	return observed, nil
}

// attempt runs a statement, and returns how many rows it changed, or the error code with
// which the server refused it. If the server could not answer, it returns an error.
func (r reader) attempt(ctx context.Context, statement string) (changed, refusal int64, err error) {
	result, err := r.conn.ExecContext(ctx, statement)
	var refused *driver.MySQLError
	switch {
	case errors.As(err, &refused) && !slices.Contains(late, refused.Number):
		return 0, int64(refused.Number), nil
	case err != nil:
		return 0, 0, err
	}
	changed, err = result.RowsAffected()
	return changed, 0, err
}
