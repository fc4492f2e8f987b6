package exam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	examdesk "endstate/internal/desk/exam"
	"endstate/internal/exams"
	"endstate/internal/report"
)

// completeBlueprints completes the names of the exams that can be started, and files.
func completeBlueprints(d *door.Door) door.Complete {
	return func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		at, ctx, done, err := d.Completing(c)
		defer done()
		if err != nil {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return examdesk.New(at, nil).Names(ctx, d.Who()), cobra.ShellCompDirectiveDefault
	}
}

// sat returns the exams that were sat or are running, the latest first.
func sat(d *door.Door, c *cobra.Command) []exams.View {
	at, ctx, done, err := d.Completing(c)
	defer done()
	if err != nil || !at.Remembers() { // looking does not create a store
		return nil
	}
	found, err := examdesk.New(at, nil).List(ctx, d.Who(), nil)
	if err != nil {
		return nil
	}
	all := slices.Clone(found.Exams)
	slices.Reverse(all)
	return all
}

// completeExams completes the numbers of exams.
func completeExams(d *door.Door) door.Complete {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return numbers(sat(d, c), ""), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// completeExam completes the first argument, an exam.
func completeExam(d *door.Door) door.Complete {
	return func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeExams(d)(c, args, toComplete)
	}
}

// completeCandidates completes the candidates of exams.
func completeCandidates(d *door.Door) door.Complete {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, v := range sat(d, c) {
			if name := report.Visible(v.Candidate); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeHosts completes the hosts of the current question's lab.
func completeHosts(d *door.Door) door.Complete {
	return func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		var hosts []string
		for _, v := range sat(d, c) {
			if len(args) == 0 && v.Ended.IsZero() && v.Current > 0 && v.Current <= len(v.Questions) {
				hosts = append(hosts, d.CompleteHosts(c, v.Questions[v.Current-1].Scenario)...)
			}
		}
		slices.Sort(hosts)
		return slices.Compact(hosts), cobra.ShellCompDirectiveNoFileComp
	}
}

// CompleteReports completes what a report can be about: an attempt, or a candidate's exam.
func CompleteReports(d *door.Door) door.Complete {
	return func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		all, how := d.CompleteAttempts(c, args, toComplete)
		if len(args) == 0 {
			all = append(all, numbers(sat(d, c), "exam-")...)
		}
		return all, how
	}
}

// numbers returns the numbers of exams behind a prefix, with what they are.
func numbers(all []exams.View, prefix string) []string {
	var names []string
	for _, v := range all {
		about := strings.Join([]string{report.Visible(v.Name), report.Visible(v.Candidate), report.ExamState(v)}, ", ")
		names = append(names, fmt.Sprintf("%s%d\t%s", prefix, v.ID, about))
	}
	return names
}
