package outline

import (
	"strings"
	"testing"
)

func TestPick(t *testing.T) {
	sections := []Section{
		{Group: "setup", Name: "setup/split.sql"}, {Group: "fault", Name: "fault/split.sql"}, {Group: "checks", Name: "rows"}, {Group: "proofs", Name: "solution"}, {Group: "files", Name: "hidden/judge.py"},
	}
	for part, want := range map[string]string{
		"setup": "setup/split.sql", "setup/split.sql": "setup/split.sql", "split.sql": "setup/split.sql fault/split.sql", "judge.py": "hidden/judge.py", "rows": "rows", "split": "",
	} {
		var names []string
		for _, one := range Pick(sections, part) {
			names = append(names, one.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", part, got, want)
		}
	}
}
