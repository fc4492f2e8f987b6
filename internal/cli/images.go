package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/machine"
	"endstate/internal/report"
	"endstate/labs"
)

func imagesCommand(d *door.Door) *cobra.Command {
	c := &cobra.Command{
		Use:   "images",
		Short: "Build, list, remove, save, load and push the images",
		Args:  door.CheckSubcommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(imagesBuildCommand(d), imagesListCommand(d), imagesRemoveCommand(d), imagesSaveCommand(d), imagesLoadCommand(d), imagesPushCommand(d))
	return c
}

func imagesBuildCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "build [IMAGE…]",
		Short: "Build missing images: all of them, or those named",
		RunE: func(c *cobra.Command, args []string) error {
			return d.Act(false, func(at *desk.Desk, emit labs.Emit) error {
				return machine.New(at).BuildImages(c.Context(), d.Who(), args, emit)
			})
		},
	}
}

// imagesListOptions are the options of images list.
type imagesListOptions struct {
	*door.Door
	output door.Output
}

func imagesListCommand(d *door.Door) *cobra.Command {
	o := &imagesListOptions{Door: d}
	c := &cobra.Command{
		Use:   "list",
		Short: "List the existing images and snapshots",
		Long:  "List the existing images and snapshots; as JSON, with the packages in them.",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *imagesListOptions) run(ctx context.Context) error {
	var kept machine.Kept
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		kept, err = machine.New(at).Images(ctx, o.Who(), emit)
		return err
	})
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: kept, Text: func(w io.Writer, _ report.Style) error { return writeImages(w, kept) }})
}

func writeImages(w io.Writer, kept machine.Kept) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "IMAGE\tSIZE\tSERVER")
	for _, image := range kept.Images {
		server := image.Server
		if server == "" {
			server = "–"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", image.Ref, labs.Size(image.Size), server)
	}
	if len(kept.Snapshots) > 0 {
		fmt.Fprintln(table, "\nSNAPSHOT OF\tSIZE\tUSED")
	}
	for _, s := range kept.Snapshots {
		fmt.Fprintf(table, "%s, seed %d\t%s\t%s\n", s.Scenario, s.Seed, labs.Size(s.Size), s.Used.Local().Format("2006-01-02 15:04"))
	}
	return table.Flush()
}

// imagesRemoveOptions are the options of images rm.
type imagesRemoveOptions struct {
	*door.Door
	snapshots bool // only these
}

func imagesRemoveCommand(d *door.Door) *cobra.Command {
	o := &imagesRemoveOptions{Door: d}
	c := &cobra.Command{
		Use:   "rm",
		Short: "Remove images and snapshots; they are recreated when needed",
		Args:  door.Exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c.Context()) },
	}
	c.Flags().BoolVar(&o.snapshots, "snapshots", false, "only the snapshots")
	return c
}

func (o *imagesRemoveOptions) run(ctx context.Context) error {
	err := o.remove("snapshot", func(at *desk.Desk, emit labs.Emit) (int, error) {
		return machine.New(at).DropSnapshots(ctx, o.Who(), emit)
	})
	if err != nil || o.snapshots {
		return err
	}
	return o.remove("image", func(at *desk.Desk, emit labs.Emit) (int, error) {
		return machine.New(at).RemoveImages(ctx, o.Who(), emit)
	})
}

func (o *imagesRemoveOptions) remove(what string, remove func(*desk.Desk, labs.Emit) (int, error)) error {
	n := 0
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		n, err = remove(at, emit)
		return err
	})
	if err == nil || n > 0 {
		fmt.Fprintf(o.Out, "%s removed\n", labs.Count(n, what))
	}
	return err
}

func imagesSaveCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "save FILE",
		Short: "Write all images to a file, for a machine without a network",
		Args:  door.Exactly(1, "the name of a file"),
		RunE: func(c *cobra.Command, args []string) error {
			return d.Act(false, func(at *desk.Desk, emit labs.Emit) error {
				return machine.New(at).SaveImages(c.Context(), d.Who(), args[0], emit)
			})
		},
	}
}

func imagesLoadCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "load FILE",
		Short: "Load the images from a file that save wrote",
		Args:  door.Exactly(1, "the name of a file"),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return &labs.Problem{Code: labs.CodeFile, What: "The file can't be read", Advice: "Name a file that endstate images save wrote.", Usage: true, Err: err}
			}
			defer file.Close()
			return d.Act(false, func(at *desk.Desk, emit labs.Emit) error {
				return machine.New(at).LoadImages(c.Context(), d.Who(), file, emit)
			})
		},
	}
}

// imagesPushOptions are the options of images push.
type imagesPushOptions struct {
	*door.Door
	plain bool // also a registry on another machine may speak plain HTTP
}

func imagesPushCommand(d *door.Door) *cobra.Command {
	o := &imagesPushOptions{Door: d}
	c := &cobra.Command{
		Use:   "push REGISTRY",
		Short: "Push all images to a registry, for labs on a cluster",
		Long: "Push all images to a registry, for labs on a cluster. What the registry has is not sent again.\n\n" +
			"REGISTRY is HOST, HOST:PORT or HOST/FOLDER; an image is then HOST/FOLDER/endstate/NAME:HASH. " +
			"To log in, use docker login.",
		Example: "  endstate images push registry.example.org/team",
		Args:    door.Exactly(1, "the address of a registry"),
		RunE:    func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0]) },
	}
	c.Flags().BoolVar(&o.plain, "plain-http", false, "allow a registry on another machine to speak HTTP without TLS")
	return c
}

func (o *imagesPushOptions) run(ctx context.Context, address string) error {
	var pushed machine.Pushed
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) (err error) {
		pushed, err = machine.New(at).PushImages(ctx, o.Who(), address, o.plain, emit)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "%s pushed, %d already there\n", labs.Count(pushed.Sent, "image"), pushed.All-pushed.Sent)
	return nil
}
