package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"endstate/internal/exams"
	"endstate/labs"
)

// written returns a report as JSON and as a page.
func written(t *testing.T, value any) (data, page []byte) {
	t.Helper()
	var asJSON, asPage bytes.Buffer
	err := JSON(&asJSON, value)
	switch v := value.(type) {
	case *Exam:
		if err == nil {
			err = ExamPage(&asPage, v)
		}
	case *Attempt:
		if err == nil {
			err = AttemptPage(&asPage, v)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return asJSON.Bytes(), asPage.Bytes()
}

func verified(t *testing.T, file []byte) *Verification {
	t.Helper()
	found, err := Verify(file)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// An unchanged report verifies as JSON, as a page, and as JSON that another program rewrote.
func TestVerify(t *testing.T) {
	for kind, value := range map[string]any{"exam": anExam(t, aSitting(3, evil, true), aSitting(4, "Zoë 𝒵", false)), "attempt": anAttempt(evil)} {
		data, page := written(t, value)
		var compact bytes.Buffer
		if err := json.Compact(&compact, data); err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{"JSON": data, "page": page, "JSON written anew": compact.Bytes()} {
			found := verified(t, file)
			if !found.Whole || found.Kind != kind || len(found.Doubts) > 0 || found.Digest != verified(t, data).Digest {
				t.Errorf("%s of an %s: %+v", name, kind, found)
			}
		}
	}
}

// Verify notices every change in a report. If the digest was updated too, it notices only
// contradictions.
func TestVerifyNoticesChanges(t *testing.T) {
	e := anExam(t, aSitting(3, "Anna", true))
	data, page := written(t, e)
	for name, change := range map[string]func() []byte{
		"a score":             func() []byte { return bytes.Replace(data, []byte(`"score": 25`), []byte(`"score": 95`), 1) },
		"a name":              func() []byte { return bytes.ReplaceAll(data, []byte("Anna"), []byte("Bert")) },
		"a field more":        func() []byte { return bytes.Replace(data, []byte("{"), []byte(`{"more": 1,`), 1) },
		"what the page shows": func() []byte { return bytes.Replace(page, []byte("not passed"), []byte("passed"), 1) },
		"what the page holds": func() []byte {
			return regexp.MustCompile(`&#34;passed&#34;:false`).ReplaceAll(page, []byte("&#34;passed&#34;:true"))
		},
		"the page's digest": func() []byte {
			return bytes.Replace(page, []byte(`id="endstate-page">sha256:`), []byte(`id="endstate-page">sha512:`), 1)
		},
		"a second report":      func() []byte { return append(bytes.Clone(page), pageData.Find(page)...) },
		"the digest of a page": func() []byte { return bytes.Replace(page, []byte(e.Digest), []byte(digestKind+noDigest), 1) },
	} {
		file := change()
		if bytes.Equal(file, data) || bytes.Equal(file, page) {
			t.Fatalf("%s was not changed", name)
		}
		if found := verified(t, file); found.Whole {
			t.Errorf("%s was changed: %+v", name, found)
		}
	}
	s := aSitting(3, "Anna", true)
	s.Questions[0].Grade.Score = pointer(95)
	if found := verified(t, first(written(t, anExam(t, s)))); !found.Whole || !strings.Contains(strings.Join(found.Doubts, ""), "exam 3 of Anna: question 1: its score is not its report's") {
		t.Errorf("%+v", found)
	}
	forged := anExam(t, aSitting(3, "Anna", true))
	forged.Sittings[0].Result.Passed, forged.Digest = pointer(true), ""
	forged.Digest = seal(forged)
	if found := verified(t, first(written(t, forged))); !found.Whole || !strings.Contains(strings.Join(found.Doubts, ""), "its result does not match its grades") {
		t.Errorf("%+v", found)
	}
	for _, file := range []string{"", "{}", "[]", `{"attempt": 1} x`, "<html></html>", `{"sittings": 1}`} {
		if found, err := Verify([]byte(file)); err == nil {
			t.Errorf("%q is a report: %+v", file, found)
		}
	}
}

func first(data, _ []byte) []byte { return data }

// All formats show the same lateness.
func TestLatenessInAllFormats(t *testing.T) {
	s := aSitting(3, "Anna", true)
	s.Questions[1].Grade.Accepted, s.Questions[1].Grade.Score = false, nil
	s.Questions[1].Grade.Why = "Its lab went on after the end."
	e := anExam(t, s)
	if !s.Questions[1].Grade.Withheld() || e.Sittings[0].Late != 240 {
		t.Fatalf("%+v", s.Questions[1].Grade)
	}
	data, page := written(t, e)
	var book, suites bytes.Buffer
	if err := Gradebook(&book, e); err != nil {
		t.Fatal(err)
	}
	if err := ExamJUnit(&suites, e); err != nil {
		t.Fatal(err)
	}
	wants(t, string(page), "Score 100 of 100, which does not count", "as it was 4 min after the end")
	wants(t, book.String(), ",240,", ",6.25,0,,240,0,,")
	wants(t, suites.String(), `name="late seconds" value="240"`)
	wants(t, string(data), `"late": 240.0`, `"late": 240`)
	if strings.Count(suites.String(), `name="score"`) != 3 {
		t.Errorf("a score that does not count is shown: %s", suites.String())
	}
	if got := Lateness(&exams.Grade{Score: pointer(0), Late: labs.Seconds{Duration: 5e9}}); got != "" {
		t.Errorf("a question that was never opened was graded %s", got)
	}
}
