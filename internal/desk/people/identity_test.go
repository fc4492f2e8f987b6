package people

import (
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

const issuer = "https://id.example.org"

func (p *people) invited(role labs.UserRole) string {
	p.Helper()
	key, _, err := p.Invite(p.Context(), machine, role, time.Hour)
	if err != nil {
		p.Fatal(err)
	}
	return key
}

// Without an invitation, an identity is nobody's. With one, it is its account's, and nothing else counts.
func TestIdentityNeedsAnInvitation(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	ada := Identity{Issuer: issuer, Subject: "1", Email: "ada@example.org", Verified: true}
	_, _, err := p.SignInAs(ctx, ada)
	p.refused("without an invitation", CodeIdentity, err)
	key := p.invited(labs.RoleExaminer)
	p.refused("a name that no account can have", CodeName, p.MayAccept(ctx, key, "a b"))
	if err := p.MayAccept(ctx, key, "ada"); err != nil {
		t.Error(err)
	}
	a, badge, err := p.AcceptAs(ctx, key, "ada", ada)
	if err != nil || a.Name != "ada" || a.Role != labs.RoleExaminer || !a.Linked || a.Password {
		t.Fatalf("accepted as %+v, %v", a, err)
	}
	if _, err := p.Who(ctx, badge); err != nil {
		t.Errorf("the session: %v", err)
	}
	p.refused("a used invitation", CodeInvitation, p.MayAccept(ctx, key, "eve"))
	renamed := Identity{Issuer: issuer, Subject: "1", Email: "other@elsewhere.example"}
	if again, _, err := p.SignInAs(ctx, renamed); err != nil || again.ID != a.ID {
		t.Errorf("with another address they are %+v, %v", again, err)
	}
	for what, other := range map[string]Identity{
		"another subject with the address": {issuer, "2", ada.Email, true}, "the subject of another issuer": {issuer + "/", "1", ada.Email, true},
		"no issuer": {"", "", ada.Email, true}, "the account's name as subject": {issuer, "ada", "", false},
	} {
		_, _, err := p.SignInAs(ctx, other)
		p.refused(what, CodeIdentity, err)
	}
	_, _, err = p.SignIn(ctx, "192.0.2.1", "ada", "")
	p.refused("an empty password for an account without one", CodeSignIn, err)
	second := p.invited(labs.RoleLearner)
	_, _, err = p.AcceptAs(ctx, second, "ada-two", ada)
	p.refused("a second account for a person", CodeIdentity, err)
	if _, _, err = p.Accept(ctx, second, "ada-two", good); err != nil {
		t.Errorf("the invitation is used up by the attempt: %v", err)
	}
}

// An account with a password gets an identity by a link for a new password, and keeps the password. Its sessions end.
// Another identity takes the place of the first one.
func TestIdentityOfAnAccount(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	a, badge := p.joins("ada", labs.RoleAuthor)
	link := func(subject string) {
		t.Helper()
		key, _, err := p.Reset(ctx, machine, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if linked, _, err := p.AcceptAs(ctx, key, "", Identity{Issuer: issuer, Subject: subject}); err != nil || linked.ID != a.ID || linked.Role != labs.RoleAuthor || !linked.Linked || !linked.Password {
			t.Fatalf("linked as %+v, %v", linked, err)
		}
	}
	link("1")
	_, err := p.Who(ctx, badge)
	p.refused("a session of before", CodeSignedOut, err)
	if _, _, err := p.SignIn(ctx, "192.0.2.1", "ada", good); err != nil {
		t.Errorf("with the password: %v", err)
	}
	link("2")
	_, _, err = p.SignInAs(ctx, Identity{Issuer: issuer, Subject: "1"})
	p.refused("the identity of before", CodeIdentity, err)
	if err := p.Disable(ctx, machine, a.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = p.SignInAs(ctx, Identity{Issuer: issuer, Subject: "2"})
	p.refused("a disabled account", CodeSignIn, err)
}

// Whoever has a verified address at an admitted domain becomes a learner, under a name that is nobody else's.
func TestAdmit(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.Admit([]string{"example.org", "school.example"})
	for _, email := range []string{"", "ada", "@example.org", "ada@sub.example.org", "ada@example.org.evil.example", "ada@evilexample.org", "ada@example.org@evil.example", "ada@example.com", "example.org"} {
		_, _, err := p.SignInAs(ctx, Identity{Issuer: issuer, Subject: "x", Email: email, Verified: true})
		p.refused("the address "+email, CodeIdentity, err)
	}
	_, _, err := p.SignInAs(ctx, Identity{Issuer: issuer, Subject: "x", Email: "ada@example.org"})
	p.refused("an address that is not verified", CodeIdentity, err)
	p.joins("grace", labs.RoleAdmin)
	p.running = &engine{owners: []string{"hopper"}}
	for i, c := range []struct{ email, want string }{
		{"ada.lovelace+labs@Example.ORG", "ada.lovelace.labs"},
		{"jean-luc__p.-@example.org", "jean-luc_p"},
		{"grace@school.example", "grace-2"},
		{"GRACE@example.org", "GRACE-3"},
		{"turing@example.org", "turing-2"},
		{"hopper@example.org", "hopper-2"},
		{"日本@example.org", "learner"},
		{"<script>@example.org", "script"},
		{strings.Repeat("a.", 40) + "@example.org", strings.TrimSuffix(strings.Repeat("a.", 15), ".")},
	} {
		who := Identity{Issuer: issuer, Subject: string(rune('a' + i)), Email: c.email, Verified: true}
		a, _, err := p.SignInAs(ctx, who)
		if err != nil || a.Name != c.want || a.Role != labs.RoleLearner || !a.Linked {
			t.Errorf("%s becomes %+v, %v, want %s", c.email, a, err, c.want)
			continue
		}
		p.Admit(nil) // who has an account keeps it
		if again, _, err := p.SignInAs(ctx, who); err != nil || again.ID != a.ID {
			t.Errorf("%s comes back as %+v, %v", c.email, again, err)
		}
		p.Admit([]string{"example.org", "school.example"})
	}
}

// An address that begins to sign in again and again is slowed down; others are not.
func TestBeginAs(t *testing.T) {
	p := newPeople(t)
	for range int(paceOfAddress.burst) {
		if err := p.BeginAs("192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	p.refused("one more", CodeTooMany, p.BeginAs("192.0.2.1"))
	if err := p.BeginAs("192.0.2.2"); err != nil {
		t.Error(err)
	}
}
