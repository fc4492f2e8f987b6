//go:build engine

package mysql_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"endstate/internal/enginetest"
)

// The page for authors has a database with a definition of every kind, and a row of structure
// for each kind. "…" stands for an SQL mode.
var (
	guideDatabase = regexp.MustCompile("(?s)### `structure`\n.*?```sql\n(.*?)```")
	guideRow      = regexp.MustCompile("(?m)^\\| `([a-z ]+)` \\| (.*?)\\| (.*?)\\| (.*?) \\| [^|]* \\|$")
	sqlMode       = regexp.MustCompile(`ONLY_FULL_GROUP_BY[A-Z_,]*`)
)

// The page shows the rows that structure observes.
func TestGuideShowsWhatStructureObserves(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/scenarios-mysql.md")
	if err != nil {
		t.Fatal(err)
	}
	database := guideDatabase.FindSubmatchIndex(page)
	if database == nil {
		t.Fatal("the page has no database that shows structure")
	}
	r := enginetest.Open(t)
	v := r.Written(fmt.Sprintf(`
-- scenario.yaml --
hosts:
  db: {image: mysql}
  workspace: {image: mysql-client}
facts:
  shop: {mysql: {structure: [shop]}}
checks:
  - {id: it, title: It holds, points: 100, mysql: {structure: [shop]}, expect: rows == facts.shop, otherwise: '${rows}'}
-- setup/db.sh --
mysql < shop.sql
-- setup/shop.sql --
%s`, page[database[2]:database[3]]))
	record, err := r.Snapshots.Record(t.Context(), r.Lab(v))
	if err != nil {
		t.Fatal(err)
	}
	observed, kinds := map[string]bool{}, map[string]bool{}
	rows, _ := record.Facts["shop"].([]any)
	for _, one := range rows {
		row, _ := one.(map[string]any)
		detail := strings.Join(strings.Fields(sqlMode.ReplaceAllString(fmt.Sprint(row["detail"]), "…")), " ")
		observed[fmt.Sprintf("%v | %v | %v | %s", row["kind"], row["table"], row["name"], detail)] = true
		kinds[fmt.Sprint(row["kind"])] = true
	}
	for _, row := range guideRow.FindAllStringSubmatch(string(page[database[1]:]), -1) {
		shown := fmt.Sprintf("%s | %s | %s | %s", row[1], strings.Trim(row[2], " `"), strings.Trim(row[3], " `"), cell(row[4]))
		if !observed[shown] {
			t.Errorf("structure does not observe what the page shows: %s", shown)
		}
		delete(kinds, row[1])
	}
	if len(rows) == 0 || len(kinds) > 0 {
		t.Errorf("of %d rows, the page does not show the kinds %v", len(rows), slices.Sorted(maps.Keys(kinds)))
	}
	if t.Failed() {
		t.Logf("structure observes\n%s", strings.Join(slices.Sorted(maps.Keys(observed)), "\n"))
	}
}

// cell returns the code in a table cell.
func cell(code string) string {
	quotes := code[:len(code)-len(strings.TrimLeft(code, "`"))]
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(code, quotes), quotes))
}
