package main

import (
	"context"
	"maps"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"endstate/labs/all"
)

// TestMain lets the test binary act as the endstate command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"endstate": main, "endstate-tiny": tiny, "endstate-git": onlyGit, "endstate-later": later})
}

// word is a command of the scripts.
type word = func(ts *testscript.TestScript, neg bool, args []string)

// stories runs the scripts of a folder against the real main, each with a home of its own. They
// may use the commands below and those in words.
func stories(t *testing.T, folder string, words map[string]word, prepare func(*testscript.Env) error) {
	t.Helper()
	known := map[string]word{"status": exitStatus, "problem": problem, "json": isJSON}
	maps.Copy(known, words)
	testscript.Run(t, testscript.Params{
		Dir:                 folder,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                known,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ENDSTATE_HOME", env.WorkDir+"/home")
			env.Setenv("TERM", "xterm-256color")
			if prepare == nil {
				return nil
			}
			return prepare(env)
		},
	})
}

// exitStatus runs endstate and compares its exit status: status 2 start nothing.
func exitStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N argument…")
	}
	err := ts.Exec("endstate", args[1:]...)
	got := "0"
	if err != nil {
		got = err.Error()
	}
	if got != args[0] && got != "exit status "+args[0] {
		ts.Fatalf("endstate %v: %s, want status %s", args[1:], got, args[0])
	}
}

// The stories that need no engine.
func TestStories(t *testing.T) {
	stories(t, "testdata/script", nil, func(env *testscript.Env) error {
		env.Setenv("DOCKER_HOST", "unix://"+env.WorkDir+"/nowhere.sock")
		return nil
	})
}

// Every family has a probe; one with images has a skeleton for new scenarios, and doctor can
// report the versions in each of them.
func TestFamiliesAreComplete(t *testing.T) {
	for _, family := range all.Families() {
		if family.Name == "" || len(family.Probes) == 0 {
			t.Errorf("family %q has no probe", family.Name)
		}
		if len(family.Images) > 0 && family.Skeleton == nil {
			t.Errorf("family %q has no skeleton for new scenarios", family.Name)
		}
		for _, image := range family.Images {
			if len(image.Notable) == 0 {
				t.Errorf("image %s names no notable package, so doctor says nothing about its versions", image.Name)
			}
		}
	}
}

func TestProgramIsWired(t *testing.T) {
	p := program(os.Stdin, os.Stdout, os.Stderr)
	if p.Open == nil || p.Scenarios == nil || len(p.Images) == 0 {
		t.Errorf("the program lacks a part: %+v", p)
	}
	if status := p.Run(context.Background(), []string{"version"}); status != 0 {
		t.Errorf("version exits with %d", status)
	}
}
