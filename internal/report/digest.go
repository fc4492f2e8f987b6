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
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"endstate/internal/exams"
)

// A report's digest is the SHA-256 of its JSON in canonical form: without the digest, keys
// sorted, no white space, numbers as written. A page carries the same JSON and digest, and
// a digest of the page. Neither is a signature: anyone who changes a report can update its
// digest. It proves something only if the digest was noted down when the report was made.
const digestKind = "sha256:"

// canonical returns JSON in canonical form without its digest, and that digest.
func canonical(data []byte) (text []byte, stated string, err error) {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, "", err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, "", errors.New("there is data after the report")
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

// seal returns the digest of a report, or "" if it can't be marshaled; writing the report
// then returns the error.
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

// plainJSON returns a report as ASCII JSON, so that no character in a page can act on the
// terminal or browser that shows it.
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

// The report and the digest in a page's footer.
var (
	pageData   = regexp.MustCompile(`(?s)<pre hidden id="endstate-report">(.*?)</pre>`)
	pageDigest = regexp.MustCompile(`<code id="endstate-page">` + digestKind + `([0-9a-f]{64})</code>`)
	noDigest   = strings.Repeat("0", 64)
)

// sealPage replaces the placeholder for a page's digest with the digest.
func sealPage(page []byte) []byte {
	at := pageDigest.FindSubmatchIndex(page)
	if at == nil {
		return page
	}
	sum := sha256.Sum256(page)
	copy(page[at[2]:at[3]], hex.EncodeToString(sum[:]))
	return page
}

// Verification is the result of [Verify].
type Verification struct {
	Kind   string   `json:"kind"`   // attempt or exam
	Digest string   `json:"digest"` // computed from the report
	Stated string   `json:"stated"` // the digest in the report
	Whole  bool     `json:"whole"`  // whether these digests match, and those of the page
	Doubts []string `json:"doubts"` // contradictions in the report
}

// Verify reads a report of an attempt or an exam, as JSON or as a page, and compares its
// digests. It returns an error if the file is not such a report.
func Verify(file []byte) (*Verification, error) {
	v := &Verification{Whole: true, Doubts: []string{}}
	data := file
	if parts := pageData.FindAllSubmatch(file, -1); len(parts) > 0 {
		data = []byte(html.UnescapeString(string(parts[0][1])))
		v.page(file, len(parts))
	}
	text, stated, err := canonical(data)
	if err != nil {
		return nil, fmt.Errorf("not a report of Endstate: %w", err)
	}
	v.Digest, v.Stated = digestOf(text), stated
	v.Whole = v.Whole && v.Digest == v.Stated
	return v, v.read(data)
}

// page verifies a page's own digest: readers see the page, but Verify reads the data in it.
func (v *Verification) page(file []byte, reports int) {
	all := pageDigest.FindAllSubmatchIndex(file, -1)
	if len(all) != 1 || reports != 1 {
		v.Whole = false
		v.Doubts = append(v.Doubts, "the page does not have exactly one report and one digest of itself")
		return
	}
	at, blank := all[0], bytes.Clone(file)
	copy(blank[at[2]:at[3]], noDigest)
	sum := sha256.Sum256(blank)
	if hex.EncodeToString(sum[:]) != string(file[at[2]:at[3]]) {
		v.Whole = false
		v.Doubts = append(v.Doubts, "the page was changed after it was made")
	}
}

// read sets the report's kind and looks for contradictions in it.
func (v *Verification) read(data []byte) error {
	var either struct {
		Made     time.Time       `json:"made"`
		Attempt  json.RawMessage `json:"attempt"`
		Sittings []Sitting       `json:"sittings"`
	}
	if err := json.Unmarshal(data, &either); err != nil {
		return fmt.Errorf("not a report of Endstate: %w", err)
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
		return errors.New("not a report of Endstate: it covers neither an attempt nor an exam")
	}
	return nil
}

// doubts returns the contradictions in a candidate's report.
func (s *Sitting) doubts(made time.Time) []string {
	whole := &exams.Sitting{
		ID: s.ID, Candidate: s.Candidate, Started: s.Started, Ended: s.Ended, Pauses: s.Pauses, Turns: s.Turns, Extra: s.Extra, Way: s.Way, EndedBy: s.EndedBy,
		Blueprint: exams.Blueprint{Minutes: s.Minutes, Harm: s.Harm, Minimum: s.Minimum},
	}
	if s.Result != nil {
		whole.Blueprint.Pass = s.Result.Pass
	}
	for _, q := range s.Questions {
		one := exams.Question{Number: q.Number, Scenario: q.Scenario, Topic: q.Topic, Points: q.Points, Required: q.Required, ByHand: q.ByHand, Hints: q.Hints, FrozenAt: q.FrozenAt, Grade: q.Grade}
		if q.Seed != nil {
			one.Seed = *q.Seed
		}
		whole.Questions = append(whole.Questions, one)
	}
	found := whole.Doubts(made)
	want, stated := whole.Result(), exams.Result{}
	if s.Result != nil {
		stated = cutOff(*s.Result)
	}
	if s.Result != nil && s.Result.Conditions == nil {
		want.Conditions = nil // a report from before there were any
	}
	if s.Result == nil || seal(want) != seal(stated) {
		found = append(found, "its result does not match its grades")
	}
	for i := range found {
		found[i] = fmt.Sprintf("exam %d of %s: %s", s.ID, s.Candidate, found[i])
	}
	return found
}

// cutOff cuts the percentages of a result off after two decimals, because reports of earlier
// versions have all of them.
func cutOff(r exams.Result) exams.Result {
	cut := func(percent float64) float64 { return math.Trunc(percent*100+1e-6) / 100 }
	if r.Percent != nil {
		percent := cut(*r.Percent)
		r.Percent = &percent
	}
	r.Conditions = slices.Clone(r.Conditions)
	for i := range r.Conditions {
		r.Conditions[i].Reached = cut(r.Conditions[i].Reached)
	}
	return r
}
