//go:build engine

package site_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
	"endstate/labs"
)

// looking is a scenario that looks at one file of one folder.
const looking = `-- scenario.yaml --
hosts:
  workspace: {image: git}
checks:
  - id: there
    title: The note says what it should
    points: 100
    file: {path: /home/learner/work/notes, text: true}
    expect: files["a"].text == "done\n"
    otherwise: The note is wrong.
-- solution.sh --
mkdir --parents work/notes && echo done > work/notes/a
-- setup/workspace.sh --
true
`

// Whatever a learner leaves behind, what can't be read counts as the learner's doing, not the
// grader's, and messages say nothing about the grader's machine.
func TestWhatALearnerLeavesIsNeverUngraded(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(looking)
	lab := r.Lab(v)
	for _, test := range []struct{ name, script, message string }{
		{"right", "mkdir --parents work/notes && echo done > work/notes/a", ""},
		{"nothing", "true", "The note is wrong"},
		{"a link to itself", "mkdir work && ln --symbolic notes work/notes", "a dangling link"},
		{"a link to itself on the way", "ln --symbolic work work", "`/home/learner/work` is a link that does not lead to a folder"},
		{"links in a circle", "ln --symbolic play work && ln --symbolic work play", "`/home/learner/work` is a link that does not lead to a folder"},
		{"a link to nothing on the way", "ln --symbolic nothing work", "The note is wrong"},
		{"a file where a folder is expected", "echo > work", "`/home/learner/work` is not a folder"},
		{"a link through a file", "echo > file && ln --symbolic file/x work", "a link that does not lead to a folder"},
		{"a file", "mkdir work && echo done > work/notes", "The note is wrong"},
		{"a folder nobody may read", "mkdir --parents work/notes && echo done > work/notes/a && chmod 0 work/notes/a work/notes work", ""},
		{"names in any bytes", `mkdir --parents work/notes && cd work/notes && echo done > a && touch $'\xff\xfe' $'tab\t' $'line\n' $'\e]0;title\a' ' ' -- -x`, ""},
		{"a socket", "mkdir --parents work/notes && echo done > work/notes/a && perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => q(work/notes/s), Listen => 1) or die'", ""},
		{"a pipe", "mkdir --parents work/notes && mkfifo work/notes/p", "is not a file, a folder or a link"},
		{"a pipe in place of the folder", "mkdir work && mkfifo work/notes", "it is not a file, a folder or a link"},
		{"a pipe on the way", "mkfifo work", "`/home/learner/work` is not a folder"},
		{"a sparse file of a terabyte", "mkdir --parents work/notes && truncate --size 1T work/notes/a", "larger than"},
		{"60 links to 31 MB", "mkdir --parents work/notes && head --bytes 31M /dev/urandom > work/notes/a && for i in {1..60}; do ln work/notes/a work/notes/l$i; done", "larger than"},
		{"too many files", `mkdir --parents work/notes && cd work/notes && perl -e 'for (1..20001) { open my $f, ">", "f$_" }'`, "more than 20000"},
		{"a folder without end", `mkdir --parents work/notes && cd work/notes && perl -e 'for (1..300) { mkdir "d"; chdir "d" }'`, "too long"},
		{"a time before all times", "mkdir --parents work/notes && echo done > work/notes/a && touch --date @-99999999999 work/notes/a", ""},
		{"memory in place of disk", "mkdir --parents /dev/shm/work/notes && echo done > /dev/shm/work/notes/a && ln --symbolic /dev/shm/work work", "The note is wrong"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, out := r.Learner(lab, "chmod --recursive --quiet u+rwx work; rm --recursive --force work play file /dev/shm/work"); status != 0 {
				t.Fatal(out)
			}
			if status, out := r.Learner(lab, test.script); status != 0 {
				t.Fatalf("the script fails (%d): %s", status, out)
			}
			begun := time.Now()
			result := r.Result(r.Grade(lab, v), "there")
			t.Logf("%v: %s %s", time.Since(begun), result.Verdict, result.Message)
			want := labs.Failed
			if test.message == "" {
				want = labs.Passed
			}
			if result.Verdict != want || !strings.Contains(result.Message, test.message) {
				t.Errorf("got %s: %s", result.Verdict, result.Message)
			}
			if strings.Contains(result.Message, "/var/") || strings.Contains(result.Message, "overlay") {
				t.Errorf("the message reveals the grader's machine: %s", result.Message)
			}
		})
	}
}

// Files that keep appearing, growing, shrinking and vanishing stand still while they are copied.
func TestFilesThatChangeAllTheTime(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(looking)
	lab := r.Lab(v)
	if status, out := r.Learner(lab, "mkdir --parents work/notes && echo done > work/notes/a && head --bytes 2M /dev/urandom > work/notes/b"); status != 0 {
		t.Fatal(out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, script := range []string{
		`while :; do : > b; head -c 2000000 /dev/urandom >> b; done`,
		`while :; do mkdir x; echo > x/y; rm -r x; done`,
		`while :; do mv b c; mv c b; done`,
	} {
		busy := r.Begin(ctx, lab, labs.Workspace, labs.Command{Args: []string{"bash", "-c", "cd work/notes && " + script}, User: labs.UserName, Dir: labs.LearnerHome})
		defer busy.Close()
	}
	for range 8 {
		r.Passes(lab, v)
	}
}
