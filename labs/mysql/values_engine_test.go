//go:build engine

package mysql_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// kind is a MySQL type, with expressions for different values of it. Neighbours in the list
// are the most easily confused.
type kind struct {
	name, column string
	values       []string
}

func texts(values ...string) []string {
	for i, v := range values {
		values[i] = "_utf8mb4 x'" + hex.EncodeToString([]byte(v)) + "'"
	}
	return values
}

func hexes(values ...string) []string {
	for i, v := range values {
		values[i] = "x'" + v + "'"
	}
	return values
}

// kinds are all types, with their limits and a few random values.
func kinds(random *rand.Rand) []kind {
	number := func(low, high int64) string { return fmt.Sprint(low + random.Int64N(high-low)) }
	digits := func(n int) string {
		return strings.Map(func(rune) rune { return '1' + rune(random.IntN(9)) }, strings.Repeat("_", n))
	}
	exotic := hexes("C3A9", "E9")
	all := []kind{
		{"tinyint_", "TINYINT", []string{"-128", "-1", "0", "1", "127", "NULL"}},
		{"smallint_", "SMALLINT UNSIGNED", []string{"0", "65534", "65535"}},
		{"mediumint_", "MEDIUMINT", []string{"-8388608", "8388607", number(-8388608, 8388607)}},
		{"intz", "INT(9) UNSIGNED ZEROFILL", []string{"0", "7", "4294967295", number(8, 4294967295)}},
		{"bigint_", "BIGINT", []string{"-9223372036854775808", "-9223372036854775807", "9223372036854775806", "9223372036854775807", "9007199254740993", "9007199254740992"}},
		{"ubigint", "BIGINT UNSIGNED", []string{"0", "9223372036854775807", "9223372036854775808", "18446744073709551614", "18446744073709551615"}},
		{"boolean_", "BOOL", []string{"0", "1", "NULL"}},
		{"bit1", "BIT(1)", []string{"b'0'", "b'1'"}},
		{"bit64", "BIT(64)", []string{"0", "1", "9223372036854775808", "18446744073709551615", "18446744073709551614"}},
		{"decimal_", "DECIMAL(65,30)", []string{
			"0", "0.000000000000000000000000000001", "99999999999999999999999999999999999.999999999999999999999999999999",
			"99999999999999999999999999999999999.999999999999999999999999999998", digits(35) + "." + digits(30),
		}},
		{"decimal65", "DECIMAL(65,0)", []string{digits(65), digits(65), "-1"}},
		{"flt", "FLOAT", []string{"16777215", "16777216", "1.1", "1.1000001", "3.4028235e38", "1.4e-45", "0", "-0.1"}},
		{"dbl", "DOUBLE", []string{"0.1", "0.30000000000000004", "0.3", "1.7976931348623157e308", "5e-324", "9007199254740992", "9007199254740994"}},
		{"yr", "YEAR", []string{"0", "1901", "2000", "2155"}},
		{"date_", "DATE", []string{"'0000-00-00'", "'0001-01-01'", "'2024-00-00'", "'2023-11-30'", "'2024-02-00'", "'2024-01-31'", "'0000-01-01'", "'9999-12-31'", "NULL"}},
		{"datetime_", "DATETIME(6)", []string{
			"'0000-00-00 00:00:00'", "'0001-01-01 00:00:00'", "'2024-00-00 10:00:00'", "'2023-11-30 10:00:00'",
			"'2024-05-05 10:00:00.000001'", "'2024-05-05 10:00:00.000002'", "'2024-05-05 10:00:00'", "'9999-12-31 23:59:59.999999'",
		}},
		{"timestamp_", "TIMESTAMP(3) NULL", []string{"'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2024-03-31 02:30:00.001'", "'2024-03-31 02:30:00.002'", "'2038-01-19 03:14:07.499'", "NULL"}},
		{"tm", "TIME(6)", []string{"'838:59:59'", "'-838:59:59'", "'24:00:00'", "'00:00:00'", "'00:00:00.000001'", "'-00:00:00.000001'", "'48:00:00'"}},
		{"chr", "CHAR(20)", texts("", "a", "A", "á", "a\u0301", "?")},
		{"varchar_", "VARCHAR(60) COLLATE utf8mb4_bin", texts("", " ", "a", "a ", "é", "e\u0301", "🎉", "\x00", "\u2028", "NULL", "\\", "\ufeff", "\ufffd", "?")},
		{"latin1_", "VARCHAR(20) CHARACTER SET latin1", texts("é", "e", "€", "ÿ", "Ã©")},
		{"utf16_", "VARCHAR(20) CHARACTER SET utf16", texts("é", "🎉", "?", "😀")},
		{"utf32_", "VARCHAR(20) CHARACTER SET utf32", texts("é", "🎉", "?")},
		{"ucs2_", "VARCHAR(20) CHARACTER SET ucs2", []string{"_ucs2 0x00E9", "_ucs2 0x003F", "_ucs2 0x0416"}},
		{"utf8mb3_", "TEXT CHARACTER SET utf8mb3", texts("é", "Ж", "?")},
		{"gb18030_", "VARCHAR(20) CHARACTER SET gb18030", texts("元気", "🍜", "?")},
		{"sjis_", "VARCHAR(20) CHARACTER SET sjis", texts("表", "ア", "?")},
		{"binchr", "CHAR(4) CHARACTER SET binary", slices.Concat(hexes("01", "0001", "C3A9", "E9"), []string{"NULL"})},
		{"bincol", "VARCHAR(20) COLLATE latin1_bin", texts("é", "É")},
		{"bin", "BINARY(4)", hexes("00000000", "00000001", "FFFFFFFF")},
		{"varbinary_", "VARBINARY(16)", hexes("", "00", "0000", "C3A9", "E9", "FF", "EFBFBD")},
		{"blb", "BLOB", append(exotic, "''", "NULL", "REPEAT('x', 40000)", "CONCAT(REPEAT('x', 39999), 'y')")},
		{"longtxt", "LONGTEXT", []string{"''", "NULL", "REPEAT('ж', 40000)", "CONCAT(REPEAT('ж', 39999), 'з')"}},
		{"enm", "ENUM('a', 'B', 'é', '?')", []string{"'a'", "'B'", "'é'", "'?'", "NULL"}},
		{"enmbin", "ENUM(x'E9', x'EA') CHARACTER SET binary", []string{"1", "2"}},
		{"st", "SET('a', 'b', 'é')", []string{"''", "'a'", "'a,b'", "'b'", "'a,b,é'", "NULL"}},
		{"jsn", "JSON", []string{"'1'", "'1.0'", "'\"1\"'", "'null'", "NULL", "'[1, 2]'", "'[2, 1]'", "'{\"é\": \"🎉\"}'", "'9007199254740993'", "'9007199254740992'", "'true'"}},
		{"geo", "GEOMETRY", []string{"ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(2 1)')", "ST_GeomFromText('POINT(1 2)', 4326)", "ST_GeomFromText('LINESTRING(0 0, 1 1)')"}},
		{"pnt", "POINT SRID 4326", []string{"ST_SRID(POINT(1, 2), 4326)", "ST_SRID(POINT(1, 2.0000000000000004), 4326)"}},
		{"vec", "VECTOR(2)", []string{"STRING_TO_VECTOR('[1, 2]')", "STRING_TO_VECTOR('[1, 2.0000002]')", "STRING_TO_VECTOR('[0, 0]')", "x'0000008000000000'"}},
	}
	return all
}

// script creates and fills a table of each kind.
func script(all []kind) string {
	var b strings.Builder
	b.WriteString(client + "CREATE DATABASE d; USE d; CREATE TABLE numbers (id INT PRIMARY KEY);\n")
	for i := range longest(all) {
		fmt.Fprintf(&b, "INSERT INTO numbers VALUES (%d);\n", i)
	}
	for _, k := range all {
		fmt.Fprintf(&b, "CREATE TABLE %s (id INT PRIMARY KEY, v %s, hidden INT INVISIBLE DEFAULT 0);\n", k.name, k.column)
		for i, v := range k.values {
			fmt.Fprintf(&b, "INSERT INTO %s (id, v) VALUES (%d, %s);\n", k.name, i, v)
		}
	}
	return b.String() + "SQL\n"
}

const client = "mysql --default-character-set=utf8mb4 <<'SQL'\nSET sql_mode = '';\n"

func longest(all []kind) (n int) {
	for _, k := range all {
		n = max(n, len(k.values))
	}
	return n
}

// put overwrites rows of every kind that has them with the values of others, by number.
func put(all []kind, pairs ...[2]int) string {
	var b strings.Builder
	b.WriteString(client)
	for _, k := range all {
		for _, pair := range pairs {
			if max(pairs[0][0], pairs[0][1], pairs[1][0]) < len(k.values) {
				fmt.Fprintf(&b, "UPDATE d.%s SET v = %s WHERE id = %d;\n", k.name, k.values[pair[1]], pair[0])
			}
		}
	}
	return b.String() + "SQL\n"
}

// asking is a scenario that observes all kinds in every way. Messages name the kinds whose
// values have changed, or can't be told apart.
func asking(all []kind) string {
	columns, joins, sizes := "n.id", "", []string{}
	for _, k := range all {
		columns += fmt.Sprintf(", %[1]s.v AS %[1]s", k.name)
		joins += fmt.Sprintf(" LEFT JOIN d.%[1]s ON %[1]s.id = n.id", k.name)
		sizes = append(sizes, fmt.Sprintf("%q: %d", k.name, len(k.values)))
	}
	return strings.NewReplacer(
		"QUERY", "SELECT "+columns+" FROM d.numbers n"+joins+" ORDER BY n.id", "SIZES", strings.Join(sizes, ", "), "SCRIPT", script(all),
	).Replace(`
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
facts:
  rows: {mysql: &rows "QUERY"}
  digest: {mysql: &digest {query: "QUERY", digest: true}}
  whole: {mysql: &whole {contents: [d]}}
checks:
  - id: rows
    title: Rows are what they were
    points: 25
    mysql: *rows
    expect: rows == facts.rows
    otherwise: ${rows[0].transformList(k, v, rows.map(r, r[k]) != facts.rows.map(r, r[k]), k).join(" ")}
  - id: whole
    title: Contents are what they were
    points: 25
    mysql: *whole
    expect: rows == facts.whole
    otherwise: ${rows.filter(r, !(r in facts.whole)).map(r, r.name).join(" ")}
  - id: digest
    title: The digest is what it was
    points: 25
    mysql: *digest
    expect: rows == facts.digest
    otherwise: "${rows}"
  - id: apart
    title: No two values are alike
    points: 25
    mysql: *rows
    expect: >-
      {SIZES}.all(k, n, rows.all(r, r.id >= n || rows.all(s, s.id <= r.id || s.id >= n || r[k] != s[k])))
    otherwise: >-
      ${ {SIZES}.transformList(k, n, rows.exists(r, r.id < n && rows.exists(s, s.id > r.id && s.id < n && r[k] == s[k])), k).join(" ")}
-- setup/db.sh --
SCRIPT`)
}

// A fact returns what it recorded, and the grader tells different values apart, whatever
// their type.
func TestEveryValueIsItself(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	all := kinds(rand.New(rand.NewPCG(r.NewSeed(), 0)))
	v := r.Written(asking(all))
	lab := r.Lab(v)
	r.Passes(lab, v)
	root := func(script string) {
		t.Helper()
		if status, out := r.Root(lab, "db", script); status != 0 {
			t.Fatalf("%s: %s", script, out)
		}
	}
	for i := range longest(all) - 1 {
		root(put(all, [2]int{i, i + 1}, [2]int{i + 1, i}))
		report := r.Grade(lab, v)
		for _, way := range []string{"rows", "whole"} {
			result := r.Result(report, way)
			noticed := strings.Fields(result.Message)
			for _, k := range all {
				if i+1 < len(k.values) && !slices.Contains(noticed, k.name) {
					t.Errorf("%s: the grader can't tell apart %s and %s of %s (%s: %s)", way, k.values[i], k.values[i+1], k.column, result.Verdict, result.Message)
				}
			}
		}
		if result := r.Result(report, "digest"); result.Verdict != labs.Failed {
			t.Errorf("values %d and %d swapped: the digest is %s", i, i+1, result.Verdict)
		}
		root(put(all, [2]int{i, i}, [2]int{i + 1, i + 1}))
	}
	r.Passes(lab, v)
	root("mysql --execute 'UPDATE d.boolean_ SET hidden = 1 WHERE id = 0'")
	if got := r.Result(r.Grade(lab, v), "whole"); got.Verdict != labs.Failed {
		t.Errorf("with an invisible column changed, the contents are %s", got.Verdict)
	}
}
