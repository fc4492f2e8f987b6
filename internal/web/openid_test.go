package web

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/labs"
)

// Who is invited can choose the provider in place of a password. From then on, they sign in there, and nothing of what
// it said is stored but who they are.
func TestProviderByInvitation(t *testing.T) {
	p, join := newProvider(t)
	if p.Asked() != 0 {
		t.Error("the provider is asked before anybody signs in")
	}
	admin := p.visitor()
	_, body := admin.get(join)
	p.site.says("the invitation", body, "Choose a password, turing", `formaction="`+join+`/provider"`, "From now on, sign in with School")
	p.Person = as("admin-at-school", "turing@elsewhere.example", false)
	admin.signsIn("/", join+"/provider")
	_, body = admin.get("/you")
	p.site.says("the page", body, "<h1>turing</h1>", "Your role: admin. You can sign in with School.", "!Change your password")
	_, body = admin.ask(http.MethodPost, ours+"/people/invitations", "same-origin", "role", "author", "days", "1")
	join = "/join/" + between(body, ours+"/join/", `"`)

	ada := p.visitor()
	answer, body := ada.ask(http.MethodPost, ours+join+"/provider", "same-origin", "name", "a b")
	ada.refused("a name that nobody can have", http.StatusBadRequest, "An account can&#39;t have that name", answer, body)
	p.Person = as("ada-at-school", "", false)
	ada.signsIn("/", join+"/provider", "name", "ada")
	_, body = ada.get("/you")
	p.site.says("the page", body, "<h1>ada</h1>", "Your role: author")
	first := p.session(ada)
	again := p.visitor()
	_, body = again.get("/attempts")
	p.site.says("the page to sign in", body, "Sign in with School", `action="/sign-in/provider"`)
	again.signsIn("/attempts", "/sign-in/provider", "to", "/attempts")
	_, body = again.get("/you")
	p.site.says("the page", body, "<h1>ada</h1>")
	ada.signsIn("/", "/sign-in/provider", "to", "//evil.example")
	if now := p.session(ada); now == first || now == "" || now == p.session(again) {
		t.Error("the session has the same token as before")
	}
	answer, body = p.visitor().ask(http.MethodPost, ours+join+"/provider", "same-origin", "name", "eve")
	if answer.StatusCode != http.StatusBadRequest || !strings.Contains(body, "has been used") {
		t.Errorf("a used invitation is answered %d: %s", answer.StatusCode, body)
	}
	p.nowhere(p.Last, "access-", p.Secret)
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return text
}

// nowhere demands that no file of the server has a text.
func (p *provider) nowhere(texts ...string) {
	p.Helper()
	files, err := filepath.Glob(filepath.Join(p.site.server.Desk.Home, "endstate.db*"))
	if err != nil || len(files) == 0 {
		p.Fatalf("the store is in %v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			p.Fatal(err)
		}
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				p.Errorf("%s has %.20s…", filepath.Base(file), text)
			}
		}
	}
}

// Without an invitation, only verified addresses at the chosen domains are let in, as learners.
func TestProviderByDomain(t *testing.T) {
	p, _ := newProvider(t, "example.org", "school.example")
	_, body := p.visitor().get("/sign-in")
	p.site.says("the page to sign in", body, "if your e-mail address ends in @example.org or @school.example.")
	for what, c := range map[string]struct {
		person claims
		why    string
	}{
		"not verified": {as("1", "ada@example.org", false), "Your e-mail address is not verified"}, "nothing about that": {claims{"sub": "1", "email": "ada@example.org"}, "not verified"},
		"another text": {as("1", "ada@example.org", "yes"), "not verified"}, "another domain": {as("1", "ada@example.com", true), "You have no account here"}, "no address": {claims{"sub": "1"}, "You have no account here"},
	} {
		b := p.visitor()
		p.Person = c.person
		answer, body := b.returns(b.begins("/sign-in/provider"))
		b.refused(what, http.StatusBadRequest, c.why, answer, body)
	}
	if n := p.people(); n != 0 {
		t.Fatalf("there are %d accounts", n)
	}
	for i, verified := range []any{true, "true", true} {
		b := p.visitor()
		p.Person = as("ada"[:1+i%2], "Ada.L@Example.org", verified)
		b.signsIn("/", "/sign-in/provider")
		_, body := b.get("/you")
		p.site.says("the page", body, []string{"<h1>Ada.L</h1>", "<h1>Ada.L-2</h1>"}[i%2], "Your role: learner")
	}
	if n := p.people(); n != 2 {
		t.Errorf("there are %d accounts", n)
	}
}

// A token that is not the provider's, not for this server, not for this attempt or not of now lets nobody in.
func TestForgedTokens(t *testing.T) {
	p, _ := newProvider(t, "example.org")
	now := p.site.engine.Now()
	for what, forge := range map[string]func(header, said claims){
		"another nonce":        func(_, said claims) { said["nonce"] = strings.Repeat("n", 43) },
		"no nonce":             func(_, said claims) { delete(said, "nonce") },
		"another audience":     func(_, said claims) { said["aud"] = "another-client" },
		"no audience":          func(_, said claims) { delete(said, "aud") },
		"many without a party": func(_, said claims) { said["aud"] = []string{p.Client, "another-client"} },
		"made for another party": func(_, said claims) {
			said["aud"], said["azp"] = []string{p.Client, "another-client"}, "another-client"
		},
		"another issuer":       func(_, said claims) { said["iss"] = "https://evil.example" },
		"no issuer":            func(_, said claims) { delete(said, "iss") },
		"expired":              func(_, said claims) { said["exp"] = now.Add(-time.Second).Unix() },
		"never expires":        func(_, said claims) { delete(said, "exp") },
		"not yet":              func(_, said claims) { said["nbf"] = now.Add(time.Hour).Unix() },
		"nobody":               func(_, said claims) { delete(said, "sub") },
		"another key's name":   func(header, _ claims) { header["kid"] = "2" },
		"signed by nobody":     func(header, _ claims) { header["alg"] = "none" },
		"signed with a secret": func(header, _ claims) { header["alg"] = "HS256" },
	} {
		b := p.visitor()
		p.Person, p.Forge = as("1", "ada@example.org", true), forge
		answer, body := b.returns(b.begins("/sign-in/provider"))
		b.refused(what, http.StatusBadRequest, "You are not signed in", answer, body)
	}
	if n := p.people(); n != 0 {
		t.Errorf("there are %d accounts", n)
	}
	p.Forge = nil
	p.visitor().signsIn("/", "/sign-in/provider") // what was refused was the forgery
}

// An answer of the provider counts once, in the browser that asked for it. A page of another site can't begin.
func TestAnswersOfTheProvider(t *testing.T) {
	p, join := newProvider(t, "example.org")
	p.Person = as("eve", "eve@example.org", true)
	eve, ada := p.visitor(), p.visitor()
	back := eve.begins("/sign-in/provider")
	answer, body := ada.returns(back)
	ada.refused("an answer for another browser", http.StatusBadRequest, "You are not signed in", answer, body)
	ada.begins("/sign-in/provider")
	answer, body = ada.returns(back)
	ada.refused("an answer for another browser, to one that has begun", http.StatusBadRequest, "You are not signed in", answer, body)
	answer, body = p.visitor().ask(http.MethodPost, ours+join+"/provider", "cross-site")
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form is answered %d: %s", answer.StatusCode, body)
	}
	if answer, body = eve.returns(back); answer.StatusCode != http.StatusOK {
		t.Fatalf("the browser that began is answered %d: %s", answer.StatusCode, body)
	}
	if status, _ := eve.get("/you"); status != http.StatusOK {
		t.Errorf("the browser that began is not let in: %d", status)
	}
	eve.ask(http.MethodPost, ours+"/sign-out", "same-origin")
	answer, body = eve.returns(back)
	eve.refused("an answer of before", http.StatusBadRequest, "You are not signed in", answer, body)

	at, err := url.Parse(ada.begins("/sign-in/provider"))
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(url.Values){
		"another state": func(q url.Values) { q.Set("state", strings.Repeat("s", 43)) }, "no state": func(q url.Values) { q.Del("state") }, "no code": func(q url.Values) { q.Del("code") },
		"an invented code": func(q url.Values) { q.Set("code", "invented") }, "a refusal": func(q url.Values) { q.Set("error", "access_denied") }, "another issuer": func(q url.Values) { q.Set("iss", "https://evil.example") },
		"a code of another attempt": func(q url.Values) { q.Set("code", at.Query().Get("code")) },
	} {
		b := p.visitor()
		changed, err := url.Parse(b.begins("/sign-in/provider"))
		if err != nil {
			t.Fatal(err)
		}
		query := changed.Query()
		change(query)
		changed.RawQuery = query.Encode()
		answer, body := b.returns(changed.String())
		b.refused(what, http.StatusBadRequest, "You are not signed in", answer, body)
	}
	p.site.engine.wait(11 * time.Minute)
	answer, body = ada.returns(at.String())
	ada.refused("an answer that comes too late", http.StatusBadRequest, "You are not signed in", answer, body)
}

// An invitation outlives an attempt that fails on the way back, whose page lets its owner begin again.
func TestInvitationOutlivesFailure(t *testing.T) {
	p, join := newProvider(t)
	p.Person = as("1", "", false)
	b := p.visitor()
	p.Forge = func(_, said claims) { said["nonce"] = "another" }
	answer, body := b.returns(b.begins(join + "/provider"))
	b.refused("a forged token", http.StatusBadRequest, "You are not signed in", answer, body)
	p.site.says("the page", body, "Choose a password, turing", `formaction="`+join+`/provider"`)
	if n := p.people(); n != 0 {
		t.Errorf("there are %d accounts", n)
	}
	p.Forge = nil
	b.signsIn("/", join+"/provider")
}

// Under another name of the server, people are led to the one to which the provider sends them back.
func TestProviderUnderAnotherName(t *testing.T) {
	p, join := newProvider(t)
	other := append(slices.Clone(proxied), "Host", "labs.example.net", "Sec-Fetch-Site", "same-origin")
	for path, want := range map[string]string{"/sign-in/provider": ours + "/sign-in?to=%2Fattempts", join + "/provider": ours + join} {
		answer, body := p.site.stranger().send(http.MethodPost, path, "to=/attempts", other...)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Refresh") != "0; url="+want || answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s is answered %d, %v: %s", path, answer.StatusCode, answer.Header, body)
		}
	}
	if p.Asked() != 0 {
		t.Error("the provider is asked")
	}
}

// Who begins again and again is slowed down.
func TestTooManyBegin(t *testing.T) {
	p, _ := newProvider(t)
	b := p.visitor()
	for range 100 {
		b.begins("/sign-in/provider")
	}
	answer, body := b.ask(http.MethodPost, ours+"/sign-in/provider", "same-origin")
	b.refused("one more", http.StatusTooManyRequests, "too many attempts", answer, body)
	if answer.Header.Get("Retry-After") == "" {
		t.Error("no word about when to try again")
	}
}

// A disabled account stays out, whatever the provider says.
func TestDisabledAtTheProvider(t *testing.T) {
	p, _ := newProvider(t, "example.org")
	p.Person = as("1", "ada@example.org", true)
	b := p.visitor()
	b.signsIn("/", "/sign-in/provider")
	if err := p.site.server.people.Disable(t.Context(), labs.Learner{Name: "turing", Role: labs.RoleAdmin}, 1); err != nil {
		t.Fatal(err)
	}
	answer, body := b.returns(b.begins("/sign-in/provider"))
	b.refused("a disabled account", http.StatusBadRequest, "Your account is disabled", answer, body)
	if n := p.people(); n != 1 {
		t.Errorf("there are %d accounts", n)
	}
}

// Without the provider, the page says what to do, passwords work, and invitations are not used up. When it is back,
// it is found.
func TestProviderAway(t *testing.T) {
	p, join := newProvider(t, "example.org")
	p.Person = as("1", "ada@example.org", true)
	tried := 0
	p.Answer = func(w http.ResponseWriter) bool {
		tried++
		p.site.engine.wait(10 * time.Second) // as if it took that long to fail
		http.Error(w, "no route to db.internal", http.StatusBadGateway)
		return true
	}
	b := p.visitor()
	for _, path := range []string{"/sign-in/provider", join + "/provider"} {
		answer, body := b.ask(http.MethodPost, ours+path, "same-origin")
		b.refused(path, http.StatusServiceUnavailable, "School does not answer as it should", answer, body)
		p.site.says(path, body, "Try again in a minute", `type="password"`, "!db.internal")
	}
	admin := p.visitor()
	if answer, body := admin.ask(http.MethodPost, ours+join, "same-origin", "password", password); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("with a password they are answered %d: %s", answer.StatusCode, body)
	}
	p.Answer = nil
	answer, _ := b.ask(http.MethodPost, ours+"/sign-in/provider", "same-origin")
	if answer.StatusCode != http.StatusServiceUnavailable || tried != 1 || p.Asked() != 0 {
		t.Errorf("the provider is asked again at once, after %d times: %d", tried, answer.StatusCode)
	}
	p.site.engine.wait(6 * time.Second)
	back := b.begins("/sign-in/provider")
	p.Answer = func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusInternalServerError); return true }
	answer, body := b.returns(back)
	b.refused("a provider that fails on the way back", http.StatusServiceUnavailable, "School does not answer", answer, body)
	p.Answer = nil
	b.signsIn("/", "/sign-in/provider")
	b.signsIn("/", "/sign-in/provider")
	if n := p.Asked(); n != 1 {
		t.Errorf("the provider was asked for its addresses %d times", n)
	}
}

// Without a provider, nothing of it is there.
func TestNoProvider(t *testing.T) {
	s := newSite(t)
	s.joins("ada", labs.RoleLearner)
	if status, body := s.stranger().get("/sign-in"); status != http.StatusOK || strings.Contains(body, "/provider") {
		t.Errorf("the page to sign in: %d: %s", status, body)
	}
	if answer, _ := s.stranger().post("/sign-in/provider", false); answer.StatusCode == http.StatusOK {
		t.Errorf("the button is answered %d", answer.StatusCode)
	}
}
