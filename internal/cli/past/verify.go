package past

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/report"
	"endstate/labs"
)

// largestReport limits what is read, in bytes: reports come from others.
const largestReport = 256 << 20

// verifyOptions are the options of verify.
type verifyOptions struct {
	*door.Door
	output door.Output
}

func verifyCommand(d *door.Door) *cobra.Command {
	o := &verifyOptions{Door: d}
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Compare a report with its digest: has it been changed since it was made?",
		Long: "Compare a report, JSON or HTML, with the digest in it, and say whether its content is consistent.\n" +
			"Exit status: 0 it is unchanged, 1 it was changed or contradicts itself.\n\n" +
			"A digest is not a signature: anybody who changes a report can update its digest. It proves that a report is the one\n" +
			"whose digest you wrote down when it was made.",
		Example: "  endstate report exam-3 -o anna.html\n  endstate verify anna.html",
		Args:    door.Exactly(1, "the file of a report"),
		RunE:    func(_ *cobra.Command, args []string) error { return o.run(args[0]) },
	}
	d.OutputVar(c, &o.output)
	return c
}

func (o *verifyOptions) run(name string) error {
	found, err := verifyFile(name)
	if err != nil {
		return &labs.Problem{
			Code: labs.CodeFile, What: name + " can't be verified", Err: err, Usage: true,
			Advice: "Give a report of an attempt or an exam, as JSON or HTML: endstate report --help",
		}
	}
	err = o.output.Write(door.Forms{Value: found, Text: func(w io.Writer, style report.Style) error { return show(w, style, name, found) }})
	if err == nil && (!found.Whole || len(found.Doubts) > 0) {
		return door.ErrFailed
	}
	return err
}

func verifyFile(name string) (*report.Verification, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > largestReport {
		return nil, fmt.Errorf("it has %d MiB", info.Size()>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return report.Verify(data)
}

func show(w io.Writer, style report.Style, name string, found *report.Verification) error {
	verdict := style.Good("✓ It is unchanged.")
	if !found.Whole {
		verdict = style.Bad("✗ It was changed since it was made.")
	}
	fmt.Fprintf(w, "%s\nReport of an %s: %s\nIts digest: %s\n", verdict, found.Kind, report.Visible(name), found.Digest)
	if found.Digest != found.Stated {
		fmt.Fprintf(w, "It says:    %s\n", report.Visible(found.Stated))
	}
	for _, doubt := range found.Doubts {
		fmt.Fprintf(w, "%s %s\n", style.Warn("Contradiction:"), report.Visible(doubt))
	}
	return nil
}
