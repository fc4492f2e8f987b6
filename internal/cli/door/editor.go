package door

import (
	"context"
	"fmt"
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

// Compose reads a text that somebody writes: in their editor, which opens with inEditor; or else at
// the terminal, which shows atTerminal before, or from standard input.
func (d *Door) Compose(ctx context.Context, inEditor, atTerminal string) (string, error) {
	if d.HasEditor() {
		return d.Edit(ctx, inEditor)
	}
	if _, onTerminal := tty.Open(d.In, d.Err); onTerminal {
		fmt.Fprintln(d.Err, strings.TrimRight(atTerminal, "\n"))
	}
	return d.ReadText(ctx)
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
