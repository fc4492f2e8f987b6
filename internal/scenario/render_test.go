package scenario

import "testing"

// Templates write lists and maps as JSON, never as Go prints them, and leave all else alone.
func TestTemplatesWriteJSON(t *testing.T) {
	params := map[string]any{
		"names": []any{"a", "b"}, "pair": map[string]any{"set": "x & y", "n": int64(1)}, "word": "plain", "n": int64(3), "yes": true,
		"nested": []any{[]any{int64(1)}, map[string]any{"k": nil}},
	}
	partials := []partial{{name: "_all.tmpl", source: `{{.}}`}}
	for source, want := range map[string]string{
		`{{.names}}`:  `["a","b"]`,
		`{{.pair}}`:   `{"n":1,"set":"x & y"}`,
		`{{.nested}}`: `[[1],{"k":null}]`,
		`{{if .yes}}{{.names}}{{else}}{{.pair}}{{end}}`:                 `["a","b"]`,
		`{{if not .yes}}{{.names}}{{else}}{{.pair}}{{end}}`:             `{"n":1,"set":"x & y"}`,
		`{{range .nested}}{{.}};{{end}}`:                                `[1];{"k":null};`,
		`{{with .pair}}{{.}}{{end}}`:                                    `{"n":1,"set":"x & y"}`,
		`{{$all := .names}}{{$all}}`:                                    `["a","b"]`,
		`{{template "_all.tmpl" .names}}`:                               `["a","b"]`,
		`{{define "part"}}{{.}}{{end}}{{template "part" .pair}}`:        `{"n":1,"set":"x & y"}`,
		`{{print .names}} {{printf "%v" .pair}}`:                        `["a","b"] {"n":1,"set":"x & y"}`,
		`{{join ", " .nested}}`:                                         `[1], {"k":null}`,
		`{{sql .names}}`:                                                `'["a","b"]'`,
		`{{seq 1 3}}`:                                                   `[1,2,3]`,
		`{{.word}} {{.n}} {{.yes}} {{sql .word}} {{.names | join "+"}}`: `plain 3 true 'plain' a+b`,
	} {
		if got, err := render("text", source, params, nil, partials...); err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", source, got, err, want)
		}
	}
}
