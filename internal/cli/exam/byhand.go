package exam

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/labs"
)

// minus stands for the minus of an argument such as -5, which the parser of flags would take
// for a flag.
const minus = "−"

var negative = regexp.MustCompile(`^-[0-9]+$`)

// SignedPoints prepares a command line for exam points: -5 is an argument there.
func SignedPoints(args []string) []string {
	signed := append([]string{}, args...)
	for i := range signed {
		if i > 1 && signed[0] == "exam" && signed[1] == "points" && negative.MatchString(signed[i]) {
			signed[i] = minus + signed[i][1:]
		}
	}
	return signed
}

func pointsCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:   "points EXAM QUESTION ±N",
		Short: "Give or take points of a question by hand, as an examiner",
		Long: "Give or take points of a question of an exam that is over, as an examiner, with a reason. " +
			"Reports show who did it, when and why, and the totals say how many points are by hand.",
		Example:           "  endstate exam points 3 2 +5 --why 'The right idea, in the wrong table.'\n  endstate exam points 3 2 -5 --why 'Not their own work.'",
		Args:              door.Exactly(3, "an exam, a question and points, such as 3 2 +5"),
		ValidArgsFunction: completeExam(d),
		RunE:              func(c *cobra.Command, args []string) error { return o.points(c.Context(), args) },
	}
	c.Flags().StringVar(&o.why, "why", "", "the `reason`, which reports show")
	d.OutputVar(c, &o.output)
	return c
}

func (o *examinerOptions) points(ctx context.Context, args []string) error {
	points, wrong := strconv.Atoi(strings.Replace(args[2], minus, "-", 1))
	if wrong != nil {
		return labs.Misuse(fmt.Sprintf("%q is not a number of points", args[2]), "Give a whole number, such as +5 or -5.")
	}
	n, err := question(args[1:2])
	if err == nil {
		o.which.ID, err = examNumber(args[0])
	}
	if err != nil {
		return err
	}
	return o.decide(func(at *examdesk.Desk, emit labs.Emit) (exams.View, error) {
		return at.Adjust(ctx, o.Who(), o.which, n, points, o.why, emit)
	})
}

// examNumber parses the number of an exam: 3 or exam-3.
func examNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(text, "exam-"), 10, 64)
	if err != nil || id < 1 {
		return 0, labs.Misuse(fmt.Sprintf("%q is not the number of an exam", text), "", labs.Act{Name: labs.ActExamList, For: "See them"})
	}
	return id, nil
}

func commentCommand(d *door.Door) *cobra.Command {
	o := &examinerOptions{options: options{Door: d}}
	c := &cobra.Command{
		Use:               "comment EXAM [QUESTION] TEXT",
		Short:             "Comment on an exam or a question, as an examiner",
		Long:              "Comment on an exam that is over, or on one of its questions, as an examiner. The candidate reads it in the report, with your name and the time.",
		Example:           "  endstate exam comment 3 'Calm and systematic.'\n  endstate exam comment 3 2 'Look at the binary log next time.'",
		Args:              door.Between(2, 3, "an exam, a question if the comment is about one, and the text"),
		ValidArgsFunction: completeExam(d),
		RunE:              func(c *cobra.Command, args []string) error { return o.comment(c.Context(), args) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *examinerOptions) comment(ctx context.Context, args []string) (err error) {
	n, text := 0, args[len(args)-1]
	if _, isNumber := strconv.Atoi(text); strings.TrimSpace(text) == "" || isNumber == nil && len(args) == 2 {
		return labs.Misuse("The comment has no text", "Write what the candidate should read, such as: endstate exam comment 3 2 'Look at the binary log next time.'")
	}
	if len(args) == 3 {
		if n, err = question(args[1:2]); err != nil {
			return err
		}
	}
	if o.which.ID, err = examNumber(args[0]); err != nil {
		return err
	}
	return o.decide(func(at *examdesk.Desk, emit labs.Emit) (exams.View, error) {
		return at.Comment(ctx, o.Who(), o.which, n, text, true, emit)
	})
}
