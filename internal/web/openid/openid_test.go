package openid

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

func whole() Options {
	return Options{Issuer: "https://id.example.org/realms/school", Client: "endstate", Secret: "secret"}
}

// Settings that can't be right are refused when the server starts, and say what to give.
func TestOptions(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Options){
		`"http://id.example.org" is not the address`:      func(o *Options) { o.Issuer = "http://id.example.org" },
		`"id.example.org" is not the address`:             func(o *Options) { o.Issuer = "id.example.org" },
		`"https://id.example.org?x=1" is not the address`: func(o *Options) { o.Issuer = "https://id.example.org?x=1" },
		`"https://me@id.example.org" is not the address`:  func(o *Options) { o.Issuer = "https://me@id.example.org" },
		"but no provider":                    func(o *Options) { o.Issuer = "" },
		"The ID of this server":              func(o *Options) { o.Client = "" },
		"The client's secret is missing":     func(o *Options) { o.Secret = "" },
		"The client's secret is given twice": func(o *Options) { o.SecretFile = empty },
		"empty has no secret":                func(o *Options) { o.Secret, o.SecretFile = "", empty },
		"The client's secret can't be read":  func(o *Options) { o.Secret, o.SecretFile = "", folder+"/none" },
		"too long for a button":              func(o *Options) { o.Name = strings.Repeat("é", 41) },
		`"org" is not a domain`:              func(o *Options) { o.Domains = []string{"org"} },
		`"*.example.org" is not a domain`:    func(o *Options) { o.Domains = []string{"example.org", "*.example.org"} },
		`"ada@example.org" is not a domain`:  func(o *Options) { o.Domains = []string{"ada@example.org"} },
		`"" is not a domain`:                 func(o *Options) { o.Domains = []string{""} },
	} {
		o := whole()
		change(&o)
		_, err := New(o, true, time.Now)
		var problem *labs.Problem
		if !errors.As(err, &problem) || !strings.Contains(problem.What, want) || !problem.Usage || problem.Advice == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	_, err := New(whole(), false, time.Now)
	if err == nil || !strings.Contains(err.Error(), "is for a server that other machines reach") {
		t.Errorf("on this machine alone: %v", err)
	}
	if p, err := New(Options{Secret: "of the environment"}, false, time.Now); p != nil || err != nil {
		t.Errorf("without settings there is %v, %v", p, err)
	}
}

// What is left out is filled in, and the secret can be in a file.
func TestDefaults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := whole()
	o.Secret, o.SecretFile, o.Domains = "", file, []string{"Example.ORG", "@school.example"}
	p, err := New(o, true, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "id.example.org" || p.Secret != "of the file" || !slices.Equal(p.Domains, []string{"example.org", "school.example"}) {
		t.Errorf("the provider is %+v", p.Options)
	}
}
