package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"endstate/labs/kit"
)

// rows returns a statement's result, with a map per row.
func (r reader) rows(ctx context.Context, statement string, args ...any) ([]any, error) {
	all, budget := []any{}, r.budget(kit.RowLimits)
	var types []*sql.ColumnType
	var values cells[any]
	err := r.each(ctx, statement, args, func(rows *sql.Rows) (err error) {
		if types == nil {
			if types, err = rows.ColumnTypes(); err != nil {
				return err
			}
		}
		if err := values.scan(rows, len(types)); err != nil {
			return err
		}
		row, size := make(map[string]any, len(types)), int64(0)
		for i, column := range types {
			row[column.Name()] = typed(values.held[i], column.DatabaseTypeName())
			size += sizeOf(values.held[i])
		}
		all = append(all, row)
		return budget.Take(ctx, "", size)
	})
	if err != nil {
		budget.Release()
	}
	return all, err
}

// cells holds the values of one row at a time.
type cells[T any] struct {
	held    []T
	targets []any
}

// scan reads the values of a row with n columns.
func (c *cells[T]) scan(rows *sql.Rows, n int) error {
	if c.held == nil {
		c.held, c.targets = make([]T, n), make([]any, n)
		for i := range c.held {
			c.targets[i] = &c.held[i]
		}
	}
	return rows.Scan(c.targets...)
}

func sizeOf(value any) int64 {
	if v, ok := value.([]byte); ok {
		return int64(len(v)) + kit.ValueBytes
	}
	return kit.ValueBytes
}

// Character sets whose text converts to UTF-8 and back without loss. In any other,
// different texts may look the same in UTF-8, so their bytes are read.
var wholeCharsets = []string{"ascii", "binary", "gb18030", "latin1", "utf16", "utf16le", "utf32", "utf8mb3", "utf8mb4"}

// contents returns digests of every table in some databases, including columns that SELECT
// * omits.
func (r reader) contents(ctx context.Context, databases []string) ([]any, error) {
	all := []any{}
	for _, database := range databases {
		names, columns, err := r.columns(ctx, database)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			query := fmt.Sprintf("SELECT %s FROM %s.%s", strings.Join(columns[name], ", "), quote(database), quote(name))
			count, digest, err := r.digest(ctx, query)
			if err != nil {
				return nil, err
			}
			all = append(all, map[string]any{"database": database, "name": name, "rows": count, "digest": digest})
		}
	}
	return all, nil
}

// columns returns the tables of a database sorted by name, with the expressions that read
// their columns.
func (r reader) columns(ctx context.Context, database string) (names []string, columns map[string][]string, err error) {
	columns = map[string][]string{}
	err = r.each(ctx, `SELECT c.table_name, c.column_name, IFNULL(c.character_set_name, 'binary')
		FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`,
		[]any{database}, func(rows *sql.Rows) error {
			var table, column, charset string
			if err := rows.Scan(&table, &column, &charset); err != nil {
				return err
			}
			if columns[table] == nil {
				names = append(names, table)
			}
			expression := quote(column)
			if !slices.Contains(wholeCharsets, charset) {
				expression = fmt.Sprintf("CAST(%s AS BINARY)", expression)
			}
			columns[table] = append(columns[table], expression)
			return nil
		})
	return names, columns, err
}

// digest returns the number of rows of a query, and a digest that does not depend on their
// order: the sum of their hashes.
func (r reader) digest(ctx context.Context, query string) (count int64, digest string, err error) {
	var sum [4]uint64
	var values cells[sql.RawBytes]
	budget := r.budget(kit.DigestLimits)
	err = r.each(ctx, query, nil, func(rows *sql.Rows) error {
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		if err := values.scan(rows, len(columns)); err != nil {
			return err
		}
		count++
		return budget.Take(ctx, "", addRow(&sum, values.held))
	})
	var whole [32]byte
	for i, part := range sum {
		binary.BigEndian.PutUint64(whole[8*i:], part)
	}
	return count, hex.EncodeToString(whole[:16]), err
}

// addRow adds a row's hash, and returns the row's size in bytes.
func addRow(sum *[4]uint64, values []sql.RawBytes) (size int64) {
	h := sha256.New()
	var length [8]byte
	for _, value := range values {
		n := uint64(len(value)) + 1
		if value == nil {
			n = 0
		}
		binary.BigEndian.PutUint64(length[:], n)
		h.Write(length[:])
		h.Write(value)
		size += int64(len(value))
	}
	hash := h.Sum(nil)
	for i := range sum {
		sum[i] += binary.BigEndian.Uint64(hash[8*i:])
	}
	return size
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
