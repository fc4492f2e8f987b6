package cli

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/practice"
	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) nextCommand() *cobra.Command {
	var start, noShell, asJSON bool
	c := &cobra.Command{
		Use:   "next",
		Short: "Choose what to practise now, and say why",
		Long: "Choose what to practise now, by spaced repetition (FSRS) from the scores that you got without help, your time against par and hints: " +
			"first what is due, then what you never tried, of your weakest topic. Its seed is one that you never had.",
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			pick, err := a.next(c.Context())
			if err != nil {
				return err
			}
			if start {
				if !asJSON {
					a.writePick(pick)
				}
				return a.start(c.Context(), pick.Scenario.Name, pick.Seed, true, noShell, asJSON)
			}
			if asJSON {
				return report.JSON(a.Out, pick)
			}
			a.writePick(pick)
			_, err = fmt.Fprintf(a.Out, "\nStart it: endstate start %s --seed %d\n", pick.Scenario.Name, pick.Seed)
			return err
		},
	}
	c.Flags().BoolVar(&start, "start", false, "start it")
	c.Flags().BoolVar(&noShell, "no-shell", false, "with --start: don't open a shell")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON; with --start, the lab")
	a.recordFlag(c)
	return c
}

func (a *app) next(ctx context.Context) (*practice.Pick, error) {
	progress, err := a.assessed(ctx, func() []labs.Scenario { return a.offered(ctx) })
	if err != nil {
		return nil, err
	}
	pick := progress.Next()
	if pick == nil {
		return nil, labs.Misuse("There is nothing to choose from: a lab of every scenario goes on", "See them: endstate status")
	}
	used, err := a.store.Seeds(ctx, a.owner(), pick.Scenario.Name)
	// Drawn so that it is the same until it was started: to look first changes nothing.
	drawn := sha256.Sum256([]byte(a.owner() + "\x00" + pick.Scenario.Name))
	pick.Seed = practice.NewSeed(used, rand.New(rand.NewPCG(binary.LittleEndian.Uint64(drawn[:]), uint64(len(used)))).Uint64N)
	return pick, err
}

// offered returns the scenarios whose servers are there.
func (a *app) offered(ctx context.Context) []labs.Scenario {
	all := a.scenarios().List()
	needy := func(s labs.Scenario) bool { return len(s.Requires) > 0 }
	if !slices.ContainsFunc(all, needy) {
		return all
	}
	servers := a.servers(ctx)
	return slices.DeleteFunc(all, func(s labs.Scenario) bool {
		return slices.ContainsFunc(s.Requires, func(need string) bool {
			return !slices.ContainsFunc(servers, func(there string) bool {
				return strings.HasPrefix(strings.ToLower(there), strings.ToLower(need))
			})
		})
	})
}

// servers returns the servers of the images that are there; of an engine that does
// not answer, none.
func (a *app) servers(ctx context.Context) []string {
	if a.backend == nil && a.connect(ctx) != nil {
		return nil
	}
	there, _, _ := a.library.Lookup(ctx, a.library.Names())
	var servers []string
	for _, image := range there {
		servers = append(servers, image.Server)
	}
	return servers
}

func (a *app) writePick(pick *practice.Pick) {
	style, s := a.style(a.Out), pick.Scenario
	fmt.Fprintf(a.Out, "%s\n%s\n%s\n\n", style.Bold(s.Name), report.Visible(s.Title), style.Dim(fmt.Sprintf("%s · %s · par %d minutes", s.Topic, levelNames[s.Level], s.Minutes)))
	for _, why := range append(slices.Clone(pick.Why), fmt.Sprintf("You never had seed %d.", pick.Seed)) {
		fmt.Fprintf(a.Out, "• %s\n", strings.TrimSpace(style.Paragraph(why, 2)))
	}
}
