package scenario

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"endstate/labs"
	"endstate/labs/kit"
)

// read lints and draws a scenario that may have been written to do harm.
func read(document, task string) Mistakes {
	files := wellWrittenFiles()
	files["word/scenario.yaml"] = &fstest.MapFile{Data: []byte(document)}
	if task != "" {
		files["word/task.md"] = &fstest.MapFile{Data: []byte(task)}
	}
	library := New([]kit.Probe{sightProbe}, []string{"paper"}, Root{Files: files})
	found := library.Lint()
	library.List()
	for _, seed := range []uint64{0, 7, labs.MaxSeed} {
		_, err := library.Variant("word", seed)
		var wrong Mistakes
		if errors.As(err, &wrong) {
			found = append(found, wrong...)
		}
	}
	return found
}

func with(old, replacement string) string {
	if !strings.Contains(wellWritten, old) {
		panic("the scenario does not contain " + old)
	}
	return strings.Replace(wellWritten, old, replacement, 1)
}

// bomb returns a scenario with a list of nine lists of nine lists, and so on.
func bomb() string {
	lists := "params:\n  l0: {choice: &l0 [one, one, one, one, one, one, one, one, one]}\n"
	for i := 1; i < 9; i++ {
		alias := fmt.Sprintf("*l%d", i-1)
		lists += fmt.Sprintf("  l%d: {choice: &l%d [%s]}\n", i, i, strings.Join([]string{alias, alias, alias, alias, alias, alias, alias, alias, alias}, ", "))
	}
	return with("params:\n", lists)
}

func TestHostileScenarios(t *testing.T) {
	for _, c := range []struct{ name, document, task, want string }{
		{"bomb", bomb(), "", "expands to more than"},
		{"an alias in itself", with("[one, two, three]", "&a [one, *a]"), "", "word/scenario.yaml:9:18: the value of &a contains itself"},
		{"a probe in itself", with("sight: a,", "sight: &a {word: *a},"), "", "the value of &a contains itself"},
		{"itself", "title: &a [*a]\n", "", "word/scenario.yaml:1:8: the value of &a contains itself"},
		{"deep", with("[one, two, three]", strings.Repeat("[", 300)+strings.Repeat("]", 300)), "", "nested more than 64 levels deep"},
		{"deeper", "title: " + strings.Repeat("[", 200_000), "", "word/scenario.yaml"},
		{"long", with("title: A word", "title: "+strings.Repeat("a", 400)), "", "word/scenario.yaml:1:8: title: it is longer than 300 bytes"},
		{"longer", with("text: Look at the word", "text: "+strings.Repeat("a", 100_000)), "", "longer than 64 KiB"},
		{"longest", strings.Repeat("# long\n", 200_000) + wellWritten, "", "larger than 1024 KiB"},
		{"empty", "", "", "word/scenario.yaml: "},
		{"no mapping", "- a\n", "", "word/scenario.yaml:1"},
		{"any number", with("{choice: [one, two, three]}", "{between: [-1, 9223372036854775807]}"), "", ""},
		{"every number", with("{choice: [one, two, three]}", "{between: [-9223372036854775808, 9223372036854775807]}"), "", ""},
		{"beyond numbers", with("{choice: [one, two, three]}", "{between: [0, 92233720368547758070]}"), "", "word/scenario.yaml:9"},
		{"no number", with("minutes: 5", "minutes: .nan"), "", "word/scenario.yaml:5:10: \".nan\" is not a whole number"},
		{"infinite", with("level: 1", "level: .inf"), "", "is not a whole number"},
		{"huge", with("points: 40", "points: 99999999999999999999"), "", "is not a whole number"},
		{"negative", with("costs: 5,", "costs: -5,"), "", "costs must be a whole number from 0 to 100, not -5"},
		{"half", with("minutes: 5", "minutes: 5.5"), "", "is not a whole number"},
		{"processors", with("{image: paper}", "{image: paper, cpus: .nan}"), "", "cpus must be from 0.1 to 8"},
		{"negative processes", with("{image: paper}", "{image: paper, pids_limit: -1}"), "", "pids_limit must be a whole number from 16 to 4096, not -1"},
		{"all memory", with("{image: paper}", "{image: paper, mem_limit: 900000g}"), "", "mem_limit must be from 16m to 64g"},
		{"negative memory", with("{image: paper}", "{image: paper, mem_limit: -5m}"), "", "mem_limit must be from 16m to 64g"},
		{"no number to draw", with("[one, two, three]", "[.nan]"), "", "NaN"},
		{"pick a lot", with("{choice: [one, two, three]}", "{pick: {count: 999999999, of: [a]}}"), "", "pick can't take 999999999 of 1"},
		{"param without a value", with("{choice: [one, two, three]}", ""), "", "param word: it needs one of choice, between, pick and text"},
		{"param with an invalid name", with("  word: {choice: [one, two, three]}", "  word: {choice: [one]}\n  'a b': {choice: [one]}"), "", `the param name "a b" may only have`},
		{"host with an invalid name", with("  workspace: {image: paper}", "  workspace: {image: paper}\n  ../up: {image: paper}"), "", `the host name "../up" must be`},
		{"title that clears the screen", with("title: A word", `title: "A \e[2Jword"`), "", "control character U+001B"},
		{"title of two lines", with("title: A word", `title: "A\nword"`), "", "title: it has line breaks"},
		{"backwards", with("title: A word", `title: "A \u202eword"`), "", "control character U+202E"},
		{"hint that rings", with("text: Look at the word", `text: "Look\a"`), "", "control character U+0007"},
		{"field that clears the screen", with("title: A word", `"ti\e[2Jtle": A word`), "", "control character U+001B"},
		{"title made to clear the screen", with("title: It is there", `title: '{{printf "%c[2J" 27}}'`), "", "control character U+001B"},
		{"task that clears the screen", wellWritten, "Do \x1b[2Jit.", "word/task.md: this text contains the control character U+001B"},
		{"task that is not UTF-8", wellWritten, "Do \xff it.", "word/task.md: this text is not UTF-8"},
		{"task without an end", wellWritten, `{{range seq 1 1000000}}{{range seq 1 1000000}}forever{{end}}{{end}}`, "the template produces more than 16 MiB"},
		{"task of all numbers", wellWritten, `{{range seq -9223372036854775808 9223372036854775807}}{{end}}`, "seq is limited to 1000000 numbers"},
		{"task that doubles", wellWritten, `{{$x := "double"}}{{range seq 1 60}}{{$x = print $x $x}}{{end}}`, "a string grows longer than"},
		{"task divided by nothing", wellWritten, `{{div 1 0}} `, "division by 0"},
		{"task of words", wellWritten, `{{sentence 999999999}}`, "a sentence has 1 to 1000 words"},
		{"task that draws everything", wellWritten, `{{between -9223372036854775808 9223372036854775807}}`, ""},
		{"task of money", wellWritten, `{{money 0 9223372036854775807}}`, "money must be from 0 to"},
		{"task in itself", wellWritten, `{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}`, "exceeded maximum template depth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := read(c.document, c.task)
			if !strings.Contains(found.Error(), c.want) || (c.want == "") != (len(found) == 0) {
				t.Errorf("found\n%s\nwant %s", found, c.want)
			}
			for _, mistake := range found {
				isOneLine(t, mistake)
			}
		})
	}
}

// isOneLine fails the test unless a mistake's message is one line without control characters.
func isOneLine(t *testing.T, mistake Mistake) {
	t.Helper()
	line := mistake.Error()
	if strings.ContainsFunc(line, unicode.IsControl) || len(line) > 1000 {
		t.Errorf("the message is %q", line)
	}
}

func TestSeedsAreBounded(t *testing.T) {
	library := New([]kit.Probe{sightProbe}, []string{"paper"}, Root{Files: wellWrittenFiles()})
	if _, err := library.Variant("word", labs.MaxSeed+1); err == nil || !strings.Contains(err.Error(), "9007199254740991") {
		t.Errorf("a seed too large for JSON: %v", err)
	}
	if _, err := bank().Blueprint("b", "b.yaml", []byte("title: B\nminutes: 1\npass: 1\nseed: 9007199254740992\nquestions: [{scenario: git-one, points: 1}]\n")); err == nil {
		t.Error("a blueprint's seed may be too large for JSON")
	}
}

func TestHostileBlueprints(t *testing.T) {
	const good = "title: B\nminutes: 30\npass: 50\nquestions: [{scenario: git-one, points: 1}]\n"
	for old, replacement := range map[string]string{
		"minutes: 30": "minutes: .nan", "pass: 50": "pass: .nan", "title: B": `title: "\e[2J"`, "points: 1": "points: .inf", "B": "&a [*a]",
		"[{scenario: git-one, points: 1}]": "&q [*q]", "30": "-1", "50": "1e300",
	} {
		_, err := bank().Blueprint("b", "b.yaml", []byte(strings.Replace(good, old, replacement, 1)))
		var found Mistakes
		if !errors.As(err, &found) || found[0].Line == 0 {
			t.Errorf("%s: %v", replacement, err)
		}
		for _, mistake := range found {
			isOneLine(t, mistake)
		}
	}
}

func FuzzScenario(f *testing.F) {
	f.Add(wellWritten, "Do it {{.word}}.")
	f.Add(bomb(), "")
	f.Add(with("sight: a,", "sight: &a {word: *a},"), `{{$x := list 1}}{{join ", " $x}}{{sql "a"}}`)
	f.Add(with("{choice: [one, two, three]}", "{pick: {count: 2, of: [a, &b [c], *b]}}"), "{{json .word}}{{person}}")
	f.Fuzz(func(t *testing.T, document, task string) {
		files := wellWrittenFiles()
		files["word/scenario.yaml"] = &fstest.MapFile{Data: []byte(document)}
		files["word/task.md"] = &fstest.MapFile{Data: []byte(task)}
		_, err := New([]kit.Probe{sightProbe}, nil, Root{Files: files}).Variant("word", 7)
		var found Mistakes
		if errors.As(err, &found) {
			for _, mistake := range found {
				isOneLine(t, mistake)
			}
		}
	})
}

func FuzzBlueprint(f *testing.F) {
	f.Add("title: B\nminutes: 1.5\npass: 50\nseed: 1\nhints: as-written\nquestions: [{topic: git, level: 1, count: 2, points: 1}, {scenario: git-one, points: 2}]\n")
	f.Add("0\n0")
	f.Add(strings.Repeat("ab", 1000) + ": 0\n")
	f.Fuzz(func(t *testing.T, document string) {
		_, err := bank().Blueprint("b", "b.yaml", []byte(document))
		var found Mistakes
		if errors.As(err, &found) {
			for _, mistake := range found {
				isOneLine(t, mistake)
			}
		}
	})
}
