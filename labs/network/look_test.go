package network

import (
	"maps"
	"testing"
)

func TestParse(t *testing.T) {
	found := parse("port=open\nnoise\nsubject=CN=*.example\nempty=\nlast=1")
	want := map[string]any{"port": "open", "subject": "CN=*.example", "empty": "", "last": "1"}
	if !maps.Equal(found, want) {
		t.Errorf("it is %v, not %v", found, want)
	}
}

func TestScriptIsAFileOfTheScenario(t *testing.T) {
	for script, right := range map[string]bool{"hidden/client.sh": true, "client.sh": false, "/etc/passwd": false, "../client.sh": false, "": false} {
		look := &Look{}
		look.SetShorthand(script)
		if err := look.Validate(); (err == nil) != right {
			t.Errorf("%q: %v", script, err)
		}
	}
}
