package scenario

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestCommand(t *testing.T) {
	for written, want := range map[string][]string{
		``: nil,
		`command: [--log-bin=binlog, "--server-id={{.id}}"]`:              {"--log-bin=binlog", "--server-id=7"},
		`command: "--log-bin={{.name}} '--init-connect=SET x = {{.id}}'"`: {"--log-bin=binlog", "--init-connect=SET x = 7"},
	} {
		source := "hosts: {workspace: {image: git, " + written + "}}\nparams: {id: {choice: [7]}, name: {choice: [binlog]}}\n"
		doc, err := parse([]byte(source))
		if err != nil {
			t.Fatal(err)
		}
		v, _ := (&folder{files: fstest.MapFS{}, doc: doc}).variant(1, nil) // the other files are missing
		if diff := cmp.Diff(want, v.Hosts[0].Command); diff != "" {
			t.Errorf("%s (-want +got):\n%s", written, diff)
		}
	}
	doc, err := parse([]byte("hosts:\n  workspace:\n    command: \"'open\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&folder{files: fstest.MapFS{}, doc: doc}).variant(1, nil)
	if !strings.Contains(err.Error(), "scenario.yaml:3:14: command:") {
		t.Errorf("got %v", err)
	}
}
