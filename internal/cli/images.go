package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"endstate/internal/report"
	"endstate/labs"
)

func (a *app) imagesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "images",
		Short: "Build, list, remove, save and load the images",
		Args:  known,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.imagesBuild(), a.imagesList(), a.imagesRemove(), a.imagesSave(), a.imagesLoad())
	return c
}

func (a *app) imagesBuild() *cobra.Command {
	return &cobra.Command{
		Use:   "build [IMAGE…]",
		Short: "Build the images that are not there yet; all of them, or those named",
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.open(c.Context()); err != nil {
				return err
			}
			if len(args) == 0 {
				args = a.library.Names()
			}
			return a.progress(false, func(emit labs.Emit) error {
				_, err := a.library.Ensure(c.Context(), args, emit)
				return err
			})
		},
	}
}

func (a *app) imagesList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the images and snapshots that are there",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.open(c.Context()); err != nil {
				return err
			}
			var kept []labs.ImageRef
			var snapshots []keptSnapshot
			err := a.during("images", "Asking the engine what it has", func() (err error) {
				if kept, err = a.library.Kept(c.Context()); err != nil {
					return err
				}
				snapshots, err = a.snapshots(c.Context())
				return err
			})
			if err != nil {
				return err
			}
			if asJSON {
				return report.JSON(a.Out, map[string]any{"images": kept, "snapshots": snapshots})
			}
			return writeImages(a.Out, kept, snapshots)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, with the packages in them")
	return c
}

// keptSnapshot is a snapshot, and when it was last used.
type keptSnapshot struct {
	labs.Snapshot
	Used time.Time `json:"used"`
}

func (a *app) snapshots(ctx context.Context) ([]keptSnapshot, error) {
	all, err := a.backend.Snapshots.Snapshots(ctx)
	if err != nil {
		return nil, err
	}
	kept := make([]keptSnapshot, len(all))
	for i, s := range all {
		kept[i].Snapshot = s
		if kept[i].Used, err = a.backend.Snapshots.Used(ctx, s); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func writeImages(w io.Writer, kept []labs.ImageRef, snapshots []keptSnapshot) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "IMAGE\tSIZE\tSERVER")
	for _, image := range kept {
		server := image.Server
		if server == "" {
			server = "–"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", image.Ref, units.HumanSize(float64(image.Size)), server)
	}
	if len(snapshots) > 0 {
		fmt.Fprintln(table, "\nSNAPSHOT OF\tSIZE\tUSED")
	}
	for _, s := range snapshots {
		fmt.Fprintf(table, "%s, seed %d\t%s\t%s\n", s.Scenario, s.Seed, units.HumanSize(float64(s.Size)), s.Used.Local().Format("2006-01-02 15:04"))
	}
	return table.Flush()
}

func (a *app) imagesRemove() *cobra.Command {
	var snapshots bool
	c := &cobra.Command{
		Use:   "rm",
		Short: "Remove the images and the snapshots; they are made again when needed",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.open(c.Context()); err != nil {
				return err
			}
			var n int
			err := a.progress(false, func(emit labs.Emit) (err error) {
				n, err = a.dropSnapshots(c.Context(), emit)
				return err
			})
			fmt.Fprintf(a.Out, "%d snapshots removed\n", n)
			if err != nil || snapshots {
				return err
			}
			err = a.during("images", "Removing the images", func() (err error) {
				n, err = a.library.Remove(c.Context())
				return err
			})
			fmt.Fprintf(a.Out, "%d images removed\n", n)
			return err
		},
	}
	c.Flags().BoolVar(&snapshots, "snapshots", false, "only the snapshots")
	return c
}

func (a *app) dropSnapshots(ctx context.Context, emit labs.Emit) (n int, err error) {
	end := emit.Step("snapshots", "Removing the snapshots")
	defer func() { end(err) }()
	all, err := a.backend.Snapshots.Snapshots(ctx)
	if err != nil {
		return 0, err
	}
	for i, s := range all {
		emit.Move("snapshots", "", int64(i), int64(len(all)))
		dropped, err := a.backend.Snapshots.Drop(ctx, s)
		if err != nil {
			return n, err
		}
		if dropped {
			n++
		} else {
			fmt.Fprintf(a.Err, "The snapshot of %s, seed %d, is in use and stays.\n", s.Scenario, s.Seed)
		}
	}
	return n, nil
}

func (a *app) imagesSave() *cobra.Command {
	return &cobra.Command{
		Use:   "save FILE",
		Short: "Write all images to a file, for a machine without a network",
		Args:  exactly(1, "the name of a file"),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if err := a.open(c.Context()); err != nil {
				return err
			}
			// Written beside its place, so that a file of that name is whole or not there.
			file, err := os.OpenFile(args[0]+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
			if err != nil {
				return &labs.Problem{What: "The file can't be written", Do: "Choose another place.", Err: err}
			}
			err = a.progress(false, func(emit labs.Emit) error { return a.library.Save(c.Context(), file, emit) })
			if err = errors.Join(err, file.Close()); err != nil {
				return errors.Join(err, os.Remove(file.Name()))
			}
			return os.Rename(file.Name(), args[0])
		},
	}
}

func (a *app) imagesLoad() *cobra.Command {
	return &cobra.Command{
		Use:   "load FILE",
		Short: "Read the images from a file that save wrote",
		Args:  exactly(1, "the name of a file"),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return labs.Misuse("The file can't be read: "+err.Error(), "Give one that endstate images save wrote.")
			}
			defer file.Close()
			if err := a.open(c.Context()); err != nil {
				return err
			}
			return a.progress(false, func(emit labs.Emit) error { return a.library.Load(c.Context(), file, emit) })
		},
	}
}
