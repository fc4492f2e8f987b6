package scenario

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"endstate/internal/scenario/templates"
	"endstate/labs/kit"
)

// Templates write lists and maps as JSON, never as Go prints them, and leave all else alone.
func TestTemplatesWriteJSON(t *testing.T) {
	params := map[string]any{
		"names": []any{"a", "b"}, "pair": map[string]any{"set": "x & y", "n": int64(1)}, "word": "plain", "n": int64(3), "yes": true,
		"nested": []any{[]any{int64(1)}, map[string]any{"k": nil}},
	}
	partials := []templates.Partial{{Name: "_all.tmpl", Source: `{{.}}`}}
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

// What setup, fault and proofs share is written once.
func TestScriptsShareParts(t *testing.T) {
	files := wellWrittenFiles()
	for path, text := range map[string]string{
		"_shared.tmpl":            `write {{.word}}`,
		"setup/workspace.sh.tmpl": `. helper.sh; cat words.txt; {{template "_shared.tmpl" .}} at first`,
		"fault/workspace.sh.tmpl": `{{template "_shared.tmpl" .}} wrongly`,
		"solution.sh.tmpl":        `{{template "_shared.tmpl" .}} again`,
		"proofs/a.sh.tmpl":        `{{template "_shared.tmpl" .}} nearly`,
	} {
		files["word/"+path] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, replaced := range []string{"setup/workspace.sh", "solution.sh", "proofs/a.sh"} {
		delete(files, "word/"+replaced)
	}
	if found := lintOf(files); found != "" {
		t.Errorf("found:\n%s", found)
	}
	v, err := New([]kit.Probe{sightProbe}, nil, Root{Files: files}).Variant("word", 1)
	if err != nil {
		t.Fatal(err)
	}
	write := "write " + v.Params["word"].(string)
	if got := v.Setup[0].Text; !strings.HasSuffix(got, write+" at first") {
		t.Errorf("the setup is %q", got)
	}
	if got := v.Fault[0].Text; got != write+" wrongly" {
		t.Errorf("the fault is %q", got)
	}
	for name, want := range map[string]string{"solution": " again", "one way": " nearly"} {
		for _, proof := range v.Proofs {
			if proof.Name == name && proof.Script != write+want {
				t.Errorf("the proof %s is %q", name, proof.Script)
			}
		}
	}
	if _, err := fs.Stat(v.Files, "_shared.tmpl"); err == nil {
		t.Error("the shared part is a file of the variant")
	}
}

// A variant is drawn again only if something in its folder has changed since.
func TestRenew(t *testing.T) {
	files := wellWrittenFiles()
	library := New([]kit.Probe{sightProbe}, nil, Root{Files: files})
	v, err := library.Variant("word", 7)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := library.Renew(v); err != nil || same != v {
		t.Errorf("nothing has changed: %p is %p, %v", v, same, err)
	}
	files["word/task.md"] = &fstest.MapFile{Data: []byte("Another task.")}
	changed, err := library.Renew(v)
	if err != nil || changed.Task != "Another task." || changed.Seed != 7 {
		t.Fatalf("after a change: %+v, %v", changed, err)
	}
	files["word/scenario.yaml"] = &fstest.MapFile{Data: []byte("title: [")}
	if _, err := library.Renew(changed); err == nil {
		t.Error("a scenario with mistakes was renewed")
	}
}
