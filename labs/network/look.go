package network

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// Look tries connections as a host would: it runs a script of the scenario in a fresh host that
// shares the networks of that host, but no files and no programs. It observes `found`, a map: each
// line `NAME=VALUE` that the script prints.
//
// The script runs on the image `router`, and has no capabilities.
type Look struct {
	// The script, such as `hidden/client.sh`: a file in a folder of the scenario, for bash.
	Script string `yaml:"script"`
	// The host in whose networks it runs; the workspace by default.
	From string `yaml:"from,omitempty"`
	// Run it in a copy of the lab, as the lab would be if all its hosts were restarted now.
	Restarted bool `yaml:"restarted,omitempty"`
}

const (
	memory = 256 << 20 // bytes
	// command runs the script. It only waits for answers that don't come, so it has 90 seconds; waiting for
	// a place of the grader's does not count.
	command = "exec timeout 90 bash script.sh < /dev/null"
	// tooLong is the command's exit status after that time.
	tooLong = 124
)

// Variable returns the name of the observation in expectations.
func (l *Look) Variable() string { return "found" }

// Shape describes the observation.
func (l *Look) Shape() *labs.Shape { return labs.MapOf(labs.Text) }

// SetShorthand sets the script.
func (l *Look) SetShorthand(text string) { l.Script = text }

// ImageNames returns the image of the fresh host.
func (l *Look) ImageNames() []string { return []string{imageName} }

// Validate returns an error if the fields make no sense.
func (l *Look) Validate() error {
	if !fs.ValidPath(l.Script) || path.Dir(l.Script) == "." {
		return errors.New("the script must be a file in a folder of the scenario, such as hidden/client.sh")
	}
	return nil
}

// Observe runs the script once per round, for all checks that ask the same.
func (l *Look) Observe(ctx context.Context, site kit.Site) (any, error) {
	return kit.Once(site, fmt.Sprintf("network %+v", *l), func() (map[string]any, error) { return l.observe(ctx, site) })
}

func (l *Look) observe(ctx context.Context, site kit.Site) (map[string]any, error) {
	script, err := fs.ReadFile(site.Given(), l.Script)
	if err != nil {
		return nil, err
	}
	host, err := l.host(ctx, site)
	if err != nil {
		return nil, err
	}
	result, err := site.Fresh(ctx, kit.FreshRun{
		Image: imageName, NetworkOf: host, Memory: memory, Command: command,
		Files: func() ([]kit.Entry, error) { return nil, nil },
		Apart: []kit.Entry{{Path: "script.sh", Data: script}},
	})
	switch {
	case err != nil:
	case result.Status == tooLong:
		err = fmt.Errorf("%s takes longer than 90 s", l.Script)
	case result.Status != 0:
		err = fmt.Errorf("%s ends with %d: %s", l.Script, result.Status, result.Stderr)
	}
	return parse(result.Stdout), err
}

// host returns the host in whose networks the script runs.
func (l *Look) host(ctx context.Context, site kit.Site) (labs.Host, error) {
	host, err := kit.HostOf(site, l.From)
	if err != nil || !l.Restarted {
		return host, err
	}
	restarted, err := site.Restarted(ctx, state)
	if err != nil {
		return host, err
	}
	return restarted.Host(host.Name)
}

// parse returns the values that a script printed, by name.
func parse(output string) map[string]any {
	values := map[string]any{}
	for line := range strings.Lines(output) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			values[name] = value
		}
	}
	return values
}
