package git

import (
	"testing"

	"endstate/labs"
)

// The shape names all that is observed.
func TestShapeNamesWhatIsObserved(t *testing.T) {
	p := newPlace(t)
	p.commit("a.txt", "one\n")
	p.git("tag", "v1")
	p.git("remote", "add", "origin", "https://example.com/x.git")
	p.write("a.txt", "two\n")
	p.git("stash")
	p.write("a.txt", "three\n")
	for _, look := range []Look{
		{}, {History: []string{"main"}, Trees: []string{"main", "work"}, Files: []string{"main:a.txt"}}, {Files: []string{"work:a.txt", "work:./"}},
	} {
		value, err := labs.Normal(p.see(look))
		if err != nil {
			t.Fatal(err)
		}
		if unnamed := look.Shape().Unnamed(value); len(unnamed) > 0 {
			t.Errorf("%+v: unnamed are %v", look, unnamed)
		}
	}
	if fields := (&Look{Expected: &Expected{}, Differs: &Differs{}}).Shape().Fields; fields["differs"] == nil {
		t.Error("what differs has no shape")
	}
}
