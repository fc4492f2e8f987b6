package author

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"endstate/internal/cli/door"
	authordesk "endstate/internal/desk/author"
	"endstate/labs"
)

// keepWatching plays proofs again and again, and shows after each round only what is not as stated.
func (o *proveOptions) keepWatching(ctx context.Context) error {
	at, err := o.Desk()
	if err != nil {
		return err
	}
	var renderer *door.Progress
	err = authordesk.New(at).Watch(ctx, o.Who(), o.wanted, authordesk.Watching{
		Begin: func(changed []string) labs.Emit {
			renderer.Close() // of a round that a change has overtaken
			style := o.Style(o.Out)
			fmt.Fprintln(o.Out, style.Dim(o.Clock().Format(time.TimeOnly)+" · "+because(changed)))
			renderer = o.Progress()
			return renderer.Emit
		},
		End: func(round authordesk.Round) {
			renderer.Close()
			o.showRound(round)
		},
	})
	renderer.Close()
	return err
}

// because says why a round is played.
func because(changed []string) string {
	var names []string
	for _, path := range changed {
		names = append(names, filepath.Base(path))
	}
	switch {
	case len(names) == 0:
		return "all proofs"
	case len(names) > 3:
		return fmt.Sprintf("%d files changed", len(names))
	}
	return strings.Join(names, ", ") + " changed"
}

func (o *proveOptions) showRound(round authordesk.Round) {
	style := o.Style(o.Out)
	if round.Err != nil {
		door.ShowError(o.Err, round.Err)
	} else {
		for _, r := range round.Proved.Results {
			if !r.Proved() {
				showResult(o.Out, style, r, o.wanted.Proof != "")
			}
		}
		line := summary(round.Proved)
		if c := countOf(round.Proved); c.wrong+c.failed+c.setups == 0 {
			line = style.Good("✓ ") + line
		}
		fmt.Fprintln(o.Out, line)
	}
	fmt.Fprintln(o.Out, "Waiting for a change; Ctrl-C ends.")
}
