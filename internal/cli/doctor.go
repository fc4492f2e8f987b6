package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"endstate/internal/attempts"
	"endstate/internal/report"
	"endstate/labs"
)

// finding is one line of what doctor found.
type finding struct {
	About string `json:"about"`
	State string `json:"state"` // ok, warn or bad
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"`
}

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether everything is there that labs need, and say what to do",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			opened := a.open(c.Context())
			var found []finding
			err := a.during("doctor", "Looking at everything", func() error {
				found = a.examine(c.Context(), opened)
				return nil
			})
			if err != nil {
				return err
			}
			if asJSON {
				if err := report.JSON(a.Out, found); err != nil {
					return err
				}
			} else {
				a.writeFindings(found)
			}
			if slices.ContainsFunc(found, func(f finding) bool { return f.State == "bad" }) {
				return errUngraded
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// examine looks at everything. opened says what came of opening the engine.
func (a *app) examine(ctx context.Context, opened error) []finding {
	found := []finding{{About: "endstate", State: "ok", Text: "version " + a.Version}}
	if opened != nil {
		found = append(found, bad("engine", opened))
	} else {
		found = append(found, a.examineEngine(ctx)...)
		found = append(found, a.examineImages(ctx)...)
		found = append(found, a.examineLabs(ctx))
	}
	found = append(found, a.examineScenarios(), a.examineStore(ctx))
	return found
}

func bad(about string, err error) finding {
	f := finding{About: about, State: "bad", Text: err.Error()}
	var problem *labs.Problem
	if errors.As(err, &problem) {
		f.Text, f.Do = problem.What, problem.Do
		if problem.Err != nil {
			f.Text += " (" + problem.Err.Error() + ")"
		}
	}
	return f
}

func (a *app) examineEngine(ctx context.Context) []finding {
	info, err := a.backend.Info(ctx)
	if err != nil {
		return []finding{bad("engine", err)}
	}
	found := []finding{{
		About: "engine", State: "ok",
		Text: fmt.Sprintf("Docker %s, API %s, at %s; %s, %d processors, %s, cgroups %s", info.Version, info.API, info.Address,
			info.System, info.CPUs, units.BytesSize(float64(info.Memory)), info.Cgroup),
	}}
	if !info.Limits {
		found = append(found, finding{
			About: "limits", State: "warn", Text: "the engine can't limit memory, processors and processes of labs",
			Do: "Enable the memory, cpu and pids controllers of cgroups for the engine; a fork bomb would reach the machine.",
		})
	}
	if !info.Sealed {
		found = append(found, finding{
			About: "datagrams", State: "warn", Text: "a lab of several hosts can send datagrams (UDP) to addresses of the engine's machine",
			Do: "The engine has no seccomp, or this is not Linux, so labs have no profile of calls of their own. Trust who works in them, or drop what comes from the bridges br-* at the machine.",
		})
	}
	return append(found, examineDisk(info))
}

func examineDisk(info labs.EngineInfo) finding {
	free, err := freeSpace(info.Root)
	if err != nil {
		return finding{About: "disk", State: "ok", Text: info.Root + " is on another machine; its free space can't be seen"}
	}
	f := finding{About: "disk", State: "ok", Text: fmt.Sprintf("%s free where the engine keeps its data (%s, %s)",
		units.BytesSize(float64(free)), info.Root, info.Storage)}
	if free < 6<<30 {
		f.State, f.Do = "warn", "Images take about 2 GB and snapshots up to 4 GiB: make room, or lower ENDSTATE_CACHE."
	}
	return f
}

func (a *app) examineImages(ctx context.Context) []finding {
	there, missing, err := a.library.Lookup(ctx, a.library.Names())
	if err != nil {
		return []finding{bad("images", err)}
	}
	notable := map[string][]string{}
	for _, image := range a.images() {
		notable[image.Name] = image.Notable
	}
	var found []finding
	for _, name := range a.library.Names() {
		if image, ok := there[name]; ok {
			found = append(found, finding{About: "image " + name, State: "ok", Text: describeImage(image, notable[name])})
		}
	}
	if len(missing) > 0 {
		found = append(found, finding{
			About: "images", State: "warn", Text: "not there yet: " + strings.Join(missing, ", "),
			Do: "They are built when a scenario first needs them; all at once: endstate images build",
		})
	}
	return found
}

// describeImage gives an image's size, its server, and the versions of its notable packages.
func describeImage(image labs.ImageRef, notable []string) string {
	text := units.HumanSize(float64(image.Size))
	if image.Server != "" {
		text += ", " + image.Server
	}
	for _, name := range notable {
		if version, ok := image.Packages[name]; ok && !strings.Contains(text, version) {
			text += fmt.Sprintf(", %s %s", name, version)
		}
	}
	return text
}

func (a *app) examineLabs(ctx context.Context) finding {
	all, err := a.stage().Labs(ctx, "")
	if err != nil {
		return bad("labs", err)
	}
	snapshots, err := a.backend.Snapshots.Snapshots(ctx)
	if err != nil {
		return bad("snapshots", err)
	}
	var size int64
	for _, s := range snapshots {
		size += s.Size
	}
	return finding{About: "labs", State: "ok", Text: fmt.Sprintf("%d running; %d snapshots, %s", len(all), len(snapshots), units.HumanSize(float64(size)))}
}

func (a *app) examineScenarios() finding {
	if err := a.scenarios().Broken(); err != nil {
		return finding{About: "scenarios", State: "warn", Text: err.Error(), Do: "Mend them, then: endstate lint"}
	}
	return finding{About: "scenarios", State: "ok", Text: fmt.Sprintf("%d", len(a.scenarios().List()))}
}

func (a *app) examineStore(ctx context.Context) finding {
	path := attempts.Path(a.home())
	store, err := attempts.Open(ctx, path)
	if err != nil {
		return bad("attempts", err)
	}
	_ = store.Close()
	return finding{About: "attempts", State: "ok", Text: path}
}

func (a *app) writeFindings(found []finding) {
	style := a.style(a.Out)
	for _, f := range found {
		sign := map[string]string{"ok": style.Good("✓"), "warn": style.Warn("!"), "bad": style.Bad("✗")}[f.State]
		fmt.Fprintf(a.Out, "%s %-20s %s\n", sign, f.About, report.Visible(f.Text))
		if f.Do != "" {
			fmt.Fprintf(a.Out, "  %-20s %s\n", "", strings.ReplaceAll(f.Do, "\n", "\n                       "))
		}
	}
}
