package author

import (
	"testing"
)

// Proofs that were ended may take a while to end. Others can be played meanwhile, and the end of the first ones
// neither ends nor hides them.
func TestPlayedAgainAtOnce(t *testing.T) {
	var b bench
	ended := 0
	end := func() { ended++ }
	first := b.begin(end)
	if b.begin(end) != nil {
		t.Error("proofs are played twice at once")
	}
	first.say("Playing …")
	b.stop()
	if s := b.state(); ended != 1 || s.Playing || s.Step != "" {
		t.Errorf("after the end, %+v", s)
	}
	second := b.begin(end)
	if second == nil {
		t.Fatal("nothing can be played after the end")
	}
	ended = 0
	second.say("Playing others …")
	first.say("Played 1 of 2 proofs")
	first.show("<p>old</p>")
	first.over()
	if s := b.state(); !s.Playing || s.Step != "Playing others …" || len(s.Rounds) > 0 {
		t.Errorf("after the end of the first ones, %+v", s)
	}
	second.show("<p>new</p>")
	second.over()
	if s := b.state(); s.Playing || len(s.Rounds) != 1 || s.Rounds[0] != "<p>new</p>" {
		t.Errorf("at the end, %+v", s)
	}
}
