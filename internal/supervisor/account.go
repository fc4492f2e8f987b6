//go:build linux

package supervisor

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// account is a user of the host.
type account struct {
	uid, gid uint32
	groups   []uint32
	home     string
	own      bool // it is the supervisor's
}

// errNoUser means that the supervisor can't run anything as a user.
var errNoUser = errors.New("this host can run nothing as that user")

// accountOf returns the account of a user, given as NAME or UID; empty: the supervisor's own.
func accountOf(name string) (account, error) {
	own := uint32(os.Geteuid())
	if name == "" {
		name = strconv.Itoa(int(own))
	}
	name, _, _ = strings.Cut(name, ":")
	found, err := user.Lookup(name)
	if err != nil {
		if found, err = user.LookupId(name); err != nil {
			id, numeric := strconv.ParseUint(name, 10, 32)
			if numeric != nil {
				return account{}, errNoUser
			}
			found = &user.User{Uid: name, Gid: strconv.FormatUint(id, 10), HomeDir: "/"}
		}
	}
	uid, _ := strconv.ParseUint(found.Uid, 10, 32)
	gid, _ := strconv.ParseUint(found.Gid, 10, 32)
	a := account{uid: uint32(uid), gid: uint32(gid), home: found.HomeDir, own: uint32(uid) == own}
	if !a.own && own != 0 {
		return account{}, errNoUser
	}
	ids, _ := found.GroupIds()
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			a.groups = append(a.groups, uint32(n))
		}
	}
	return a, nil
}

// attributes makes a process run as the account.
func (a account) attributes(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	if !a.own {
		attributes.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: a.groups}
	}
	return attributes
}

// program returns the path of a program and the environment that it gets.
func (a account) program(name string, env []string) (string, []string, error) {
	home := "HOME=" + a.home
	env = append(slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		return strings.HasPrefix(v, "HOME=") || strings.HasPrefix(v, "KUBERNETES_")
	}), home)
	if strings.Contains(name, "/") {
		return name, env, nil
	}
	for _, v := range slices.Backward(env) {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			for folder := range strings.SplitSeq(path, ":") {
				if found, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
					return found, env, nil
				}
			}
			break
		}
	}
	return "", env, exec.ErrNotFound
}
