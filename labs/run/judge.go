package run

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

//go:embed judge
var harness embed.FS

// Exit statuses of a judge: the judge ended the program, or an error was not caught.
const (
	statusDone  = 0
	statusError = 1
)

// found returns the report of the scenario's judge, which ran isolated from the code that it
// calls.
func (l *Look) found(result kit.FreshResult) (any, error) {
	switch result.Status {
	case statusDone:
	case statusError:
		// If the code is right, the judge works, as the proofs show.
		return nil, &kit.Obstacle{
			Message: "What the program returns can't be right, and can't be judged.",
			Err:     &labs.Unfit{Reason: "its judge failed: " + lastLine(result.Stderr)},
		}
	default:
		return nil, fmt.Errorf("judge %s ended with status %d", l.Judge, result.Status)
	}
	found, err := decode(result.Stdout)
	if err != nil {
		return nil, fmt.Errorf("judge %s: read its report: %w", l.Judge, err)
	}
	return map[string]any{"found": found}, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// ValidateFiles returns an error if there is no judge, or if a file beside it hides one of the
// judge's library.
func (l *Look) ValidateFiles(files fs.FS) error {
	if l.Judge == "" {
		return nil
	}
	if _, err := fs.Stat(files, l.Judge); err != nil {
		return fmt.Errorf("the judge %s does not exist", l.Judge)
	}
	library, err := fs.ReadDir(harness, "judge")
	if err != nil {
		return err
	}
	for _, module := range library {
		beside := path.Join(path.Dir(l.Judge), module.Name())
		if _, err := fs.Stat(files, beside); err == nil {
			return fmt.Errorf("%s: the judge's library has a file of that name: rename yours", beside)
		}
	}
	return nil
}

// apart returns the files that only the judge can read: its folder, its library, and the
// facts.
func (l *Look) apart(site kit.Site) ([]kit.Entry, error) {
	if err := l.ValidateFiles(site.Given()); err != nil {
		return nil, err
	}
	files, err := givenFiles(site.Given(), path.Dir(l.Judge))
	if err != nil {
		return nil, err
	}
	calls, err := givenFiles(harness, "judge")
	if err != nil {
		return nil, err
	}
	facts, err := json.Marshal(site.Record().Facts)
	if err != nil {
		return nil, fmt.Errorf("write the facts for judge %s: %w", l.Judge, err)
	}
	return append(append(files, calls...), kit.Entry{Path: "facts.json", Mode: 0o400, Data: facts}), nil
}

// decode parses a report, a JSON value in which integers stay integers.
func decode(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return numbers(value), nil
}

func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		float, _ := v.Float64()
		return float
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = numbers(v[name])
		}
	}
	return value
}
