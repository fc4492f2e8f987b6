package web

import (
	"net/http"
	"strings"
	"testing"

	"endstate/labs"
)

// A key lets one browser in, once. The cookie is out of reach of scripts and of other sites.
func TestKeysWorkOnce(t *testing.T) {
	s := newSite(t)
	entry := strings.TrimPrefix(s.server.entry(labs.Learner{Name: "ada"}), "http://"+s.server.address)
	first := s.stranger()
	first.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, _ := first.send(http.MethodGet, entry, "")
	cookie := answer.Header.Get("Set-Cookie")
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" {
		t.Errorf("the key answers %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	s.says("the cookie", cookie, "HttpOnly", "SameSite=Strict", "Path=/", "!Domain", "!ada")
	first.page("/", "What to do next", ">ada<")
	if next := <-s.entries; strings.HasSuffix(next, entry) || !strings.Contains(next, "/enter?key=") {
		t.Errorf("the next entry is %s", next)
	}
	for what, path := range map[string]string{"a used key": entry, "a wrong key": "/enter?key=AAAA", "no key": "/enter"} {
		status, body := s.stranger().get(path)
		if status != http.StatusForbidden {
			t.Errorf("%s answers %d", what, status)
		}
		s.says(what, body, "been used already", "!What to do next")
	}
}

// When the server starts again, browsers that were let in stay in, and only they.
func TestSessionsOutliveTheServer(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	unused := strings.TrimPrefix(s.server.entry(labs.Learner{Name: "ada"}), "http://"+s.server.address)
	s.server = newServer(s.server.ctx, s.server.address, s.server.Config)
	s.Config.Handler = s.server.Handler()
	ada.page("/", "What to do next", ">ada<")
	if status, _ := s.stranger().get("/"); status != http.StatusUnauthorized {
		t.Errorf("a stranger is answered %d", status)
	}
	if status, _ := s.stranger().get(unused); status != http.StatusForbidden {
		t.Errorf("a key of the server before answers %d", status)
	}
}

// Without a session there is nothing to see, whatever a browser sends as a cookie.
func TestStrangersSeeNothing(t *testing.T) {
	s := newSite(t)
	s.browser("ada").post("/labs", false, "scenario", "first")
	for _, path := range []string{"/", "/questions/1", "/scenarios", "/labs/first", "/labs/first/events", "/labs/first/terminals/workspace", "/attempts", "/attempts/1", "/attempts/1/report", "/nothing"} {
		answer, body := s.stranger().send(http.MethodGet, path, "", "Cookie", "endstate-"+s.Listener.Addr().String()[len("127.0.0.1:"):]+"=AAAA")
		if path != "/nothing" && answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers %d to a stranger", path, answer.StatusCode)
		}
		s.says(path, body, "!Title", "!What to do next")
	}
	for _, path := range []string{"/labs", "/labs/first/check", "/labs/first/hint", "/labs/first/reset", "/labs/first/extend", "/labs/first/stop"} {
		if answer, _ := s.stranger().post(path, false, "scenario", "first", "agreed", "yes"); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers %d to a stranger", path, answer.StatusCode)
		}
	}
	if len(s.engine.labs) != 1 {
		t.Errorf("there are %d labs", len(s.engine.labs))
	}
}

// Other sites can neither reach the server under a name of theirs nor act through their visitors.
func TestOtherSitesAreRefused(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	if answer, _ := ada.send(http.MethodGet, "/", "", "Host", "evil.example"); answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("the name of another site answers %d", answer.StatusCode)
	}
	for name, headers := range map[string][]string{
		"by fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "by origin": {"Origin", "http://evil.example"},
	} {
		if answer, _ := ada.send(http.MethodPost, "/labs", "scenario=first", headers...); answer.StatusCode != http.StatusForbidden {
			t.Errorf("a form of another site, told %s, answers %d", name, answer.StatusCode)
		}
	}
	if len(s.engine.labs) != 0 {
		t.Error("another site started a lab")
	}
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}
	for what, origin := range map[string][]string{"another site": {"Origin", "http://evil.example"}, "no site": nil, "another port": {"Origin", "http://127.0.0.1:1"}} {
		if answer, _ := ada.send(http.MethodGet, "/labs/first/terminals/workspace", "", append(upgrade, origin...)...); answer.StatusCode != http.StatusForbidden {
			t.Errorf("a terminal for %s answers %d", what, answer.StatusCode)
		}
	}
}

// Every answer forbids scripts that are not the server's own.
func TestPolicies(t *testing.T) {
	s := newSite(t)
	ada := s.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	s.settles("ada", "first")
	for path, want := range map[string]string{"/": policy, "/attempts": policy, "/labs/first": terminalPolicy, "/attempts/1/report": reportPolicy, "/labs/none": policy, "/healthz": policy} {
		answer, body := ada.send(http.MethodGet, path, "")
		if got := answer.Header.Get("Content-Security-Policy"); got != want {
			t.Errorf("%s has the policy %q", path, got)
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
			if answer.Header.Get(name) != value {
				t.Errorf("%s has %s: %q", path, name, answer.Header.Get(name))
			}
		}
		if strings.Contains(body, "onclick=") || strings.Contains(body, "<script>") {
			t.Errorf("%s has an inline script", path)
		}
	}
	for _, p := range []string{policy, terminalPolicy, reportPolicy} {
		if !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "script-src 'self' 'unsafe") || strings.Contains(p, "unsafe-eval") {
			t.Errorf("a policy allows too much: %s", p)
		}
	}
}

// Nothing that a scenario or a person is called becomes markup.
func TestHostileTexts(t *testing.T) {
	s := newSite(t)
	mallory := s.browser(hostile)
	mallory.post("/labs", false, "scenario", "first")
	s.settles(hostile, "first")
	s.set(hostile)
	mallory.post("/labs/first/check", true)
	s.settles(hostile, "first")
	mallory.post("/labs/first/hint", true, "agreed", "yes")
	for _, path := range []string{"/", "/scenarios", "/scenarios?word=" + "%3Cscript%3E", "/labs/first", "/attempts", "/attempts/1", "/attempts/1/report", "/labs/%3Cscript%3Ealert(2)", "/attempts/%3Cscript%3Ealert(2)", "/questions/%3Cscript%3E"} {
		_, body := mallory.get(path)
		s.says(path, body, "!<script>", "!<img", "!javascript:")
	}
	mallory.page("/labs/first", "<code>code</code>", "<strong>bold</strong>", "Do the thing.", escaped("<script>"), "The state is "+escaped("<img"))
}
