package web

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"endstate/internal/desk"
	"endstate/labs"
)

// secret is in everything that the owner writes.
const secret = "nobody-else-reads-this"

// places are what the addresses of the owner's own things have in the place of a name.
var places = strings.NewReplacer("{lab}", "first", "{host}", labs.Workspace, "{attempt}", "1", "{n}", "1", "{number}", "1", "{$}", "")

var placeholder = regexp.MustCompile(`\{\w+\}`)

// theirs are the routes below a name of a lab or attempt that answer with what is one's own, or refuse for
// another reason. All others answer that there is no such thing.
var theirs = map[string]int{
	"GET /labs/{lab}/events":           http.StatusOK,        // what happens at one's own lab of that name
	"GET /labs/{lab}/terminals/{host}": http.StatusForbidden, // not from a page; see TestTerminalsThatFail
	"POST /labs/{lab}/stop":            http.StatusOK,        // nothing is left to stop, and Home says so
}

// Whatever somebody asks for, in whatever role, they get nothing of another learner's, and change nothing of it.
func TestNobodySeesWhatIsAnothers(t *testing.T) {
	s := newSite(t)
	owner := s.joins("ada", labs.RoleLearner)
	owner.owns()
	before := owner.page("/labs/first")
	visitors := map[string]*browser{"the machine's own user": s.admin()}
	for _, role := range []labs.UserRole{labs.RoleLearner, labs.RoleAuthor, labs.RoleExaminer, labs.RoleAdmin} {
		visitors["another "+string(role)] = s.joins("other-"+string(role), role)
	}
	patterns := 0
	for pattern := range s.server.routes() {
		method, path, _ := strings.Cut(pattern, " ")
		path = placeholder.ReplaceAllString(places.Replace(path), "1")
		if pattern == "POST /labs" || strings.HasPrefix(pattern, "POST /people/") || strings.HasPrefix(pattern, "POST /you/") {
			continue // one's own lab, and what TestWhoManages is about
		}
		patterns++
		for who, b := range visitors {
			status, body := b.asks(method, path)
			s.says(who+" at "+pattern, body, "!"+secret)
			want, listed := theirs[pattern]
			if !listed && regexp.MustCompile(`\{(lab|attempt)\}`).MatchString(pattern) {
				want = http.StatusNotFound
			}
			if want != 0 && status != want {
				t.Errorf("%s is answered %d at %s, want %d", who, status, pattern, want)
			}
		}
	}
	if patterns < 25 {
		t.Errorf("only %d routes were walked", patterns)
	}
	owner.page("/attempts/1/debrief", secret)
	owner.page("/questions/1/rehearse?edit=yes", secret)
	if after := owner.page("/labs/first"); statusPart(after) != statusPart(before) {
		t.Errorf("the lab has changed from %s to %s", statusPart(before), statusPart(after))
	}
	owned := slices.DeleteFunc(slices.Clone(s.engine.labs), func(l *labs.Lab) bool { return l.Owner != "ada" })
	story, err := s.server.Desk.Show(t.Context(), labs.Learner{Name: "ada"}, "1")
	if err != nil || len(owned) != 1 || len(story.Rounds) != 1 || story.Hints != 0 {
		t.Errorf("the owner has the labs %v and the story %+v, %v", owned, story, err)
	}
}

// owns gives the browser's learner a lab, a check, an explanation and a script.
func (b *browser) owns() {
	b.Helper()
	b.post("/labs", false, "scenario", "first")
	b.settles("ada", "first")
	b.post("/labs/first/check", false)
	b.settles("ada", "first")
	b.post("/attempts/1/debrief", false, "text", secret, "agreed", "yes")
	b.post("/questions/1/script", false, "text", secret)
}

var status = regexp.MustCompile(`(?s)id="status".*?</p>`)

func statusPart(page string) string { return status.FindString(page) }

// asks sends a request, and reads what is answered within a moment.
func (b *browser) asks(method, path string) (int, string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Second)
	defer cancel()
	if strings.HasSuffix(path, "/events") {
		ctx, cancel = context.WithTimeout(b.Context(), 200*time.Millisecond)
		defer cancel()
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+b.server.address+path, strings.NewReader("agreed=yes&text=mine&name=mine&said=0"))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body) // a stream ends with the context
	return answer.StatusCode, string(body)
}

// A person sees attempts of theirs alone at the desk, too, in any role.
func TestHistoryIsOnesOwn(t *testing.T) {
	s := newSite(t)
	s.joins("ada", labs.RoleLearner).owns()
	for _, role := range []labs.UserRole{labs.RoleLearner, labs.RoleExaminer, labs.RoleAdmin} {
		history, err := s.server.Desk.History(t.Context(), labs.Learner{Name: "ada2", Role: role}, desk.Past{})
		if err != nil || len(history.Entries) != 0 {
			t.Errorf("%s sees %v, %v", role, history, err)
		}
	}
}
