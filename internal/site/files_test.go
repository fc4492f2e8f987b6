package site

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"endstate/labs"
	"endstate/labs/kit"
)

// copier is an engine that returns prepared copies in sequence and counts how often hosts
// are frozen and thawed.
type copier struct {
	labs.Engine
	mu      sync.Mutex
	plain   copied // the copy of plainFile
	copies  []copied
	frozen  int
	thawed  int
	unfroze bool // a copy was requested while nothing was frozen
}

// copied is the result of a copy.
type copied struct {
	archive []byte
	err     error
	takes   time.Duration
}

func (c *copier) Freeze(context.Context, labs.Host, bool) (func() error, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen++
	return func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.thawed++
		return nil
	}, nil
}

func (c *copier) CopyOut(ctx context.Context, _ labs.Host, path string) (io.ReadCloser, error) {
	one := c.next(path)
	if !sleep(ctx, one.takes) {
		return nil, context.Cause(ctx)
	}
	return io.NopCloser(bytes.NewReader(one.archive)), one.err
}

func (c *copier) next(path string) copied {
	c.mu.Lock()
	defer c.mu.Unlock()
	if path == plainFile {
		return c.plain
	}
	c.unfroze = c.unfroze || c.frozen == c.thawed
	one := c.copies[0]
	c.copies = c.copies[1:]
	return one
}

// A host that restarts keeps its pipes, so they are in the copy of the lab that is restarted.
func TestFilesAndPipes(t *testing.T) {
	archive := pack(t, folder("work/"), tar.Header{Name: "work/p", Typeflag: tar.TypeFifo, Mode: 0o600}, file("work/a", "one"))
	site := Opener{Engine: &copier{copies: []copied{{archive: archive}}}}.Open(Subject{Lab: &labs.Lab{}}, nil)
	defer site.Close()
	entries, err := site.filesAndPipes(t.Context(), labs.Host{Name: "workspace"}, "/work")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	if err := errors.Join(packWhole(w, "/work", entries), w.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := read(t.Context(), &packed)
	if err != nil || len(again) != 3 || again[1].Mode != fs.ModeNamedPipe|0o600 || string(again[2].Data) != "one" {
		t.Errorf("got %v and %v", again, err)
	}
}

func TestFilesThatCanNotBeCopied(t *testing.T) {
	whole := copied{archive: pack(t, folder("work/"), file("work/a", "one"))}
	plain := copied{archive: pack(t, file("passwd", "root"))}
	pipe := copied{archive: pack(t, folder("work/"), tar.Header{Name: "work/p", Typeflag: tar.TypeFifo})}
	torn := copied{archive: whole.archive[:700]}
	broken := copied{err: errors.New("lstat /var/lib/docker/overlay2/x: not a directory")}
	slow := func(takes time.Duration) copied { return copied{archive: plain.archive, takes: takes} }
	endless := copied{archive: whole.archive, takes: time.Hour}
	cases := map[string]struct {
		copies   []copied
		plain    copied
		obstacle string // the end of the message; empty if there is no obstacle
		fails    bool
	}{
		"at once":                            {[]copied{whole}, plain, "", false},
		"the second time":                    {[]copied{torn, whole}, plain, "", false},
		"never, where another file is":       {[]copied{torn, torn}, plain, "something in it can't be copied, or keeps changing.", true},
		"refused, where another file is not": {[]copied{broken, broken}, plain, "something in it can't be copied, or keeps changing.", true},
		"never, nor any other file":          {[]copied{torn, torn}, copied{err: errors.New("gone")}, "", true},
		"not there":                          {[]copied{{err: labs.ErrNotFound}}, plain, "There is no `/work` on `workspace`.", true},
		"a pipe":                             {[]copied{pipe}, plain, "`/work` can't be read: `p` is not a file, a folder or a link.", true},
		"only a pipe":                        {[]copied{{archive: pack(t, tar.Header{Name: "work", Typeflag: tar.TypeFifo})}}, plain, "`/work` can't be read: it is not a file, a folder or a link.", true},
		"in the way":                         {[]copied{{err: unreadable("`/work` is a file")}}, plain, "`/work` can't be read: `/work` is a file.", true},
		"without end":                        {[]copied{endless}, slow(10 * time.Millisecond), "copying it takes longer than 4s.", true},
		"slowly, as everything is":           {[]copied{{archive: whole.archive, takes: time.Minute}}, slow(time.Second), "", false},
		"never, as is everything":            {[]copied{endless}, slow(time.Second), "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				engine := &copier{plain: c.plain, copies: c.copies}
				site := Opener{Engine: engine}.Open(Subject{Lab: &labs.Lab{}}, nil)
				ctx, cancel := context.WithTimeout(t.Context(), kit.LookTimeout)
				defer cancel()
				entries, err := site.Files(ctx, labs.Host{Name: "workspace"}, "/work")
				site.Close()
				var obstacle *kit.Obstacle
				switch {
				case (err != nil) != c.fails || errors.As(err, &obstacle) != (c.obstacle != ""):
					t.Errorf("got %v", err)
				case obstacle != nil && !strings.HasSuffix(obstacle.Message, c.obstacle):
					t.Errorf("got %q", obstacle.Message)
				case err == nil && len(entries) != 2:
					t.Errorf("got %d entries", len(entries))
				}
				if engine.unfroze || engine.frozen != engine.thawed || engine.frozen == 0 {
					t.Errorf("frozen %d times, thawed %d times", engine.frozen, engine.thawed)
				}
			})
		})
	}
}
