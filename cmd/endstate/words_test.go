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

// errorShape matches an error as learners see it: what happened, ending with a full stop; on
// the second line what to do about it; and then at most the cause, in brackets.
var errorShape = regexp.MustCompile(`^(?:[^a-z\s]|endstate ).*[^.]\.\n\S.*\n(?:\((?s:.*)\)\n)?$`)

// problem runs endstate and fails the script unless the exit status is as given, standard error
// has an error in the form that learners see, and standard output is empty: problem 2 start
// nothing.
func problem(ts *testscript.TestScript, neg bool, args []string) {
	exitStatus(ts, neg, args)
	if text := ts.ReadFile("stderr"); !errorShape.MatchString(text) {
		ts.Fatalf("standard error does not say what happened and what to do:\n%s", text)
	}
	if text := ts.ReadFile("stdout"); text != "" {
		ts.Fatalf("standard output is not empty:\n%s", text)
	}
}

// isJSON fails the script unless a file, stdout or stderr consists of JSON values and the first
// has the given members: json FILE [PATH=VALUE…]. A path is names and indexes joined by dots, and
// a value is JSON.
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
			return nil, fmt.Errorf("there is no %s in %s", step, strings.Join(path, "."))
		}
	}
	return value, nil
}
