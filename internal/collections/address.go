package collections

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"endstate/labs"
)

// Address says where a collection comes from, and what of it is wanted.
type Address struct {
	URL    string // https, or a folder on this machine
	Ref    string // a branch or a tag; "" for the default branch
	Commit string // a commit, perhaps abbreviated; "" for the latest
}

// String returns the address as it is written.
func (a Address) String() string {
	switch {
	case a.Commit != "":
		return a.URL + "@" + a.Commit
	case a.Ref != "":
		return a.URL + "#" + a.Ref
	}
	return a.URL
}

// IsAddress reports whether a text is the address of a Git repository, rather than a plain folder.
func IsAddress(text string) bool {
	return strings.Contains(text, "://") || strings.HasSuffix(bare(text), ".git") || strings.HasPrefix(text, "git@")
}

func bare(text string) string {
	text, _, _ = strings.Cut(text, "#")
	return pinned.ReplaceAllString(text, "")
}

// A commit at the end of an address.
var pinned = regexp.MustCompile(`@([0-9a-f]{7,40})$`)

// ParseAddress reads an address: https://…, file://… or a folder, with #BRANCH, #TAG or @COMMIT.
func ParseAddress(text string) (Address, error) {
	a := Address{URL: text}
	if before, ref, found := strings.Cut(text, "#"); found {
		a.URL, a.Ref = before, ref
	} else if match := pinned.FindStringSubmatch(text); match != nil {
		a.URL, a.Commit = strings.TrimSuffix(text, match[0]), match[1]
	}
	if strings.HasPrefix(a.Ref, "-") || strings.ContainsAny(a.Ref, " \t\n~^:?*[\\") {
		return a, labs.Misuse(fmt.Sprintf("%q can't be a branch or a tag", a.Ref), "Write the address as https://…#BRANCH, #TAG or @COMMIT.")
	}
	if local, ok := a.folder(); ok {
		var err error
		a.URL, err = filepath.Abs(local)
		return a, err
	}
	where, err := url.Parse(a.URL)
	if err != nil || where.Host == "" || where.User != nil || !secure(where) {
		return a, labs.Misuse(fmt.Sprintf("%q is not an address that scenarios can be fetched from", text),
			"Use https://… without a password, or a folder of this machine. For anything else, clone it yourself and give the folder.")
	}
	return a, nil
}

// folder returns the folder of an address on this machine.
func (a Address) folder() (string, bool) {
	if local, ok := strings.CutPrefix(a.URL, "file://"); ok {
		return local, true
	}
	return a.URL, !strings.Contains(a.URL, "://") && !strings.HasPrefix(a.URL, "git@")
}

// secure reports whether nobody on the way can change what is fetched.
func secure(where *url.URL) bool {
	ip := net.ParseIP(where.Hostname())
	return where.Scheme == "https" || where.Scheme == "http" && (ip.IsLoopback() || where.Hostname() == "localhost")
}

var unsuitable = regexp.MustCompile(`[^a-z0-9]+`)

// name derives a name from an address: the last part of its path.
func (a Address) name() string {
	last := strings.TrimSuffix(path.Base(filepath.ToSlash(strings.TrimSuffix(a.URL, "/"))), ".git")
	return strings.Trim(unsuitable.ReplaceAllString(strings.ToLower(last), "-"), "-")
}
