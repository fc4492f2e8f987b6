package kit

import (
	"context"
	"fmt"
	"sync"
)

// Limits limit what is read of one thing of the learner's. 0 means no limit.
type Limits struct {
	Items int64  // number of files, rows, documents, objects, …
	Noun  string // what the items are called, in the plural
	Item  int64  // bytes of one item
	Bytes int64  // bytes of all items
	// Kept means that the data stays in memory until the round of checks ends, so it also
	// counts against the round's limit.
	Kept bool
	// Finding means that the data is compared with facts that were within the limits, so
	// exceeding one shows that the data has changed.
	Finding bool
}

// The limits of everything that is read. Together they keep any check below five seconds of
// processor time and 256 MB of memory.
var (
	// FileLimits apply to a file or folder that is copied out of a host.
	FileLimits = Limits{Items: 20_000, Noun: "files and folders", Item: 32 << 20, Bytes: 64 << 20, Kept: true}
	// ObjectLimits apply to the objects of a repository, uncompressed.
	ObjectLimits = Limits{Items: 100_000, Noun: "objects", Item: 32 << 20, Bytes: 96 << 20}
	// RowLimits limit the rows of a query.
	RowLimits = Limits{Items: 100_000, Noun: "rows", Bytes: 32 << 20, Kept: true, Finding: true}
	// DocumentLimits limit the documents that a command finds.
	DocumentLimits = Limits{Items: 20_000, Noun: "documents", Bytes: 32 << 20, Kept: true, Finding: true}
	// DigestLimits limit rows and documents of which only a digest is stored.
	DigestLimits = Limits{Items: 300_000, Noun: "rows or documents", Bytes: 128 << 20, Finding: true}

	// RoundLimits limit everything that the looks of a round store.
	RoundLimits = Limits{Bytes: 96 << 20}
)

// ValueBytes is roughly how much memory a value in a row or a document takes beyond its
// content, in all its forms until it is compared. Add it for each value read, because many
// small values are large, too.
const ValueBytes = 256

// Budget counts what is read of one thing. Its methods are safe for concurrent use. They return
// an [Obstacle] that names the limit that was exceeded, or the cause of a context that is done.
type Budget struct {
	what   string
	limits Limits
	round  *Budget // of all that the round keeps; may be nil

	mu           sync.Mutex
	items, bytes int64
}

// NewBudget returns a budget outside any round. Messages call the data by what: “The answer of
// `db`”, for example.
func NewBudget(what string, limits Limits) *Budget { return &Budget{what: what, limits: limits} }

// Within makes data that is kept in memory count against a round's budget too.
func (b *Budget) Within(round *Budget) *Budget {
	if b.limits.Kept {
		b.round = round
	}
	return b
}

// Limits returns the budget's limits.
func (b *Budget) Limits() Limits { return b.limits }

// Take counts one item and its size in bytes. Messages use the name, which may be empty, or "." for
// the whole.
func (b *Budget) Take(ctx context.Context, name string, size int64) error {
	b.mu.Lock()
	b.items++
	items := b.items
	b.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case over(items, b.limits.Items):
		return b.tooMany()
	case over(size, b.limits.Item) && name == ".":
		return b.refuse("it is larger than %s", Size(b.limits.Item))
	case over(size, b.limits.Item) && name != "":
		return b.refuse("`%s` in it is larger than %s", ShownName(name), Size(b.limits.Item))
	case over(size, b.limits.Item):
		return b.refuse("one of its %s is larger than %s", b.limits.Noun, Size(b.limits.Item))
	}
	return b.Grow(ctx, size)
}

// Expect returns an error if a number of further items would exceed a limit.
func (b *Budget) Expect(items int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if over(b.items+items, b.limits.Items) {
		return b.tooMany()
	}
	return nil
}

func (b *Budget) tooMany() error {
	return b.refuse("it holds more than %d %s", b.limits.Items, b.limits.Noun)
}

// Grow counts bytes without an item.
func (b *Budget) Grow(ctx context.Context, size int64) error {
	b.mu.Lock()
	b.bytes += size
	bytes := b.bytes
	b.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case size < 0 || bytes < 0:
		return b.refuse("it has no size")
	case over(bytes, b.limits.Bytes):
		return b.refuse("it is larger than %s", Size(b.limits.Bytes))
	case b.round == nil:
		return nil
	}
	if err := b.round.Grow(ctx, size); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return b.refuse("with all else that is looked at it is larger than %s", Size(b.round.limits.Bytes))
	}
	return nil
}

// Release gives the bytes back to the round, for data that is not kept after all.
func (b *Budget) Release() {
	b.mu.Lock()
	bytes := b.bytes
	b.bytes = 0
	b.mu.Unlock()
	if b.round != nil {
		b.round.mu.Lock()
		b.round.bytes -= bytes
		b.round.mu.Unlock()
	}
}

func over(have, limit int64) bool { return limit > 0 && have > limit }

func (b *Budget) refuse(format string, args ...any) error {
	return &Obstacle{Message: b.what + " can't be read: " + fmt.Sprintf(format, args...) + ".", Finding: b.limits.Finding}
}
