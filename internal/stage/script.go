package stage

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"

	"endstate/labs"
)

// scriptDir is where a script's data files are while it runs, readable by root alone.
const scriptDir = "/run"

// runScript runs a script as root in a host. Its working directory is a temporary folder
// with its data files.
func runScript(ctx context.Context, engine labs.Engine, host labs.Host, script labs.Script, env map[string]string) error {
	dir := "endstate-" + rand.Text()
	archive, err := archiveOf(dir, script.Files)
	if err != nil {
		return err
	}
	if err := engine.CopyIn(ctx, host, scriptDir, archive); err != nil {
		return err
	}
	path := scriptDir + "/" + dir
	status, output, err := Run(ctx, engine, host, labs.Command{
		Args:        []string{"bash", "-c", "trap 'rm -rf \"$0\"' EXIT; cd \"$0\" && bash -euo pipefail -c \"$1\"", path, script.Text},
		Environment: withHome(env, path), User: "root",
	})
	if err != nil {
		return err
	}
	if status != 0 {
		return fmt.Errorf("exit status %d: %s", status, output)
	}
	return nil
}

// withHome sets HOME to the script's temporary folder, so that files written there
// disappear with it.
func withHome(env map[string]string, home string) map[string]string {
	with := maps.Clone(env)
	with["HOME"] = home
	return with
}

// Run runs a command to its end. It returns the exit status and the last lines of output.
func Run(ctx context.Context, engine labs.Engine, host labs.Host, command labs.Command) (int, string, error) {
	process, err := engine.Execute(ctx, host, command)
	if err != nil {
		return 0, "", err
	}
	defer process.Close()
	stop := context.AfterFunc(ctx, func() { _ = process.Kill(ctx) })
	defer stop()
	if err := process.Stdin().Close(); err != nil {
		return 0, "", err
	}
	out, readErr := io.ReadAll(process.Stdout())
	if cause := context.Cause(ctx); cause != nil {
		return 0, "", cause
	}
	if readErr != nil {
		return 0, "", readErr
	}
	status, err := process.Wait(ctx)
	return status, lastLines(string(out)+process.Stderr(), 15), err
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// archiveOf returns the files as a tar archive with one folder that only root can open.
func archiveOf(dir string, files fs.FS) (io.Reader, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o700}); err != nil {
		return nil, err
	}
	if files != nil {
		if err := addFiles(w, dir, files); err != nil {
			return nil, err
		}
	}
	return &buffer, w.Close()
}

func addFiles(w *tar.Writer, dir string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		header := &tar.Header{Name: dir + "/" + path, Mode: 0o644}
		if entry.IsDir() {
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
			return w.WriteHeader(header)
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		header.Size = int64(len(data))
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}
