package desk

import (
	"context"
	"fmt"

	"endstate/internal/attempts"
	"endstate/internal/seat"
	"endstate/labs"
)

// warnOfWaiting warns of the learner's shells in a lab that wait for a terminal: programs there may
// hold locks.
func (d *Desk) warnOfWaiting(ctx context.Context, store *attempts.View, attempt *attempts.Attempt, emit labs.Emit) error {
	now := d.Clock()
	waiting, err := store.Waiting(ctx, attempt, now, seat.Wait)
	for _, shell := range waiting {
		emit.Warn(&labs.Problem{
			Code: CodeOthers, Advice: "What runs in it may hold locks. To get it back, open another shell there.",
			What: fmt.Sprintf("A shell without a terminal waits for you in this lab, on `%s` since %s", shell.Host, shell.Ended.In(now.Location()).Format("15:04")),
		}, "")
	}
	return err
}
