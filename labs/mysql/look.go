package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"endstate/labs"
)

// Look asks a MySQL server. What it observes has the name rows: a list of maps, one
// a row, from column name to value. Whole numbers are ints, FLOAT and DOUBLE are
// doubles, DECIMAL is a string with all its digits, DATE, DATETIME and TIMESTAMP are
// timestamps in UTC, binary columns are bytes, NULL is null, all else is a string.
//
// With contents, there is one row a table: {database, name, rows, digest}. Equal digests mean
// equal rows, in whatever order they are stored.
type Look struct {
	// Query is one SQL statement that reads.
	Query string `yaml:"query,omitempty"`
	// Contents lists databases whose tables' contents are compared.
	Contents []string `yaml:"contents,omitempty"`
	// Host is the server's; it need not be said if there is only one.
	Host string `yaml:"host,omitempty"`
	// As is whose login is used; the grader's if it is not said.
	As *Account `yaml:"as,omitempty"`
}

// Variable is the name of what is observed.
func (l *Look) Variable() string { return "rows" }

// SetShorthand takes the query.
func (l *Look) SetShorthand(text string) { l.Query = text }

// Validate reports fields that make no sense.
func (l *Look) Validate() error {
	if (l.Query == "") == (len(l.Contents) == 0) {
		return errors.New("either query or contents is needed")
	}
	return nil
}

// Observe asks the server.
func (l *Look) Observe(ctx context.Context, site *labs.Site) (any, error) {
	host, err := site.HostOf(l.Host, serverImage)
	if err != nil {
		return nil, err
	}
	account := grader(site)
	if l.As != nil {
		account = *l.As
	}
	db, err := pool(site, host, account)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := l.ask(ctx, db)
	return rows, explain(ctx, host, account, err)
}

// ask asks in a transaction that can only read.
func (l *Look) ask(ctx context.Context, db *sql.DB) ([]any, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	if len(l.Contents) > 0 {
		return contents(ctx, tx, l.Contents)
	}
	return query(ctx, tx, l.Query)
}

// What an answer may hold before it is not read on.
const maxRows = 100_000

func query(ctx context.Context, tx *sql.Tx, statement string) ([]any, error) {
	rows, err := tx.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for rows.Next() {
		if len(all) == maxRows {
			return nil, &labs.Obstacle{Message: fmt.Sprintf("The server holds more than %d rows of what is asked for.", maxRows)}
		}
		row, err := scan(rows, types)
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}
