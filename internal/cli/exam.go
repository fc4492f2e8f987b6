package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/exams"
	"endstate/internal/report"
	"endstate/labs"
)

// examFlags say which exam a command is about.
type examFlags struct {
	candidate string
	id        int64
	asJSON    bool
}

func (f *examFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.candidate, "candidate", "", "whose exam it is, where several run")
	c.Flags().Int64Var(&f.id, "exam", 0, "the exam's number, as list shows it")
	c.Flags().BoolVar(&f.asJSON, "json", false, "as JSON")
}

func (a *app) examCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "exam",
		Short: "Sit an exam: several questions against the clock",
		Long: "Sit an exam: several questions, each with a lab of its own, against the clock.\n\n" +
			"The clock starts when the first lab is ready. When time is up, what is there is graded, also if nobody is attached:\n" +
			"then the next command does it.",
		Example: "  endstate exam list\n  endstate exam start taste\n  endstate exam start topic --topic git\n  endstate exam start class.yaml --candidate Ada",
		Args:    door.Known,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.examListCommand(), a.examStartCommand(), a.examStatusCommand(), a.examGotoCommand(), a.examResumeCommand(),
		a.examFlagCommand(), a.examResetCommand(), a.examGradeCommand(), a.examSubmitCommand(), a.examKeepCommand())
	return c
}

// proctor returns who runs exams. They need the store: what is not remembered can't
// be graded.
func (a *app) proctor(ctx context.Context) (*exams.Proctor, error) {
	at, err := a.Desk()
	if err != nil {
		return nil, err
	}
	if err := at.Ready(ctx, a.Who(), a.emit); err != nil {
		return nil, err
	}
	if _, off := at.ClockOff(); off {
		return nil, &labs.Problem{What: "An exam's time can't be told while this machine's clock and the engine's differ", Advice: "Set the clock right, then go on: nothing of the exam is lost."}
	}
	return a.proctorOf(at, at.Recall(ctx, a.Who(), a.emit), at.Life)
}

func (a *app) proctorOf(at *desk.Desk, store *attempts.View, grace time.Duration) (*exams.Proctor, error) {
	if store == nil {
		return nil, &labs.Problem{What: "An exam can't be held while nothing can be remembered", Advice: "Mend the store of attempts; endstate doctor tells more."}
	}
	rooms := &examRooms{app: a, desk: at, Rooms: at.Rooms(a.Who(), grace)}
	return exams.NewProctor(store, rooms, at.Library(), a.Clock), nil
}

// sitting returns the exam that a command is about: the one that is named, or the
// owner's only one that runs, or if past ones will do, the latest.
func (a *app) sitting(ctx context.Context, store exams.Store, flags examFlags, past bool) (*exams.Sitting, error) {
	if flags.id != 0 {
		return store.Exam(ctx, flags.id)
	}
	all, err := store.Exams(ctx)
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(all, func(s *exams.Sitting) bool { return flags.candidate != "" && s.Candidate != flags.candidate })
	var running []*exams.Sitting
	var names []string
	for _, s := range mine {
		if s.Ended.IsZero() {
			running, names = append(running, s), append(names, fmt.Sprintf("--exam %d (%s)", s.ID, report.Visible(s.Candidate)))
		}
	}
	switch {
	case len(running) == 1:
		return running[0], nil
	case len(running) > 1:
		return nil, labs.Misuse("Several candidates sit exams", "Name one: "+strings.Join(names, " · "))
	case past && len(mine) > 0:
		return mine[0], nil
	case flags.candidate != "":
		return nil, labs.Misuse("No exam of "+report.Visible(flags.candidate)+" is running", "See them all: endstate exam list")
	}
	return nil, labs.Misuse("No exam is running", "Start one: endstate exam start taste · see them: endstate exam list")
}

// blueprint reads an exam's file, or the one of that name that comes along.
func (a *app) blueprint(name string) (*exams.Blueprint, error) {
	data, err := exams.Read(name)
	file := name + ".yaml"
	if err != nil {
		file = name
		if data, err = os.ReadFile(name); err != nil {
			return nil, noBlueprint(name, err)
		}
		name = blueprintName(name)
	}
	at, err := a.Desk()
	if err != nil {
		return nil, err
	}
	b, err := at.Library().Blueprint(name, file, data)
	if err != nil {
		return nil, &labs.Problem{What: "The exam " + name + " is written wrongly", Advice: "Mend it; see docs/exams.md.", Err: err, Usage: true}
	}
	return b, nil
}

func blueprintName(path string) string {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	return strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
}

func noBlueprint(name string, err error) error {
	known := "Those that come along: " + strings.Join(exams.Names(), ", ") + "; or name a file."
	if errors.Is(err, os.ErrNotExist) {
		if strings.ContainsAny(name, "/.") {
			return labs.Misuse(fmt.Sprintf("There is no file %q", name), known)
		}
		return labs.Misuse(fmt.Sprintf("There is no exam %q", name), known)
	}
	return &labs.Problem{What: fmt.Sprintf("The exam %q can't be read", name), Advice: known, Err: err, Usage: true}
}

func (a *app) examListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the exams that come along, and those that were sat",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			var found struct {
				Blueprints []*exams.Blueprint `json:"blueprints"`
				Exams      []exams.View       `json:"exams"`
			}
			at, err := a.Desk()
			if err != nil {
				return err
			}
			for _, name := range exams.Names() {
				b, err := a.blueprint(name)
				if err == nil {
					b.Minutes, err = exams.Bank{Scenarios: at.Library().List()}.Minutes(b)
				}
				if err != nil {
					a.warn(err, "It is left out.")
					continue
				}
				found.Blueprints = append(found.Blueprints, b)
			}
			found.Exams = []exams.View{}
			if store := at.Recall(c.Context(), a.Who(), a.emit); store != nil {
				all, err := store.Exams(c.Context())
				if err != nil {
					return err
				}
				for _, s := range all {
					found.Exams = append(found.Exams, s.View(a.Clock()))
				}
			}
			if asJSON {
				return report.JSON(a.Out, found)
			}
			return writeExams(a.Out, found.Blueprints, found.Exams)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func writeExams(w io.Writer, blueprints []*exams.Blueprint, sat []exams.View) error {
	rows := [][]string{{"EXAM", "MINUTES", "FEEDBACK", "HINTS", "PASS", "WHAT IT IS"}}
	for _, b := range blueprints {
		rows = append(rows, []string{b.Name, fmt.Sprint(b.Minutes), string(b.Feedback), b.Hints.String(), fmt.Sprintf("%d %%", b.Pass), report.Visible(b.Title)})
	}
	if err := door.WriteTable(w, rows); err != nil || len(sat) == 0 {
		return err
	}
	rows = [][]string{{"NUMBER", "EXAM", "CANDIDATE", "STARTED", "STATE"}}
	for _, v := range sat {
		started := "–"
		if !v.Started.IsZero() {
			started = v.Started.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{fmt.Sprint(v.ID), report.Visible(v.Name), report.Visible(v.Candidate), started, stateOf(v)})
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return door.WriteTable(w, rows)
}
