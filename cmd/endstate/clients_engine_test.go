//go:build engine && linux

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"endstate/internal/enginetest"
)

// The in-lab commands and completion work inside mongosh, and recording an answer records what the
// driver would send.
func TestMongoshAtARealTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.MongoDB, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.types("mkfifo answers/q4.json answers/q5.json; mongosh\r") // no process reads from them
	s.sees("> ")
	s.types("db.cust")
	for begun := time.Now(); !strings.Contains(s.tail(200), "db.customers") && time.Since(begun) < time.Minute; {
		s.types("\t") // again: mongosh gives up on a slow server's collections after 0.2 s
		time.Sleep(500 * time.Millisecond)
	}
	s.types("\r") // while it completes, Ctrl-C ends mongosh, and Ctrl-U is lost
	s.sees("shop.customers", "shop> ")
	for _, step := range []struct{ keys, seen string }{
		{"check\r", "Call it: check()"},
		{"task()\r", "par 20 minutes"},
		{"check()\r", "Score 0 of 100"},
		{"hint()\r", "Open it? [y/N]"},
		{"n\r", "> "},
		{`answer("q9", db.orders.find())` + "\r", `There is no question "q9". The questions: q1, q2, q3, q4, q5`},
		{
			`answer("q4", db.orders.find({}, { _id: 0, number: 1 }).sort(new Map([["total", 1], ["number", "desc"]])).limit(-6))` + "\r",
			`"sort":{"total":1,"number":-1},"limit":6,"singleBatch":true}` + "\r\n\r\nshop> ",
		},
		{"answers()\r", `"limit":6,"singleBatch":true}` + "\r\n\r\nshop> "}, // a Ctrl-D that comes earlier is lost
	} {
		s.types(step.keys)
		s.sees(step.seen)
	}
	s.types("\x04")
	s.sees("~$")
	s.types("check | grep -A3 q4; NO_COLOR=1 mongosh --eval 'db.orders.findOne({}, { _id: 0, number: 1 })' | od -c | grep -c '033'\r")
	s.sees("\r\n0\r\n")
	s.leave()
	if strings.Contains(s.tail(4<<10), "not accepted") {
		t.Errorf("the grader refuses what was recorded: %q", s.tail(4<<10))
	}
	m.must("stop")
}

// The in-lab commands work inside mysql, too.
func TestMySQLAtARealTerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.MySQL, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	s.types("mysql\r")
	s.sees("mysql (none)> ")
	s.types("\\! check\r")
	s.sees("Score 0 of 100")
	s.types("system hint\r")
	s.sees("Open it? [y/N]")
	s.types("n\r")
	s.types("select 6 * 7 as answer;\r")
	s.sees("|     42 |")
	s.types("exit\r")
	s.sees("~$")
	s.leave()
	m.must("stop")
}

// A terminal that the image does not know falls back to xterm, and one without colours gets
// none.
func TestTerminalsInTheLab(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	s := sit(m, "start", enginetest.Git, "--seed", fmt.Sprint(enginetest.Seed))
	s.sees("~$")
	for _, name := range []string{"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "tmux-256color"} {
		s.types(fmt.Sprintf("TERM=%s bash -ic 'echo \"<$TERM> $(tput cols)\"'\r", name))
		s.sees("<" + name + "> 100")
	}
	s.types("TERM=unheard-of bash -ic 'echo \"<$TERM> $(tput cols)\"'\r")
	s.sees("<xterm-256color> 100")
	s.types("export NO_COLOR=1; exec bash\r")
	s.sees("~$")
	before := len(s.tail(1 << 20))
	s.types("ls -d /usr; cd tickets; git status; git diff | cat; task; check; echo en''ded\r")
	s.sees("ended", "MERGE$ ")
	if shown := s.tail(1 << 20)[before:]; strings.Contains(shown, "\x1b[3") {
		t.Errorf("colours in spite of NO_COLOR: %q", shown)
	}
	s.leave()
	m.must("stop")
}
