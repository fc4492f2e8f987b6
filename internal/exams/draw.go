package exams

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"endstate/internal/exams/spoken"
	"endstate/labs"
)

const (
	// How often to draw in search of questions that fit into the exam's time.
	maxDrawings = 100
	// Seeds are short enough to say aloud.
	maxSeed = 9999
)

// Bank is the pool that questions are drawn from.
type Bank struct {
	Scenarios []labs.Scenario // those that can run here
	Topic     string          // stands in for [ChosenTopic]
	// Weakest orders the names of scenarios for items that are drawn by weakness: first what the
	// candidate knows least.
	Weakest []string
	// Spoken chooses the questions that are answered in words, once the others are drawn; nil: none.
	Spoken func(drawn []Question) []spoken.Question
}

// slot is a place for one question, with the scenarios that can fill it.
type slot struct {
	item        Item
	description string // the item in words
	scenarios   []labs.Scenario
}

// Draw draws an exam's questions for a seed, without repeating a scenario. It tries several
// times, and returns the first result whose par fits into the exam's time, or else the
// shortest. The same seed and bank always give the same questions.
func Draw(b *Blueprint, seed uint64, bank Bank) ([]Question, error) {
	slots, err := bank.slots(b)
	if err != nil {
		return nil, err
	}
	minutes := minutesOf(b, slots) - b.Spoken.Minutes()
	var best []labs.Scenario
	shortest := 0
	for i := range maxDrawings {
		drawn := match(slots, bank.order(i), random(seed, fmt.Sprintf("drawing %d", i)))
		par := 0
		for j, s := range drawn {
			if s.Name == "" {
				return nil, tooFew(b, slots, slots[j].description)
			}
			par += s.Minutes
		}
		if best == nil || par < shortest {
			best, shortest = drawn, par
		}
		if float64(par) <= minutes {
			best = drawn
			break
		}
	}
	questions := make([]Question, len(slots))
	for i, s := range best {
		questions[i] = Question{
			Number: i + 1, Scenario: s.Name, Title: s.Title, Topic: s.Topic, Level: s.Level, Minutes: s.Minutes, Hash: s.Hash,
			Seed: random(seed, "question "+s.Name).Uint64N(maxSeed) + 1, Points: slots[i].item.Points, Required: slots[i].item.Required,
		}
	}
	return questions, nil
}

// Minutes returns an exam's length: as in its blueprint or, if that has none, the average
// par of its questions, rounded up to the next five minutes. If a topic is still to be
// chosen, it returns the length for the longest topic.
func (bank Bank) Minutes(b *Blueprint) (float64, error) {
	topics := []string{bank.Topic}
	if bank.Topic == "" && b.AsksTopic() {
		topics = bank.Topics(b)
	}
	longest := b.Minutes
	for _, topic := range topics {
		slots, err := Bank{Scenarios: bank.Scenarios, Topic: topic}.slots(b)
		if err != nil {
			return 0, err
		}
		longest = max(longest, minutesOf(b, slots))
	}
	return longest, nil
}

func minutesOf(b *Blueprint, slots []slot) float64 {
	if b.Minutes > 0 {
		return b.Minutes
	}
	total := b.Spoken.Minutes()
	for _, one := range slots {
		for _, s := range one.scenarios {
			total += float64(s.Minutes) / float64(len(one.scenarios))
		}
	}
	return 5 * math.Ceil(total/5)
}

// random returns a random number generator for a name and a seed.
func random(seed uint64, name string) *rand.Rand {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("exam "+name+"\x00"), seed))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

// slots returns a slot for each question of the blueprint.
func (bank Bank) slots(b *Blueprint) ([]slot, error) {
	var slots []slot
	for _, item := range b.Items {
		if item.Topic == ChosenTopic {
			if bank.Topic == "" {
				return nil, bank.noTopic(b)
			}
			item.Topic = bank.Topic
		}
		topics := []string{item.Topic}
		if item.Topic == EachTopic {
			topics = bank.topics(Item{Level: item.Level, Count: item.Count})
		}
		for _, topic := range topics {
			item.Topic = topic
			one := slot{item: item, description: item.words()}
			one.scenarios = slices.DeleteFunc(slices.Clone(bank.Scenarios), func(s labs.Scenario) bool { return !suits(item, s) })
			for range max(1, item.Count) {
				slots = append(slots, one)
			}
		}
	}
	if len(slots) == 0 || len(slots) > MaxQuestions {
		return nil, &labs.Problem{
			Code: labs.CodeBlueprint, What: fmt.Sprintf("The exam %s would have %d questions", b.Name, len(slots)),
			Advice: fmt.Sprintf("Give it 1 to %d.", MaxQuestions),
		}
	}
	return slots, nil
}

// noTopic says that the topic of an exam must be chosen, and which ones can be.
func (bank Bank) noTopic(b *Blueprint) error {
	topics := bank.Topics(b)
	if len(topics) == 0 {
		return &labs.Problem{
			Code: labs.CodeBlueprint,
			What: "No topic has the scenarios that the exam " + b.Name + " asks for", Advice: "Add scenarios. Scenarios whose server is missing are not drawn.",
			Acts: []labs.Act{{Name: labs.ActExamine, For: "See which servers you have"}},
		}
	}
	return labs.Misuse("The exam "+b.Name+" is about one topic", "Choose one of: "+strings.Join(topics, ", ")+".")
}

// MayAsk reports whether a question of the item may be a scenario.
func (i Item) MayAsk(s labs.Scenario) bool {
	if i.Topic == EachTopic || i.Topic == ChosenTopic {
		i.Topic = ""
	}
	return suits(i, s)
}

func suits(item Item, s labs.Scenario) bool {
	if item.Scenario != "" {
		return s.Name == item.Scenario
	}
	return (item.Topic == "" || s.Topic == item.Topic) && (item.Level == 0 || s.Level == item.Level)
}

// Topics returns the topics that can be chosen for an exam, sorted: those with all the
// scenarios it needs.
func (bank Bank) Topics(b *Blueprint) []string {
	return slices.DeleteFunc(bank.topics(Item{}), func(topic string) bool {
		slots, err := Bank{Scenarios: bank.Scenarios, Topic: topic}.slots(b)
		return err != nil || slices.ContainsFunc(match(slots, bank.order(0), random(0, "topic")), func(s labs.Scenario) bool { return s.Name == "" })
	})
}

// topics returns the topics that have enough scenarios for an item, sorted.
func (bank Bank) topics(item Item) []string {
	suitable := map[string]int{}
	for _, s := range bank.Scenarios {
		if suits(item, s) {
			suitable[s.Topic]++
		}
	}
	maps.DeleteFunc(suitable, func(_ string, n int) bool { return n < item.Count })
	return slices.Sorted(maps.Keys(suitable))
}

// words describes an item.
func (i Item) words() string {
	if i.Scenario != "" {
		return "the scenario " + i.Scenario
	}
	text := "any topic"
	if i.Topic != "" {
		text = "topic " + i.Topic
	}
	if i.Level > 0 {
		text += fmt.Sprintf(" at level %d", i.Level)
	}
	return text
}

func tooFew(b *Blueprint, slots []slot, wanted string) error {
	found := slots[slices.IndexFunc(slots, func(one slot) bool { return one.description == wanted })]
	there := fmt.Sprint(len(found.scenarios))
	named := slices.DeleteFunc(slices.Clone(found.scenarios), func(s labs.Scenario) bool {
		return !slices.ContainsFunc(slots, func(one slot) bool { return one.item.Scenario == s.Name })
	})
	if found.item.Scenario == "" && len(named) > 0 {
		there += fmt.Sprintf(", of which it names %d as questions of their own", len(named))
	}
	return &labs.Problem{
		Code:   labs.CodeBlueprint,
		What:   fmt.Sprintf("The exam %s can't be drawn: it asks for more of %s than there are (%s)", b.Name, wanted, there),
		Advice: "Ask for fewer, or add scenarios. Scenarios whose server is missing are not drawn.",
		Acts:   []labs.Act{{Name: labs.ActExamine, For: "See which servers you have"}},
	}
}

// order returns what puts the scenarios that a candidate knows least first. The more drawings were
// tried without one that fits into the exam's time, the less strict it is.
func (bank Bank) order(drawings int) func([]labs.Scenario, *rand.Rand) {
	return func(all []labs.Scenario, random *rand.Rand) {
		rank := map[string]float64{}
		for _, s := range all {
			at := slices.Index(bank.Weakest, s.Name)
			if at < 0 {
				at = len(bank.Weakest)
			}
			rank[s.Name] = float64(at) + random.Float64()*float64(drawings)
		}
		slices.SortStableFunc(all, func(a, b labs.Scenario) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
	}
}

// match assigns a different scenario to every slot wherever that is possible, regardless of
// the order of the slots: it may move one slot to a free scenario to make room for another.
// Slots left over get the zero Scenario.
func match(slots []slot, order func([]labs.Scenario, *rand.Rand), random *rand.Rand) []labs.Scenario {
	drawn := make([]labs.Scenario, len(slots))
	orders := make([][]labs.Scenario, len(slots))
	for i, one := range slots {
		orders[i] = slices.Clone(one.scenarios)
		random.Shuffle(len(orders[i]), func(a, b int) { orders[i][a], orders[i][b] = orders[i][b], orders[i][a] })
		if one.item.Weakest {
			order(orders[i], random)
		}
	}
	taken := map[string]int{} // scenario → slot
	var place func(int, map[string]bool) bool
	place = func(i int, tried map[string]bool) bool {
		for _, s := range orders[i] {
			if tried[s.Name] {
				continue
			}
			tried[s.Name] = true
			if holder, ok := taken[s.Name]; !ok || place(holder, tried) {
				taken[s.Name], drawn[i] = i, s
				return true
			}
		}
		return false
	}
	for i := range slots {
		place(i, map[string]bool{})
	}
	return drawn
}
