package people

import (
	"fmt"
	"maps"
	"net/netip"
	"sync"
	"time"

	"endstate/labs"
)

// pace is how often something may fail: some times at once, and then once each time that pause has passed.
type pace struct {
	burst float64
	pause time.Duration
}

// What slows down those who guess passwords. One address gets far fewer guesses at an account than the account
// allows altogether, so nobody alone can shut somebody else out. Addresses from which an account has signed in
// are not part of that sum, so that even many can't.
var (
	paceOfPair    = pace{5, 20 * time.Second}
	paceOfAddress = pace{100, time.Second}
	paceOfAccount = pace{50, 4 * time.Second}
)

// mostBuckets limits the memory that guesses take.
const mostBuckets = 50_000

// bucket is how many more times something may fail.
type bucket struct {
	pace
	left float64
	at   time.Time
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(b.burst, b.left+float64(passed)/float64(b.pause))
	}
	b.at = now
}

// wait is how long until it may fail again.
func (b *bucket) wait() time.Duration {
	return max(0, time.Duration((1-b.left)*float64(b.pause)))
}

// limits slow down those who guess passwords. The zero value has seen no guess.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	known   map[string]bool // accounts with addresses from which they signed in
}

// Slow is the error of an act that was tried too often.
type Slow struct{ Wait time.Duration }

// Error says that there were too many attempts.
func (s *Slow) Error() string { return s.problem().Error() }

// Unwrap returns the problem.
func (s *Slow) Unwrap() error { return s.problem() }

func (s *Slow) problem() *labs.Problem {
	return &labs.Problem{Code: CodeTooMany, What: "There were too many attempts to sign in", Advice: fmt.Sprintf("Try again in %s.", labs.Duration(s.Wait.Round(time.Second))), Usage: true}
}

// take counts an attempt to sign in as a failure, until success takes that back. It returns a [Slow] if there were
// too many.
func (l *limits) take(now time.Time, from, account string) (success func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = network(from)
	pair := account + "\x00" + from
	needed := []*bucket{l.bucket(now, "pair\x00"+pair, paceOfPair), l.bucket(now, "address\x00"+from, paceOfAddress)}
	if !l.known[pair] {
		needed = append(needed, l.bucket(now, "account\x00"+account, paceOfAccount))
	}
	var wait time.Duration
	for _, b := range needed {
		wait = max(wait, b.wait())
	}
	if wait > 0 {
		return nil, &Slow{max(wait, time.Second)}
	}
	for _, b := range needed {
		b.left--
	}
	return func() { l.succeed(pair, needed) }, nil
}

// begin counts a sign-in that begins at a provider. It returns a [Slow] if there were too many.
func (l *limits) begin(now time.Time, from string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(now, "begin\x00"+network(from), paceOfAddress)
	if wait := b.wait(); wait > 0 {
		return &Slow{max(wait, time.Second)}
	}
	b.left--
	return nil
}

func (l *limits) succeed(pair string, needed []*bucket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range needed {
		b.left = min(b.burst, b.left+1)
	}
	if len(l.known) >= mostBuckets {
		clear(l.known)
	}
	if l.known == nil {
		l.known = map[string]bool{}
	}
	l.known[pair] = true
}

func (l *limits) bucket(now time.Time, key string, p pace) *bucket {
	if len(l.buckets) >= mostBuckets {
		maps.DeleteFunc(l.buckets, func(_ string, b *bucket) bool { b.fill(now); return b.left >= b.burst })
	}
	if l.buckets == nil {
		l.buckets = map[string]*bucket{}
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{p, p.burst, now}
		l.buckets[key] = b
	}
	b.fill(now)
	return b
}

// network returns what one person can have many addresses of: an address of IPv4, or a /64 of IPv6.
func network(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	at = at.Unmap().WithZone("")
	if at.Is4() {
		return at.String()
	}
	return netip.PrefixFrom(at, 64).Masked().String()
}
