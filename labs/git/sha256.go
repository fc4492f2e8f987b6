package git

import (
	"bytes"
	"encoding/hex"
	"regexp"

	"github.com/go-git/go-git/v5/plumbing"
)

// SHA-256 IDs don't fit into go-git's. In memory, objects have the first 20 bytes as ID,
// which collide no more easily than SHA-1; observations have the whole ID.

const (
	sha256Hex  = 64 // digits of an ID
	sha256Size = sha256Hex / 2
)

var longHeader = regexp.MustCompile(`(?m)^(tree|parent|object) ([0-9a-f]{64})$`)

// short returns an object's ID in memory.
func (a *answers) short(id string) plumbing.Hash {
	short := plumbing.NewHash(id)
	if len(id) == sha256Hex {
		a.long[short] = id
	}
	return short
}

// shortened returns an object's content with short IDs.
func (a *answers) shortened(kind plumbing.ObjectType, content []byte) []byte {
	switch kind {
	case plumbing.TreeObject:
		return a.shortTree(content)
	case plumbing.CommitObject, plumbing.TagObject:
		head, message, _ := bytes.Cut(content, []byte("\n\n"))
		head = longHeader.ReplaceAllFunc(head, func(line []byte) []byte {
			name, id, _ := bytes.Cut(line, []byte(" "))
			return []byte(string(name) + " " + a.short(string(id)).String())
		})
		return bytes.Join([][]byte{head, message}, []byte("\n\n"))
	}
	return content
}

// shortTree shortens the IDs of a tree's entries, each of which follows a name and a zero
// byte.
func (a *answers) shortTree(content []byte) (out []byte) {
	for {
		end := bytes.IndexByte(content, 0) + 1
		if end == 0 || len(content) < end+sha256Size {
			return out
		}
		id := content[end : end+sha256Size]
		short := a.short(hex.EncodeToString(id))
		out = append(append(out, content[:end]...), short[:]...)
		content = content[end+sha256Size:]
	}
}
