package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Identity is who somebody is at a provider of OpenID Connect, as its signed token says. Issuer and subject
// together are the person; the rest may change, and may be somebody else's tomorrow.
type Identity struct {
	Issuer, Subject string
	Email           string
	Verified        bool // the provider has made sure that the address is theirs
}

// Admit lets everybody become a learner whom a provider knows by a verified e-mail address at one of some domains, in
// small letters. Without it, an invitation is needed.
func (d *Desk) Admit(domains []string) { d.domains = domains }

// BeginAs returns an error if an address begins to sign in at a provider too often.
func (d *Desk) BeginAs(from string) error { return d.limits.begin(d.parts.Now(), from) }

// SignInAs returns the account of somebody at a provider. It creates one if they need no invitation.
func (d *Desk) SignInAs(ctx context.Context, who Identity) (*Account, Badge, error) {
	store, err := d.store(ctx)
	if err != nil {
		return nil, Badge{}, err
	}
	a, err := store.AccountAt(ctx, who.Issuer, who.Subject)
	if err == nil && a == nil {
		a, err = d.admit(ctx, store, who)
	}
	if err == nil && a.Disabled != nil {
		err = &labs.Problem{Code: CodeSignIn, What: "Your account is disabled", Advice: "Ask an admin of this server.", Usage: true}
	}
	if err != nil {
		return nil, Badge{}, err
	}
	return accountOf(a), badgeOf(a), nil
}

// admit creates an account for somebody who needs no invitation.
func (d *Desk) admit(ctx context.Context, store *attempts.View, who Identity) (*attempts.Account, error) {
	at := strings.LastIndex(who.Email, "@")
	switch {
	case at < 1 || !slices.Contains(d.domains, strings.ToLower(who.Email[at+1:])):
		return nil, &labs.Problem{Code: CodeIdentity, What: "You have no account here", Advice: "Ask for an invitation, open its link, and sign in from there.", Usage: true}
	case !who.Verified:
		return nil, &labs.Problem{Code: CodeIdentity, What: "Your e-mail address is not verified", Advice: "Verify it where you signed in just now, or ask for an invitation here.", Usage: true}
	}
	a := attempts.Account{Role: labs.RoleLearner, Issuer: who.Issuer, Subject: who.Subject}
	var err error
	if a.Name, a.Likeness, err = d.nameFor(ctx, store, who.Email[:at]); err != nil {
		return nil, err
	}
	created, err := store.AddAccount(ctx, a, d.parts.Now())
	return created, takenOr(err)
}

const (
	longestBase   = 30 // of a name that may get a number
	mostLikeNames = 100
)

// marks can stand between the letters and digits of a name.
const marks = "._-"

// nameIn returns what of a text can be a name: letters and digits, with single marks between them.
func nameIn(text string) string {
	var name strings.Builder
	mark := "" // before the next letter or digit
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			name.WriteString(mark)
			name.WriteRune(r)
			mark = ""
		case mark != "" || name.Len() == 0:
		case strings.ContainsRune(marks, r):
			mark = string(r)
		default:
			mark = "."
		}
	}
	return name.String()
}

// nameFor returns a free name that is like a text, with its likeness.
func (d *Desk) nameFor(ctx context.Context, store *attempts.View, text string) (name, like string, err error) {
	base := nameIn(text)
	base = strings.TrimRight(base[:min(len(base), longestBase)], marks)
	if base == "" {
		base = "learner"
	}
	for n := 1; n <= mostLikeNames; n++ {
		wanted := base
		if n > 1 {
			wanted = fmt.Sprintf("%s-%d", base, n)
		}
		name, like, err = d.newName(ctx, store, wanted)
		var taken *labs.Problem
		if errors.As(err, &taken) && taken.Code == CodeName {
			continue
		}
		var other *attempts.Account
		if err == nil {
			other, err = store.AccountLike(ctx, like)
		}
		if err != nil || other == nil {
			return name, like, err
		}
	}
	return "", "", nameTaken()
}

// MayAccept returns an error if an invitation can't be used, or not with a name: what [Desk.AcceptAs] would find out only
// after the person was at the provider.
func (d *Desk) MayAccept(ctx context.Context, key, name string) error {
	store, err := d.store(ctx)
	if err == nil {
		_, err = d.wanted(ctx, store, key, name)
	}
	return err
}

// AcceptAs uses up an invitation: the account gets the name, unless the invitation has one, and from now on the person
// at a provider signs in to it. A password that it has remains.
func (d *Desk) AcceptAs(ctx context.Context, key, name string, who Identity) (*Account, Badge, error) {
	return d.accept(ctx, key, name, func(a *attempts.Account) error {
		a.Issuer, a.Subject = who.Issuer, who.Subject
		return nil
	})
}
