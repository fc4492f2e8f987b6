package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// told is an error as learners are told one: what happened, a full stop; on a second
// line what to do about it; at most the cause, in brackets.
var told = regexp.MustCompile(`^(?:[^a-z\s]|endstate ).*[^.]\.\n\S.*\n(?:\((?s:.*)\)\n)?$`)

// problem runs endstate and demands an exit status, and an error as learners are
// told one with nothing on standard output: problem 2 start nothing.
func problem(ts *testscript.TestScript, neg bool, args []string) {
	exitStatus(ts, neg, args)
	if text := ts.ReadFile("stderr"); !told.MatchString(text) {
		ts.Fatalf("standard error does not tell what happened and what to do:\n%s", text)
	}
	if text := ts.ReadFile("stdout"); text != "" {
		ts.Fatalf("standard output has:\n%s", text)
	}
}

// isJSON demands that a file, stdout or stderr is JSON, one value or one after the
// other, and of the first that it has values: json FILE [PATH=VALUE…], where a path
// is names and numbers joined by dots, and a value is as JSON has it.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: json FILE [PATH=VALUE…]")
	}
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	var first any
	ts.Check(decoder.Decode(&first))
	for err := error(nil); !errors.Is(err, io.EOF); {
		var next any
		if err = decoder.Decode(&next); !errors.Is(err, io.EOF) {
			ts.Check(err)
		}
	}
	for _, arg := range args[1:] {
		path, want, _ := strings.Cut(arg, "=")
		value, err := below(first, strings.Split(path, "."))
		ts.Check(err)
		got, err := json.Marshal(value)
		ts.Check(err)
		if string(got) != want {
			ts.Fatalf("%s is %s, not %s", path, got, want)
		}
	}
}

// below returns the value at a path.
func below(value any, path []string) (any, error) {
	for _, step := range path {
		ok := false
		switch in := value.(type) {
		case map[string]any:
			value, ok = in[step]
		case []any:
			if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(in) {
				value, ok = in[i], true
			}
		}
		if !ok {
			return nil, fmt.Errorf("nothing is at %s of %s", step, strings.Join(path, "."))
		}
	}
	return value, nil
}
