package exam

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// examinerOptions are the options of what an examiner decides about an exam.
type examinerOptions struct {
	options
	why string
}

func (o *examinerOptions) registerWhy(c *cobra.Command) {
	o.register(c)
	c.Flags().StringVar(&o.why, "why", "", "the `reason`, which reports show")
}

// decide calls an act of an examiner, and shows the exam afterwards.
func (o *examinerOptions) decide(do func(*examdesk.Desk, labs.Emit) (exams.View, error)) error {
	var v exams.View
	err := o.act(func(at *examdesk.Desk, emit labs.Emit) (err error) {
		v, err = do(at, emit)
		return err
	})
	if err != nil {
		return err
	}
	return o.show(v)
}

// allowanceFlag is the value of a flag or an argument for extra time.
type allowanceFlag struct{ extra **exams.Allowance }

func (f allowanceFlag) String() string { return "" }

func (f allowanceFlag) Type() string { return "time" }

// Takes says what values the flag takes.
func (f allowanceFlag) Takes() string {
	return "It takes a number of minutes, a duration such as 10m, or a percentage of the exam's minutes such as 25%."
}

func (f allowanceFlag) Set(text string) error {
	extra, err := parseAllowance(text)
	if err != nil {
		return &door.ValueError{Advice: f.Takes()}
	}
	*f.extra = &extra
	return nil
}

// parseAllowance parses minutes, a duration or a percentage: 10, 10m or 25%.
func parseAllowance(text string) (exams.Allowance, error) {
	var a exams.Allowance
	var err error
	if percent, is := strings.CutSuffix(text, "%"); is {
		a.Percent, err = strconv.ParseFloat(strings.TrimSpace(percent), 64)
	} else if minutes, wrong := strconv.ParseFloat(text, 64); wrong == nil {
		a.Time = time.Duration(minutes * float64(time.Minute))
	} else {
		a.Time, err = time.ParseDuration(text)
	}
	if err != nil || !(a.Percent > 0 || a.Time > 0) {
		return exams.Allowance{}, errors.New("not an extra time")
	}
	return a, nil
}

func extraTimeCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "extra-time TIME",
		Short: "Give a candidate more time, as an examiner",
		Long: "Give a candidate more time, as an examiner: a number of minutes, a duration such as 10m, or a percentage of the exam's minutes such as 25%. " +
			"Reports show who gave it, when and why.",
		Example: "  endstate exam extra-time 10m --candidate Ada --why 'The network was down.'",
		Args:    door.Exactly(1, "the extra time, such as 10m or 25%"),
		RunE:    func(c *cobra.Command, args []string) error { return o.extraTime(c.Context(), args[0]) },
	}
	o.registerWhy(c)
	return c
}

func (o *examinerOptions) extraTime(ctx context.Context, text string) error {
	extra, err := parseAllowance(text)
	if err != nil {
		return labs.Misuse("\""+text+"\" is not an extra time", allowanceFlag{}.Takes())
	}
	return o.decide(func(at *examdesk.Desk, emit labs.Emit) (exams.View, error) {
		return at.Extend(ctx, o.Who(), o.which, extra, o.why, true, emit)
	})
}

func pauseCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "pause",
		Short: "Stop a candidate's clock, as an examiner",
		Long: "Stop a candidate's clock, as an examiner. The candidate's shell closes, and the labs stand still until exam unpause, for four hours at most. " +
			"Reports show who paused it, when and why.",
		Example: "  endstate exam pause --candidate Ada --why 'Fire alarm'\n  endstate exam unpause --candidate Ada",
		Args:    door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.decide(func(at *examdesk.Desk, emit labs.Emit) (exams.View, error) {
				return at.Pause(c.Context(), o.Who(), o.which, o.why, emit)
			})
		},
	}
	o.registerWhy(c)
	return c
}

func unpauseCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "unpause",
		Short: "Let a candidate's clock run again, as an examiner",
		Long:  "Let the clock run again that exam pause stopped. The candidate goes back to the question with exam resume.",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.decide(func(at *examdesk.Desk, emit labs.Emit) (exams.View, error) {
				return at.Unpause(c.Context(), o.Who(), o.which, emit)
			})
		},
	}
	o.register(c)
	return c
}

func endCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	yes := false
	c := &cobra.Command{
		Use:   "end",
		Short: "End a candidate's exam and grade it, as an examiner",
		Long: "End a candidate's exam and grade it, as an examiner. The candidate's shell closes, and the exam can't go on. " +
			"Reports show who ended it, when and why.",
		Example: "  endstate exam end --candidate Ada --why 'Taken ill'",
		Args:    door.Exactly(0, "no arguments"),
		RunE:    func(c *cobra.Command, _ []string) error { return o.end(c.Context(), yes) },
	}
	o.registerWhy(c)
	c.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return c
}

func (o *examinerOptions) end(ctx context.Context, yes bool) error {
	var v exams.View
	done, err := o.actAsking(ctx, yes, func(at *examdesk.Desk, agreed bool, emit labs.Emit) (err error) {
		v, err = at.End(ctx, o.Who(), o.which, o.why, agreed, emit)
		return err
	})
	if err != nil || !done {
		return err
	}
	return o.show(v)
}
