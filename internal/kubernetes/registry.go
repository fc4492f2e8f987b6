package kubernetes

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"endstate/internal/images"
	"endstate/internal/images/registry"
	"endstate/internal/supervisor/program"
	"endstate/labs"
)

// Labels of images that this package makes, beside those of internal/images.
const (
	imageUser  = "endstate.user"  // UID:GID of the processes that a learner may have
	imageState = "endstate.state" // the folders that a snapshot keeps, separated by colons
)

// The user of workspaces, whose images name none: the first that was added.
const firstUser = 1000

// store is the registry with the images of hosts. Each has the supervisor on top of an image that
// endstate images push has put there.
type store struct {
	registry   *registry.Registry
	address    string
	supervisor []byte
	key        string              // of the supervisor
	state      map[string][]string // the name of an image → the folders of its state

	mu    sync.Mutex
	known map[string]*image
}

// image is an image of hosts.
type image struct {
	images.Info
	ref      string // in the registry
	uid, gid int64  // of processes that a learner may have
}

func newStore(address string, plain bool, state map[string][]string) (*store, error) {
	at, err := registry.New(address, plain)
	if err != nil {
		return nil, err
	}
	supervisor, err := program.Read()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(supervisor)
	return &store{registry: at, address: address, supervisor: supervisor, key: hex.EncodeToString(sum[:4]), state: state, known: map[string]*image{}}, nil
}

// find returns the image of hosts for an image of the library, or one of a snapshot. It adds the
// supervisor if nobody has done so yet. labs.ErrNotFound: the registry has no such image.
func (s *store) find(ctx context.Context, ref string) (*image, error) {
	s.mu.Lock()
	found := s.known[ref]
	s.mu.Unlock()
	if found != nil { // a reference has the hash of what it names
		return found, nil
	}
	hosts := ref
	if !strings.HasPrefix(ref, snapshotRepository+":") {
		hosts = ref + "-" + s.key
	}
	info, err := s.registry.Find(ctx, hosts)
	if errors.Is(err, labs.ErrNotFound) && hosts != ref {
		if err = s.fit(ctx, ref, hosts); err == nil {
			info, err = s.registry.Find(ctx, hosts)
		}
	}
	if err != nil {
		return nil, err
	}
	found = &image{Info: *info, ref: hosts, uid: firstUser, gid: firstUser}
	if uid, gid, ok := strings.Cut(info.Labels[imageUser], ":"); ok {
		found.uid, _ = strconv.ParseInt(uid, 10, 64)
		found.gid, _ = strconv.ParseInt(gid, 10, 64)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[ref] = found
	return found, nil
}

// fit makes an image of hosts.
func (s *store) fit(ctx context.Context, ref, hosts string) error {
	base, err := s.registry.Find(ctx, ref)
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	err = w.WriteHeader(&tar.Header{Name: strings.TrimPrefix(supervisorPath, "/"), Mode: 0o111, Size: int64(len(s.supervisor)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = w.Write(s.supervisor)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	labels := map[string]string{imageState: strings.Join(s.state[base.Labels[images.LabelImage]], ":")}
	_, err = s.registry.Append(ctx, ref, []io.Reader{&layer}, labels, hosts)
	return err
}

// keep stores the state of a host as an image on top of the one that it was started from. It
// returns the size of what is added, in bytes.
func (s *store) keep(ctx context.Context, base *image, ref string, folders []string, labels map[string]string, state io.Reader) (int64, error) {
	layer := registry.Replacing(state, folders...)
	defer layer.Close()
	if _, err := s.registry.Append(ctx, base.ref, []io.Reader{layer}, labels, ref); err != nil {
		return 0, err
	}
	s.forget(ref) // an older snapshot of the same key had other files
	made, err := s.registry.Find(ctx, ref)
	if err != nil {
		return 0, err
	}
	return made.Size - base.Size, nil
}

// remove removes an image. It succeeds if there is none.
func (s *store) remove(ctx context.Context, ref string) error {
	s.forget(ref)
	return s.registry.Remove(ctx, ref)
}

func (s *store) forget(ref string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, ref)
}

// program returns the main program of a host, whose plan may have a command of its own.
func (i *image) program(command []string) []string {
	if len(command) == 0 {
		command = i.Command
	}
	return slices.Concat(i.Entrypoint, command)
}
