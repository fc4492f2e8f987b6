package rehearsal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	const script = "Hello, I'm a back-end developer. I’ve worked on billing – and I care about tests."
	for name, c := range map[string]struct {
		said  string
		want  Comparison
		score int
	}{
		"as written": {script, Comparison{Words: 14, Said: 14, Spans: []Span{{script, true}}}, 100},
		"other forms": {
			"hello i am a back end developer i have been working on Billing and I cared about tests",
			Comparison{Words: 14, Said: 14, Spans: []Span{{script, true}}, Extra: []string{"been"}},
			100,
		},
		"left out": {
			"Hello, I'm a developer. I've worked on billing.",
			Comparison{Words: 14, Said: 8, Spans: []Span{
				{"Hello, I'm a", true}, {"back-end", false}, {"developer. I’ve worked on billing –", true}, {"and I care about tests.", false},
			}},
			57,
		},
		"nothing": {"", Comparison{Words: 14, Spans: []Span{{script, false}}}, 0},
		"another": {"No.", Comparison{Words: 14, Spans: []Span{{script, false}}, Extra: []string{"No."}}, 0},
	} {
		got := Compare(script, c.said)
		if diff := cmp.Diff(&c.want, got); diff != "" || got.Percent() != c.score {
			t.Errorf("%s: %d%%: %s", name, got.Percent(), diff)
		}
	}
}

// A word said twice does not make up for one that was left out, and words in another order are not
// as the script has them.
func TestCompareCountsWordsInOrder(t *testing.T) {
	if got := Compare("one two three", "one one two two"); got.Said != 2 {
		t.Errorf("%+v", got)
	}
	if got := Compare("one two three", "three one two"); got.Said != 2 {
		t.Errorf("%+v", got)
	}
}

func TestCompareLongTexts(t *testing.T) {
	long := strings.Repeat("word and another ", maxWords)
	if got := Compare(long, long); got.Words != maxWords || got.Percent() != 100 {
		t.Errorf("%d words, %d%%", got.Words, got.Percent())
	}
	if got := Compare("", "something"); got.Percent() != 0 || got.Words != 0 {
		t.Errorf("no script: %+v", got)
	}
}
