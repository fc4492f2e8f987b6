package expect

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

func shownText(t *testing.T, source string, rows any) string {
	t.Helper()
	text, err := ParseText(source, "rows")
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	out, err := text.Text(labs.Bindings{"params": map[string]any{}, "facts": map[string]any{}, "rows": rows})
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return out
}

// No value comes out as Go's fmt would print it.
func TestMessagesShowValuesAsPeopleWriteThem(t *testing.T) {
	at := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	rows := []any{map[string]any{"name": "a & b", "at": at, "n": int64(3), "tags": []any{"x", int64(1)}, "none": nil, "raw": []byte{1, 255}}}
	whole := `{"at": "2025-01-02T03:04:05Z", "n": 3, "name": "a & b", "none": null, "raw": "01ff", "tags": ["x", 1]}`
	for source, want := range map[string]string{
		`${rows}`:                            whole,
		`${rows[0]}`:                         whole,
		`${toJson(rows)}`:                    "[" + whole + "]",
		`${rows[0].tags}`:                    "x, 1",
		`${toJson(rows[0].tags)}`:            `["x", 1]`,
		`${[rows[0].tags, []]}`:              `["x", 1], []`,
		`${[]}`:                              "nothing",
		`${rows[0].none}`:                    "nothing",
		`${toJson(rows[0].none)}`:            "null",
		`${{"made": {"here": [1.5, true]}}}`: `{"made": {"here": [1.5, true]}}`,
		`${rows.map(r, {"n": r.n})}`:         `{"n": 3}`,
		`${"it is " + shown(rows[0].at)}`:    "it is 2025-01-02 03:04:05",
		`${"tags " + shown(rows[0].tags)}`:   "tags x, 1",
		`${toJson(rows[0].name)}`:            `"a & b"`,
		`${toJson(double("NaN"))}`:           `"NaN"`,
		`${rows[0].raw}`:                     "01ff",
		`${lists.range(12)}`:                 "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more",
		`${rows[?7]}`:                        "nothing",
		`${rows[?0].n}`:                      "3",
	} {
		if got := shownText(t, source, rows); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
}

// What a message shows of a value is bounded, whatever the learner's system holds.
func TestMessagesAreBounded(t *testing.T) {
	rows := []any{strings.Repeat("ü", 10_000), map[string]any{"deep": strings.Repeat("x", 10_000)}}
	for _, source := range []string{"${rows}", "${rows[0]}", "${toJson(rows)}", "${shown(rows[1])}"} {
		if got := []rune(shownText(t, source, rows)); len(got) != maxShown+1 || got[maxShown] != '…' {
			t.Errorf("%s shows %d characters", source, len(got))
		}
	}
}

// toJson gives JSON for every value that a look can observe.
func TestToJSONIsJSON(t *testing.T) {
	for _, value := range []any{
		nil, true, int64(math.MinInt64), uint64(math.MaxUint64), 1e300, math.Inf(1), math.NaN(), "a\x00\"\\\u2028<", []byte("x"), time.Unix(0, 1),
		[]any{},
		map[string]any{},
		[]any{map[string]any{"": []any{nil}}},
		time.Second,
	} {
		if text := toJSON(value); !json.Valid([]byte(text)) || strings.Contains(text, "\n") {
			t.Errorf("%v: %s is not JSON on one line", value, text)
		}
	}
}
