package people

import (
	"testing"
	"time"

	"endstate/labs"
)

// What an admin changes counts at once, also for sessions that there are.
func TestManage(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	a, badge := p.joins("ada", labs.RoleLearner)
	in := func(what string, want bool, role labs.UserRole) {
		t.Helper()
		who, err := p.Who(ctx, badge)
		switch {
		case !want:
			p.refused(what, CodeSignedOut, err)
		case err != nil || who.Role != role:
			t.Errorf("%s: %+v, %v", what, who, err)
		}
	}
	did := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	signIn := func() (err error) { _, badge, err = p.SignIn(ctx, "192.0.2.1", "ada", good); return err }

	changed := p.Changed()
	did("a new role", p.SetRole(ctx, machine, a.ID, labs.RoleExaminer))
	select {
	case <-changed:
	default:
		t.Error("nobody is told of the change")
	}
	in("after a new role", true, labs.RoleExaminer)
	did("end sessions", p.EndSessions(ctx, machine, a.ID))
	in("after the end of sessions", false, "")
	did("sign in", signIn())
	did("disable", p.Disable(ctx, machine, a.ID))
	in("while disabled", false, "")
	old := badge
	p.refused("sign in while disabled", CodeSignIn, signIn())
	_, _, err := p.Reset(ctx, machine, a.ID)
	p.refused("a new password while disabled", labs.CodeMisuse, err)
	did("enable", p.Enable(ctx, machine, a.ID))
	badge = old
	in("with a session from before it was disabled", false, "")
	did("sign in", signIn())
	in("when enabled again", true, labs.RoleExaminer)

	first, _, err := p.Reset(ctx, machine, a.ID)
	did("reset", err)
	second, invitation, err := p.Reset(ctx, machine, a.ID)
	did("reset again", err)
	if invitation.Name != "ada" || invitation.Role != labs.RoleExaminer {
		t.Errorf("the invitation is %+v", invitation)
	}
	_, _, err = p.Accept(ctx, first, "", "another good one")
	p.refused("a link that another one replaced", CodeInvitation, err)
	did("sign in with the old password", signIn())
	reset, _, err := p.Accept(ctx, second, "eve", "another good one")
	if err != nil || reset.ID != a.ID || reset.Name != "ada" {
		t.Errorf("the new password is that of %+v, %v", reset, err)
	}
	in("with a session under the old password", false, "")
	p.refused("the old password", CodeSignIn, signIn())
}

// Only admins manage accounts, and nobody their own.
func TestWhoManages(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	ada, _ := p.joins("ada", labs.RoleAdmin)
	bob, badge := p.joins("bob", labs.RoleLearner)
	acts := map[string]func(labs.Learner, int64) error{
		"set a role":   func(who labs.Learner, id int64) error { return p.SetRole(ctx, who, id, labs.RoleAdmin) },
		"disable":      func(who labs.Learner, id int64) error { return p.Disable(ctx, who, id) },
		"enable":       func(who labs.Learner, id int64) error { return p.Enable(ctx, who, id) },
		"end sessions": func(who labs.Learner, id int64) error { return p.EndSessions(ctx, who, id) },
		"reset":        func(who labs.Learner, id int64) error { _, _, err := p.Reset(ctx, who, id); return err },
	}
	for what, act := range acts {
		for _, role := range []labs.UserRole{"", labs.RoleLearner, labs.RoleAuthor, labs.RoleExaminer} {
			p.refused(what+" as "+string(role), labs.CodeForbidden, act(labs.Learner{Name: "eve", Role: role}, bob.ID))
		}
		p.refused(what+" of nobody", labs.CodeNotFound, act(machine, 99))
		if what != "reset" {
			p.refused(what+" of one's own", CodeOwnAccount, act(ada.Learner(), ada.ID))
		}
	}
	p.refused("an unknown role", labs.CodeMisuse, p.SetRole(ctx, machine, bob.ID, "root"))
	if who, err := p.Who(ctx, badge); err != nil || who.Role != labs.RoleLearner {
		t.Errorf("bob is now %+v, %v", who, err)
	}
}

// A new password ends all sessions but the one in which it was set.
func TestChangePassword(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	_, badge := p.joins("ada", labs.RoleLearner)
	_, err := p.ChangePassword(ctx, badge, "192.0.2.1", "wrong", "another good one")
	p.refused("with a wrong password", CodeSignIn, err)
	_, err = p.ChangePassword(ctx, badge, "192.0.2.1", good, "short")
	p.refused("to a short one", CodePassword, err)
	fresh, err := p.ChangePassword(ctx, badge, "192.0.2.1", good, "another good one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Who(ctx, fresh); err != nil {
		t.Errorf("the session does not go on: %v", err)
	}
	_, err = p.Who(ctx, badge)
	p.refused("another session", CodeSignedOut, err)
	_, err = p.ChangePassword(ctx, badge, "192.0.2.1", "another good one", "yet another one")
	p.refused("in another session", CodeSignedOut, err)
	if _, _, err := p.SignIn(ctx, "192.0.2.1", "ada", "another good one"); err != nil {
		t.Errorf("with the new password: %v", err)
	}
}

// Guessing slows down, for names that exist as for others, and success costs nothing.
func TestGuessesSlowDown(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.joins("ada", labs.RoleLearner)
	try := func(from, name, password string) error { _, _, err := p.SignIn(ctx, from, name, password); return err }
	for range 20 {
		if err := try("192.0.2.9", "ada", good); err != nil {
			t.Fatalf("the right password: %v", err)
		}
	}
	for _, name := range []string{"ada", "nobody"} {
		for range int(paceOfPair.burst) {
			p.refused("a guess", CodeSignIn, try("192.0.2.1", name, "wrong password"))
		}
		p.refused("one guess too many at "+name, CodeTooMany, try("192.0.2.1", name, "wrong password"))
	}
	p.refused("even the right password", CodeTooMany, try("192.0.2.1", "ADA", good))
	if err := try("192.0.2.2", "ada", good); err != nil {
		t.Errorf("from another address: %v", err)
	}
	p.now = p.now.Add(paceOfPair.pause)
	if err := try("192.0.2.1", "ada", good); err != nil {
		t.Errorf("after a pause: %v", err)
	}
}

// One stranger can't shut anybody out, and many can't shut out who signed in from their address before.
func TestNobodyIsShutOut(t *testing.T) {
	var l limits
	now := begun
	if _, err := l.take(now, "198.51.100.1", "ada"); err != nil {
		t.Fatal(err)
	}
	guesses := 0
	for range 3600 { // an hour of guesses, each second
		now = now.Add(time.Second)
		if _, err := l.take(now, "192.0.2.1", "ada"); err == nil {
			guesses++
		}
	}
	if success, err := l.take(now, "198.51.100.7", "ada"); err != nil || guesses > 200 {
		t.Errorf("after %d guesses of a stranger: %v", guesses, err)
	} else {
		success()
	}
	for range 600 {
		now = now.Add(100 * time.Millisecond)
		for _, stranger := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1", "2001:db8:0:5::1", "2001:db8:0:6::1", "2001:db8:0:7::1", "2001:db8:0:8::1", "2001:db8:0:9::1"} {
			_, _ = l.take(now, stranger, "ada")
		}
	}
	if _, err := l.take(now, "203.0.113.1", "ada"); err == nil {
		t.Error("many strangers are not slowed down")
	}
	if _, err := l.take(now, "198.51.100.7", "ada"); err != nil {
		t.Errorf("who signed in before is shut out: %v", err)
	}
}

// Who has many addresses of a network gets no more guesses than with one.
func TestNetworks(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::/64", "2001:db8::ffff:1": "2001:db8::/64", "fe80::1%eth0": "fe80::/64", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%s is in %s, want %s", address, got, want)
		}
	}
}

// Guesses with ever new names from one address are limited, and so is the memory that they take.
func TestSprayedNames(t *testing.T) {
	var l limits
	accepted := 0
	for i := range 1000 {
		if _, err := l.take(begun, "192.0.2.1", string(rune('a'+i%26))+time.Duration(i).String()); err == nil {
			accepted++
		}
	}
	if accepted != int(paceOfAddress.burst) {
		t.Errorf("%d guesses were accepted, want %v", accepted, paceOfAddress.burst)
	}
	for i := range mostBuckets {
		_, _ = l.take(begun.Add(time.Duration(i)*time.Hour), "192.0.2.1", time.Duration(i).String())
	}
	if n := len(l.buckets); n > mostBuckets+3 {
		t.Errorf("%d buckets are kept", n)
	}
}
