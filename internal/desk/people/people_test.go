package people

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"endstate/internal/attempts"
	"endstate/internal/desk"
	"endstate/labs"
)

var (
	machine = labs.Learner{Name: "turing", Role: labs.RoleAdmin}
	begun   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

const good = "four words of mine"

// people is a room with a clock of the test's own.
type people struct {
	*testing.T
	*Desk
	now     time.Time
	running *engine // nil: no engine answers
}

// engine is an engine with labs of some owners.
type engine struct {
	labs.Engine // methods not overridden below must not be called
	owners      []string
}

func (e *engine) Labs(context.Context, labs.Which) ([]*labs.Lab, error) {
	var all []*labs.Lab
	for _, owner := range e.owners {
		all = append(all, &labs.Lab{Owner: owner})
	}
	return all, nil
}

func (p *people) open(context.Context) (*desk.Backend, error) {
	if p.running == nil {
		return nil, errors.New("no engine here")
	}
	return &desk.Backend{Engine: p.running, Close: func() error { return nil }}, nil
}

func newPeople(t *testing.T) *people {
	p := &people{T: t, now: begun}
	at := desk.New(desk.Config{Clock: func() time.Time { return p.now }, Settings: desk.Settings{Home: t.TempDir()}, Open: p.open})
	t.Cleanup(at.Close)
	p.Desk = New(at, machine)
	return p
}

// joins creates an account by invitation.
func (p *people) joins(name string, role labs.UserRole) (*Account, Badge) {
	p.Helper()
	key, _, err := p.Invite(p.Context(), machine, role, time.Hour)
	if err != nil {
		p.Fatal(err)
	}
	a, badge, err := p.Accept(p.Context(), key, name, good)
	if err != nil {
		p.Fatal(err)
	}
	return a, badge
}

// refused demands a problem with a code.
func (p *people) refused(what, code string, err error) {
	p.Helper()
	var problem *labs.Problem
	if !errors.As(err, &problem) || problem.Code != code {
		p.Errorf("%s: %v, want a problem with the code %s", what, err, code)
	}
}

// An invitation is accepted once, before it expires, and gives the role that it was made for.
func TestInvitations(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	for _, role := range []labs.UserRole{"", labs.RoleLearner, labs.RoleAuthor, labs.RoleExaminer} {
		_, _, err := p.Invite(ctx, labs.Learner{Name: "ada", Role: role}, labs.RoleAdmin, time.Hour)
		p.refused("an invitation by "+string(role), labs.CodeForbidden, err)
	}
	_, _, err := p.Invite(ctx, machine, "owner", time.Hour)
	p.refused("an unknown role", labs.CodeMisuse, err)
	_, _, err = p.Invite(ctx, machine, labs.RoleLearner, 31*24*time.Hour)
	p.refused("an invitation for 31 days", labs.CodeMisuse, err)
	key, _, err := p.Invite(ctx, machine, labs.RoleExaminer, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Accept(ctx, key, "../ada", good)
	p.refused("a path as name", CodeName, err)
	_, _, err = p.Accept(ctx, key, "ada", "short")
	p.refused("a short password", CodePassword, err)
	a, badge, err := p.Accept(ctx, key, " Ada ", good)
	if err != nil || a.Name != "Ada" || a.Role != labs.RoleExaminer {
		t.Fatalf("accepted as %+v, %v", a, err)
	}
	if who, err := p.Who(ctx, badge); err != nil || who.Learner() != (labs.Learner{Name: "Ada", Role: labs.RoleExaminer}) {
		t.Errorf("the session is that of %+v, %v", who, err)
	}
	_, _, err = p.Accept(ctx, key, "bob", good)
	p.refused("a used invitation", CodeInvitation, err)
	_, err = p.Invited(ctx, key+"A")
	p.refused("a wrong key", CodeInvitation, err)
	late, _, err := p.Invite(ctx, machine, labs.RoleLearner, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(time.Hour)
	_, _, err = p.Accept(ctx, late, "bob", good)
	p.refused("a late invitation", CodeInvitation, err)
}

// Invitations are listed until they are used, and can be revoked.
func TestRevoke(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.joins("ada", labs.RoleLearner)
	key, invitation, err := p.Invite(ctx, machine, labs.RoleLearner, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ada := labs.Learner{Name: "ada"}
	_, err = p.Invitations(ctx, ada)
	p.refused("a learner's look at invitations", labs.CodeForbidden, err)
	p.refused("a learner's revocation", labs.CodeForbidden, p.Revoke(ctx, ada, invitation.ID))
	if open, err := p.Invitations(ctx, machine); err != nil || len(open) != 1 || open[0].ID != invitation.ID {
		t.Errorf("open are %v, %v", open, err)
	}
	if err := p.Revoke(ctx, machine, invitation.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = p.Accept(ctx, key, "bob", good)
	p.refused("a revoked invitation", CodeInvitation, err)
}

// A name is nobody else's, looks like nobody else's, and is neither a path nor another's prefix.
func TestNames(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	store, err := p.store(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"hopper", "knuth/exam-1"} {
		lab := &labs.Lab{Scenario: "first", ID: owner, Owner: owner, Started: begun}
		if _, err := store.Of(labs.Learner{Name: owner}).Begin(ctx, lab, attempts.About{Scenario: labs.Scenario{Name: "first"}}); err != nil {
			t.Fatal(err)
		}
	}
	p.running = &engine{owners: []string{"liskov", "dijkstra/exam-2"}}
	p.joins("ada.lovelace", labs.RoleLearner)
	p.joins("bill01", labs.RoleLearner)
	p.joins("Zoë", labs.RoleLearner)
	key, _, err := p.Invite(ctx, machine, labs.RoleLearner, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"ADA.Lovelace", "ada-lovelace", "ada_lovelace", "adа.lovelace", "ada.iovelace", "BiIIO1", "zoe", "Zoé", "Turing", "turlng", "hopper", "HOPPER", "knuth", "Knuth", "liskov", "Liskov", "dijkstra",
		"", " ", ".", "..", "ada/exam", "ada/", "/ada", `a\b`, "a b", "a\x00b", "a\nb", "a\u200bb", "a\u202eb", ".ada", "ada.", "a..b", "-rf", "<script>", "a'b", "a\"b", "日本", "Ада", "a\u0300\u0301\u0302\u0303b", "ⅼab", "ada\u2215b",
		strings.Repeat("a", 41), strings.Repeat("a", 100000), "e\u0301\u0301",
	} {
		_, _, err := p.Accept(ctx, key, name, good)
		p.refused("the name "+name[:min(len(name), 50)], CodeName, err)
	}
	if a, _, err := p.Accept(ctx, key, "Jose\u0301-Łuka5z", good); err == nil {
		t.Errorf("a letter that no rule knows is accepted: %+v", a)
	}
	if a, _, err := p.Accept(ctx, key, "Jose\u0301-2", good); err != nil || a.Name != "Jos\u00e9-2" {
		t.Errorf("a name with an accent becomes %+v, %v", a, err)
	}
}

func TestPasswords(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	key, _, err := p.Invite(ctx, machine, labs.RoleLearner, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "123456789", strings.Repeat("a", 12), "abababababab", "katherine", "katherine1", "Katherine123", "tab\tand\x07bell!", strings.Repeat("long ", 41)} {
		_, _, err := p.Accept(ctx, key, "katherine", bad)
		p.refused("the password "+bad, CodePassword, err)
	}
	if _, _, err := p.Accept(ctx, key, "katherine", "pässwörter\u00a0sind mühsam"); err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{
		"pässwörter sind mühsam": true, "pa\u0308ssworter sind muhsam": false, "pa\u0308sswo\u0308rter sind mu\u0308hsam": true, "": false, "Pässwörter sind mühsam": false, strings.Repeat("x", 1<<20): false,
	} {
		if _, _, err := p.SignIn(ctx, "192.0.2.1", "Katherine", password); (err == nil) != want {
			t.Errorf("the password %.40q: %v, want %v", password, err, want)
		}
	}
	store, err := p.store(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.Accounts(ctx)
	if err != nil || len(all) != 1 || !strings.HasPrefix(all[0].Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored are %+v, %v", all, err)
	}
}

// A wrong name and a wrong password look the same, and cost the same.
func TestSignIn(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.joins("ada", labs.RoleAuthor)
	if a, badge, err := p.SignIn(ctx, "192.0.2.1", "ADA", good); err != nil || a.Name != "ada" || badge.Account != a.ID {
		t.Errorf("signed in as %+v, %+v, %v", a, badge, err)
	}
	var texts []string
	took := map[string]time.Duration{}
	for _, name := range []string{"ada", "nobody", "no body"} {
		least := time.Hour
		for range 3 {
			at := time.Now()
			_, _, err := p.SignIn(ctx, "192.0.2."+name, name, "a wrong password")
			least = min(least, time.Since(at))
			p.refused(name+" with a wrong password", CodeSignIn, err)
			texts = append(texts, err.Error())
		}
		took[name] = least
	}
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("problems differ: %q, %q", text, texts[0])
		}
	}
	for name, least := range took {
		if least < 5*time.Millisecond { // hashing takes longer on any machine, and looking up a name does not
			t.Errorf("%s is refused in %v, without hashing the password", name, least)
		}
	}
}

// Examiners see who there is, learners and authors don't.
func TestList(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.joins("zoe", labs.RoleLearner)
	p.joins("Ada", labs.RoleAdmin)
	for role, want := range map[labs.UserRole]int{labs.RoleLearner: 0, labs.RoleAuthor: 0, labs.RoleExaminer: 2, labs.RoleAdmin: 2} {
		all, err := p.List(ctx, labs.Learner{Name: "x", Role: role})
		if len(all) != want || (err == nil) != (want > 0) || want > 0 && all[0].Name != "Ada" {
			t.Errorf("%s sees %v, %v", role, all, err)
		}
	}
}

// The first admin is the machine's own user, under their own name, and only as long as there is no other.
func TestFirstAdmin(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.joins("ada", labs.RoleExaminer)
	first, err := p.FirstAdmin(ctx)
	if err != nil || first == "" {
		t.Fatalf("no invitation: %v", err)
	}
	key, err := p.FirstAdmin(ctx)
	if err != nil || key == "" || key == first {
		t.Fatalf("at the next start: %q, %v", key, err)
	}
	_, _, err = p.Accept(ctx, first, "", good)
	p.refused("the invitation of an earlier start", CodeInvitation, err)
	a, _, err := p.Accept(ctx, key, "eve", good)
	if err != nil || a.Learner() != machine {
		t.Fatalf("the first admin is %+v, %v", a, err)
	}
	if _, _, err := p.SignIn(ctx, "192.0.2.1", "TURING", good); err != nil {
		t.Errorf("they can't sign in: %v", err)
	}
	if key, err := p.FirstAdmin(ctx); key != "" || err != nil {
		t.Errorf("a second one is invited: %q, %v", key, err)
	}
	late := newPeople(t)
	if key, err = late.FirstAdmin(ctx); err != nil {
		t.Fatal(err)
	}
	late.now = late.now.Add(time.Hour)
	_, _, err = late.Accept(ctx, key, "", good)
	late.refused("an invitation of an hour ago", CodeInvitation, err)
}

// Who has a name that no account can have chooses one.
func TestFirstAdminChoosesAName(t *testing.T) {
	p, ctx := newPeople(t), t.Context()
	p.machine.Name = `DOMAIN\turing`
	key, err := p.FirstAdmin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if a, _, err := p.Accept(ctx, key, "alan", good); err != nil || a.Learner() != (labs.Learner{Name: "alan", Role: labs.RoleAdmin}) {
		t.Errorf("the first admin is %+v, %v", a, err)
	}
}
