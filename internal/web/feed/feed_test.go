package feed

import (
	"fmt"
	"testing"
	"time"
)

func kinds(all []Message) string {
	text := ""
	for _, m := range all {
		text += fmt.Sprintf("%d:%s:%s ", m.ID, m.Kind, m.Data)
	}
	return text
}

func TestFeed(t *testing.T) {
	var f Feed
	_, changed := f.After(0)
	if !f.Begin("check") || f.Begin("reset") {
		t.Error("one act at a time")
	}
	select {
	case <-changed:
	case <-time.After(time.Second):
		t.Error("the channel is still open after a new message")
	}
	f.Send("step", "a", "doing a")
	f.Send("step", "b", "doing b")
	f.Send("step", "a", "did a")
	f.Send("verdict", "a", "passed")
	if now := f.Now(); !now.Running || now.Act != "check" || now.Last != 5 || kinds(now.Messages) != "1:begin:check 3:step:doing b 4:step:did a 5:verdict:passed " {
		t.Errorf("the feed is %+v", now)
	}
	if late, _ := f.After(3); kinds(late) != "4:step:did a 5:verdict:passed " {
		t.Errorf("after 3 come %s", kinds(late))
	}
	if restarted, _ := f.After(99); kinds(restarted) != kinds(f.Now().Messages) {
		t.Errorf("a page of an earlier server gets %s", kinds(restarted))
	}
	f.End()
	if f.Now().Running || !f.Begin("reset") {
		t.Error("the act has ended, and the next one does not begin")
	}
	if now := f.Now(); kinds(now.Messages) != "7:begin:reset " {
		t.Errorf("the next act begins with %s", kinds(now.Messages))
	}
}

func TestFeedIsBounded(t *testing.T) {
	var f Feed
	for i := range 3 * Limit {
		f.Send("notice", "", fmt.Sprint(i))
	}
	if now := f.Now(); len(now.Messages) != Limit || now.Messages[Limit-1].Data != fmt.Sprint(3*Limit-1) {
		t.Errorf("it keeps %d messages", len(now.Messages))
	}
}
