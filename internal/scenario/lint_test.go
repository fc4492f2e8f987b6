package scenario

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"endstate/labs"
	"endstate/labs/kit"
)

// sight is a probe that observes the word in its field.
type sight struct {
	Word string `yaml:"word"`
}

func (s *sight) Variable() string                               { return "seen" }
func (s *sight) SetShorthand(text string)                       { s.Word = text }
func (s *sight) Observe(context.Context, kit.Site) (any, error) { return s.Word, nil }

func (s *sight) Shape() *labs.Shape { return labs.Text }

func (s *sight) ValidateFiles(files fs.FS) error {
	if _, err := fs.Stat(files, "hidden/blind"); err == nil {
		return errors.New("a sight sees no hidden/blind")
	}
	return nil
}

var sightProbe = kit.Probe{Name: "sight", New: func() kit.Look { return &sight{} }}

// wellWritten is a scenario without mistakes.
const wellWritten = `title: A word
question: Which word?
topic: words
level: 1
minutes: 5
hosts:
  workspace: {image: paper}
params:
  word: {choice: [one, two, three]}
facts:
  before: {sight: "{{.word}}"}
checks:
  - {id: there, title: It is there, points: 40, sight: a, expect: seen == facts.before, otherwise: "It is not ${params.word}."}
  - {id: right, title: It is right, points: 60, needs: [there], sight: b, expect: seen == params.word, otherwise: Wrong}
guards:
  - {id: kept, title: The rest is kept, costs: 20, sight: c, expect: seen != "", otherwise: Harmed}
hints:
  - {costs: 5, text: Look at the word}
proofs:
  - {name: solution, script: solution.sh}
  - {name: one way, script: proofs/a.sh}
  - {name: another, script: proofs/a.sh}
  - {name: nothing, script: proofs/a.sh, fails: [there], skips: [right]}
  - {name: wrong, script: proofs/a.sh, fails: [right]}
  - {name: harm, script: proofs/a.sh, fails: [kept]}
  - name: all
    script: [proofs/a.sh, solution.sh]
    fails: [there]
    skips: [right]
    then:
      - {name: and harm, script: proofs/a.sh, fails: [there, kept], skips: [right]}
`

func wellWrittenFiles() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"scenario.yaml":           wellWritten,
		"task.md":                 "Write the word {{.word}}.",
		"debrief.md":              "I write it.\n\nKey points:\n\n- A word\n  of letters\n- Ink\n\n# More\n\n- no point\n",
		"solution.sh":             "cd paper\nwrite the word down\n",
		"proofs/a.sh":             "true\n",
		"setup/workspace.sh":      ". helper.sh\ncat words.txt\n",
		"setup/helper.sh":         "true\n",
		"setup/words.txt.tmpl":    "{{.word}}\n",
		"fault/workspace.sh.tmpl": "echo {{.word}}\n",
	} {
		files["word/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func lintOf(files fstest.MapFS) string {
	mistakes := New([]kit.Probe{sightProbe}, []string{"paper"}, Root{Files: files}).Lint()
	if len(mistakes) == 0 {
		return ""
	}
	return mistakes.Error()
}

func TestLintAcceptsAWellWrittenScenario(t *testing.T) {
	if found := lintOf(wellWrittenFiles()); found != "" {
		t.Errorf("found:\n%s", found)
	}
}

func TestLint(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"scenario.yaml", "minutes: 5", "minuets: 5", `word/scenario.yaml:5:1: unknown field "minuets"`},
		{"scenario.yaml", "title: A word", "title: ''", "title is missing"},
		{"scenario.yaml", "level: 1", "level: 4", "4:8: level must be a whole number from 1 to 3, not 4"},
		{"scenario.yaml", "minutes: 5", "minutes: 0", "5:10: minutes must be a whole number from 1 to 240, not 0"},
		{"scenario.yaml", "image: paper", "image: papyrus", `word/scenario.yaml:7:22: there is no image "papyrus"; the images are paper`},
		{"scenario.yaml", "points: 60", "points: 50", "add up to 90, not 100"},
		{"scenario.yaml", "costs: 20", "costs: 0", "costs must be a whole number from 1 to 100, not 0"},
		{"scenario.yaml", "id: kept", "id: there", "the id there is used twice"},
		{"scenario.yaml", "id: kept", "id: Kept", `the id "Kept" must be lowercase letters`},
		{"scenario.yaml", ", otherwise: Wrong", "", "right has no otherwise"},
		{"scenario.yaml", "needs: [there]", "needs: [their]", "right needs their, which is not a check"},
		{"scenario.yaml", "needs: [there]", "needs: [right]", "right needs itself"},
		{"scenario.yaml", "sight: b", "sigth: b", `unknown field "sigth"; did you mean "sight"?`},
		{"scenario.yaml", "sight: b", "sight: {word: b, wrod: c}", `unknown field "wrod"`},
		{"scenario.yaml", "expect: seen == params.word", "expect: seen = params.word", "word/scenario.yaml:14:88: Syntax error"},
		{"scenario.yaml", "expect: seen == params.word", "expect: size(seen)", "the result must be true or false, not int"},
		{"scenario.yaml", "expect: seen == params.word", "expect: 'seen == params[\"wrod\"]'", "no key `wrod`; there is `word`"},
		{"scenario.yaml", "seen == facts.before", "seen == facts.after", "no key `after`; there is `before`"},
		{"scenario.yaml", "expect: seen == params.word", "expect: seen == 3", "14:88: a string is compared with a whole number"},
		{"scenario.yaml", "expect: seen == params.word", "expect: seen.word == params.word", "a string has no key `word`"},
		{"scenario.yaml", "expect: seen == params.word", "let: {it: params.wrod}, expect: seen == it", "14:91: no key `wrod`; there is `word`"},
		{"scenario.yaml", "expect: seen == params.word", "let: {it: params.word}, expect: sen == it", "14:107: undeclared reference to 'sen'"},
		{"scenario.yaml", "expect: seen == params.word", "expect: \"seen == '{{.word}}'\"", "{{…}} is not filled in here; write params.NAME"},
		{"scenario.yaml", "expect: seen == params.word", "let: {it: \"'{{.word}}'\"}, expect: seen == it", "{{…}} is not filled in here; write params.NAME"},
		{"scenario.yaml", "expect: seen == params.word", "let: {one: two, two: params.word}, expect: seen == two", "undeclared reference to 'two'"},
		{"scenario.yaml", "expect: seen == params.word", "let: {It: params.word}, expect: seen == params.word", `14:81: a let is named with letters, digits and underscores, a lowercase letter first, not "It"`},
		{"scenario.yaml", "${params.word}", "${params.wrod}", "no key `wrod`; there is `word`"},
		{"scenario.yaml", "text: Look at the word", "text: 'Look at {{.wrod}}'", "wrod"},
		{"scenario.yaml", "text: Look at the word", "text: 'At last, `write the  word down`!'", "hint 1 gives the solution away word for word: write the word down"},
		{"scenario.yaml", "costs: 5", "costs: 100", "all hints together cost 100"},
		{"scenario.yaml", "word: {choice: [one, two, three]}", "word: {choice: [one], between: [1, 2]}", "exactly one of choice, between, pick and text"},
		{"scenario.yaml", "word: {choice: [one, two, three]}", "word: {choice: [one]}\n  word: {choice: [two]}", `word/scenario.yaml:10:3: "word" is defined twice`},
		{"scenario.yaml", "name: solution", "name: the solution", "no proof is called solution"},
		{"scenario.yaml", "name: another", "name: one way", `the name "one way" is empty, reserved or used twice`},
		{"scenario.yaml", "  - {name: another, script: proofs/a.sh}\n", "", "proofs of other right ways: 1; at least 2"},
		{"scenario.yaml", "  - {name: wrong, script: proofs/a.sh, fails: [right]}\n", "", "no proof fails the check right"},
		{"scenario.yaml", "fails: [kept]}", "fails: [there], skips: [right]}\n  - {name: x, script: proofs/a.sh, fails: [keept]}", `there is no check or guard "keept"`},
		{"scenario.yaml", "fails: [there], skips: [right]}", "fails: [there], skips: [right, keept]}", `there is no check or guard "keept"`},
		{"scenario.yaml", "fails: [there, kept], skips: [right]", "fails: [there, kept]", "and harm: right needs a check that does not pass"},
		{"scenario.yaml", "fails: [kept]", "fails: [kept], skips: [right]", "harm: everything that right needs passes"},
		{"scenario.yaml", "script: solution.sh}", "script: solution.sh, fails: [right]}", "the solution must pass every check"},
		{"scenario.yaml", "{name: and harm, script: proofs/a.sh, fails: [there, kept], skips: [right]}", "{name: and again, script: proofs/a.sh, fails: [there], skips: [right]}", "and again: it only fails what had already failed in the same lab"},
		{"scenario.yaml", "{name: another, script", "{script", `scenario.yaml:22:14: the name "" is empty`},
		{"scenario.yaml", "{name: and harm,", "{name: harm,", `the name "harm" is empty, reserved or used twice`},
		{"scenario.yaml", "script: proofs/a.sh}", "script: proofs/b.sh}", `there is no file "proofs/b.sh"`},
		{"scenario.yaml", "{name: wrong, script: proofs/a.sh,", "{name: wrong, scirpt: proofs/a.sh,", `unknown field "scirpt"`},
		{"task.md", "{{.word}}", "{{.wrod}}", "word/task.md:1:"},
		{"task.md", "Write", "You write the word down and", "the task names the fix: write the word down"},
		{"debrief.md", "Key points:", "Points:", "it has no key points"},
		{"setup/helper.sh", "true", "{{", ""},
		{"setup/helper.sh", "true", "docker ps --format '{{.Names}}'", ""},
		{"setup/helper.sh", "true", "true\necho {{.word}}", "word/setup/helper.sh:2:6: {{…}} stays as it is: only a file that ends in .tmpl is a template"},
		{"setup/helper.sh", "true", "{{range seq 1 3}}", "word/setup/helper.sh:1:1: {{…}} stays as it is"},
		{"scenario.yaml", "topic: ", "topic: W", `must be lowercase letters, digits and hyphens, such as w`},
		// A wrong field hides no other mistake, and what only follows from it is not told.
		{"scenario.yaml", "minutes: 5", "minuets: 5\nlevle: 9", "word/scenario.yaml:5:1: unknown field \"minuets\"; did you mean \"minutes\"?\nword/scenario.yaml:6:1: unknown field \"levle\"; did you mean \"level\"?"},
		{"scenario.yaml", "minutes: 5", "minuets: 5\nquestions: 9", "unknown field \"questions\"; did you mean \"question\"?"},
		{"setup/words.txt.tmpl", "{{.word}}", "{{.word", "word/setup/words.txt.tmpl:2: unclosed action"},
	} {
		files := wellWrittenFiles()
		file := maps.Clone(files)["word/"+test.file]
		if !strings.Contains(string(file.Data), test.old) {
			t.Fatalf("%s does not contain %q", test.file, test.old)
		}
		files["word/"+test.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(file.Data), test.old, test.new, 1))}
		if found := lintOf(files); !strings.Contains(found, test.want) || (test.want == "") != (found == "") {
			t.Errorf("%s: %q for %q: found\n%s\nwant %s", test.file, test.new, test.old, found, test.want)
		}
	}
}

func TestLintFindsUnusedAndMissingFiles(t *testing.T) {
	for name, want := range map[string]string{
		"proofs/forgotten.sh.tmpl": "word/proofs/forgotten.sh.tmpl: no proof uses this file",
		"setup/db.sh":              "word/setup/db.sh: there is no host with this name",
		"fault/other.sh":           "word/fault/other.sh: there is no host with this name",
		"setup/data.sql":           "word/setup/data.sql: no script of setup/ mentions this file",
		"fault/words.txt":          "word/fault/words.txt: no script of fault/ mentions this file",
		"setup/more/deep/data.sql": "word/setup/more/deep/data.sql: no script of setup/ mentions this file",
	} {
		files := wellWrittenFiles()
		files["word/"+name] = &fstest.MapFile{Data: []byte("true\n")}
		if found := lintOf(files); found != want {
			t.Errorf("%s: found %q, want %q", name, found, want)
		}
	}
	for _, name := range []string{"task.md", "debrief.md", "solution.sh"} {
		files := wellWrittenFiles()
		delete(files, "word/"+name)
		if found := lintOf(files); !strings.Contains(found, name) {
			t.Errorf("without %s: found %q", name, found)
		}
	}
}

// Templates are rendered before a look sees the files.
func TestLintAsksLooksAboutFiles(t *testing.T) {
	for _, name := range []string{"hidden/blind", "hidden/blind.tmpl"} {
		files := wellWrittenFiles()
		files["word/"+name] = &fstest.MapFile{Data: []byte("true\n")}
		if found, want := lintOf(files), "word/scenario.yaml: a sight sees no hidden/blind"; found != want {
			t.Errorf("%s: found %q, want %q", name, found, want)
		}
	}
}

// A script may use a file without its whole name.
func TestLintKnowsHowFilesAreUsed(t *testing.T) {
	for _, c := range []struct{ file, script string }{
		{"setup/data.sql", "mysql < data.sql"},
		{"setup/data.sql", "for file in *.sql; do mysql < $file; done"},
		{"setup/data.sql", `mysql < "$database.sql"`},
		{"setup/data.sql.tmpl", "mysql < {{.word}}.sql"},
		{"setup/more/data.sql", "cp -r more /srv"},
		{"setup/data.sql", "cp -r . /srv"},
		{"setup/load.py", "python3 -c 'import load'"},
		{"setup/data.json", "for name in data more; do load $name.json; done"},
		{"setup/Makefile", "make -f Makefile"},
	} {
		files := wellWrittenFiles()
		files["word/"+c.file] = &fstest.MapFile{Data: []byte("true\n")}
		files["word/_part.tmpl"] = &fstest.MapFile{Data: []byte(c.script + "\n")}
		if found := lintOf(files); found != "" {
			t.Errorf("%s, used by %q: found %q", c.file, c.script, found)
		}
	}
}

// A wrong field and a wrong sum are told in one run.
func TestLintTellsAllMistakes(t *testing.T) {
	files := wellWrittenFiles()
	file := files["word/scenario.yaml"]
	text := strings.NewReplacer("minutes: 5", "minuets: 5", "points: 60", "points: 50", "costs: 20", "cost: 20").Replace(string(file.Data))
	files["word/scenario.yaml"] = &fstest.MapFile{Data: []byte(text)}
	found := lintOf(files)
	for _, want := range []string{`unknown field "minuets"; did you mean "minutes"?`, "add up to 90, not 100", `unknown field "cost"; did you mean "costs"?`} {
		if !strings.Contains(found, want) {
			t.Errorf("found\n%s\nwant %s", found, want)
		}
	}
	if strings.Contains(found, "minutes must be") || strings.Contains(found, "costs must be") {
		t.Errorf("a mistake that only follows from another is told:\n%s", found)
	}
}

// Folders that hold no scenario, or nothing at all.
func TestLintFindsEmptyFolders(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"empty", "forgotten/setup", "docs", ".git", "whole/fault"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"docs/README.md", ".git/config", "whole/scenario.yaml"} {
		if err := os.WriteFile(filepath.Join(root, file), []byte("title: x\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found := New(nil, nil, Root{Files: os.DirFS(root), Path: root}).Lint().Error()
	for _, want := range []string{
		filepath.Join(root, "empty") + ": this folder is empty", filepath.Join(root, "forgotten") + ": there is no scenario.yaml in this folder",
		"whole/fault: this folder is empty",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("found\n%s\nwant %s", found, want)
		}
	}
	for _, not := range []string{"docs", ".git"} {
		if strings.Contains(found, filepath.Join(root, not)) {
			t.Errorf("%s is no mistake:\n%s", not, found)
		}
	}
	alone := filepath.Join(root, "docs")
	if found := New(nil, nil, Root{Files: os.DirFS(alone), Path: alone}).Lint().Error(); !strings.Contains(found, alone+": there is no scenario in this folder") {
		t.Errorf("a folder without scenarios: %s", found)
	}
}

// Networks of a scenario's own are all or nothing, and only on them may hosts send any packet.
func TestLintOfNetworks(t *testing.T) {
	for _, c := range []struct{ hosts, want string }{
		{"  workspace: {image: paper, networks: [mgmt, lan], cap_add: [NET_ADMIN, NET_RAW], sysctls: {net.ipv4.ip_forward: 1}}\n", ""},
		{"  workspace: {image: paper, cap_add: [NET_RAW]}\n", "the capability NET_RAW is only allowed with networks"},
		{"  workspace: {image: paper, cap_add: [SYS_ADMIN], networks: [lan]}\n", "the capability SYS_ADMIN is not allowed"},
		{"  workspace: {image: paper, networks: [lan]}\n  db: {image: paper}\n", "if one host has networks, all must have some"},
		{"  workspace: {image: paper, networks: [lan/../x]}\n", `the network name "lan/../x" must be at most 12 lowercase letters and digits`},
		{"  workspace: {image: paper, networks: [lan], sysctls: {net.ipv4.ip_forward: 2}}\n", "net.ipv4.ip_forward must be a whole number from 0 to 1"},
		{"  workspace: {image: paper, networks: [lan], sysctls: {kernel.panic: 1}}\n", `unknown field "kernel.panic"`},
	} {
		files := wellWrittenFiles()
		files["word/scenario.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(wellWritten, "  workspace: {image: paper}\n", c.hosts, 1))}
		if found := lintOf(files); !strings.Contains(found, c.want) || (c.want == "") != (found == "") {
			t.Errorf("%s finds %q, not %q", c.hosts, found, c.want)
		}
	}
}

// Mistakes in YAML say what to do, in the words of an author.
func TestYAMLMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"title: A: b\n", "1:9: “: ” begins a new field here: put the text in quotes, or write it below after >-"},
		{"title: {{.word}}\n", "1:8: this must be a string, not a mapping: a text that begins with { or {{ must be in quotes"},
		{"title: {{.word}} there\n", "1:8: a text with {{…}} must be in quotes if it begins with {{, or is inside […] or {…}"},
		{"title: a\n\tquestion: b\n", "2:1: this line is indented with a tab: use spaces"},
		{"titel: x\n", `1:1: unknown field "titel"; did you mean "title"?`},
		{"level: yes\n", `1:8: "yes" is not a whole number`},
		{"title: [a]\n", "1:8: this must be a string, not a list: a text that begins with [ must be in quotes"},
		{"hosts:\n  db: {image: git, memlimit: 3}\n", `2:20: unknown field "memlimit"; did you mean "mem_limit"?`},
		{"title: `code` there\n", "1:8: a text can't begin with “`”: put it in quotes"},
		{"title: \"unclosed\n", "2:1: a quote that was opened is never closed"},
		{"checks:\n  - id: a\n   title: b\n", "3:4: this line does not line up with the list above it"},
		{"title: x\ntitle: y\n", `2:1: "title" is defined twice, first in line 1: remove one`},
		{"requires: mongod\n", `1:11: "mongod" is not a list: write [mongod]`},
		{"hosts:\n  db: mysql\n", `2:7: "mysql" is not a mapping, name: value`},
		{"checks:\n  - {id: a, title: b: c}\n", "2:21: inside {…} and […], a text with “: ”, “, ”, brackets or braces must be in quotes"},
		{"hints:\n  - text: *x\n", "2:11: *x refers to &x, which is not above it; a text that begins with “*” must be in quotes"},
		{"title: !important\n  x: y\n", "1:"},
		{"title: - a\n", "1:8: a text can't begin with “- ”: put it in quotes"},
		{"title: 'it's'\n", "1:12: inside '…', a quote is written twice: it''s; or use \"…\""},
		{"params:\n  a: {choise: [a]}\n", `2:7: unknown field "choise"; did you mean "choice"?`},
		{"hosts:\n  workspace: {image: git, x-open: yess}\n", `2:35: "yess" is not true or false`},
	} {
		if _, err := parse([]byte(c.text)); err == nil || !strings.HasPrefix(err.Error(), "scenario.yaml:"+c.want) {
			t.Errorf("%q:\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
}
