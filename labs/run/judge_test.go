package run

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"endstate/labs/kit"
)

// given is a site of which only the scenario's files are asked for.
type given struct {
	kit.Site
	files fs.FS
}

func (g given) Given() fs.FS { return g.files }

// A judge whose folder has a module of the library's name would import the wrong one.
func TestJudgesKeepTheirLibrary(t *testing.T) {
	for _, name := range []string{"endstate.py", "service.py"} {
		files := fstest.MapFS{"hidden/judge.py": {}, "hidden/" + name: {}}
		_, err := (&Look{Judge: "hidden/judge.py"}).apart(given{files: files})
		if err == nil || !strings.Contains(err.Error(), "hidden/"+name+": the judge's library has a file of that name") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJudgesExist(t *testing.T) {
	look := &Look{Judge: "hidden/judge.py"}
	if err := look.ValidateFiles(fstest.MapFS{"hidden/other.py": {}}); err == nil || err.Error() != "the judge hidden/judge.py does not exist" {
		t.Errorf("without a judge: %v", err)
	}
	if err := look.ValidateFiles(fstest.MapFS{"hidden/judge.py": {}, "hidden/shop.py": {}, "proofs/service.py": {}}); err != nil {
		t.Errorf("with a judge: %v", err)
	}
	if err := (&Look{Command: "true"}).ValidateFiles(fstest.MapFS{}); err != nil {
		t.Errorf("with a command: %v", err)
	}
}
