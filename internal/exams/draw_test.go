package exams

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"endstate/labs"
)

func shelf(rows ...string) bookshelf {
	var all bookshelf
	for _, row := range rows {
		var s labs.Scenario
		if _, err := fmt.Sscan(row, &s.Name, &s.Topic, &s.Level, &s.Minutes); err != nil {
			panic(err)
		}
		all = append(all, s)
	}
	return all
}

var small = shelf("g1 git 1 10", "g2 git 2 20", "g3 git 2 15", "m1 mysql 1 12", "m2 mysql 2 25", "o1 mongodb 1 20")

func names(questions []Question) string {
	var all []string
	for _, q := range questions {
		all = append(all, q.Scenario)
	}
	return strings.Join(all, " ")
}

// At every seed, no scenario is drawn twice, and every item gets what it asks for.
func TestDraw(t *testing.T) {
	// The first item can use any scenario, but must leave the only one that suits the last.
	b := &Blueprint{Name: "b", Minutes: 200, Items: []Item{
		{Count: 2, Points: 1}, {Scenario: "m1", Count: 1, Points: 2}, {Topic: "git", Level: 2, Count: 2, Points: 3}, {Topic: "mongodb", Count: 1, Points: 4},
	}}
	seen := map[string]bool{}
	for seed := range uint64(200) {
		questions, err := Draw(b, seed, Bank{Scenarios: small})
		if err != nil {
			t.Fatal(err)
		}
		used := map[string]bool{}
		for i, q := range questions {
			if used[q.Scenario] || q.Number != i+1 || q.Seed == 0 || q.Seed > maxSeed {
				t.Errorf("seed %d: %+v", seed, q)
			}
			used[q.Scenario] = true
		}
		if len(questions) != 6 || questions[2].Scenario != "m1" || questions[3].Level != 2 || questions[3].Topic != "git" || questions[5].Scenario != "o1" {
			t.Errorf("seed %d draws %s", seed, names(questions))
		}
		again, err := Draw(b, seed, Bank{Scenarios: small})
		if diff := cmp.Diff(questions, again); err != nil || diff != "" {
			t.Errorf("seed %d draws other questions the second time: %v\n%s", seed, err, diff)
		}
		seen[names(questions)] = true
	}
	if len(seen) < 4 {
		t.Errorf("200 seeds give only %d exams", len(seen))
	}
}

func TestDrawPrefersWhatCanBeDoneInTime(t *testing.T) {
	for seed := range uint64(50) {
		questions, err := Draw(&Blueprint{Minutes: 22, Items: []Item{{Count: 2, Points: 1}}}, seed, Bank{Scenarios: small})
		if got := names(questions); err != nil || got != "g1 m1" && got != "m1 g1" {
			t.Errorf("in 22 minutes: %s, %v", got, err)
		}
	}
	if questions, err := Draw(&Blueprint{Minutes: 1, Items: []Item{{Count: 2, Points: 1}}}, 1, Bank{Scenarios: small}); err != nil || len(questions) != 2 {
		t.Errorf("in a minute: %v, %v", questions, err)
	}
}

func TestDrawOfTopics(t *testing.T) {
	each, err := Draw(&Blueprint{Minutes: 99, Items: []Item{{Topic: EachTopic, Level: 2, Count: 1, Points: 1}}}, 1, Bank{Scenarios: small})
	if err != nil || len(each) != 2 || each[0].Topic != "git" || each[1].Topic != "mysql" {
		t.Errorf("one of each topic at level 2: %v, %v", each, err)
	}
	two := &Blueprint{Minutes: 99, Items: []Item{{Topic: EachTopic, Count: 2, Points: 1}}}
	if each, err := Draw(two, 1, Bank{Scenarios: small}); err != nil || len(each) != 4 {
		t.Errorf("two of each topic, where mongodb has one: %v, %v", each, err)
	}
	chosen := &Blueprint{Name: "b", Minutes: 99, Items: []Item{{Topic: ChosenTopic, Count: 2, Points: 1}}}
	mine, err := Draw(chosen, 1, Bank{Scenarios: small, Topic: "mysql"})
	if err != nil || mine[0].Topic != "mysql" || mine[1].Topic != "mysql" {
		t.Errorf("two of mysql: %v, %v", mine, err)
	}
	if topics := (Bank{Scenarios: small}).Topics(chosen); !slices.Equal(topics, []string{"git", "mysql"}) {
		t.Errorf("two can be asked of %v", topics)
	}
	for topic, want := range map[string]string{"": "is about one topic", "mongodb": "asks for more of topic mongodb than there are (1)", "x": "more of topic x than there are (0)"} {
		if _, err := Draw(chosen, 1, Bank{Scenarios: small, Topic: topic}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("two of %q: %v", topic, err)
		}
	}
	if _, err := Draw(chosen, 1, Bank{}); err == nil || err.Error() != "No topic has the scenarios that the exam b asks for" {
		t.Errorf("two of no topic: %v", err)
	}
}

func TestMinutesFollowFromPars(t *testing.T) {
	for _, test := range []struct {
		b    Blueprint
		bank Bank
		want float64
	}{
		{Blueprint{Minutes: 7.5, Items: []Item{{Scenario: "m2"}}}, Bank{}, 7.5},
		{Blueprint{Items: []Item{{Scenario: "m2"}}}, Bank{}, 25},
		{Blueprint{Items: []Item{{Topic: EachTopic, Count: 1}}}, Bank{}, 55},       // 15 + 20 + 18.5
		{Blueprint{Items: []Item{{Topic: "git", Level: 2, Count: 2}}}, Bank{}, 35}, // twice 17.5
		{Blueprint{Items: []Item{{Topic: ChosenTopic, Count: 1}}}, Bank{}, 20},     // mongodb's
		{Blueprint{Items: []Item{{Topic: ChosenTopic}}}, Bank{Topic: "git"}, 15},
	} {
		test.bank.Scenarios = small
		if got, err := test.bank.Minutes(&test.b); err != nil || got != test.want {
			t.Errorf("%+v takes %v minutes, %v; want %v", test.b, got, err, test.want)
		}
	}
}

// Missing scenarios are not drawn; naming one is an error.
func TestDrawOfWhatIsNotThere(t *testing.T) {
	_, err := Draw(&Blueprint{Name: "b", Minutes: 9, Items: []Item{{Scenario: "m3", Count: 1, Points: 1}}}, 1, Bank{Scenarios: small})
	if err == nil || !strings.Contains(err.Error(), "the scenario m3") {
		t.Errorf("a scenario that is not there is drawn: %v", err)
	}
}

// What the exam asks for by name can't be drawn for another question, and the error says so.
func TestDrawOfWhatIsNamed(t *testing.T) {
	b := &Blueprint{Name: "b", Minutes: 99, Items: []Item{{Scenario: "g2", Count: 1, Points: 1}, {Topic: "git", Level: 2, Count: 2, Points: 1}}}
	_, err := Draw(b, 1, Bank{Scenarios: small})
	if err == nil || !strings.Contains(err.Error(), "more of topic git at level 2 than there are (2, of which it names 1 as questions of their own)") {
		t.Errorf("two of what has one to spare: %v", err)
	}
}

func TestDrawHasBounds(t *testing.T) {
	if _, err := Draw(&Blueprint{Minutes: 9, Items: []Item{{Count: MaxQuestions + 1, Points: 1}}}, 1, Bank{Scenarios: small}); err == nil {
		t.Error("an exam without bounds is drawn")
	}
}
