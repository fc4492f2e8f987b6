package door

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"

	"endstate/internal/report/wrap"
	"endstate/internal/tty"
	"endstate/labs"
)

// HasEditor reports whether there are a terminal and an editor (VISUAL or EDITOR).
func (d *Door) HasEditor() bool {
	_, onTerminal := tty.Open(d.In, d.Out)
	return onTerminal && d.editor() != ""
}

func (d *Door) editor() string { return d.Setting("VISUAL", d.Env("EDITOR")) }

// Edit opens a text in the user's editor and returns it as it was saved, without the lines that
// begin with # at its start. If the editor fails, the error is a *labs.Problem.
func (d *Door) Edit(ctx context.Context, text string) (string, error) {
	file, err := os.CreateTemp("", "endstate-*.md")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	if _, err := io.WriteString(file, text); err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	editor := d.editor()
	// The setting may contain arguments, as with Git.
	command := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", file.Name())
	command.Stdin, command.Stdout, command.Stderr = d.In, wrap.Behind(d.Out), wrap.Behind(d.Err)
	if err := command.Run(); err != nil {
		return "", labs.Misuse("The editor "+editor+" failed; nothing was stored", "Set EDITOR to another one, or unset it to type here.")
	}
	saved, err := os.ReadFile(file.Name())
	rest := string(saved)
	for strings.HasPrefix(rest, "#") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return rest, err
}
