//go:build engine

package web

import (
	"testing"
	"time"

	"endstate/internal/postgrestest"
	"endstate/internal/web/feed"
	"endstate/labs"
)

// Two servers share a store and an engine. What is done at one is seen on pages of the other, and who has signed in at
// one has at the other.
func TestTwoServers(t *testing.T) {
	place, machine := postgrestest.Place(t), &engine{}
	one, other := newSiteAt(t, machine, place, nil), newSiteAt(t, machine, place, nil)
	ada, here := one.browser("ada"), other.browser("ada")
	ada.post("/labs", false, "scenario", "first")
	one.settles("ada", "first")
	here.says("the lab of the other server", here.page("/labs/first"), "Do the thing")
	here.hears(one)
	var kinds []string
	for _, e := range here.events("/labs/first/events", 0, "end", func() { ada.post("/labs/first/check", false) }) {
		kinds = append(kinds, e.kind)
	}
	if len(kinds) < 2 || kinds[len(kinds)-2] != messageOutcome {
		t.Errorf("the page of the other server is told %v", kinds)
	}
	if bench := other.server.benches.of(labs.Learner{Name: "ada"}, "first"); bench.Now().Running {
		t.Error("a check of the other server keeps this one busy")
	}
	one.server.tellOfLetter("ada")
	if events := here.events("/labs/first/events", 0, messageLetter); len(events) == 0 {
		t.Error("nobody tells of a letter")
	}
}

// hears waits until a site hears what another one tells.
func (b *browser) hears(from *site) {
	b.Helper()
	bench := b.server.benches.of(labs.Learner{Name: "nobody"}, "first")
	tell := from.server.tells(newsOfLab, "nobody", "first")
	for range 200 {
		tell(feed.Message{Kind: messageNotice})
		time.Sleep(20 * time.Millisecond)
		if bench.Now().Last > 0 {
			return
		}
	}
	b.Fatal("the servers don't hear each other")
}
