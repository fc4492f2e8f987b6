package cli

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"endstate/internal/archive"
	"endstate/internal/cli/door"
	"endstate/internal/desk"
	"endstate/internal/desk/files"
	"endstate/internal/report"
	"endstate/labs"
)

// copyOptions are the options of cp.
type copyOptions struct {
	*door.Door
	host string
}

func copyCommand(d *door.Door) *cobra.Command {
	o := &copyOptions{Door: d}
	c := &cobra.Command{
		Use:   "cp FROM TO",
		Short: "Copy a file or folder into a lab or out of it",
		Long: "Copy a file or folder into a lab or out of it. A path in a lab is SCENARIO:PATH, or :PATH in the only one; it begins in the home folder. " +
			"Files are read and written with the rights of the lab's shell. At most 1 GiB is copied at once. Not in exams.",
		Example: "  endstate cp fix.sql :\n  endstate cp :tickets .\n  endstate cp git-merge-conflict:tickets/pricing.py /tmp/",
		Args:    door.Exactly(2, "what to copy and where to, one of them in a lab, such as :notes.txt"),
		ValidArgsFunction: func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			return completeCopy(d, c, args, toComplete)
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), args[0], args[1]) },
	}
	c.Flags().StringVar(&o.host, "host", labs.Workspace, "the `HOST` of the lab, if its scenario opens others")
	_ = c.RegisterFlagCompletionFunc("host", func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		lab := ""
		for _, arg := range args {
			if name, _, is := labPath(arg); is {
				lab = name
			}
		}
		return d.CompleteHosts(c, lab), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// completeCopy completes files of this machine, and the labs in front of a path in a lab.
func completeCopy(d *door.Door, c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	running, _ := d.CompleteLabFlag(c, nil, toComplete)
	var names []string
	for _, lab := range running {
		name, about, _ := strings.Cut(lab, "\t")
		if strings.HasPrefix(name, toComplete) {
			names = append(names, name+":\t"+about)
		}
	}
	if len(names) == 0 || toComplete == "" {
		return names, cobra.ShellCompDirectiveDefault
	}
	return names, cobra.ShellCompDirectiveNoSpace
}

// labPath splits SCENARIO:PATH. What has a slash before the colon is a path on this machine.
func labPath(text string) (lab, name string, is bool) {
	lab, name, found := strings.Cut(text, ":")
	return lab, name, found && !strings.ContainsAny(lab, `/\.`)
}

func (o *copyOptions) run(ctx context.Context, from, to string) error {
	fromLab, source, out := labPath(from)
	toLab, target, in := labPath(to)
	switch {
	case in == out:
		return labs.Misuse("One of the two must be in a lab, and the other on this machine", "Write :PATH for one in the lab, and ./NAME for a name with a colon.")
	case in:
		return o.onLab(ctx, toLab, func(name string) error { return o.put(ctx, from, files.Place{Lab: name, Host: o.host, Path: target}) })
	}
	return o.onLab(ctx, fromLab, func(name string) error { return o.get(ctx, files.Place{Lab: name, Host: o.host, Path: source}, to) })
}

func (o *copyOptions) onLab(ctx context.Context, lab string, act func(name string) error) error {
	return o.OnLab(ctx, onLabNamed(lab), act)
}

func (o *copyOptions) put(ctx context.Context, from string, to files.Place) error {
	if err := archive.Measure(from); err != nil {
		return archive.Problem(from+" can't be copied", err)
	}
	whole, err := filepath.Abs(from) // so that "." has a name
	if err != nil {
		return err
	}
	return o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		put, err := files.New(at).Put(ctx, o.Who(), to, filepath.Base(whole), func(w io.Writer, as string) error {
			if err := archive.Pack(w, from, as); err != nil {
				return archive.Problem(from+" can't be copied", err)
			}
			return nil
		}, emit)
		if err == nil {
			fmt.Fprintf(o.Out, "Copied to %s:%s\n", put.Lab, report.Visible(put.Path))
		}
		return err
	})
}

// nameOf returns the name of a path in a lab; "." stands for a folder's content.
func nameOf(name string) string {
	if strings.HasSuffix(name, "/.") || name == "~" || name == "~/" {
		return "."
	}
	return path.Base(path.Clean(name))
}

func (o *copyOptions) get(ctx context.Context, from files.Place, to string) error {
	var left []string
	err := o.Act(false, func(at *desk.Desk, emit labs.Emit) error {
		return files.New(at).Get(ctx, o.Who(), from, func(r io.Reader) (err error) {
			left, err = archive.Unpack(r, archive.Place{To: to, Name: nameOf(from.Path)})
			if err != nil {
				return archive.Problem("It can't be copied to "+to, err)
			}
			return nil
		}, emit)
	})
	for _, name := range left {
		fmt.Fprintf(o.Err, "Left out, as it is no file or leads elsewhere: %s\n", report.Visible(name))
	}
	if err == nil {
		fmt.Fprintf(o.Out, "Copied to %s\n", to)
	}
	return err
}
