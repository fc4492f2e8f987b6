package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"endstate/labs"
)

// scan reads one row as a map of typed values.
func scan(rows *sql.Rows, types []*sql.ColumnType) (map[string]any, error) {
	values := make([]any, len(types))
	targets := make([]any, len(types))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	row := make(map[string]any, len(types))
	for i, column := range types {
		row[column.Name()] = typed(values[i], column.DatabaseTypeName())
	}
	return row, nil
}

// typed gives a value its type: the driver answers bytes for whatever is no number.
func typed(value any, kind string) any {
	switch v := value.(type) {
	case float32:
		// The shortest text that means the number, not its nearest double.
		exact, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		return exact
	case time.Time:
		if v.IsZero() {
			return "0000-00-00"
		}
		return v
	case []byte:
		switch {
		case strings.HasSuffix(kind, "BINARY"), strings.HasSuffix(kind, "BLOB"), kind == "GEOMETRY":
			return v
		case kind == "BIT":
			return bits(v)
		}
		return string(v)
	}
	return value
}

func bits(b []byte) any {
	var whole [8]byte
	copy(whole[8-min(8, len(b)):], b)
	return binary.BigEndian.Uint64(whole[:])
}

// contents digests every table of some databases.
func contents(ctx context.Context, tx *sql.Tx, databases []string) ([]any, error) {
	all := []any{}
	for _, database := range databases {
		names, err := tableNames(ctx, tx, database)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			count, digest, err := digestOf(ctx, tx, fmt.Sprintf("SELECT * FROM %s.%s", quote(database), quote(name)))
			if err != nil {
				return nil, err
			}
			all = append(all, map[string]any{"database": database, "name": name, "rows": count, "digest": digest})
		}
	}
	return all, nil
}

func tableNames(ctx context.Context, tx *sql.Tx, database string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`, database)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Digesting more takes longer than a learner waits.
const maxDigested = 1_000_000

// digestOf returns how many rows a query gives, and a digest of them that does not
// depend on their order: the sum of their hashes.
func digestOf(ctx context.Context, tx *sql.Tx, query string) (int64, string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return 0, "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, "", err
	}
	values := make([]sql.RawBytes, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var count int64
	var sum [4]uint64
	for rows.Next() {
		if count == maxDigested {
			return 0, "", &labs.Obstacle{Message: fmt.Sprintf("There are more than %d rows of what is asked for.", maxDigested)}
		}
		if err := rows.Scan(targets...); err != nil {
			return 0, "", err
		}
		addRow(&sum, values)
		count++
	}
	var digest [32]byte
	for i, part := range sum {
		binary.BigEndian.PutUint64(digest[8*i:], part)
	}
	return count, hex.EncodeToString(digest[:16]), rows.Err()
}

func addRow(sum *[4]uint64, values []sql.RawBytes) {
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
	}
	hash := h.Sum(nil)
	for i := range sum {
		sum[i] += binary.BigEndian.Uint64(hash[8*i:])
	}
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
