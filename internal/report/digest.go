package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"endstate/internal/exams"
)

// A report's digest is the SHA-256 of its JSON in canonical form: without the digest, keys
// in order, no space, numbers as they are written. The page carries the same JSON and
// digest, and one of itself. Neither is a signature: who changes a report can make its
// digest anew, so it proves something to who noted the digest down when the report was made.
const digestKind = "sha256:"

// canonical returns JSON in canonical form, and the digest that it states.
func canonical(data []byte) (text []byte, stated string, err error) {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, "", err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, "", errors.New("something follows the report")
	}
	stated, _ = fields["digest"].(string)
	delete(fields, "digest")
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(fields)
	return bytes.TrimSpace(out.Bytes()), stated, err
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return digestKind + hex.EncodeToString(sum[:])
}

// seal returns the digest of a report. Empty: it can't be written as JSON, which is told
// by who writes it.
func seal(report any) string {
	data, err := json.Marshal(report)
	if err != nil {
		return ""
	}
	text, _, err := canonical(data)
	if err != nil {
		return ""
	}
	return digestOf(text)
}

// plainJSON returns a report as JSON in ASCII, so that nothing in a page steers whoever
// shows it.
func plainJSON(report any) (string, error) {
	data, err := json.Marshal(report)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, r := range string(data) {
		switch {
		case r < 0x7f:
			out.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String(), nil
}

// What a page carries: see its foot.
var (
	pageData   = regexp.MustCompile(`(?s)<pre hidden id="endstate-report">(.*?)</pre>`)
	pageDigest = regexp.MustCompile(`<code id="endstate-page">` + digestKind + `([0-9a-f]{64})</code>`)
	noDigest   = strings.Repeat("0", 64)
)

// sealPage puts a page's own digest where it has room for it.
func sealPage(page []byte) []byte {
	at := pageDigest.FindSubmatchIndex(page)
	if at == nil {
		return page
	}
	sum := sha256.Sum256(page)
	copy(page[at[2]:at[3]], hex.EncodeToString(sum[:]))
	return page
}

// Verified is what came of verifying a report.
type Verified struct {
	Kind   string   `json:"kind"`   // attempt or exam
	Digest string   `json:"digest"` // that it has
	Stated string   `json:"stated"` // that it says it has
	Whole  bool     `json:"whole"`  // both are the same, and so are those of its page
	Doubts []string `json:"doubts"` // what in it does not fit together
}

// Verify reads a report of an attempt or an exam, as JSON or as a page, and compares its
// digests. An error: it is no such report.
func Verify(file []byte) (*Verified, error) {
	v := &Verified{Whole: true, Doubts: []string{}}
	data := file
	if parts := pageData.FindAllSubmatch(file, -1); len(parts) > 0 {
		data = []byte(html.UnescapeString(string(parts[0][1])))
		v.page(file, len(parts))
	}
	text, stated, err := canonical(data)
	if err != nil {
		return nil, fmt.Errorf("it is no report of endstate: %w", err)
	}
	v.Digest, v.Stated = digestOf(text), stated
	v.Whole = v.Whole && v.Digest == v.Stated
	return v, v.read(data)
}

// page compares a page's own digest. What is shown is the page, what is read the data in it.
func (v *Verified) page(file []byte, reports int) {
	all := pageDigest.FindAllSubmatchIndex(file, -1)
	if len(all) != 1 || reports != 1 {
		v.Whole = false
		v.Doubts = append(v.Doubts, "the page does not carry one report and one digest of itself")
		return
	}
	at, blank := all[0], bytes.Clone(file)
	copy(blank[at[2]:at[3]], noDigest)
	sum := sha256.Sum256(blank)
	if hex.EncodeToString(sum[:]) != string(file[at[2]:at[3]]) {
		v.Whole = false
		v.Doubts = append(v.Doubts, "the page was changed since it was made")
	}
}

// read finds out what a report is about, and what in it does not fit together.
func (v *Verified) read(data []byte) error {
	var either struct {
		Made     time.Time       `json:"made"`
		Attempt  json.RawMessage `json:"attempt"`
		Sittings []Sitting       `json:"sittings"`
	}
	if err := json.Unmarshal(data, &either); err != nil {
		return fmt.Errorf("it is no report of endstate: %w", err)
	}
	switch {
	case either.Sittings != nil:
		v.Kind = "exam"
		for i := range either.Sittings {
			v.Doubts = append(v.Doubts, either.Sittings[i].doubts(either.Made)...)
		}
	case len(either.Attempt) > 0:
		v.Kind = "attempt"
	default:
		return errors.New("it is no report of endstate: it is about neither an attempt nor an exam")
	}
	return nil
}

// doubts returns what in a candidate's report does not fit together.
func (s *Sitting) doubts(made time.Time) []string {
	whole := &exams.Sitting{
		ID: s.ID, Candidate: s.Candidate, Started: s.Started, Ended: s.Ended, Pauses: s.Pauses, Turns: s.Turns,
		Blueprint: exams.Blueprint{Minutes: s.Minutes},
	}
	if s.Result != nil {
		whole.Blueprint.Pass = s.Result.Pass
	}
	for _, q := range s.Questions {
		one := exams.Question{Number: q.Number, Scenario: q.Scenario, Points: q.Points, Hints: q.Hints, Still: q.Still, Grade: q.Grade}
		if q.Seed != nil {
			one.Seed = *q.Seed
		}
		whole.Questions = append(whole.Questions, one)
	}
	found := whole.Doubts(made)
	if want := whole.Result(); s.Result == nil || seal(want) != seal(*s.Result) {
		found = append(found, "its result is not what its grades add up to")
	}
	for i := range found {
		found[i] = fmt.Sprintf("exam %d of %s: %s", s.ID, s.Candidate, found[i])
	}
	return found
}
