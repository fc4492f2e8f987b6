package people

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/secure/precis"

	"endstate/labs"
)

// cost is what a guess costs: the least that OWASP recommends for argon2id.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	shortestPassword = 10  // in characters
	longestPassword  = 200 // in characters
	hashesAtOnce     = 2   // each takes the memory of cost
)

// hashes computes hashes of passwords, a few at once.
type hashes struct {
	places chan struct{}
	nobody func() string // the hash of a password that nobody has
}

func newHashes() hashes {
	h := hashes{places: make(chan struct{}, hashesAtOnce)}
	h.nobody = sync.OnceValue(func() string {
		hash, _ := argon2id.CreateHash(strings.Repeat("-", shortestPassword), cost)
		return hash
	})
	return h
}

// of returns the hash of a new password, which it checks. name is whose it is.
func (h hashes) of(name, password string) (string, error) {
	refuse := func(what, advice string) (string, error) {
		return "", &labs.Problem{Code: CodePassword, What: what, Advice: advice, Usage: true}
	}
	plain, err := precis.OpaqueString.String(password)
	length := utf8.RuneCountInString(plain)
	switch {
	case err != nil && password != "":
		return refuse("The password has characters that can't be typed", "Use letters, digits, spaces and signs.")
	case length < shortestPassword || length > longestPassword:
		return refuse("The password is too short or too long", "Use 10 to 200 characters. A few words are easy to remember.")
	case strings.Contains(strings.ToLower(plain), strings.ToLower(name)) && length < utf8.RuneCountInString(name)+shortestPassword || distinct(plain) < 4:
		return refuse("The password is easy to guess", "Use 10 or more characters besides your name. A few words are easy to remember.")
	}
	h.places <- struct{}{}
	defer func() { <-h.places }()
	return argon2id.CreateHash(plain, cost)
}

// distinct counts the different characters of a text.
func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// match reports whether a hash is that of a password. Without a hash it takes as long, and returns false.
func (h hashes) match(hash, password string) bool {
	plain, err := precis.OpaqueString.String(password)
	known := hash != "" && err == nil && utf8.RuneCountInString(plain) <= longestPassword
	if !known {
		hash, plain = h.nobody(), ""
	}
	h.places <- struct{}{}
	defer func() { <-h.places }()
	same, err := argon2id.ComparePasswordAndHash(plain, hash)
	return known && same && err == nil
}
