package scenario

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"endstate/internal/exams"
	"endstate/internal/exams/blueprints"
	"endstate/labs"
	"endstate/scenarios"
)

func bank() *Library {
	return New(nil, nil, Root{Files: fstest.MapFS{"git-one/scenario.yaml": {Data: []byte("topic: git")}}})
}

func TestBlueprintIsRead(t *testing.T) {
	got, err := bank().Blueprint("mine", "mine.yaml", []byte(`
title: Mine
minutes: 1.5
feedback: score
hints: 7
pass: 50
harm: fails
minimum: {git: 60, each: 40}
seed: 4711
questions:
  - {scenario: git-one, points: 30, required: true}
  - {topic: git, level: 2, count: 2, points: 10}
`))
	if err != nil {
		t.Fatal(err)
	}
	seven, seed := 7, uint64(4711)
	want := &exams.Blueprint{
		Name: "mine", Title: "Mine", Minutes: 1.5, Feedback: exams.FeedbackScore, Hints: exams.Hints{Allowed: true, Costs: &seven}, Pass: 50, Seed: &seed,
		Harm: exams.HarmFails, Minimum: exams.Minimum{"git": 60, exams.EachTopic: 40},
		Items: []exams.Item{{Scenario: "git-one", Count: 1, Points: 30, Required: true}, {Topic: "git", Level: 2, Count: 2, Points: 10}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Length().Seconds() != 90 {
		t.Errorf("length %v, want 90 s", got.Length())
	}
}

// Every mistake has its position, in the form that editors understand.
func TestBlueprintMistakes(t *testing.T) {
	const head = "title: T\nminutes: 5\npass: 50\n"
	for _, test := range []struct{ text, want string }{
		{head + "question: []\n", `b.yaml:4:1: unknown field "question"`},
		{head + "questions:\n  - {topic: git, lvel: 2, points: 1}\n", `b.yaml:5:18: unknown field "lvel"`},
		{head + "feedback: some\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:11: feedback must be none, score or full"},
		{head + "feedback: ''\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:11: feedback must be none, score or full"},
		{head + "hints: 101\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:8: hints are none"},
		{head + "harm: never\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:7: harm must be costs (a broken guard costs what its scenario says) or fails"},
		{head + "minimum: 60\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:10: minimum must give a percentage for each topic: {mysql: 60, each: 40}"},
		{head + "minimum: {git: 101}\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:16: the minimum of git must be a whole number from 1 to 100"},
		{head + "minimum: {gti: 50}\nquestions: [{topic: git, points: 1}]\n", `b.yaml:4:11: minimum: no question can be about topic "gti"`},
		{head + "minimum: {git: 50}\nquestions: [{level: 3, points: 1}]\n", `b.yaml:4:11: minimum: no question can be about topic "git"`},
		{head + "questions:\n  - {topic: git, required: maybe, points: 1}\n", "b.yaml:5:"},
		{head + "seed: each\nquestions: [{topic: git, points: 1}]\n", "b.yaml:4:7: seed must be candidate"},
		{head + "questions:\n  - {scenario: git-two, points: 1}\n", `b.yaml:5:16: there is no scenario "git-two"`},
		{head + "questions:\n  - {scenario: git-one, count: 2, points: 1}\n", "b.yaml:5:16: a question with a scenario can't have topic"},
		{head + "questions:\n  - {topic: gti, points: 1}\n", `b.yaml:5:13: there is no scenario on topic "gti"`},
		{head + "questions:\n  - {topic: git}\n", "b.yaml:5:5: points is missing"},
		{head + "questions:\n  - {points: 1}\n", "b.yaml:5:5: a question needs a scenario"},
		{head + "questions:\n  - {topic: git, level: 4, points: 1}\n", "b.yaml:5:25: level must be a whole number from 1 to 3"},
		{head + "questions:\n  - {topic: git, count: 1.5, points: 1}\n", "b.yaml:5:25: count must be"},
		{head + "questions:\n  - {topic: git, points: many}\n", "b.yaml:5:"},
		{"title: T\nminutes: 0\npass: 101\nquestions: [{topic: git, points: 1}]\n", "b.yaml:2:10: minutes must be more than 0 and at most 1440\nb.yaml:3:7: pass must be a whole number from 0 to 100"},
		{"minutes: 5\n", "title is missing\nb.yaml: pass is missing"},
		{head, "b.yaml: questions is missing"},
		// All mistakes are told at once, and none twice.
		{
			"titel: T\npass: many\nquestions: [{topic: gti, points: 1, level: 9}]\n",
			"b.yaml:1:1: unknown field \"titel\"; did you mean \"title\"?\nb.yaml:2:7: \"many\" is not a number\nb.yaml:3:44: level must be a whole number from 1 to 3\nb.yaml:3:21: there is no scenario on topic \"gti\"",
		},
		{"", "b.yaml: "},
		{"title: [", "b.yaml:"},
	} {
		b, err := bank().Blueprint("b", "b.yaml", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %+v and\n%v\nwant\n%s", test.text, b, err, test.want)
		}
	}
}

// The built-in blueprints can be drawn from the existing topics, and still can when a topic
// with one or two scenarios is added. Their questions fit into the time.
func TestBuiltInBlueprints(t *testing.T) {
	library := New(nil, nil, Root{Files: scenarios.Files})
	newTopic := []labs.Scenario{{Name: "x1", Topic: "new", Level: 1, Minutes: 50}, {Name: "x2", Topic: "new", Level: 2, Minutes: 60}}
	for n := range len(newTopic) + 1 {
		testBuiltInBlueprints(t, library, exams.Bank{Scenarios: append(library.List(), newTopic[:n]...)})
	}
}

func testBuiltInBlueprints(t *testing.T, library *Library, bank exams.Bank) {
	t.Helper()
	for _, name := range blueprints.Names() {
		data, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := library.Blueprint(name, name+".yaml", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		topics := []string{""}
		if b.AsksTopic() {
			topics = bank.Topics(b)
		}
		for _, bank.Topic = range topics {
			minutes, err := bank.Minutes(b)
			if err != nil {
				t.Fatal(err)
			}
			for seed := range uint64(50) {
				questions, err := exams.Draw(b, seed, bank)
				if err != nil {
					t.Fatalf("%s, topic %q, seed %d: %v", name, bank.Topic, seed, err)
				}
				par := 0
				for _, q := range questions {
					par += q.Minutes
				}
				if float64(par) > minutes {
					t.Errorf("%s, topic %q, seed %d: the questions take %d minutes of %v", name, bank.Topic, seed, par, minutes)
				}
			}
		}
	}
}
