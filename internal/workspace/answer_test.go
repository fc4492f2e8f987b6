package workspace

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// questions are those of a lab, as its shell knows them.
const questions = "a\tanswer a LAYER FRAME\nq1\tanswer(\"q1\", db.collection.find({ … })) in mongosh"

// answer runs the command in a home folder, with the environment of a lab's shell.
func answer(t *testing.T, home, host, questions string, args ...string) (status int, output string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", append([]string{"image/answer"}, args...)...)
	command.Env = []string{"HOME=" + home, "HOSTNAME=" + host, "ENDSTATE_ANSWERS=" + questions, "PATH=" + os.Getenv("PATH")}
	out, err := command.CombinedOutput()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(out)
}

// An answer is recorded if there is such a question and it takes as many values.
func TestAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		host, questions string
		args            []string
		status          int
		says, recorded  string // recorded: in a.txt
	}{
		"right":              {"workspace", questions, []string{"a", "3", "17"}, 0, "Recorded as a: 3 17\n", "3\n17\n"},
		"a value with space": {"workspace", questions, []string{"a", "data link", "17"}, 0, "Recorded as a: data link 17\n", "data link\n17\n"},
		"in a script":        {"workspace", "", []string{"a", "3"}, 0, "Recorded as a: 3\n", "3\n"},
		"no such question":   {"workspace", questions, []string{"h", "3", "17"}, 2, "answer: There is no question “h”. The questions: a, q1\n", ""},
		"no name":            {"workspace", questions, []string{"../a", "3", "17"}, 2, "answer: A question's name is in lowercase letters, digits and hyphens. The questions: a, q1\n", ""},
		"too few values":     {"workspace", questions, []string{"a", "3"}, 2, "answer: a takes 2 values, not 1: answer a LAYER FRAME\n", ""},
		"several lines":      {"workspace", questions, []string{"a", "3\n4", "17"}, 2, "answer: A value is a text of up to 200 characters on one line.\n", ""},
		"long":               {"workspace", questions, []string{"a", strings.Repeat("x", 201), "17"}, 2, "answer: A value is a text of up to 200 characters on one line.\n", ""},
		"elsewhere":          {"router", "", []string{"a", "3", "17"}, 2, "answer: Answers are recorded on the first machine of the lab. Leave this one first.\n", ""},
		"in mongosh":         {"workspace", questions, []string{"q1", "x"}, 2, "answer: q1 is answered in another way: answer(\"q1\", db.collection.find({ … })) in mongosh\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			status, output := answer(t, home, c.host, c.questions, c.args...)
			recorded, _ := os.ReadFile(filepath.Join(home, "answers", "a.txt"))
			if status != c.status || output != c.says || string(recorded) != c.recorded {
				t.Errorf("status %d, says %q, recorded %q", status, output, recorded)
			}
		})
	}
}

// Alone, the command lists the questions and what is recorded.
func TestAnswersAreListed(t *testing.T) {
	home := t.TempDir()
	answer(t, home, "workspace", questions, "a", "3", "17")
	status, output := answer(t, home, "workspace", questions)
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if status != 0 || len(lines) != 2 || !strings.HasSuffix(lines[0], "  3 17") || !strings.HasSuffix(lines[1], "  –") {
		t.Errorf("status %d: %q", status, output)
	}
	if _, output := answer(t, home, "workspace", ""); output != "The task has no questions to answer here.\n" {
		t.Errorf("without questions: %q", output)
	}
}

// Whatever has the name of an answer, nobody waits for it: it gives way to the answer, or is named.
func TestAnswerInPlaceOfWhatIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		make   func(path string) error
		status int
		says   string
	}{
		"a named pipe":         {func(path string) error { return syscall.Mkfifo(path, 0o600) }, 0, "Recorded as a: 3 17\n"},
		"a link":               {func(path string) error { return os.Symlink("/dev/full", path) }, 0, "Recorded as a: 3 17\n"},
		"a file nobody writes": {func(path string) error { return os.WriteFile(path, nil, 0o400) }, 0, "Recorded as a: 3 17\n"},
		"a folder":             {func(path string) error { return os.Mkdir(path, 0o700) }, 1, "Is a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			path := filepath.Join(home, "answers", "a.txt")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			if status, output := answer(t, home, "workspace", questions); status != 0 {
				t.Errorf("the list: status %d: %q", status, output)
			}
			status, output := answer(t, home, "workspace", questions, "a", "3", "17")
			if status != c.status || !strings.Contains(output, c.says) {
				t.Fatalf("status %d: %q", status, output)
			}
			if recorded, _ := os.ReadFile(path); status == 0 && string(recorded) != "3\n17\n" {
				t.Errorf("recorded: %q", recorded)
			}
		})
	}
}
