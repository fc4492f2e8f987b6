// Package sample draws numbers and makes realistic data from a seed: names, addresses, amounts.
package sample

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/brianvoe/gofakeit/v7"
	"golang.org/x/text/unicode/norm"
)

// Source returns a separate stream of random numbers for each name at a seed, so that adding
// a name does not change the values of the others.
func Source(seed uint64, name string) *rand.PCG {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(name+"\x00"), seed))
	return rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
}

// Between draws a whole number between two others, both included.
func Between(random *rand.Rand, low, high int64) int64 {
	span := uint64(high-low) + 1
	if span == 0 { // the full range of int64
		return int64(random.Uint64())
	}
	return low + int64(random.Uint64N(span))
}

// Generator generates realistic data. The same seed and file give the same data.
type Generator struct {
	random *rand.Rand
	fake   *gofakeit.Faker
}

// New returns the generator for a file at a seed.
func New(seed uint64, path string) *Generator {
	return &Generator{
		random: rand.New(Source(seed, "file "+path)),
		fake:   gofakeit.NewFaker(Source(seed, "fake "+path), false),
	}
}

// Functions returns the functions that templates may use, by name.
func (g *Generator) Functions() template.FuncMap {
	return template.FuncMap{
		"person":   g.person,
		"email":    g.email,
		"street":   g.fake.Street,
		"city":     func() string { return cities[g.random.IntN(len(cities))] },
		"company":  g.fake.Company,
		"product":  g.fake.ProductName,
		"word":     g.fake.Word,
		"sentence": g.sentence,
		"phone":    g.fake.Phone,
		"uuid":     g.fake.UUID,
		"between":  g.between,
		"money":    g.money,
		"chance":   func(percent int64) bool { return g.random.Int64N(100) < percent },
		"oneOf":    g.oneOf,
		"shuffle":  g.shuffle,
		"date":     func(from, to string) (string, error) { return g.moment(from, to, time.DateOnly) },
		"datetime": func(from, to string) (string, error) { return g.moment(from, to, time.DateTime) },
	}
}

func (g *Generator) sentence(words int64) (string, error) {
	if words < 1 || words > maxWords {
		return "", fmt.Errorf("a sentence has 1 to %d words, not %d", maxWords, words)
	}
	return g.fake.Sentence(int(words)), nil
}

func (g *Generator) between(low, high int64) (int64, error) {
	if high < low {
		return 0, fmt.Errorf("there is no number between %d and %d: the smaller one comes first", low, high)
	}
	return Between(g.random, low, high), nil
}

// maxWords is how many words a sentence may have.
const maxWords = 1000

const maxMoney = 1_000_000_000_000

// money returns an amount with two decimals. The limits are in whole units, not in cents.
func (g *Generator) money(low, high int64) (string, error) {
	if low < 0 || high > maxMoney {
		return "", fmt.Errorf("money must be from 0 to %d", int64(maxMoney))
	}
	cents, err := g.between(low*100, high*100)
	return fmt.Sprintf("%d.%02d", cents/100, cents%100), err
}

func (g *Generator) oneOf(items ...any) (any, error) {
	if len(items) == 1 {
		if list, ok := items[0].([]any); ok {
			items = list
		}
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("oneOf needs at least one item")
	}
	return items[g.random.IntN(len(items))], nil
}

func (g *Generator) shuffle(items []any) []any {
	shuffled := make([]any, len(items))
	for i, j := range g.random.Perm(len(items)) {
		shuffled[i] = items[j]
	}
	return shuffled
}

// moment returns a time from one date up to, but not including, another. Both have the form
// 2006-01-02.
func (g *Generator) moment(from, to, layout string) (string, error) {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return "", err
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return "", err
	}
	if !first.Before(last) {
		return "", fmt.Errorf("%s is not before %s", from, to)
	}
	seconds := g.random.Int64N(int64(last.Sub(first).Seconds()))
	return first.Add(time.Duration(seconds) * time.Second).Format(layout), nil
}

// person returns a full name. Names come from many parts of the world, in their own scripts.
func (g *Generator) person() string {
	region := people[g.random.IntN(len(people))]
	given := region.given[g.random.IntN(len(region.given))]
	family := region.family[g.random.IntN(len(region.family))]
	if region.familyFirst {
		return family + region.between + given
	}
	return given + region.between + family
}

// email returns an address made from a name and a number that makes it unique.
func (g *Generator) email(name string, number int64) string {
	var local strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z':
			local.WriteRune(r)
		case unicode.IsSpace(r) && local.Len() > 0:
			local.WriteByte('.')
		}
	}
	if local.Len() < 3 {
		local.Reset()
		local.WriteString("mail")
	}
	domains := []string{"example.com", "example.org", "example.net", "mail.example", "post.example"}
	return fmt.Sprintf("%s%d@%s", strings.Trim(local.String(), "."), number, domains[g.random.IntN(len(domains))])
}
