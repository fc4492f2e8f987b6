package people

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"endstate/internal/attempts"
	"endstate/labs"
)

// longestName limits names of accounts, in characters.
const longestName = 40

// likeness returns the same text for names that people could mistake for each other: it ignores case and
// accents, and replaces characters that look like others. It returns false if an account can't have the
// name: it has letters of the Latin alphabet, digits, and dots, dashes or underscores between them.
func likeness(name string) (string, bool) {
	var plain strings.Builder
	between := true // a mark may not come first, last, or twice
	if strings.ContainsFunc(norm.NFC.String(name), isAccent) {
		return "", false // piled accents, which would cover other lines
	}
	for _, r := range norm.NFD.String(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			between = false
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
			between = false
		case isAccent(r) && !between:
			continue
		case strings.ContainsRune(marks, r) && !between:
			between = true
		default:
			return "", false
		}
		plain.WriteRune(r)
	}
	if between || plain.Len() > longestName || len(name) > 4*longestName {
		return "", false
	}
	return alike.Replace(plain.String()), true
}

func isAccent(r rune) bool { return r >= '\u0300' && r <= '\u036f' }

// alike are characters that look alike in usual fonts.
var alike = strings.NewReplacer("rn", "m", "vv", "w", "1", "l", "i", "l", "0", "o", "_", "-", ".", "-")

// newName returns the name of a new account, with its likeness. The machine's own user and whoever owns
// something already keep their names: otherwise somebody would get what is another's.
func (d *Desk) newName(ctx context.Context, store *attempts.View, name string) (string, string, error) {
	name = norm.NFC.String(strings.TrimSpace(name))
	like, ok := likeness(name)
	if !ok {
		return "", "", &labs.Problem{
			Code: CodeName, What: "An account can't have that name", Usage: true,
			Advice: fmt.Sprintf("Use at most %d letters of the Latin alphabet and digits. Dots, dashes and underscores can stand between them.", longestName),
		}
	}
	owners, err := d.owners(ctx, store)
	if err != nil {
		return "", "", err
	}
	for _, owner := range owners {
		owner, _, _ = strings.Cut(owner, "/") // an exam's
		if other, ok := likeness(owner); owner == name || ok && other == like {
			return "", "", nameTaken()
		}
	}
	return name, like, nil
}

// owners returns the names that own something: the machine's own user, whoever has attempts in the store, and whoever
// has labs in the engine, perhaps with a store of their own. Without an engine, nobody has labs that could be entered.
func (d *Desk) owners(ctx context.Context, store *attempts.View) ([]string, error) {
	owners, err := store.Owners(ctx)
	if err != nil || d.parts.Connect(ctx) != nil {
		return append(owners, d.machine.Name), err
	}
	running, err := d.parts.Engine().Labs(ctx, labs.Which{})
	for _, lab := range running {
		owners = append(owners, lab.Owner)
	}
	return append(owners, d.machine.Name), err
}

func nameTaken() error {
	return &labs.Problem{Code: CodeName, What: "The name is taken, or looks like one that is", Advice: "Choose another one.", Usage: true}
}
